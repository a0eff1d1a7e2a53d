/* The same calls, right and wrong, that the other foreign clients make, and what came back from each. */
#define _POSIX_C_SOURCE 200809L

#include "cases.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The format's origin, as it stands in the documentation. */
static const char maria[] =
    "{\n"
    "  \"type\": \"Condition\",\n"
    "  \"parameters\": { \"expression\": \"daysInactive > 5\" },\n"
    "  \"trueAction\":  { \"type\": \"SendSMS\",   \"parameters\": { \"phone\": \"+1234567890\", \"message\": \"We miss you!\" } },\n"
    "  \"falseAction\": { \"type\": \"SendEmail\", \"parameters\": { \"from\": \"promo@game.com\", \"to\": \"maria@example.com\", \"subject\": \"New offers await!\" } }\n"
    "}";
static const char execution_service[] = "smartflow.v1.ExecutionService";

#define SENDING(parameters) "{\"type\": \"SendSMS\", \"parameters\": " parameters "}"
#define DECIDING(expression)                                                                              \
  "{\"type\": \"Condition\", \"parameters\": {\"expression\": \"" expression "\"}, \"trueAction\": "       \
  SENDING("{\"phone\": \"+1234567890\", \"message\": \"x\"}") "}"
#define SEVEN "{\"daysInactive\": 7}"

enum { MANY = 1000, TOO_LARGE = (4 << 20) + 1 };

static const ways *by;
/* The case's line; `answer` is open in it where a case wants so. */
static line *out;

static const smartflow_options long_time = {.timeout_ms = 20000};

static void begin_line(const char *name) {
  smartflow_context_clear(out);
  smartflow_context_text(out, "case", name);
}

/* Whether a call is OK; otherwise the line says why it is not, and the call is gone. */
static bool is_answered(smartflow_call *call) {
  if (smartflow_wait(call) == SMARTFLOW_OK) {
    smartflow_context_integer(out, "code", 0);
    return true;
  }
  add_error(out, smartflow_error_of(call));
  smartflow_release(call);
  return false;
}

static void execute(const char *name, smartflow_request request) {
  begin_line(name);
  request.size = sizeof request;
  request.player_id = "p-1001";
  request.options.timeout_ms = long_time.timeout_ms;
  smartflow_call *call = by->execute(&request);
  if (is_answered(call)) {
    smartflow_context_begin_object(out, "answer");
    add_execution(out, smartflow_execution_of(call));
    smartflow_release(call);
  }
  say(out);
}

static void execute_json(const char *name, const char *tree, const char *context) {
  execute(name, (smartflow_request){.tree_json = tree, .context_json = context});
}

/* --- By messages that protobuf-c writes */

static void set_text(Google__Protobuf__Struct__FieldsEntry *entry, Google__Protobuf__Value *value, char *key, char *text) {
  google__protobuf__struct__fields_entry__init(entry);
  google__protobuf__value__init(value);
  value->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
  value->string_value = text;
  entry->key = key;
  entry->value = value;
}

typedef struct node_room {
  Smartflow__V1__Node node;
  Google__Protobuf__Struct parameters;
  Google__Protobuf__Struct__FieldsEntry entries[3], *places[3];
  Google__Protobuf__Value values[3];
} node_room;

/* A node with up to three texts as parameters. */
static Smartflow__V1__Node *make_node(node_room *room, char *type, size_t count, char *const texts[][2]) {
  smartflow__v1__node__init(&room->node);
  google__protobuf__struct__init(&room->parameters);
  for (size_t index = 0; index < count; index++) {
    set_text(&room->entries[index], &room->values[index], texts[index][0], texts[index][1]);
    room->places[index] = &room->entries[index];
  }
  room->parameters.n_fields = count;
  room->parameters.fields = room->places;
  room->node.type = type;
  room->node.parameters = &room->parameters;
  return &room->node;
}

