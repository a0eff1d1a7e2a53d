#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

/* A call that is used again, or a new one. */
static smartflow_call *take(smartflow_client *client) {
  smartflow_call *call = client->idle.first;
  if (call) {
    sf_remove(&client->idle, call);
    return call;
  }
  call = calloc(1, sizeof *call);
  if (!call) return NULL;
  call->client = client;
  call->made_before = client->made;
  client->made = call;
  return call;
}

static uint64_t nanoseconds(uint32_t milliseconds) {
  return (uint64_t)(milliseconds < LIMIT_TIMEOUT_MS ? milliseconds : LIMIT_TIMEOUT_MS) * 1000000;
}

smartflow_call *sf_begin(
    smartflow_client *client, sf_method method, const smartflow_options *options, smartflow_done done, void *user) {
  static const smartflow_options usual;
  if (!client || client->is_closing || client->under_way == LIMIT_CALLS) return NULL;
  smartflow_call *call = take(client);
  if (!call) return NULL;
  if (!options) options = &usual;
  call->method = method;
  call->grace = nanoseconds(options->grace_ms);
  call->deadline = sf_now() + nanoseconds(options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS);
  call->deadline += call->grace;
  call->is_safe = options->safe_to_resend;
  call->fails_fast = options->fails_fast;
  call->resends = 0;
  call->done = done;
  call->user = user;
  call->code = SMARTFLOW_UNKNOWN;
  call->error = NULL;
  call->execution = NULL;
  call->batch = NULL;
  call->health = SMARTFLOW_HEALTH_UNKNOWN;
  call->payload = NULL;
  call->payload_bytes = 0;
  client->under_way++;
  return call;
}

void sf_wait_for_connection(smartflow_call *call) {
  call->state = SF_WAITING;
  sf_append(&call->client->waiting, call);
  if (call->deadline < call->client->earliest) call->client->earliest = call->deadline;
}

static void end(smartflow_call *call, int code) {
  call->code = code;
  call->state = SF_ENDED;
  sf_append(&call->client->ended, call);
}

void sf_end(smartflow_call *call, int code, const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(call->own_message, sizeof call->own_message, format, values);
  va_end(values);
  sf_make_error(&call->own_error, code, call->own_message);
  call->own_error.is_transport = true;
  call->error = &call->own_error;
  call->execution = NULL;
  call->batch = NULL;
  end(call, code);
}

void sf_end_too_large(smartflow_call *call, const char *what, size_t bytes) {
  sf_end(
      call, SMARTFLOW_RESOURCE_EXHAUSTED, "%s of %zu bytes is over the protocol's limit of %d", what, bytes,
      LIMIT_MESSAGE_BYTES);
  call->own_error.reason = "MESSAGE_TOO_LARGE";
  call->own_error.domain = "smartflow";
}

static sf_reading read_payload(smartflow_call *call, const sf_response *response) {
  sf_reading reading = SF_READ;
  switch (call->method) {
    case SF_EXECUTE: {
      smartflow_execution *execution;
      reading = sf_read_execute_response(&call->arena, response->payload, response->payload_bytes, &execution);
      call->execution = execution;
      break;
    }
    case SF_BATCH: {
      smartflow_batch *batch;
      reading = sf_read_batch_response(&call->arena, response->payload, response->payload_bytes, &batch);
      call->batch = batch;
      break;
    }
    case SF_HEALTH:
      reading = sf_read_health_response(response->payload, response->payload_bytes, &call->health);
      break;
    case SF_OTHER:
      call->payload = response->payload ? response->payload : (const uint8_t *)"";
      call->payload_bytes = response->payload_bytes;
      break;
  }
  return reading;
}

void sf_answer(smartflow_call *call) {
  sf_response response;
  sf_reading reading = sf_read_response(&call->arena, call->bytes.data, call->bytes.count, &response);
  if (reading == SF_READ && response.error) {
    call->error = response.error;
    call->execution = response.execution;
    end(call, response.error->code);
    return;
  }
  if (reading == SF_READ) reading = read_payload(call, &response);
  if (reading == SF_NO_MEMORY) {
    sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for the server's answer");
  } else if (reading == SF_NOT_PARSED) {
    sf_end(call, SMARTFLOW_INTERNAL, "the server's answer does not parse");
  } else if (call->method == SF_EXECUTE && !call->execution) {
    sf_end(call, SMARTFLOW_INTERNAL, "the server's answer holds no execution");
  } else {
    end(call, SMARTFLOW_OK);
  }
}

void sf_give_up(smartflow_call *call) {
  smartflow_client *client = call->client;
  if (call->state == SF_WAITING) sf_remove(&client->waiting, call);
  if (call->state != SF_IN_FLIGHT) return;
  for (size_t index = 0; index < client->stream_count; index++) {
    if (client->streams[index].call != call) continue;
    client->streams[index].call = NULL;
    client->given_up++;
  }
}

static void recycle(smartflow_call *call) {
  call->state = SF_IDLE;
  call->done = NULL;
  sf_bytes_reset(&call->bytes, LIMIT_KEPT_BYTES);
  sf_arena_reset(&call->arena);
  /* The last one that was used is the one whose memory is near. */
  sf_prepend(&call->client->idle, call);
}

