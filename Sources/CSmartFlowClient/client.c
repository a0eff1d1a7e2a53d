#define _POSIX_C_SOURCE 200809L

#include "client.h"

#include <stdio.h>
#include <stdlib.h>

const char *smartflow_version(void) { return "0.1.0"; }

const char *smartflow_code_name(int code) {
  static const char *const names[] = {
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
      "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
      "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && code < (int)(sizeof names / sizeof *names) ? names[code] : "CODE";
}

smartflow_code smartflow_open(const char *endpoint, smartflow_client **client, char *why, size_t why_bytes) {
  char unread[1];
  if (!why || why_bytes == 0) {
    why = unread;
    why_bytes = sizeof unread;
  }
  why[0] = 0;
  *client = NULL;
  smartflow_client *made = calloc(1, sizeof *made);
  if (!made) {
    snprintf(why, why_bytes, "there is no memory for a client");
    return SMARTFLOW_RESOURCE_EXHAUSTED;
  }
  const smartflow_code code = sf_find_endpoint(made, endpoint, why, why_bytes);
  if (code != SMARTFLOW_OK) {
    free(made);
    return code;
  }
  made->socket = made->watcher = -1;
  made->next_stream = 1;
  made->earliest = UINT64_MAX;
  /* Only clients that begin at the same instant in the same place would pause alike. */
  made->random = (sf_now() ^ (uint64_t)(uintptr_t)made << 16) | 1;
  *client = made;
  return SMARTFLOW_OK;
}

bool smartflow_is_over(const smartflow_call *call) { return !call || call->state == SF_OVER; }

smartflow_code smartflow_code_of(const smartflow_call *call) {
  if (!call) return SMARTFLOW_RESOURCE_EXHAUSTED;
  return call->state == SF_OVER ? (smartflow_code)call->code : SMARTFLOW_UNKNOWN;
}

const smartflow_error *smartflow_error_of(const smartflow_call *call) {
  static const smartflow_error none = {
      .code = SMARTFLOW_RESOURCE_EXHAUSTED, .is_transport = true,
      .message = "1024 calls are under way already, or there is no memory for a call", .reason = "", .domain = "",
      .resource_type = "", .resource_name = "", .retry_after_ms = -1};
  if (!call) return &none;
  return call->state == SF_OVER ? call->error : NULL;
}

const smartflow_execution *smartflow_execution_of(const smartflow_call *call) {
  return call && call->state == SF_OVER ? call->execution : NULL;
}

const smartflow_batch *smartflow_batch_of(const smartflow_call *call) {
  return call && call->state == SF_OVER ? call->batch : NULL;
}

int smartflow_health_of(const smartflow_call *call) {
  const bool is_ok = call && call->state == SF_OVER && call->code == SMARTFLOW_OK;
  return is_ok ? call->health : SMARTFLOW_HEALTH_UNKNOWN;
}

const void *smartflow_payload_of(const smartflow_call *call, size_t *bytes) {
  const bool is_ok = call && call->state == SF_OVER && call->code == SMARTFLOW_OK;
  if (bytes) *bytes = is_ok ? call->payload_bytes : 0;
  return is_ok ? call->payload : NULL;
}