static void execute_messages(const char *name, bool tree_as_messages) {
  node_room condition, sms, email;
  char *const expression[][2] = {{"expression", "daysInactive > 5"}};
  char *const phone[][2] = {{"phone", "+1234567890"}, {"message", "We miss you!"}};
  char *const address[][2] = {{"from", "promo@game.com"}, {"to", "maria@example.com"}, {"subject", "New offers await!"}};
  Smartflow__V1__ExecuteTreeRequest request = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__INIT;
  Google__Protobuf__Struct context = GOOGLE__PROTOBUF__STRUCT__INIT;
  Google__Protobuf__Struct__FieldsEntry entry = GOOGLE__PROTOBUF__STRUCT__FIELDS_ENTRY__INIT, *entries[] = {&entry};
  Google__Protobuf__Value seven = GOOGLE__PROTOBUF__VALUE__INIT;
  if (tree_as_messages) {
    request.tree_case = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__TREE_TREE_NODE;
    request.tree_node = make_node(&condition, "Condition", 1, expression);
    request.tree_node->true_action = make_node(&sms, "SendSMS", 2, phone);
    request.tree_node->false_action = make_node(&email, "SendEmail", 3, address);
  } else {
    request.tree_case = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__TREE_TREE_JSON;
    request.tree_json = (ProtobufCBinaryData){sizeof maria - 1, (uint8_t *)maria};
  }
  request.context_case = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__CONTEXT_CONTEXT_STRUCT;
  request.context_struct = &context;
  context.n_fields = 1;
  context.fields = entries;
  entry.key = "daysInactive";
  entry.value = &seven;
  seven.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE;
  seven.number_value = 7;
  request.player_id = "p-1001";

  uint8_t payload[2048];
  const size_t bytes = smartflow__v1__execute_tree_request__pack(&request, payload);
  begin_line(name);
  smartflow_call *call = by->call_method(execution_service, "ExecuteTree", payload, bytes, &long_time);
  if (is_answered(call)) {
    size_t count;
    const uint8_t *data = smartflow_payload_of(call, &count);
    Smartflow__V1__ExecuteTreeResponse *response = smartflow__v1__execute_tree_response__unpack(NULL, count, data);
    if (!response || !response->execution) give_up("an answer does not parse");
    smartflow_context_begin_object(out, "answer");
    add_unpacked_execution(out, response->execution);
    smartflow__v1__execute_tree_response__free_unpacked(response, NULL);
    smartflow_release(call);
  }
  say(out);
}

static void validate(const char *name, const char *tree) {
  Smartflow__V1__ValidateTreeRequest request = SMARTFLOW__V1__VALIDATE_TREE_REQUEST__INIT;
  request.tree_case = SMARTFLOW__V1__VALIDATE_TREE_REQUEST__TREE_TREE_JSON;
  request.tree_json = (ProtobufCBinaryData){strlen(tree), (uint8_t *)tree};
  uint8_t payload[2048];
  const size_t bytes = smartflow__v1__validate_tree_request__pack(&request, payload);
  begin_line(name);
  smartflow_call *call = by->call_method(execution_service, "ValidateTree", payload, bytes, &long_time);
  if (is_answered(call)) {
    size_t count;
    const uint8_t *data = smartflow_payload_of(call, &count);
    Smartflow__V1__ValidateTreeResponse *found = smartflow__v1__validate_tree_response__unpack(NULL, count, data);
    if (!found) give_up("an answer does not parse");
    smartflow_context_begin_object(out, "answer");
    smartflow_context_bool(out, "valid", found->valid);
    add_bytes(out, "canonical", found->canonical_json);
    smartflow_context_begin_list(out, "properties");
    for (size_t index = 0; index < found->n_context_properties; index++) {
      smartflow_context_text(out, NULL, found->context_properties[index]);
    }
    smartflow_context_end(out);
    smartflow_context_begin_list(out, "diagnostics");
    for (size_t index = 0; index < found->n_diagnostics; index++) {
      const Smartflow__V1__Diagnostic *one = found->diagnostics[index];
      char text[256];
      const ProtobufCEnumValue *severity =
          protobuf_c_enum_descriptor_get_value(&smartflow__v1__severity__descriptor, (int)one->severity);
      snprintf(text, sizeof text, "%s %s %s", severity ? severity->name : "?", one->code, one->path);
      smartflow_context_text(out, NULL, text);
    }
    smartflow_context_end(out);
    smartflow__v1__validate_tree_response__free_unpacked(found, NULL);
    smartflow_release(call);
  }
  say(out);
}

/* --- Others */

