/* Requests, written as protocol buffers: each message is counted first, since its length stands before it. */
#include <string.h>

#include "client.h"
#include "context.h"
#include "text.h"
#include "wire.h"

typedef struct view {
  const void *data;
  size_t count;
} view;

/* What is to be written: the request, and for a batch its items. */
typedef struct request {
  const char *service, *method;
  const smartflow_options *options;
  /* ExecuteTree and ExecuteBatch */
  const smartflow_request *asked;
  view tree;
  bool is_batch;
  const smartflow_item *items;
  size_t item_count;
  /* Health's service, or another method's payload. */
  const char *health;
  view payload;
  sf_method kind;
} request;

static view json_view(const smartflow_context *context, const char *json, size_t bytes) {
  if (!context) return (view){json, json && bytes == 0 ? strlen(json) : bytes};
  size_t count = 0;
  const char *written = smartflow_context_json(context, &count);
  return (view){written, count};
}

static void put_text(sf_writer *writer, uint32_t number, const char *text) {
  if (text && *text) sf_put_bytes_field(writer, number, text, strlen(text));
}

typedef void (*put)(sf_writer *writer, const void *what);

static void put_message(sf_writer *writer, uint32_t number, put body, const void *what) {
  sf_writer counter = {NULL, 0};
  body(&counter, what);
  sf_put_head(writer, number, counter.count);
  if (writer->at) {
    body(writer, what);
  } else {
    writer->count += counter.count;
  }
}

static void put_reference(sf_writer *writer, const void *what) {
  const smartflow_request *asked = what;
  put_text(writer, 1, asked->tree_id);
  sf_put_number_field(writer, 2, asked->tree_version);
}

static void put_time(sf_writer *writer, const void *what) {
  const smartflow_time *time = what;
  sf_put_number_field(writer, 1, (uint64_t)time->seconds);
  sf_put_number_field(writer, 2, (uint64_t)(int64_t)time->nanoseconds);
}

static void put_options(sf_writer *writer, const void *what) {
  const request *one = what;
  const smartflow_request *asked = one->asked;
  sf_put_number_field(writer, 1, asked->dry_run);
  sf_put_number_field(writer, 2, asked->trace);
  if (!one->is_batch) put_text(writer, 3, asked->idempotency_key);
  put_text(writer, 4, asked->locale);
  if (asked->now) put_message(writer, 5, put_time, asked->now);
}

static void put_item(sf_writer *writer, const void *what) {
  const smartflow_item *item = what;
  const view context = json_view(item->context, item->context_json, item->context_json_bytes);
  if (context.data) sf_put_bytes_field(writer, 2, context.data, context.count);
  put_text(writer, 3, item->player_id);
  put_text(writer, 4, item->idempotency_key);
}

/* ExecuteTreeRequest or ExecuteBatchRequest. */
static void put_execution(sf_writer *writer, const request *one) {
  const smartflow_request *asked = one->asked;
  if (one->tree.data) sf_put_bytes_field(writer, 1, one->tree.data, one->tree.count);
  if (asked->tree_id) put_message(writer, 2, put_reference, asked);
  for (size_t index = 0; index < one->item_count; index++) put_message(writer, 4, put_item, &one->items[index]);
  const uint32_t options = one->is_batch ? 5 : 7;
  if (!one->is_batch) {
    const view context = json_view(asked->context, asked->context_json, asked->context_json_bytes);
    if (context.data) sf_put_bytes_field(writer, 5, context.data, context.count);
    put_text(writer, 6, asked->player_id);
  }
  const bool has_key = !one->is_batch && asked->idempotency_key && *asked->idempotency_key;
  const bool has_locale = asked->locale && *asked->locale;
  if (asked->dry_run || asked->trace || asked->now || has_key || has_locale) {
    put_message(writer, options, put_options, one);
  }
}

static void put_payload(sf_writer *writer, const void *what) {
  const request *one = what;
  switch (one->kind) {
    case SF_EXECUTE:
    case SF_BATCH: put_execution(writer, one); break;
    case SF_HEALTH: put_text(writer, 1, one->health); break;
    case SF_OTHER: sf_put(writer, one->payload.data, one->payload.count); break;
  }
}

typedef struct pair {
  const char *key, *value;
} pair;

static void put_pair(sf_writer *writer, const void *what) {
  const pair *one = what;
  put_text(writer, 1, one->key);
  put_text(writer, 2, one->value);
}

/* A ttrpc.Request without its timeout, which is known when it is sent. */
static void put_envelope(sf_writer *writer, const request *one) {
  put_text(writer, 1, one->service);
  put_text(writer, 2, one->method);
  put_message(writer, 3, put_payload, one);
  if (!one->options) return;
  const pair pairs[] = {
      {"traceparent", one->options->traceparent},
      {"tracestate", one->options->tracestate},
      {"x-request-id", one->options->request_id}};
  for (size_t index = 0; index < sizeof pairs / sizeof *pairs; index++) {
    if (pairs[index].value) put_message(writer, 5, put_pair, &pairs[index]);
  }
}

/* --- What is wrong with a request */

static const char *mistake_in_texts(const char *const *texts, size_t count) {
  for (size_t index = 0; index < count; index++) {
    if (texts[index] && !sf_is_utf8(texts[index], strlen(texts[index]))) return "a text of the request is not UTF-8";
  }
  return NULL;
}

