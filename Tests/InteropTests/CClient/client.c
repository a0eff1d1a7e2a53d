/* The C client of Sources/CSmartFlowClient, run as the other foreign clients are.
 *
 *   client SOCKET execute TREE.json CONTEXT.json    one line for each action
 *   client ADMIN-SOCKET publish ID TREE.json        publishes and activates a tree, and says what it is
 *   client SOCKET call ID CONTEXT.json              runs a published tree: which it was, and its actions
 *   client SOCKET suite                             one line for each case of cases.c
 *
 * Lines are JSON. Exit code 0 when every call was answered, whatever the answer. What the library has no function for is
 * written and read by protobuf-c. */
#include "cases.h"

/* --- How C begins the calls of cases.c */

static smartflow_client *shared;

static smartflow_call *begin_execution(const smartflow_request *request) {
  return smartflow_execute(shared, request, NULL, NULL);
}

static smartflow_call *begin_batch(const smartflow_request *request, const smartflow_item *items, size_t count) {
  return smartflow_execute_batch(shared, request, items, count, NULL, NULL);
}

static smartflow_call *begin_health(const char *service, const smartflow_options *options) {
  return smartflow_health(shared, service, options, NULL, NULL);
}

static smartflow_call *begin_method(
    const char *service, const char *method, const void *payload, size_t bytes, const smartflow_options *options) {
  return smartflow_call_method(shared, service, method, payload, bytes, options, NULL, NULL);
}

typedef struct waiter {
  void (*done)(const smartflow_call *call, void *user);
  void *user;
} waiter;

static void report(smartflow_call *call, void *user) {
  waiter *one = user;
  one->done(call, one->user);
  free(one);
}

static bool begin_with_callback(
    const smartflow_request *request, void (*done)(const smartflow_call *call, void *user), void *user) {
  waiter *one = malloc(sizeof *one);
  if (!one) give_up("there is no memory");
  *one = (waiter){done, user};
  return smartflow_execute(shared, request, report, one) != NULL;
}

static void drain(void) {
  while (smartflow_under_way(shared) > 0) smartflow_poll(shared, -1);
}

static const ways by_c = {begin_execution, begin_batch, begin_health, begin_method, begin_with_callback, drain};

/* --- The commands */

static char *file(const char *path) {
  static char texts[2][1 << 20];
  static unsigned used;
  FILE *source = fopen(path, "rb");
  if (!source || used == 2) give_up("a file can't be opened");
  char *text = texts[used++];
  const size_t count = fread(text, 1, sizeof texts[0] - 1, source);
  fclose(source);
  text[count] = 0;
  return text;
}

static void execute(smartflow_client *client, smartflow_request request) {
  request.size = sizeof request;
  request.player_id = "p-1001";
  request.options.timeout_ms = 4000;
  smartflow_call *call = smartflow_execute(client, &request, NULL, NULL);
  if (smartflow_wait(call) != SMARTFLOW_OK) give_up(smartflow_error_of(call)->message);
  const smartflow_execution *execution = smartflow_execution_of(call);
  line *out = smartflow_context_new();
  if (*execution->tree_id) {
    smartflow_context_text(out, "id", execution->tree_id);
    smartflow_context_integer(out, "version", (int64_t)execution->tree_version);
    add_hexadecimal(out, "digest", execution->tree_digest, execution->tree_digest_bytes);
    say(out);
  }
  for (const smartflow_action *one = execution->actions; one; one = one->next) {
    smartflow_context_clear(out);
    add_action(out, one);
    say(out);
  }
  smartflow_context_free(out);
  smartflow_release(call);
}

/* Calls a method of the TreeService; the call holds the answer. */
static smartflow_call *manage(smartflow_client *client, const char *method, const ProtobufCMessage *request) {
  static uint8_t payload[1 << 20];
  if (protobuf_c_message_get_packed_size(request) > sizeof payload) give_up("the tree is too long");
  const size_t bytes = protobuf_c_message_pack(request, payload);
  const smartflow_options options = {.timeout_ms = 4000};
  smartflow_call *call =
      smartflow_call_method(client, "smartflow.v1.TreeService", method, payload, bytes, &options, NULL, NULL);
  if (smartflow_wait(call) != SMARTFLOW_OK) give_up(smartflow_error_of(call)->message);
  return call;
}