static void health(const char *name, const char *service) {
  static const char *const names[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
  begin_line(name);
  smartflow_call *call = by->health(service, &long_time);
  if (is_answered(call)) {
    const int status = smartflow_health_of(call);
    smartflow_context_text(out, "answer", status >= 0 && status < 4 ? names[status] : "?");
    smartflow_release(call);
  }
  say(out);
}

static void call_by_name(const char *name, const char *service, const char *method) {
  begin_line(name);
  smartflow_call *call = by->call_method(service, method, NULL, 0, &long_time);
  if (is_answered(call)) smartflow_release(call);
  say(out);
}

static void batch(const char *name) {
  static const char *const contexts[] = {"{\"daysInactive\": 9}", "{\"daysInactive\": 1}", "{}", "["};
  smartflow_item items[4];
  for (unsigned index = 0; index < 4; index++) {
    items[index] = (smartflow_item){.context_json = contexts[index], .player_id = "p-1001"};
  }
  const smartflow_request request = {SMARTFLOW_REQUEST, .tree_json = maria, .options = long_time};
  begin_line(name);
  smartflow_call *call = by->execute_batch(&request, items, 4);
  if (is_answered(call)) {
    smartflow_context_begin_list(out, "answer");
    for (const smartflow_batch *one = smartflow_batch_of(call); one; one = one->next) {
      smartflow_context_begin_object(out, NULL);
      if (one->execution) add_execution(out, one->execution);
      if (one->error) smartflow_context_integer(out, "code", one->error->code);
      smartflow_context_end(out);
    }
    smartflow_release(call);
  }
  say(out);
}

static int own_answers;

static void check_own(const smartflow_call *call, void *name) {
  const smartflow_execution *execution = smartflow_execution_of(call);
  if (!execution || execution->action_count != 1) return;
  const smartflow_value *message = smartflow_member(execution->actions->parameters, "message");
  if (message && strcmp(message->text, name) == 0) own_answers++;
}

/* A thousand calls over one connection at once; each must get its own answer. */
static void many(const char *case_name) {
  static char names[MANY][20];
  smartflow_context *context = smartflow_context_new();
  begin_line(case_name);
  for (unsigned index = 0; index < MANY; index++) {
    snprintf(names[index], sizeof names[index], "player %u", index);
    smartflow_context_clear(context);
    smartflow_context_text(context, "name", names[index]);
    const smartflow_request request = {
        SMARTFLOW_REQUEST, .tree_json = SENDING("{\"phone\": \"+1234567890\", \"message\": \"{{name}}\"}"),
        .context = context, .player_id = "p-1001", .options = long_time};
    if (!by->execute_then(&request, check_own, names[index])) give_up("there are too many calls");
  }
  by->drain();
  smartflow_context_integer(out, "code", 0);
  smartflow_context_integer(out, "answer", own_answers);
  smartflow_context_free(context);
  say(out);
}

static void read_all(int descriptor, uint8_t *bytes, size_t count) {
  while (count > 0) {
    const ssize_t got = recv(descriptor, bytes, count, 0);
    if (got <= 0) give_up("the frame made by hand was not answered");
    bytes += got;
    count -= (size_t)got;
  }
}

/* The client has no way to say it, so the frame is made by hand. */
static void negative_timeout(const char *name, const char *path) {
  Smartflow__V1__ExecuteTreeRequest request = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__INIT;
  Ttrpc__Request envelope = TTRPC__REQUEST__INIT;
  uint8_t payload[2048], frame[4096] = {0};
  request.tree_case = SMARTFLOW__V1__EXECUTE_TREE_REQUEST__TREE_TREE_JSON;
  request.tree_json = (ProtobufCBinaryData){sizeof maria - 1, (uint8_t *)maria};
  envelope.service = (char *)execution_service;
  envelope.method = "ExecuteTree";
  envelope.payload = (ProtobufCBinaryData){smartflow__v1__execute_tree_request__pack(&request, payload), payload};
  envelope.timeout_nano = -1;
  const size_t count = ttrpc__request__pack(&envelope, frame + 10);
  frame[2] = (uint8_t)(count >> 8);
  frame[3] = (uint8_t)count;
  frame[7] = 1;
  frame[8] = 1;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
      send(descriptor, frame, count + 10, MSG_NOSIGNAL) != (ssize_t)(count + 10)) {
    give_up("the frame made by hand was not sent");
  }
  read_all(descriptor, frame, 10);
  const size_t size = (size_t)frame[2] << 8 | frame[3];
  if (frame[0] || frame[1] || size > sizeof frame) give_up("the frame made by hand has a long answer");
  read_all(descriptor, frame, size);
  close(descriptor);
  Ttrpc__Response *response = ttrpc__response__unpack(NULL, size, frame);
  if (!response || !response->status) give_up("the frame made by hand was not refused");
  begin_line(name);
  smartflow_context_integer(out, "code", response->status->code);
  smartflow_context_text(out, "message", response->status->message);
  smartflow_context_begin_list(out, "details");
  for (size_t index = 0; index < response->status->n_details; index++) {
    const Google__Protobuf__Any *detail = response->status->details[index];
    Google__Rpc__BadRequest *found = google__rpc__bad_request__unpack(NULL, detail->value.len, detail->value.data);
    if (!found) give_up("a detail does not parse");
    smartflow_context_begin_object(out, NULL);
    smartflow_context_text(out, "type", strrchr(detail->type_url, '/') + 1);
    smartflow_context_begin_object(out, "value");
    smartflow_context_begin_list(out, "field_violations");
    for (size_t at = 0; at < found->n_field_violations; at++) {
      smartflow_context_begin_object(out, NULL);
      smartflow_context_text(out, "field", found->field_violations[at]->field);
      smartflow_context_text(out, "description", found->field_violations[at]->description);
      smartflow_context_end(out);
    }
    for (unsigned level = 0; level < 3; level++) smartflow_context_end(out);
    google__rpc__bad_request__free_unpacked(found, NULL);
  }
  ttrpc__response__free_unpacked(response, NULL);
  say(out);
}

