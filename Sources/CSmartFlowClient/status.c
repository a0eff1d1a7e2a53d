#include <string.h>

#include "reading.h"

void sf_make_error(smartflow_error *error, int code, const char *message) {
  *error = (smartflow_error){
      .code = code, .message = message, .reason = "", .domain = "", .resource_type = "", .resource_name = "",
      .retry_after_ms = -1};
}

sf_status sf_begin_status(sf_source *source) {
  sf_status status = {.error = sf_take_memory(source, sizeof(smartflow_error))};
  if (status.error) sf_make_error(status.error, 0, "");
  return status;
}

static void take_pair(sf_source *source, void *message, sf_field *field) {
  smartflow_pair *pair = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) pair->key = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_BYTES)) pair->value = sf_take_text(source, field);
}

/* google.rpc.ErrorInfo */
static void take_info(sf_source *source, void *message, sf_field *field) {
  sf_status *status = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) status->error->reason = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_BYTES)) status->error->domain = sf_take_text(source, field);
  if (field->tag != SF_TAG(3, SF_BYTES)) return;
  smartflow_pair *pair = sf_take_memory(source, sizeof *pair);
  if (!pair) return;
  pair->key = pair->value = "";
  if (status->last_pair) {
    status->last_pair->next = pair;
  } else {
    status->error->metadata = pair;
  }
  status->last_pair = pair;
  sf_read_field(source, field, take_pair, pair);
}

static void take_violation(sf_source *source, void *message, sf_field *field) {
  smartflow_violation *violation = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) violation->field = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_BYTES)) violation->description = sf_take_text(source, field);
}

/* google.rpc.BadRequest */
static void take_bad_request(sf_source *source, void *message, sf_field *field) {
  sf_status *status = message;
  if (field->tag != SF_TAG(1, SF_BYTES)) return;
  smartflow_violation *violation = sf_take_memory(source, sizeof *violation);
  if (!violation) return;
  violation->field = violation->description = "";
  if (status->last_violation) {
    status->last_violation->next = violation;
  } else {
    status->error->violations = violation;
  }
  status->last_violation = violation;
  sf_read_field(source, field, take_violation, violation);
}

/* google.rpc.ResourceInfo */
static void take_resource(sf_source *source, void *message, sf_field *field) {
  sf_status *status = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) status->error->resource_type = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_BYTES)) status->error->resource_name = sf_take_text(source, field);
}

/* google.rpc.RetryInfo */
static void take_retry(sf_source *source, void *message, sf_field *field) {
  sf_duration *delay = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) sf_read_field(source, field, sf_take_duration, delay);
}

typedef struct any {
  const char *url;
  uint8_t *value;
  size_t count;
} any;

static void take_any(sf_source *source, void *message, sf_field *field) {
  any *packed = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) packed->url = sf_take_text(source, field);
  if (field->tag != SF_TAG(2, SF_BYTES)) return;
  packed->value = field->start;
  packed->count = field->count;
}

static void read_detail(sf_source *source, sf_status *status, const any *detail) {
  const char *slash = strrchr(detail->url, '/');
  const char *type = slash ? slash + 1 : detail->url;
  if (strcmp(type, "google.rpc.ErrorInfo") == 0) {
    sf_read_message(source, detail->value, detail->count, take_info, status);
  } else if (strcmp(type, "google.rpc.BadRequest") == 0) {
    sf_read_message(source, detail->value, detail->count, take_bad_request, status);
  } else if (strcmp(type, "google.rpc.ResourceInfo") == 0) {
    sf_read_message(source, detail->value, detail->count, take_resource, status);
  } else if (strcmp(type, "google.rpc.RetryInfo") == 0) {
    sf_duration delay = {0, 0};
    sf_read_message(source, detail->value, detail->count, take_retry, &delay);
    const int64_t nanoseconds = sf_nanoseconds(delay);
    /* Up, so that nobody comes too early. */
    const bool is_whole = nanoseconds <= 0 || nanoseconds % 1000000 == 0;
    status->error->retry_after_ms = nanoseconds < 0 ? 0 : nanoseconds / 1000000 + (is_whole ? 0 : 1);
  } else if (strcmp(type, "smartflow.v1.Execution") == 0) {
    sf_execution part = sf_begin_execution(source);
    if (!part.execution) return;
    sf_read_message(source, detail->value, detail->count, sf_take_execution, &part);
    part.execution->elapsed_ns = sf_nanoseconds(part.elapsed);
    status->execution = part.execution;
  }
}

void sf_take_status(sf_source *source, void *message, sf_field *field) {
  sf_status *status = message;
  switch (field->tag) {
    case SF_TAG(1, SF_VARINT): status->error->code = (int32_t)(uint32_t)field->value; break;
    case SF_TAG(2, SF_BYTES): status->error->message = sf_take_text(source, field); break;
    case SF_TAG(3, SF_BYTES): {
      any detail = {.url = ""};
      sf_read_field(source, field, take_any, &detail);
      if (source->result == SF_READ) read_detail(source, status, &detail);
      break;
    }
    default: break;
  }
}