static void publish(smartflow_client *client, char *id, char *tree) {
  size_t count;
  Smartflow__V1__PublishTreeRequest request = SMARTFLOW__V1__PUBLISH_TREE_REQUEST__INIT;
  Smartflow__V1__PublishTreeRequest__LabelsEntry label = SMARTFLOW__V1__PUBLISH_TREE_REQUEST__LABELS_ENTRY__INIT;
  Smartflow__V1__PublishTreeRequest__LabelsEntry *labels[] = {&label};
  label.key = "by";
  label.value = "c";
  request.tree_id = id;
  request.tree_case = SMARTFLOW__V1__PUBLISH_TREE_REQUEST__TREE_TREE_JSON;
  request.tree_json = (ProtobufCBinaryData){strlen(tree), (uint8_t *)tree};
  request.n_labels = 1;
  request.labels = labels;
  smartflow_call *call = manage(client, "PublishTree", &request.base);
  const uint8_t *data = smartflow_payload_of(call, &count);
  Smartflow__V1__PublishTreeResponse *published = smartflow__v1__publish_tree_response__unpack(NULL, count, data);
  if (!published || !published->version) give_up("an answer does not parse");
  smartflow_release(call);

  Smartflow__V1__ActivateTreeRequest activation = SMARTFLOW__V1__ACTIVATE_TREE_REQUEST__INIT;
  activation.tree_id = id;
  activation.version = published->version->version;
  call = manage(client, "ActivateTree", &activation.base);
  data = smartflow_payload_of(call, &count);
  Smartflow__V1__ActivateTreeResponse *activated = smartflow__v1__activate_tree_response__unpack(NULL, count, data);
  if (!activated || !activated->version) give_up("an answer does not parse");
  smartflow_release(call);

  Smartflow__V1__GetTreeRequest question = SMARTFLOW__V1__GET_TREE_REQUEST__INIT;
  question.tree_id = id;
  call = manage(client, "GetTree", &question.base);
  data = smartflow_payload_of(call, &count);
  Smartflow__V1__GetTreeResponse *got = smartflow__v1__get_tree_response__unpack(NULL, count, data);
  if (!got || !got->version) give_up("an answer does not parse");
  smartflow_release(call);

  line *out = smartflow_context_new();
  smartflow_context_text(out, "id", activated->version->tree_id);
  smartflow_context_integer(out, "version", (int64_t)activated->version->version);
  smartflow_context_bool(out, "created", published->created);
  smartflow_context_bool(out, "active", activated->version->active);
  smartflow_context_integer(out, "previous", (int64_t)activated->previous_version);
  add_hexadecimal(out, "digest", got->version->tree_digest.data, got->version->tree_digest.len);
  smartflow_context_begin_object(out, "labels");
  for (size_t index = 0; index < got->version->n_labels; index++) {
    smartflow_context_text(out, got->version->labels[index]->key, got->version->labels[index]->value);
  }
  smartflow_context_end(out);
  add_bytes(out, "tree", got->version->tree_json);
  say(out);
  smartflow_context_free(out);
  smartflow__v1__publish_tree_response__free_unpacked(published, NULL);
  smartflow__v1__activate_tree_response__free_unpacked(activated, NULL);
  smartflow__v1__get_tree_response__free_unpacked(got, NULL);
}

int main(int count, char **arguments) {
  smartflow_client *client;
  char why[400];
  if (count < 3) give_up("usage: client SOCKET execute|publish|call|suite …");
  if (smartflow_open(arguments[1], &client, why, sizeof why) != SMARTFLOW_OK) give_up(why);
  if (count == 3 && strcmp(arguments[2], "suite") == 0) {
    shared = client;
    run_cases(&by_c, arguments[1]);
  } else if (count == 5 && strcmp(arguments[2], "execute") == 0) {
    const char *tree = file(arguments[3]);
    execute(client, (smartflow_request){.tree_json = tree, .context_json = file(arguments[4])});
  } else if (count == 5 && strcmp(arguments[2], "publish") == 0) {
    publish(client, arguments[3], file(arguments[4]));
  } else if (count == 5 && strcmp(arguments[2], "call") == 0) {
    execute(client, (smartflow_request){.tree_id = arguments[3], .context_json = file(arguments[4])});
  } else {
    give_up("usage: client SOCKET execute|publish|call|suite …");
  }
  smartflow_close(client);
  return 0;
}
