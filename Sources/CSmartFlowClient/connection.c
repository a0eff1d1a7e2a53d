#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

enum { REASON_BYTES = 160 };

uint64_t sf_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void describe(int error, char *text, size_t bytes) {
  if (strerror_r(error, text, bytes) != 0) snprintf(text, bytes, "error %d", error);
}

/* --- The watcher */

/* Has the watcher look for what the connection wants. */
static void watch(smartflow_client *client) {
  if (client->watcher < 0 || client->socket < 0) return;
  const unsigned wanted = EPOLLIN | (client->sent < client->output.count ? (unsigned)EPOLLOUT : 0);
  if (wanted == client->watched) return;
  struct epoll_event event = {.events = wanted};
  const int operation = client->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  /* When it can't (memory), the next turn tries again. */
  if (epoll_ctl(client->watcher, operation, client->socket, &event) == 0) client->watched = wanted;
}

int smartflow_fd(smartflow_client *client) {
  if (!client) return -1;
  if (client->watcher < 0) client->watcher = epoll_create1(EPOLL_CLOEXEC);
  watch(client);
  return client->watcher;
}

void sf_close_watcher(smartflow_client *client) {
  if (client->watcher >= 0) close(client->watcher);
  client->watcher = -1;
}

/* --- Losing and dialling */

void sf_disconnect(smartflow_client *client) {
  if (client->socket >= 0) {
    /* A forked process may have the socket too, so that closing would not end the watching. */
    struct epoll_event event = {0};
    if (client->watcher >= 0 && client->watched) epoll_ctl(client->watcher, EPOLL_CTL_DEL, client->socket, &event);
    close(client->socket);
  }
  client->socket = -1;
  client->watched = 0;
  client->stream_count = client->given_up = 0;
  client->next_stream = 1;
  sf_bytes_reset(&client->output, LIMIT_OUTPUT_BYTES);
  sf_bytes_reset(&client->input, LIMIT_OUTPUT_BYTES);
  client->sent = 0;
  client->total_put = client->total_sent = 0;
  client->bytes_to_skip = 0;
}

static uint64_t by_chance(smartflow_client *client, uint64_t below) {
  client->random ^= client->random << 13;
  client->random ^= client->random >> 7;
  client->random ^= client->random << 17;
  return client->random % below;
}

/* Twice as long after each failure, and half of it by chance, lest a thousand clients come back at once. */
static void back_off(smartflow_client *client) {
  uint64_t longest = (uint64_t)FIRST_PAUSE_MS * 1000000;
  for (unsigned index = 0; index < client->failed_dials && longest < (uint64_t)LONGEST_PAUSE_MS * 1000000; index++) {
    longest *= 2;
  }
  if (longest > (uint64_t)LONGEST_PAUSE_MS * 1000000) longest = (uint64_t)LONGEST_PAUSE_MS * 1000000;
  if (client->failed_dials < 1000) client->failed_dials++;
  client->next_dial = sf_now() + longest / 2 + by_chance(client, longest / 2 + 1);
}

/* Gives the connection up: what is safe goes back to wait, the rest fails. */
void sf_lose(smartflow_client *client, const char *reason) {
  back_off(client);
  /* From the last to the first, since each goes before all that wait. */
  for (size_t index = client->stream_count; index > 0; index--) {
    smartflow_call *call = client->streams[index - 1].call;
    if (!call) continue;
    /* Half a frame is no request: what was not written to its end nobody has read. */
    const bool was_written = call->end <= client->total_sent;
    if (was_written && !(call->is_safe && call->resends < LIMIT_RESENDS)) continue;
    if (was_written) call->resends++;
    client->streams[index - 1].call = NULL;
    call->state = SF_WAITING;
    sf_prepend(&client->waiting, call);
  }
  for (size_t index = 0; index < client->stream_count; index++) {
    smartflow_call *call = client->streams[index].call;
    if (!call) continue;
    sf_end(call, SMARTFLOW_UNAVAILABLE, "%s", reason);
    call->own_error.connection_lost = true;
  }
  sf_disconnect(client);
}

void sf_lose_by(smartflow_client *client, const char *what, int error) {
  char text[REASON_BYTES], reason[REASON_BYTES + 64];
  describe(error, text, sizeof text);
  snprintf(reason, sizeof reason, "the connection was lost while %s: %s", what, text);
  sf_lose(client, reason);
}

static void end_absent(smartflow_call *call) {
  const smartflow_client *client = call->client;
  char text[REASON_BYTES];
  describe(client->dial_error, text, sizeof text);
  if (client->dial_error == EACCES) {
    sf_end(
        call, SMARTFLOW_PERMISSION_DENIED, "this user may not connect to %s: %s", client->endpoint, text);
  } else {
    sf_end(call, SMARTFLOW_UNAVAILABLE, "nobody answers at %s: %s", client->endpoint, text);
  }
}

static void fail_to_dial(smartflow_client *client, int error) {
  back_off(client);
  client->dial_error = error;
  smartflow_call *next;
  for (smartflow_call *call = client->waiting.first; call; call = next) {
    next = call->next;
    /* The others dial again until their deadline, but nobody is let in by asking often. */
    if (error != EACCES && !call->fails_fast) continue;
    sf_remove(&client->waiting, call);
    end_absent(call);
  }
}

static void dial(smartflow_client *client) {
  const int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) {
    fail_to_dial(client, errno);
    return;
  }
  int result;
  /* Without blocking, a Unix socket is connected at once or not at all. */
  do {
    result = connect(socket_, (const struct sockaddr *)&client->address, client->address_bytes);
  } while (result < 0 && errno == EINTR);
  if (result < 0) {
    const int error = errno;
    close(socket_);
    fail_to_dial(client, error);
    return;
  }
  client->socket = socket_;
  client->dial_error = 0;
}

bool sf_await(smartflow_client *client, int milliseconds) {
  const bool is_sending = client->sent < client->output.count;
  struct pollfd wanted = {
      .fd = client->socket, .events = (short)(is_sending ? POLLIN | POLLOUT : POLLIN)};
  const int count = poll(&wanted, 1, milliseconds);
  return count > 0 && (wanted.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

/* --- A turn */

static void end_late(smartflow_call *call) {
  if (call->state == SF_WAITING && call->client->dial_error != 0) {
    sf_give_up(call);
    end_absent(call);
    return;
  }
  const char *place = call->state == SF_WAITING ? "before it could be sent" : "before an answer came";
  sf_give_up(call);
  sf_end(call, SMARTFLOW_DEADLINE_EXCEEDED, "the deadline passed %s", place);
}

static void expire(smartflow_client *client, uint64_t now) {
  if (now < client->earliest) return;
  client->earliest = UINT64_MAX;
  smartflow_call *next;
  for (smartflow_call *call = client->waiting.first; call; call = next) {
    next = call->next;
    if (call->deadline <= now) {
      end_late(call);
    } else if (call->deadline < client->earliest) {
      client->earliest = call->deadline;
    }
  }
  for (size_t index = 0; index < client->stream_count; index++) {
    smartflow_call *call = client->streams[index].call;
    if (call && call->deadline <= now) {
      end_late(call);
    } else if (call && call->deadline < client->earliest) {
      client->earliest = call->deadline;
    }
  }
}

void sf_turn(smartflow_client *client, uint64_t now) {
  expire(client, now);
  if (client->socket < 0 && client->waiting.first && now >= client->next_dial) dial(client);
  if (client->socket >= 0) sf_put_out(client, now);
  if (client->socket >= 0) sf_flush(client);
  watch(client);
}
