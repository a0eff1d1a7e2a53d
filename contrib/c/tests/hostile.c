/* Bytes that no server sends, again and again: they never do more than end calls.
 *
 *   hostile [ROUNDS [SEED]]
 */
#include "server.h"

#include "google/rpc/error_details.pb-c.h"
#include "smartflow/v1/execution.pb-c.h"
#include "ttrpc.pb-c.h"

static uint64_t state;

static uint64_t random_number(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static unsigned below(size_t count) { return (unsigned)((random_number() >> 33) % count); }

static size_t pack(uint8_t *into, bool is_error, bool is_batch) {
  Smartflow__V1__Execution execution = SMARTFLOW__V1__EXECUTION__INIT;
  Smartflow__V1__TreeReference tree = SMARTFLOW__V1__TREE_REFERENCE__INIT;
  Smartflow__V1__ActionResult action = SMARTFLOW__V1__ACTION_RESULT__INIT, *actions[] = {&action, &action};
  Smartflow__V1__TraceStep step = SMARTFLOW__V1__TRACE_STEP__INIT, *steps[] = {&step};
  Google__Protobuf__Struct parameters = GOOGLE__PROTOBUF__STRUCT__INIT;
  Google__Protobuf__Struct__FieldsEntry entry = GOOGLE__PROTOBUF__STRUCT__FIELDS_ENTRY__INIT, *entries[] = {&entry, &entry};
  Google__Protobuf__Value value = GOOGLE__PROTOBUF__VALUE__INIT, outer = GOOGLE__PROTOBUF__VALUE__INIT, *values[] = {&value};
  Google__Protobuf__ListValue list = GOOGLE__PROTOBUF__LIST_VALUE__INIT;
  Google__Protobuf__Duration elapsed = GOOGLE__PROTOBUF__DURATION__INIT;
  Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
  Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
  Google__Protobuf__Any any = GOOGLE__PROTOBUF__ANY__INIT, *details[] = {&any};
  uint8_t packed[256];
  execution.execution_id = "018f";
  execution.tree = &tree;
  tree.tree_id = "winback";
  tree.version = 300;
  execution.n_actions = 2;
  execution.actions = actions;
  action.type = "SendSMS";
  action.path = "/trueAction";
  action.parameters = &parameters;
  parameters.n_fields = 2;
  parameters.fields = entries;
  entry.key = "message";
  entry.value = &outer;
  value.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
  value.string_value = "Grüße 🎰";
  outer.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE;
  outer.list_value = &list;
  list.n_values = 1;
  list.values = values;
  execution.n_trace = 1;
  execution.trace = steps;
  step.expression = "daysInactive > 5";
  step.result = "true";
  step.error = &status;
  execution.elapsed = &elapsed;
  elapsed.nanos = 12345678;
  info.reason = "UNKNOWN_PROPERTY";
  info.domain = "smartflow";
  any.type_url = "type.googleapis.com/google.rpc.ErrorInfo";
  any.value.data = packed;
  any.value.len = google__rpc__error_info__pack(&info, packed);
  status.code = 9;
  status.message = "no such property";
  status.n_details = 1;
  status.details = details;

  Ttrpc__Response response = TTRPC__RESPONSE__INIT;
  uint8_t payload[2048];
  if (is_error) response.status = &status;
  if (is_batch) {
    Smartflow__V1__BatchResult result = SMARTFLOW__V1__BATCH_RESULT__INIT, *results[] = {&result, &result};
    Smartflow__V1__ExecuteBatchResponse batch = SMARTFLOW__V1__EXECUTE_BATCH_RESPONSE__INIT;
    result.result_case = SMARTFLOW__V1__BATCH_RESULT__RESULT_EXECUTION;
    result.execution = &execution;
    batch.n_results = 2;
    batch.results = results;
    response.payload.len = smartflow__v1__execute_batch_response__pack(&batch, payload);
  } else {
    Smartflow__V1__ExecuteTreeResponse one = SMARTFLOW__V1__EXECUTE_TREE_RESPONSE__INIT;
    one.execution = &execution;
    response.payload.len = smartflow__v1__execute_tree_response__pack(&one, payload);
  }
  response.payload.data = payload;
  return ttrpc__response__pack(&response, into);
}

/* Reads all that a caller could: a sanitizer sees what lies outside. */
static size_t touch_error(const smartflow_error *error) {
  if (!error) return 0;
  size_t count = strlen(error->message) + strlen(error->reason) + strlen(error->domain);
  for (const smartflow_pair *one = error->metadata; one; one = one->next) count += strlen(one->key) + strlen(one->value);
  for (const smartflow_violation *one = error->violations; one; one = one->next) {
    count += strlen(one->field) + strlen(one->description);
  }
  return count + strlen(error->resource_name) + strlen(error->resource_type);
}

static size_t touch_execution(const smartflow_execution *execution) {
  static char json[4096];
  if (!execution) return 0;
  size_t count = strlen(execution->execution_id) + strlen(execution->tree_id);
  for (size_t index = 0; index < execution->tree_digest_bytes; index++) count += execution->tree_digest[index];
  for (const smartflow_action *one = execution->actions; one; one = one->next) {
    count += strlen(one->type) + strlen(one->path) + strlen(one->node_id) + strlen(one->action_id);
    const size_t whole = smartflow_json_of(one->parameters, json, sizeof json);
    CHECK(strlen(json) == (whole < sizeof json ? whole : sizeof json - 1) || memchr(json, 0, whole));
    smartflow_member(one->parameters, "message");
    count += whole + touch_error(one->error);
  }
  for (const smartflow_step *one = execution->trace; one; one = one->next) {
    count += strlen(one->path) + strlen(one->node_id) + strlen(one->expression) + strlen(one->result) + touch_error(one->error);
  }
  return count;
}

static size_t touch(const smartflow_call *call) {
  size_t count = touch_error(smartflow_error_of(call)) + touch_execution(smartflow_execution_of(call));
  for (const smartflow_batch *one = smartflow_batch_of(call); one; one = one->next) {
    count += touch_error(one->error) + touch_execution(one->execution);
  }
  return count;
}

/* Changes, cuts, doubles and moves bytes, a few times. */
static size_t mutate(uint8_t *bytes, size_t count, size_t most) {
  for (unsigned times = below(6); times > 0 && count > 0; times--) {
    const size_t at = below(count), length = 1 + below(count - at < 40 ? count - at : 40);
    switch (below(6)) {
      case 0: bytes[at] = (uint8_t)random_number(); break;
      case 1: bytes[at] ^= (uint8_t)(1u << below(8)); break;
      case 2: count = at; break;
      case 3:
        memmove(bytes + at, bytes + at + length, count - at - length);
        count -= length;
        break;
      case 4:
        if (count + length > most) break;
        memmove(bytes + at + length, bytes + at, count - at);
        count += length;
        break;
      default: memset(bytes + at, below(2) ? 0xFF : 0, length);
    }
  }
  return count;
}

/* Values in values, as deep as they go. */
static void deep_values_end(server *host, smartflow_client *client) {
  static uint8_t bytes[1 << 16], copy[1 << 16];
  for (unsigned depth = 60; depth < 2000; depth *= 2) {
    /* Value{list{…}} */
    size_t count = 0;
    for (unsigned level = 0; level < depth; level++) {
      uint8_t head[12];
      size_t head_count = 0, size = count;
      const uint8_t tags[] = {0x0A, 0x32};
      for (unsigned which = 0; which < 2; which++) {
        head_count = 0;
        head[head_count++] = tags[which];
        size_t left = size;
        do {
          head[head_count++] = (uint8_t)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
          left >>= 7;
        } while (left > 0);
        memmove(bytes + head_count, bytes, count);
        memcpy(bytes, head, head_count);
        count += head_count;
        size = count;
      }
    }
    const uint8_t tags[] = {0x12, 0x0A, 0x22, 0x2A, 0x0A, 0x12};
    for (unsigned which = 0; which < 6; which++) {
      /* Entry.value, Struct.fields, …: from the inside out. */
      const uint8_t tag = tags[which];
      size_t head_count = 0, left = count;
      uint8_t head[12];
      head[head_count++] = tag;
      do {
        head[head_count++] = (uint8_t)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
        left >>= 7;
      } while (left > 0);
      memcpy(copy, head, head_count);
      memcpy(copy + head_count, bytes, count);
      count += head_count;
      memcpy(bytes, copy, count);
    }
    const smartflow_request request = {SMARTFLOW_REQUEST, .tree_id = "x"};
    smartflow_call *call = smartflow_execute(client, &request, NULL, NULL);
    smartflow_poll(client, 0);
    size_t ignored;
    uint32_t stream;
    server_next(host, &ignored, &stream);
    server_answer(host, stream, bytes, count);
    CHECK(smartflow_wait(call) == (depth <= 120 ? SMARTFLOW_OK : SMARTFLOW_INTERNAL));
    touch(call);
    smartflow_release(call);
  }
}

int main(int argument_count, char **arguments) {
  const unsigned rounds = argument_count > 1 ? (unsigned)atoi(arguments[1]) : 20000;
  state = argument_count > 2 ? strtoull(arguments[2], NULL, 0) | 1 : 88172645463325252;
  server host;
  smartflow_client *client;
  char why[256];
  static uint8_t sound[4][4096];
  size_t counts[4];
  for (unsigned kind = 0; kind < 4; kind++) counts[kind] = pack(sound[kind], kind & 1, kind & 2);
  server_start(&host);
  REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
  const smartflow_request request = {SMARTFLOW_REQUEST, .tree_id = "x", .options = {.timeout_ms = 60000}};
  const smartflow_request hasty = {SMARTFLOW_REQUEST, .tree_id = "x", .options = {.timeout_ms = 1}};
  smartflow_call *first = smartflow_execute(client, &request, NULL, NULL);
  REQUIRE(server_wait_for_dial(&host, client));
  size_t ignored;
  uint32_t stream;
  server_next(&host, &ignored, &stream);
  server_answer(&host, stream, sound[0], counts[0]);
  CHECK(smartflow_wait(first) == SMARTFLOW_OK && touch(first) > 0);
  smartflow_release(first);
  deep_values_end(&host, client);

  unsigned ends[17] = {0};
  for (unsigned round = 0; round < rounds; round++) {
    static uint8_t data[8192], frame[8192 + FRAME_HEADER];
    const unsigned kind = below(4);
    const bool is_framed = below(8) > 0;
    smartflow_call *call = kind & 2 ? smartflow_execute_batch(client, is_framed ? &request : &hasty, NULL, 0, NULL, NULL)
                                    : smartflow_execute(client, is_framed ? &request : &hasty, NULL, NULL);
    REQUIRE(call != NULL);
    smartflow_poll(client, 0);
    if (server_accept(&host)) smartflow_poll(client, 0);
    if (!smartflow_is_over(call) && server_receive(&host) > 0) {
      server_next(&host, &ignored, &stream);
      memcpy(data, sound[kind], counts[kind]);
      size_t count = mutate(data, counts[kind], sizeof data);
      count = frame_of(frame, stream, 2, data, count);
      /* The frame itself is wrong: the deadline ends the call, or an answer. */
      if (!is_framed) count = mutate(frame, count, sizeof frame);
      const size_t split = below(count + 1);
      server_send(&host, frame, split);
      smartflow_poll(client, 0);
      server_send(&host, frame + split, count - split);
    }
    const smartflow_code code = smartflow_wait(call);
    if (code < 17) ends[code]++;
    CHECK(!is_framed || code != SMARTFLOW_DEADLINE_EXCEEDED || smartflow_error_of(call)->is_transport == false);
    touch(call);
    smartflow_release(call);
    if (is_framed) continue;
    smartflow_close(client);
    server_hang_up(&host);
    REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
  }
  CHECK(ends[SMARTFLOW_OK] > 0 && ends[SMARTFLOW_INTERNAL] > 0 && ends[SMARTFLOW_FAILED_PRECONDITION] > 0);
  smartflow_close(client);
  server_stop(&host);
  return checks_end("hostile");
}
