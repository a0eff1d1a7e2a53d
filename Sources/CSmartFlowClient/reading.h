/* What the readers of messages share. */
#ifndef SMARTFLOW_READING_H
#define SMARTFLOW_READING_H

#include "answer.h"

typedef struct sf_source {
  sf_arena *arena;
  /* The first thing that went wrong; nothing is read after it. */
  sf_reading result;
} sf_source;

/* Reads one field into a message. */
typedef void (*sf_take)(sf_source *source, void *message, sf_field *field);

/* Reads all fields of a message. Said twice, a message's fields add up, as protocol buffers have it. */
void sf_read_message(sf_source *source, uint8_t *bytes, size_t count, sf_take take, void *message);
/* The same for a field that is a message. */
void sf_read_field(sf_source *source, const sf_field *field, sf_take take, void *message);

/* Zeroed; NULL after a failure. */
void *sf_take_memory(sf_source *source, size_t count);
void sf_fail(sf_source *source, sf_reading result);

/* The text of a field, ended by a zero byte; "" after a failure. */
const char *sf_take_text(sf_source *source, sf_field *field);

/* A duration in nanoseconds, as long as there is a number for it. */
typedef struct sf_duration {
  int64_t seconds;
  int32_t nanoseconds;
} sf_duration;
void sf_take_duration(sf_source *source, void *message, sf_field *field);
int64_t sf_nanoseconds(sf_duration duration);

/* A google.protobuf.Struct. */
typedef struct sf_struct {
  smartflow_value *value;
  smartflow_value *last;
  unsigned depth;
} sf_struct;
void sf_take_struct(sf_source *source, void *message, sf_field *field);

/* A google.rpc.Status. */
typedef struct sf_status {
  smartflow_error *error;
  smartflow_violation *last_violation;
  smartflow_pair *last_pair;
  smartflow_execution *execution;
} sf_status;
sf_status sf_begin_status(sf_source *source);
void sf_take_status(sf_source *source, void *message, sf_field *field);

/* A smartflow.v1.Execution; what is being read of it. */
typedef struct sf_execution {
  smartflow_execution *execution;
  smartflow_action *last_action;
  smartflow_step *last_step;
  sf_duration elapsed;
} sf_execution;
sf_execution sf_begin_execution(sf_source *source);
void sf_take_execution(sf_source *source, void *message, sf_field *field);

#endif
