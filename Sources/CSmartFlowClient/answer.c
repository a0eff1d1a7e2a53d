#include "answer.h"

#include "reading.h"

typedef struct response_part {
  sf_response *response;
  sf_status status;
} response_part;

static void take_response(sf_source *source, void *message, sf_field *field) {
  response_part *part = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) {
    if (!part->status.error) part->status = sf_begin_status(source);
    if (part->status.error) sf_read_field(source, field, sf_take_status, &part->status);
  } else if (field->tag == SF_TAG(2, SF_BYTES)) {
    part->response->payload = field->start;
    part->response->payload_bytes = field->count;
  }
}

sf_reading sf_read_response(sf_arena *arena, uint8_t *bytes, size_t count, sf_response *response) {
  sf_source source = {arena, SF_READ};
  *response = (sf_response){0};
  response_part part = {.response = response};
  sf_read_message(&source, bytes, count, take_response, &part);
  if (part.status.error && part.status.error->code != SMARTFLOW_OK) {
    response->error = part.status.error;
    response->execution = part.status.execution;
  }
  return source.result;
}

static void take_execute_response(sf_source *source, void *message, sf_field *field) {
  sf_execution *part = message;
  if (field->tag != SF_TAG(1, SF_BYTES)) return;
  if (!part->execution) *part = sf_begin_execution(source);
  if (part->execution) sf_read_field(source, field, sf_take_execution, part);
}

sf_reading sf_read_execute_response(sf_arena *arena, uint8_t *bytes, size_t count, smartflow_execution **execution) {
  sf_source source = {arena, SF_READ};
  sf_execution part = {0};
  sf_read_message(&source, bytes, count, take_execute_response, &part);
  if (part.execution) part.execution->elapsed_ns = sf_nanoseconds(part.elapsed);
  *execution = part.execution;
  return source.result;
}

typedef struct batch_part {
  smartflow_batch *first, *last;
} batch_part;

typedef struct result_part {
  sf_execution execution;
  sf_status status;
} result_part;

/* A oneof: the last one holds. */
static void take_result(sf_source *source, void *message, sf_field *field) {
  result_part *part = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) {
    part->status = (sf_status){0};
    take_execute_response(source, &part->execution, field);
  } else if (field->tag == SF_TAG(2, SF_BYTES)) {
    part->execution = (sf_execution){0};
    if (!part->status.error) part->status = sf_begin_status(source);
    if (part->status.error) sf_read_field(source, field, sf_take_status, &part->status);
  }
}

static void take_batch_response(sf_source *source, void *message, sf_field *field) {
  batch_part *part = message;
  if (field->tag != SF_TAG(1, SF_BYTES)) return;
  smartflow_batch *result = sf_take_memory(source, sizeof *result);
  if (!result) return;
  if (part->last) {
    part->last->next = result;
  } else {
    part->first = result;
  }
  part->last = result;
  result_part inner = {0};
  sf_read_field(source, field, take_result, &inner);
  if (!inner.execution.execution && !inner.status.error) {
    /* Neither: nothing that a caller could go by. */
    sf_fail(source, SF_NOT_PARSED);
    return;
  }
  if (inner.execution.execution) inner.execution.execution->elapsed_ns = sf_nanoseconds(inner.execution.elapsed);
  result->execution = inner.execution.execution;
  result->error = inner.status.error;
}

sf_reading sf_read_batch_response(sf_arena *arena, uint8_t *bytes, size_t count, smartflow_batch **first) {
  sf_source source = {arena, SF_READ};
  batch_part part = {0};
  sf_read_message(&source, bytes, count, take_batch_response, &part);
  *first = part.first;
  return source.result;
}

static void take_health(sf_source *source, void *message, sf_field *field) {
  (void)source;
  int *status = message;
  if (field->tag == SF_TAG(1, SF_VARINT)) *status = (int32_t)(uint32_t)field->value;
}

sf_reading sf_read_health_response(uint8_t *bytes, size_t count, int *status) {
  sf_source source = {NULL, SF_READ};
  *status = SMARTFLOW_HEALTH_UNKNOWN;
  sf_read_message(&source, bytes, count, take_health, status);
  return source.result;
}