void smartflow_cancel(smartflow_call *call) {
  if (!call || (call->state != SF_WAITING && call->state != SF_IN_FLIGHT)) return;
  sf_give_up(call);
  sf_end(call, SMARTFLOW_CANCELLED, "the call was cancelled");
}

void smartflow_release(smartflow_call *call) {
  if (!call) return;
  if (call->done) {
    smartflow_cancel(call);
    return;
  }
  switch (call->state) {
    case SF_WAITING:
    case SF_IN_FLIGHT:
      sf_give_up(call);
      call->client->under_way--;
      recycle(call);
      break;
    case SF_ENDED:
      sf_remove(&call->client->ended, call);
      call->client->under_way--;
      recycle(call);
      break;
    case SF_OVER: recycle(call); break;
    case SF_IDLE: break;
  }
}

/* Calls the callbacks of all calls that are over by now; those that end meanwhile wait for the next time, so that a
 * callback that begins what ends at once does not keep its caller here. */
static int report(smartflow_client *client) {
  int count = 0, left = 0;
  for (const smartflow_call *call = client->ended.first; call; call = call->next) left++;
  client->is_reporting = true;
  for (; left > 0 && client->ended.first; left--) {
    smartflow_call *call = client->ended.first;
    sf_remove(&client->ended, call);
    call->state = SF_OVER;
    client->under_way--;
    count++;
    if (!call->done) continue;
    call->done(call, call->user);
    recycle(call);
  }
  client->is_reporting = false;
  return count;
}

static void end_all(smartflow_client *client) {
  for (smartflow_call *call = client->made; call; call = call->made_before) smartflow_cancel(call);
  while (client->ended.first) report(client);
}

static void destroy(smartflow_client *client) {
  /* First, since a forked process shares the watcher with its parent, and may take nothing out of it. */
  sf_close_watcher(client);
  sf_disconnect(client);
  smartflow_call *call = client->made;
  while (call) {
    smartflow_call *before = call->made_before;
    sf_bytes_free(&call->bytes);
    sf_arena_free(&call->arena);
    free(call);
    call = before;
  }
  sf_bytes_free(&client->output);
  sf_bytes_free(&client->input);
  free(client);
}

void smartflow_close(smartflow_client *client) {
  if (!client) return;
  client->is_closing = true;
  if (client->is_reporting) return;
  end_all(client);
  destroy(client);
}

/* Milliseconds until an instant, up, so that it has come then. */
static int milliseconds_until(uint64_t instant, uint64_t now) {
  if (instant <= now) return 0;
  const uint64_t left = (instant - now + 999999) / 1000000;
  return left < 2147483647 ? (int)left : 2147483647;
}

/* When there is something to do though nothing comes; UINT64_MAX: never. */
static uint64_t next_event(const smartflow_client *client) {
  if (client->ended.first || (client->socket >= 0 && client->waiting.first && sf_has_room(client))) return 0;
  const bool is_to_dial = client->socket < 0 && client->waiting.first;
  if (is_to_dial && client->next_dial < client->earliest) return client->next_dial;
  return client->under_way > 0 ? client->earliest : UINT64_MAX;
}

int smartflow_timeout(smartflow_client *client) {
  if (!client) return -1;
  const uint64_t instant = next_event(client);
  return instant == UINT64_MAX ? -1 : milliseconds_until(instant, sf_now());
}

/* Gets on until a call is over, or the time is. */
static void drive(smartflow_client *client, uint64_t until) {
  for (;;) {
    uint64_t now = sf_now();
    sf_turn(client, now);
    if (client->ended.first) return;
    if (client->under_way == 0) {
      /* Late answers, and the connection's end, which a watcher would go on to show. */
      if (client->socket >= 0) sf_receive(client);
      return;
    }
    if (until > now) {
      uint64_t wake = next_event(client);
      if (until < wake) wake = until;
      if (!sf_await(client, wake == UINT64_MAX ? -1 : milliseconds_until(wake, now))) continue;
    }
    if (client->socket >= 0) sf_receive(client);
    if (client->ended.first || until <= now) return;
  }
}

static int finish(smartflow_client *client) {
  const int count = report(client);
  if (client->is_closing) {
    smartflow_close(client);
  } else {
    /* What callbacks began, and what has room now. */
    sf_turn(client, sf_now());
  }
  return count;
}

int smartflow_poll(smartflow_client *client, int timeout_ms) {
  if (!client || client->is_reporting) return -1;
  uint64_t until = 0;
  if (timeout_ms < 0) until = UINT64_MAX;
  if (timeout_ms > 0) until = sf_now() + nanoseconds((uint32_t)timeout_ms);
  drive(client, until);
  return finish(client);
}

smartflow_code smartflow_wait(smartflow_call *call) {
  if (!call) return SMARTFLOW_RESOURCE_EXHAUSTED;
  smartflow_client *client = call->client;
  if (client->is_reporting || call->done || call->state == SF_IDLE) return SMARTFLOW_FAILED_PRECONDITION;
  while (call->state != SF_OVER) {
    drive(client, UINT64_MAX);
    report(client);
    if (client->is_closing) {
      smartflow_close(client);
      return SMARTFLOW_CANCELLED;
    }
  }
  return smartflow_code_of(call);
}

size_t smartflow_under_way(const smartflow_client *client) { return client ? client->under_way : 0; }

