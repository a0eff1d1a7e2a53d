/* protobuf-c, of the same .proto files, as judge: it reads what the client writes, and the client what it writes. */
#include "server.h"

#include <math.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "grpc/health/v1/health.pb-c.h"
#include "smartflow/v1/execution.pb-c.h"
#include "ttrpc.pb-c.h"

static server host;
static smartflow_client *client;
static uint64_t state = 88172645463325252;

static uint64_t random_number(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static unsigned below(unsigned count) { return (unsigned)(random_number() >> 33) % count; }

/* Memory of one round. */
static char pool[8 << 20];
static size_t pool_used;

static void *take(size_t count) {
  void *memory = pool + pool_used;
  pool_used += (count + 15) / 16 * 16;
  REQUIRE(pool_used <= sizeof pool);
  return memory;
}

static char *text(void) {
  static const char *const pieces[] = {"a", "Ħ", "€", "🎰", "/", "0", "~", "xyz", "\t", "\"", "\\"};
  const unsigned count = below(4) == 0 ? 0 : below(40);
  char *made = take(4 * (size_t)count + 1);
  made[0] = 0;
  for (unsigned index = 0; index < count; index++) strcat(made, pieces[below(sizeof pieces / sizeof *pieces)]);
  return made;
}

static ProtobufCBinaryData bytes(void) {
  ProtobufCBinaryData data = {below(300), NULL};
  data.data = take(data.len + 1);
  for (size_t index = 0; index < data.len; index++) data.data[index] = (uint8_t)random_number();
  return data;
}

static int64_t number(void) { return (int64_t)(random_number() >> below(64)); }

/* --- Answers */

static Google__Protobuf__Value *value(unsigned depth);

static Google__Protobuf__Struct *object(unsigned depth) {
  Google__Protobuf__Struct *made = take(sizeof *made);
  google__protobuf__struct__init(made);
  made->n_fields = below(5);
  made->fields = take(made->n_fields * sizeof *made->fields + 1);
  for (size_t index = 0; index < made->n_fields; index++) {
    made->fields[index] = take(sizeof **made->fields);
    google__protobuf__struct__fields_entry__init(made->fields[index]);
    made->fields[index]->key = text();
    made->fields[index]->value = value(depth + 1);
  }
  return made;
}

static Google__Protobuf__Value *value(unsigned depth) {
  Google__Protobuf__Value *made = take(sizeof *made);
  google__protobuf__value__init(made);
  switch (below(depth > 6 ? 4 : 6)) {
    case 0: made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NULL_VALUE; break;
    case 1:
      made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE;
      made->number_value = (double)number() / (below(2) ? 1 : 100);
      break;
    case 2:
      made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
      made->string_value = text();
      break;
    case 3:
      made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_BOOL_VALUE;
      made->bool_value = (protobuf_c_boolean)below(2);
      break;
    case 4:
      made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE;
      made->struct_value = object(depth + 1);
      break;
    default: {
      made->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE;
      Google__Protobuf__ListValue *list = take(sizeof *list);
      google__protobuf__list_value__init(list);
      list->n_values = below(4);
      list->values = take(list->n_values * sizeof *list->values + 1);
      for (size_t index = 0; index < list->n_values; index++) list->values[index] = value(depth + 1);
      made->list_value = list;
    }
  }
  return made;
}

static void same_value(const smartflow_value *found, const Google__Protobuf__Value *wanted);

static void same_object(const smartflow_value *found, const Google__Protobuf__Struct *wanted) {
  REQUIRE(found != NULL);
  CHECK(found->kind == SMARTFLOW_KIND_OBJECT);
  const smartflow_value *one = found->first;
  for (size_t index = 0; index < wanted->n_fields; index++, one = one->next) {
    REQUIRE(one != NULL);
    CHECK_TEXT(one->name, wanted->fields[index]->key);
    same_value(one, wanted->fields[index]->value);
  }
  CHECK(one == NULL);
}

static void same_value(const smartflow_value *found, const Google__Protobuf__Value *wanted) {
  switch (wanted->kind_case) {
    case GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE:
      CHECK(found->kind == SMARTFLOW_KIND_NUMBER && found->number == wanted->number_value);
      break;
    case GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE:
      CHECK(found->kind == SMARTFLOW_KIND_TEXT && found->text_bytes == strlen(wanted->string_value));
      CHECK_TEXT(found->text, wanted->string_value);
      break;
    case GOOGLE__PROTOBUF__VALUE__KIND_BOOL_VALUE:
      CHECK(found->kind == SMARTFLOW_KIND_BOOL && found->boolean == (wanted->bool_value != 0));
      break;
    case GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE: same_object(found, wanted->struct_value); break;
    case GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE: {
      CHECK(found->kind == SMARTFLOW_KIND_LIST);
      const smartflow_value *one = found->first;
      for (size_t index = 0; index < wanted->list_value->n_values; index++, one = one->next) {
        REQUIRE(one != NULL);
        same_value(one, wanted->list_value->values[index]);
      }
      CHECK(one == NULL);
      break;
    }
    default: CHECK(found->kind == SMARTFLOW_KIND_NULL);
  }
}

static Google__Protobuf__Any *packed(const char *type, const ProtobufCMessage *message) {
  Google__Protobuf__Any *made = take(sizeof *made);
  google__protobuf__any__init(made);
  made->type_url = take(100);
  snprintf(made->type_url, 100, "type.googleapis.com/%s", type);
  made->value.len = protobuf_c_message_get_packed_size(message);
  made->value.data = take(made->value.len + 1);
  protobuf_c_message_pack(message, made->value.data);
  return made;
}

/* A status, and what of it the client is to say. */
typedef struct statement {
  Google__Rpc__Status *status;
  Google__Rpc__ErrorInfo *info;
  Google__Rpc__BadRequest *request;
  Google__Rpc__ResourceInfo *resource;
  Google__Rpc__RetryInfo *retry;
} statement;

static statement random_status(void) {
  statement made;
  memset(&made, 0, sizeof made);
  made.status = take(sizeof *made.status);
  google__rpc__status__init(made.status);
  made.status->code = below(3) == 0 ? (int32_t)number() : (int32_t)below(16) + 1;
  if (made.status->code == 0) made.status->code = 1;
  made.status->message = text();
  made.status->details = take(5 * sizeof *made.status->details);
  size_t *count = &made.status->n_details;
  if (below(2)) {
    made.info = take(sizeof *made.info);
    google__rpc__error_info__init(made.info);
    made.info->reason = text();
    made.info->domain = text();
    made.info->n_metadata = below(4);
    made.info->metadata = take(made.info->n_metadata * sizeof *made.info->metadata + 1);
    for (size_t index = 0; index < made.info->n_metadata; index++) {
      made.info->metadata[index] = take(sizeof **made.info->metadata);
      google__rpc__error_info__metadata_entry__init(made.info->metadata[index]);
      made.info->metadata[index]->key = text();
      made.info->metadata[index]->value = text();
    }
    made.status->details[(*count)++] = packed("google.rpc.ErrorInfo", &made.info->base);
  }
  if (below(2)) {
    Google__Rpc__Help help = GOOGLE__RPC__HELP__INIT;
    made.status->details[(*count)++] = packed("google.rpc.Help", &help.base);
  }
  if (below(2)) {
    made.request = take(sizeof *made.request);
    google__rpc__bad_request__init(made.request);
    made.request->n_field_violations = below(4);
    made.request->field_violations = take(made.request->n_field_violations * sizeof(void *) + 1);
    for (size_t index = 0; index < made.request->n_field_violations; index++) {
      Google__Rpc__BadRequest__FieldViolation *one = take(sizeof *one);
      google__rpc__bad_request__field_violation__init(one);
      one->field = text();
      one->description = text();
      one->reason = text();
      made.request->field_violations[index] = one;
    }
    made.status->details[(*count)++] = packed("google.rpc.BadRequest", &made.request->base);
  }
  if (below(2)) {
    made.resource = take(sizeof *made.resource);
    google__rpc__resource_info__init(made.resource);
    made.resource->resource_type = text();
    made.resource->resource_name = text();
    made.status->details[(*count)++] = packed("google.rpc.ResourceInfo", &made.resource->base);
  }
  if (below(2)) {
    made.retry = take(sizeof *made.retry);
    google__rpc__retry_info__init(made.retry);
    made.retry->retry_delay = take(sizeof *made.retry->retry_delay);
    google__protobuf__duration__init(made.retry->retry_delay);
    made.retry->retry_delay->seconds = below(1000);
    made.retry->retry_delay->nanos = (int32_t)below(1000000000);
    made.status->details[(*count)++] = packed("google.rpc.RetryInfo", &made.retry->base);
  }
  return made;
}

static void same_error(const smartflow_error *found, const statement *wanted) {
  REQUIRE(found != NULL);
  CHECK(found->code == wanted->status->code && !found->is_transport && !found->connection_lost);
  CHECK_TEXT(found->message, wanted->status->message);
  CHECK_TEXT(found->reason, wanted->info ? wanted->info->reason : "");
  CHECK_TEXT(found->domain, wanted->info ? wanted->info->domain : "");
  const smartflow_pair *pair = found->metadata;
  for (size_t index = 0; wanted->info && index < wanted->info->n_metadata; index++, pair = pair->next) {
    REQUIRE(pair != NULL);
    CHECK_TEXT(pair->key, wanted->info->metadata[index]->key);
    CHECK_TEXT(pair->value, wanted->info->metadata[index]->value);
  }
  CHECK(pair == NULL);
  const smartflow_violation *violation = found->violations;
  for (size_t index = 0; wanted->request && index < wanted->request->n_field_violations; index++) {
    REQUIRE(violation != NULL);
    CHECK_TEXT(violation->field, wanted->request->field_violations[index]->field);
    CHECK_TEXT(violation->description, wanted->request->field_violations[index]->description);
    violation = violation->next;
  }
  CHECK(violation == NULL);
  CHECK_TEXT(found->resource_type, wanted->resource ? wanted->resource->resource_type : "");
  CHECK_TEXT(found->resource_name, wanted->resource ? wanted->resource->resource_name : "");
  int64_t delay = -1;
  if (wanted->retry) {
    const Google__Protobuf__Duration *given = wanted->retry->retry_delay;
    delay = given->seconds * 1000 + (given->nanos + 999999) / 1000000;
  }
  CHECK(found->retry_after_ms == delay);
}

enum { MOST = 8 };

typedef struct decision {
  Smartflow__V1__Execution *execution;
  statement action_errors[MOST], step_errors[MOST];
} decision;

static decision random_execution(void) {
  decision made;
  memset(&made, 0, sizeof made);
  Smartflow__V1__Execution *one = take(sizeof *one);
  smartflow__v1__execution__init(one);
  made.execution = one;
  one->execution_id = text();
  one->status = (Smartflow__V1__ExecutionStatus)below(6);
  if (below(2)) {
    one->tree = take(sizeof *one->tree);
    smartflow__v1__tree_reference__init(one->tree);
    one->tree->tree_id = text();
    one->tree->version = (uint64_t)number();
  }
  one->tree_digest = bytes();
  one->n_actions = below(MOST);
  one->actions = take(one->n_actions * sizeof *one->actions + 1);
  for (size_t index = 0; index < one->n_actions; index++) {
    Smartflow__V1__ActionResult *action = take(sizeof *action);
    smartflow__v1__action_result__init(action);
    action->type = text();
    action->path = text();
    action->node_id = text();
    action->action_id = text();
    action->status = (Smartflow__V1__ActionStatus)below(6);
    if (below(3)) action->parameters = object(0);
    if (below(3) == 0) {
      made.action_errors[index] = random_status();
      action->error = made.action_errors[index].status;
    }
    one->actions[index] = action;
  }
  one->n_trace = below(MOST);
  one->trace = take(one->n_trace * sizeof *one->trace + 1);
  for (size_t index = 0; index < one->n_trace; index++) {
    Smartflow__V1__TraceStep *step = take(sizeof *step);
    smartflow__v1__trace_step__init(step);
    step->path = text();
    step->node_id = text();
    step->expression = text();
    step->result = text();
    step->fuel_used = (uint64_t)number();
    step->expression_path = text();
    if (below(3) == 0) {
      made.step_errors[index] = random_status();
      step->error = made.step_errors[index].status;
    }
    one->trace[index] = step;
  }
  if (below(2)) {
    one->elapsed = take(sizeof *one->elapsed);
    google__protobuf__duration__init(one->elapsed);
    one->elapsed->seconds = below(100);
    one->elapsed->nanos = (int32_t)below(1000000000);
  }
  one->fuel_used = (uint64_t)number();
  one->replayed = (protobuf_c_boolean)below(2);
  one->trace_steps_omitted = (uint64_t)number();
  return made;
}

static void same_execution(const smartflow_execution *found, const decision *wanted) {
  const Smartflow__V1__Execution *one = wanted->execution;
  REQUIRE(found != NULL);
  CHECK_TEXT(found->execution_id, one->execution_id);
  CHECK(found->status == (int)one->status);
  CHECK_TEXT(found->tree_id, one->tree ? one->tree->tree_id : "");
  CHECK(found->tree_version == (one->tree ? one->tree->version : 0));
  CHECK(found->tree_digest_bytes == one->tree_digest.len);
  CHECK(memcmp(found->tree_digest, one->tree_digest.data, one->tree_digest.len) == 0);
  CHECK(found->action_count == one->n_actions);
  const smartflow_action *action = found->actions;
  for (size_t index = 0; index < one->n_actions; index++, action = action->next) {
    REQUIRE(action != NULL);
    CHECK_TEXT(action->type, one->actions[index]->type);
    CHECK_TEXT(action->path, one->actions[index]->path);
    CHECK_TEXT(action->node_id, one->actions[index]->node_id);
    CHECK_TEXT(action->action_id, one->actions[index]->action_id);
    CHECK(action->status == (int)one->actions[index]->status);
    CHECK((action->parameters != NULL) == (one->actions[index]->parameters != NULL));
    if (action->parameters) same_object(action->parameters, one->actions[index]->parameters);
    CHECK((action->error != NULL) == (one->actions[index]->error != NULL));
    if (action->error) same_error(action->error, &wanted->action_errors[index]);
  }
  CHECK(action == NULL);
  const smartflow_step *step = found->trace;
  for (size_t index = 0; index < one->n_trace; index++, step = step->next) {
    REQUIRE(step != NULL);
    CHECK_TEXT(step->path, one->trace[index]->path);
    CHECK_TEXT(step->node_id, one->trace[index]->node_id);
    CHECK_TEXT(step->expression, one->trace[index]->expression);
    CHECK_TEXT(step->result, one->trace[index]->result);
    CHECK(step->fuel_used == one->trace[index]->fuel_used);
    CHECK((step->error != NULL) == (one->trace[index]->error != NULL));
    if (step->error) same_error(step->error, &wanted->step_errors[index]);
  }
  CHECK(step == NULL);
  CHECK(found->elapsed_ns == (one->elapsed ? one->elapsed->seconds * 1000000000 + one->elapsed->nanos : 0));
  CHECK(found->fuel_used == one->fuel_used && found->replayed == (one->replayed != 0));
  CHECK(found->trace_steps_omitted == one->trace_steps_omitted);
}

/* Answers the call that is on its way. */
static void answer(Google__Rpc__Status *status, const ProtobufCMessage *payload) {
  size_t count;
  uint32_t stream;
  smartflow_poll(client, 0);
  server_next(&host, &count, &stream);
  Ttrpc__Response response = TTRPC__RESPONSE__INIT;
  response.status = status;
  if (payload) {
    response.payload.len = protobuf_c_message_get_packed_size(payload);
    response.payload.data = take(response.payload.len + 1);
    protobuf_c_message_pack(payload, response.payload.data);
  }
  uint8_t *data = take(ttrpc__response__get_packed_size(&response) + 1);
  const size_t data_count = ttrpc__response__pack(&response, data);
  for (size_t sent = 0, split; sent < FRAME_HEADER + data_count; sent += split) {
    static uint8_t frame[1 << 21];
    const size_t whole = frame_of(frame, stream, 2, data, data_count);
    split = whole - sent < 150000 ? whole - sent : 150000;
    REQUIRE(server_send(&host, frame + sent, split));
    smartflow_poll(client, 0);
  }
}

static const smartflow_request by_name = {.size = sizeof(smartflow_request), .tree_id = "x"};

static void executions_are_read(void) {
  smartflow_call *call = smartflow_execute(client, &by_name, NULL, NULL);
  const decision wanted = random_execution();
  Smartflow__V1__ExecuteTreeResponse response = SMARTFLOW__V1__EXECUTE_TREE_RESPONSE__INIT;
  response.execution = wanted.execution;
  answer(NULL, &response.base);
  REQUIRE(smartflow_wait(call) == SMARTFLOW_OK);
  same_execution(smartflow_execution_of(call), &wanted);
  CHECK(smartflow_error_of(call) == NULL);
  smartflow_release(call);
}

static void errors_are_read(void) {
  smartflow_call *call = smartflow_execute(client, &by_name, NULL, NULL);
  statement wanted = random_status();
  const bool has_trace = below(2);
  const decision partial = random_execution();
  if (has_trace) {
    Google__Protobuf__Any **details = take((wanted.status->n_details + 1) * sizeof *details);
    memcpy(details, wanted.status->details, wanted.status->n_details * sizeof *details);
    details[wanted.status->n_details++] = packed("smartflow.v1.Execution", &partial.execution->base);
    wanted.status->details = details;
  }
  answer(wanted.status, NULL);
  CHECK((int)smartflow_wait(call) == wanted.status->code);
  same_error(smartflow_error_of(call), &wanted);
  CHECK((smartflow_execution_of(call) != NULL) == has_trace);
  if (has_trace) same_execution(smartflow_execution_of(call), &partial);
  smartflow_release(call);
}

static void batches_are_read(void) {
  smartflow_call *call = smartflow_execute_batch(client, &by_name, NULL, 0, NULL, NULL);
  decision executions[MOST];
  statement errors[MOST];
  Smartflow__V1__BatchResult *results[MOST], rooms[MOST];
  Smartflow__V1__ExecuteBatchResponse response = SMARTFLOW__V1__EXECUTE_BATCH_RESPONSE__INIT;
  response.n_results = below(MOST);
  response.results = results;
  for (size_t index = 0; index < response.n_results; index++) {
    results[index] = &rooms[index];
    smartflow__v1__batch_result__init(results[index]);
    if (below(2)) {
      executions[index] = random_execution();
      results[index]->result_case = SMARTFLOW__V1__BATCH_RESULT__RESULT_EXECUTION;
      results[index]->execution = executions[index].execution;
    } else {
      errors[index] = random_status();
      results[index]->result_case = SMARTFLOW__V1__BATCH_RESULT__RESULT_ERROR;
      results[index]->error = errors[index].status;
    }
  }
  answer(NULL, &response.base);
  REQUIRE(smartflow_wait(call) == SMARTFLOW_OK);
  const smartflow_batch *one = smartflow_batch_of(call);
  for (size_t index = 0; index < response.n_results; index++, one = one->next) {
    REQUIRE(one != NULL);
    if (results[index]->result_case == SMARTFLOW__V1__BATCH_RESULT__RESULT_EXECUTION) {
      CHECK(one->error == NULL);
      same_execution(one->execution, &executions[index]);
    } else {
      CHECK(one->execution == NULL);
      same_error(one->error, &errors[index]);
    }
  }
  CHECK(one == NULL);
  smartflow_release(call);
}

/* --- Requests */

static const char *or_empty(const char *given) { return given ? given : ""; }

static char *sometimes(void) { return below(2) ? text() : NULL; }

/* The envelope that was sent, read by protobuf-c. */
static Ttrpc__Request *sent(const char *service, const char *method, const smartflow_options *options, size_t *stream) {
  size_t count;
  uint32_t number_of_stream;
  smartflow_poll(client, 0);
  while (server_receive(&host) == 0) smartflow_poll(client, 0);
  const uint8_t *data = server_next(&host, &count, &number_of_stream);
  *stream = number_of_stream;
  Ttrpc__Request *request = ttrpc__request__unpack(NULL, count, data);
  REQUIRE(request != NULL);
  CHECK_TEXT(request->service, service);
  CHECK_TEXT(request->method, method);
  const int64_t timeout = (options->timeout_ms ? options->timeout_ms : 1000) * INT64_C(1000000);
  CHECK(request->timeout_nano > 0 && request->timeout_nano <= timeout && request->timeout_nano > timeout - 1000000000);
  const char *const keys[] = {"traceparent", "tracestate", "x-request-id"};
  const char *const values[] = {options->traceparent, options->tracestate, options->request_id};
  size_t found = 0;
  for (unsigned index = 0; index < 3; index++) {
    if (!values[index]) continue;
    REQUIRE(found < request->n_metadata);
    CHECK_TEXT(request->metadata[found]->key, keys[index]);
    CHECK_TEXT(request->metadata[found]->value, values[index]);
    found++;
  }
  CHECK(found == request->n_metadata);
  return request;
}

static smartflow_request random_request(smartflow_time *now) {
  smartflow_request made = by_name;
  made.tree_id = NULL;
  switch (below(3)) {
    case 0:
      made.tree_id = text();
      made.tree_version = (uint64_t)number();
      break;
    case 1:
      made.tree_json = text();
      if (below(2)) made.tree_json_bytes = strlen(made.tree_json);
      break;
    default: break;
  }
  made.context_json = sometimes();
  made.player_id = sometimes();
  made.idempotency_key = sometimes();
  made.locale = sometimes();
  *now = (smartflow_time){number() * (below(2) ? 1 : -1), (int32_t)below(1000000000)};
  if (below(2)) made.now = now;
  made.dry_run = below(2);
  made.trace = below(2);
  made.options.timeout_ms = below(2) ? 0 : 1000 + below(100000);
  made.options.traceparent = sometimes();
  made.options.tracestate = sometimes();
  made.options.request_id = sometimes();
  return made;
}

static void same_options(
    const Smartflow__V1__ExecutionOptions *found, const smartflow_request *wanted, bool is_batch) {
  Smartflow__V1__ExecutionOptions none = SMARTFLOW__V1__EXECUTION_OPTIONS__INIT;
  if (!found) found = &none;
  CHECK(found->dry_run == wanted->dry_run && found->trace == wanted->trace);
  CHECK_TEXT(found->idempotency_key, is_batch ? "" : or_empty(wanted->idempotency_key));
  CHECK_TEXT(found->locale, or_empty(wanted->locale));
  CHECK((found->now != NULL) == (wanted->now != NULL));
  if (!found->now || !wanted->now) return;
  CHECK(found->now->seconds == wanted->now->seconds && found->now->nanos == wanted->now->nanoseconds);
}

static bool same_bytes(ProtobufCBinaryData found, const char *wanted) {
  return found.len == strlen(wanted) && (found.len == 0 || memcmp(found.data, wanted, found.len) == 0);
}

static void requests_are_written(void) {
  smartflow_time now;
  const smartflow_request wanted = random_request(&now);
  smartflow_call *call = smartflow_execute(client, &wanted, NULL, NULL);
  size_t stream;
  Ttrpc__Request *envelope = sent("smartflow.v1.ExecutionService", "ExecuteTree", &wanted.options, &stream);
  Smartflow__V1__ExecuteTreeRequest *found =
      smartflow__v1__execute_tree_request__unpack(NULL, envelope->payload.len, envelope->payload.data);
  REQUIRE(found != NULL);
  CHECK((found->tree_case == SMARTFLOW__V1__EXECUTE_TREE_REQUEST__TREE_TREE_REFERENCE) == (wanted.tree_id != NULL));
  CHECK((found->tree_case == SMARTFLOW__V1__EXECUTE_TREE_REQUEST__TREE_TREE_JSON) == (wanted.tree_json != NULL));
  if (wanted.tree_id) CHECK_TEXT(found->tree_reference->tree_id, wanted.tree_id);
  if (wanted.tree_id) CHECK(found->tree_reference->version == wanted.tree_version);
  if (wanted.tree_json) CHECK(same_bytes(found->tree_json, wanted.tree_json));
  CHECK((found->context_case == SMARTFLOW__V1__EXECUTE_TREE_REQUEST__CONTEXT_CONTEXT_JSON) == (wanted.context_json != NULL));
  if (wanted.context_json) CHECK(same_bytes(found->context_json, wanted.context_json));
  CHECK_TEXT(found->player_id, or_empty(wanted.player_id));
  same_options(found->options, &wanted, false);
  smartflow__v1__execute_tree_request__free_unpacked(found, NULL);
  ttrpc__request__free_unpacked(envelope, NULL);
  server_answer(&host, (uint32_t)stream, "", 0);
  smartflow_wait(call);
  smartflow_release(call);
}

static void batch_requests_are_written(void) {
  smartflow_time now;
  const smartflow_request wanted = random_request(&now);
  smartflow_item items[MOST];
  const size_t count = below(MOST);
  smartflow_context *context = smartflow_context_new();
  smartflow_context_text(context, "name", text());
  for (size_t index = 0; index < count; index++) {
    items[index] = (smartflow_item){.player_id = sometimes(), .idempotency_key = sometimes()};
    if (below(2)) items[index].context = context;
    if (!items[index].context) items[index].context_json = sometimes();
  }
  smartflow_call *call = smartflow_execute_batch(client, &wanted, items, count, NULL, NULL);
  size_t stream;
  Ttrpc__Request *envelope = sent("smartflow.v1.ExecutionService", "ExecuteBatch", &wanted.options, &stream);
  Smartflow__V1__ExecuteBatchRequest *found =
      smartflow__v1__execute_batch_request__unpack(NULL, envelope->payload.len, envelope->payload.data);
  REQUIRE(found != NULL);
  if (wanted.tree_id) CHECK_TEXT(found->tree_reference->tree_id, wanted.tree_id);
  if (wanted.tree_json) CHECK(same_bytes(found->tree_json, wanted.tree_json));
  same_options(found->options, &wanted, true);
  CHECK(found->n_items == count);
  for (size_t index = 0; index < count && index < found->n_items; index++) {
    const char *json = items[index].context ? smartflow_context_json(context, NULL) : items[index].context_json;
    CHECK((found->items[index]->context_case == SMARTFLOW__V1__BATCH_ITEM__CONTEXT_CONTEXT_JSON) == (json != NULL));
    if (json) CHECK(same_bytes(found->items[index]->context_json, json));
    CHECK_TEXT(found->items[index]->player_id, or_empty(items[index].player_id));
    CHECK_TEXT(found->items[index]->idempotency_key, or_empty(items[index].idempotency_key));
  }
  smartflow__v1__execute_batch_request__free_unpacked(found, NULL);
  ttrpc__request__free_unpacked(envelope, NULL);
  server_answer(&host, (uint32_t)stream, "", 0);
  smartflow_wait(call);
  smartflow_release(call);
  smartflow_context_free(context);
}

static void other_requests_are_written(void) {
  const smartflow_options options = {.timeout_ms = 5000, .request_id = text()};
  const char *service = below(2) ? text() : NULL;
  smartflow_call *call = smartflow_health(client, service, &options, NULL, NULL);
  size_t stream;
  Ttrpc__Request *envelope = sent("grpc.health.v1.Health", "Check", &options, &stream);
  Grpc__Health__V1__HealthCheckRequest *found =
      grpc__health__v1__health_check_request__unpack(NULL, envelope->payload.len, envelope->payload.data);
  REQUIRE(found != NULL);
  CHECK_TEXT(found->service, or_empty(service));
  grpc__health__v1__health_check_request__free_unpacked(found, NULL);
  ttrpc__request__free_unpacked(envelope, NULL);
  server_answer(&host, (uint32_t)stream, "", 0);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);

  const ProtobufCBinaryData payload = bytes();
  call = smartflow_call_method(client, "a.B", "C", payload.data, payload.len, &options, NULL, NULL);
  envelope = sent("a.B", "C", &options, &stream);
  CHECK(envelope->payload.len == payload.len);
  CHECK(payload.len == 0 || memcmp(envelope->payload.data, payload.data, payload.len) == 0);
  ttrpc__request__free_unpacked(envelope, NULL);
  Ttrpc__Response response = TTRPC__RESPONSE__INIT;
  response.payload = payload;
  uint8_t *data = take(ttrpc__response__get_packed_size(&response) + 1);
  server_answer(&host, (uint32_t)stream, data, ttrpc__response__pack(&response, data));
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  size_t count;
  const void *found_payload = smartflow_payload_of(call, &count);
  CHECK(count == payload.len && memcmp(found_payload, payload.data, count) == 0);
  smartflow_release(call);
}

int main(int count, char **arguments) {
  const unsigned rounds = count > 1 ? (unsigned)atoi(arguments[1]) : 300;
  char why[256];
  server_start(&host);
  REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
  smartflow_call *call = smartflow_health(client, NULL, NULL, NULL, NULL);
  REQUIRE(server_wait_for_dial(&host, client));
  answer(NULL, NULL);
  smartflow_release(call);
  for (unsigned round = 0; round < rounds; round++) {
    void (*const tests[])(void) = {
        executions_are_read, errors_are_read, batches_are_read, requests_are_written, batch_requests_are_written,
        other_requests_are_written};
    pool_used = 0;
    tests[round % (sizeof tests / sizeof *tests)]();
  }
  smartflow_close(client);
  server_stop(&host);
  return checks_end("oracle");
}