void run_cases(const ways *given, const char *path) {
  by = given;
  out = smartflow_context_new();
  static const smartflow_time second = {.seconds = 1};
  static char key[301], deep[100], large[TOO_LARGE + 1];
  memset(key, 'k', 300);
  snprintf(deep, sizeof deep, "{\"a\":%.40s%.40s}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
      "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
  memset(large, ' ', TOO_LARGE);

  execute_json("tree and context as JSON, true", maria, SEVEN);
  execute_json("tree and context as JSON, false", maria, "{\"daysInactive\": 5}");
  execute_messages("context as Struct", false);
  execute_messages("tree as messages", true);
  execute("dry run with trace", (smartflow_request){.tree_json = maria, .context_json = SEVEN, .dry_run = true, .trace = true});
  execute_json(
      "templates render",
      SENDING("{\"phone\": \"{{phone}}\", \"message\": \"Grüße {{name}}, {{text(bonus)}} free spins 🎰\"}"),
      "{\"phone\": \"+35621234567\", \"name\": \"Maria\", \"bonus\": 5}");
  batch("batch");
  validate("sound tree", maria);
  validate("unsound tree", DECIDING("daysInactive >"));
  health("health of the server", "");
  health("health of the service", execution_service);
  many("many calls at once");
  execute(
      "trace context",
      (smartflow_request){
          .tree_json = maria, .context_json = SEVEN,
          .options = {.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});

  execute_json("tree is no JSON", "{\"type\": \"Condition\"", "{}");
  execute_json("tree with a key twice", "{\"type\": \"SendSMS\", \"type\": \"SendSMS\"}", "{}");
  execute_json("no tree", NULL, NULL);
  execute_json("unknown node type", "{\"type\": \"SendSMSS\", \"parameters\": {}}", "{}");
  execute_json(
      "unknown field",
      "{\"type\": \"SendSMS\", \"parameters\": {\"phone\": \"+1234567890\", \"message\": \"x\"}, \"trueActoin\": {}}", "{}");
  execute_json("action against its schema", SENDING("{\"phone\": \"12\", \"message\": \"x\"}"), "{}");
  execute_json("expression does not compile", DECIDING("daysInactive >"), "{}");
  execute_json("unknown function", DECIDING("florr(3) > 1"), "{}");
  execute_json("unknown property", DECIDING("daysInactiv > 5"), SEVEN);
  execute_json("property of the wrong type", DECIDING("daysInactive > 5"), "{\"daysInactive\": \"7\"}");
  execute_json("context is no JSON", maria, "{\"daysInactive\": ");
  execute_json("context is no object", maria, "[]");
  execute_json("context nested too deep", maria, deep);
  execute("idempotency key too long", (smartflow_request){.tree_json = maria, .context_json = SEVEN, .idempotency_key = key});
  execute("locale", (smartflow_request){.tree_json = maria, .context_json = SEVEN, .locale = "mt"});
  execute("now without dry run", (smartflow_request){.tree_json = maria, .context_json = SEVEN, .now = &second});
  call_by_name("unknown service", "smartflow.v9.ExecutionService", "ExecuteTree");
  call_by_name("unknown method", execution_service, "ExecuteForest");
  call_by_name("method of the admin socket", "smartflow.v1.AdminService", "GetServerInfo");
  call_by_name("streaming health", "grpc.health.v1.Health", "Watch");
  health("health of an unknown service", "smartflow.v1.Nothing");
  negative_timeout("negative timeout", path);
  /* The client says so itself, and spares the connection 4 MiB; that the daemon does is the transcripts' matter. */
  execute_json("message too large", large, "{}");
  /* A refused call must not harm the next one. */
  execute_json("after all that", maria, SEVEN);
  smartflow_context_free(out);
}