static const char *mistake_in_context(const smartflow_context *context, const char *json) {
  if (context && json) return "a context and its JSON were given; give one of them";
  return context && context->code != SMARTFLOW_OK ? context->mistake : NULL;
}

static const char *mistake_in(const request *one) {
  const smartflow_options *options = one->options;
  const char *const texts[] = {
      one->service, one->method, one->health, options ? options->traceparent : NULL,
      options ? options->tracestate : NULL, options ? options->request_id : NULL};
  const char *mistake = mistake_in_texts(texts, sizeof texts / sizeof *texts);
  const smartflow_request *asked = one->asked;
  if (mistake || !asked) return mistake;
  if (asked->size == 0) return "the request's size is 0; begin it with SMARTFLOW_REQUEST";
  if (asked->tree_id && asked->tree_json) return "a tree's name and its JSON were given; give one of them";
  const char *const own[] = {asked->tree_id, asked->player_id, asked->idempotency_key, asked->locale};
  mistake = mistake_in_texts(own, sizeof own / sizeof *own);
  if (!mistake && !one->is_batch) mistake = mistake_in_context(asked->context, asked->context_json);
  for (size_t index = 0; !mistake && index < one->item_count; index++) {
    const smartflow_item *item = &one->items[index];
    const char *const parts[] = {item->player_id, item->idempotency_key};
    mistake = mistake_in_texts(parts, sizeof parts / sizeof *parts);
    if (!mistake) mistake = mistake_in_context(item->context, item->context_json);
  }
  return mistake;
}

/* Whether it performs nothing, or nothing twice. */
static bool is_safe(const request *one) {
  if (one->kind == SF_HEALTH) return true;
  if (!one->asked) return false;
  if (one->asked->dry_run) return true;
  if (!one->is_batch) return one->asked->idempotency_key && *one->asked->idempotency_key;
  for (size_t index = 0; index < one->item_count; index++) {
    const char *key = one->items[index].idempotency_key;
    if (!key || !*key) return false;
  }
  return true;
}

static smartflow_call *begin(smartflow_client *client, const request *one, smartflow_done done, void *user) {
  smartflow_call *call = sf_begin(client, one->kind, one->options, done, user);
  if (!call) return NULL;
  const char *mistake = mistake_in(one);
  if (mistake) {
    sf_end(call, SMARTFLOW_INVALID_ARGUMENT, "%s", mistake);
    return call;
  }
  sf_writer counter = {NULL, 0};
  put_envelope(&counter, one);
  /* With room for the timeout. */
  if (counter.count > LIMIT_MESSAGE_BYTES - 11) {
    sf_end_too_large(call, "a request", counter.count);
  } else if (!sf_bytes_reserve(&call->bytes, counter.count, LIMIT_MESSAGE_BYTES)) {
    sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for the request");
  } else {
    sf_writer writer = {call->bytes.data, 0};
    put_envelope(&writer, one);
    call->bytes.count = writer.count;
    call->is_safe = call->is_safe || is_safe(one);
    sf_wait_for_connection(call);
  }
  return call;
}

/* A request as this library knows it, of an older program's. */
static smartflow_request widened(const smartflow_request *given) {
  smartflow_request whole;
  memset(&whole, 0, sizeof whole);
  if (given) memcpy(&whole, given, given->size < sizeof whole ? given->size : sizeof whole);
  return whole;
}

static const char execution_service[] = "smartflow.v1.ExecutionService";

smartflow_call *smartflow_execute(
    smartflow_client *client, const smartflow_request *given, smartflow_done done, void *user) {
  const smartflow_request asked = widened(given);
  const request one = {
      .service = execution_service, .method = "ExecuteTree", .options = &asked.options, .asked = &asked,
      .tree = json_view(NULL, asked.tree_json, asked.tree_json_bytes), .kind = SF_EXECUTE};
  return begin(client, &one, done, user);
}

smartflow_call *smartflow_execute_batch(
    smartflow_client *client, const smartflow_request *given, const smartflow_item *items, size_t count,
    smartflow_done done, void *user) {
  const smartflow_request asked = widened(given);
  const request one = {
      .service = execution_service, .method = "ExecuteBatch", .options = &asked.options, .asked = &asked,
      .tree = json_view(NULL, asked.tree_json, asked.tree_json_bytes), .is_batch = true,
      .items = items, .item_count = items ? count : 0, .kind = SF_BATCH};
  return begin(client, &one, done, user);
}

smartflow_call *smartflow_health(
    smartflow_client *client, const char *service, const smartflow_options *options, smartflow_done done, void *user) {
  const request one = {
      .service = "grpc.health.v1.Health", .method = "Check", .options = options, .health = service,
      .kind = SF_HEALTH};
  return begin(client, &one, done, user);
}

smartflow_call *smartflow_call_method(
    smartflow_client *client, const char *service, const char *method, const void *payload, size_t bytes,
    const smartflow_options *options, smartflow_done done, void *user) {
  const request one = {
      .service = service, .method = method, .options = options, .payload = {payload, payload ? bytes : 0},
      .kind = SF_OTHER};
  return begin(client, &one, done, user);
}
