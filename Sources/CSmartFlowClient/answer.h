/* What a server's answer says, read out of its bytes in place. */
#ifndef SMARTFLOW_ANSWER_H
#define SMARTFLOW_ANSWER_H

#include "memory.h"
#include "smartflow.h"
#include "wire.h"

typedef enum sf_reading {
  SF_READ,
  SF_NOT_PARSED,
  /* Memory, or LIMIT_ANSWER_BYTES. */
  SF_NO_MEMORY
} sf_reading;

/* A ttrpc.Response. */
typedef struct sf_response {
  /* Set when there is a status other than OK. */
  smartflow_error *error;
  /* Found among the status's details. */
  smartflow_execution *execution;
  uint8_t *payload;
  size_t payload_bytes;
} sf_response;

/* All of these move texts by a byte, to make room for their end: the bytes can be read once. */
sf_reading sf_read_response(sf_arena *arena, uint8_t *bytes, size_t count, sf_response *response);
sf_reading sf_read_execute_response(sf_arena *arena, uint8_t *bytes, size_t count, smartflow_execution **execution);
sf_reading sf_read_batch_response(sf_arena *arena, uint8_t *bytes, size_t count, smartflow_batch **first);
sf_reading sf_read_health_response(uint8_t *bytes, size_t count, int *status);

/* An error of this side, without details. */
void sf_make_error(smartflow_error *error, int code, const char *message);

#endif
