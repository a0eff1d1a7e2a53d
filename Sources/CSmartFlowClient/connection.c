#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "wire.h"

enum { HEADER_BYTES = 10, TYPE_REQUEST = 1, TYPE_RESPONSE = 2, LAST_REASON = 160 };

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
static void lose(smartflow_client *client, const char *reason) {
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

static void lose_by(smartflow_client *client, const char *what, int error) {
  char text[LAST_REASON], reason[LAST_REASON + 64];
  describe(error, text, sizeof text);
  snprintf(reason, sizeof reason, "the connection was lost while %s: %s", what, text);
  lose(client, reason);
}

static void end_absent(smartflow_call *call) {
  const smartflow_client *client = call->client;
  char text[LAST_REASON];
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

/* --- Sending */

static const uint64_t last_stream = UINT32_MAX;

bool sf_has_room(const smartflow_client *client) {
  return client->stream_count < LIMIT_IN_FLIGHT && client->output.count - client->sent < LIMIT_OUTPUT_BYTES &&
         client->next_stream <= last_stream;
}

static void put_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

/* Puts a call's frame into the output; false when there is no memory for it. */
static bool put(smartflow_client *client, smartflow_call *call, uint64_t now) {
  const uint64_t server_deadline = call->deadline - call->grace;
  uint8_t tail[16];
  sf_writer timeout = {tail, 0};
  sf_put_number_field(&timeout, 4, server_deadline > now ? server_deadline - now : 1);
  const size_t data = call->bytes.count + timeout.count;
  const size_t longest = (size_t)HEADER_BYTES + LIMIT_MESSAGE_BYTES + LIMIT_OUTPUT_BYTES;
  if (client->sent > 0) {
    client->output.count -= client->sent;
    memmove(client->output.data, client->output.data + client->sent, client->output.count);
    client->sent = 0;
  }
  if (!sf_bytes_reserve(&client->output, HEADER_BYTES + data, longest)) return false;
  uint8_t *at = client->output.data + client->output.count;
  put_u32(at, (uint32_t)data);
  put_u32(at + 4, (uint32_t)client->next_stream);
  at[8] = TYPE_REQUEST;
  at[9] = 0;
  memcpy(at + HEADER_BYTES, call->bytes.data, call->bytes.count);
  memcpy(at + HEADER_BYTES + call->bytes.count, tail, timeout.count);
  client->output.count += HEADER_BYTES + data;
  client->total_put += HEADER_BYTES + data;
  call->end = client->total_put;
  call->state = SF_IN_FLIGHT;
  client->streams[client->stream_count++] = (sf_stream){(uint32_t)client->next_stream, call};
  client->next_stream += 2;
  return true;
}

static void put_out(smartflow_client *client, uint64_t now) {
  while (client->waiting.first && sf_has_room(client)) {
    smartflow_call *call = client->waiting.first;
    sf_remove(&client->waiting, call);
    if (!put(client, call, now)) sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory to send the request");
  }
  if (!client->waiting.first) return;
  if (client->next_stream > last_stream && client->stream_count == 0) lose(client, "all stream IDs are used up");
  if (client->given_up == LIMIT_IN_FLIGHT) lose(client, "none of 256 calls was answered on this connection");
}

static void receive_up_to(smartflow_client *client, unsigned reads, bool is_ended);

static void flush(smartflow_client *client) {
  while (client->socket >= 0 && client->sent < client->output.count) {
    const ssize_t count = send(
        client->socket, client->output.data + client->sent, client->output.count - client->sent,
        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      const int error = errno;
      if (error == EINTR) continue;
      if (error == EAGAIN || error == EWOULDBLOCK) break;
      /* Answers that came before the connection ended are not lost. */
      receive_up_to(client, LIMIT_READS_AFTER_END, true);
      lose_by(client, "writing", error);
      return;
    }
    client->sent += (size_t)count;
    client->total_sent += (uint64_t)count;
  }
  if (client->sent == client->output.count) {
    client->sent = 0;
    sf_bytes_reset(&client->output, LIMIT_OUTPUT_BYTES * 2);
  }
}

/* --- Receiving */

/* Its place among the streams; they are answered in about their order. */
static size_t find(const smartflow_client *client, uint32_t stream) {
  size_t index = 0;
  while (index < client->stream_count && client->streams[index].id != stream) index++;
  return index;
}

static smartflow_call *take_stream(smartflow_client *client, size_t index) {
  smartflow_call *call = client->streams[index].call;
  if (!call) client->given_up--;
  client->stream_count--;
  memmove(
      &client->streams[index], &client->streams[index + 1],
      (client->stream_count - index) * sizeof client->streams[0]);
  /* Only now is it known that somebody is there who answers. */
  client->failed_dials = 0;
  return call;
}

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Takes the next frame, or says how many bytes there must be for it; 0: it was taken. */
static size_t take_frame(smartflow_client *client, uint8_t *at, size_t left, size_t *taken) {
  if (left < HEADER_BYTES) return HEADER_BYTES;
  const size_t size = u32(at);
  const size_t index = find(client, u32(at + 4));
  const bool is_ours = at[8] == TYPE_RESPONSE && index < client->stream_count;
  smartflow_call *call = is_ours ? client->streams[index].call : NULL;
  if (!call || size > LIMIT_MESSAGE_BYTES) {
    /* Late, unknown or too long: thrown away as it arrives. */
    *taken = HEADER_BYTES;
    client->bytes_to_skip = size;
    if (is_ours) take_stream(client, index);
    if (call) sf_end_too_large(call, "the answer", size);
    return 0;
  }
  if (left - HEADER_BYTES < size) return HEADER_BYTES + size;
  *taken = HEADER_BYTES + size;
  take_stream(client, index);
  call->bytes.count = 0;
  if (!sf_bytes_add(&call->bytes, at + HEADER_BYTES, size, LIMIT_MESSAGE_BYTES)) {
    sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for the server's answer");
  } else {
    sf_answer(call);
  }
  return 0;
}

/* Takes all frames that came whole, and makes room for the rest; false when there is no memory for it. */
static bool take_frames(smartflow_client *client) {
  size_t at = 0, wanted = 0;
  while (wanted == 0) {
    const size_t left = client->input.count - at;
    const size_t skipped = client->bytes_to_skip < left ? (size_t)client->bytes_to_skip : left;
    client->bytes_to_skip -= skipped;
    at += skipped;
    size_t taken = 0;
    wanted = take_frame(client, client->input.data + at, client->input.count - at, &taken);
    at += taken;
  }
  client->input.count -= at;
  if (client->input.count > 0) {
    memmove(client->input.data, client->input.data + at, client->input.count);
  } else if (client->input.capacity > LIMIT_READ_BYTES) {
    sf_bytes_free(&client->input);
  }
  const size_t longest = (size_t)HEADER_BYTES + LIMIT_MESSAGE_BYTES;
  return wanted <= client->input.capacity ||
         sf_bytes_reserve(&client->input, wanted - client->input.count, longest);
}

static void receive_up_to(smartflow_client *client, unsigned reads, bool is_ended) {
  for (unsigned index = 0; index < reads; index++) {
    if (client->input.capacity == 0 && !sf_bytes_reserve(&client->input, LIMIT_READ_BYTES, LIMIT_READ_BYTES)) {
      if (!is_ended) lose(client, "there is no memory to receive an answer");
      return;
    }
    const size_t room = client->input.capacity - client->input.count;
    const ssize_t count = recv(client->socket, client->input.data + client->input.count, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) {
      const int error = errno;
      if (is_ended) return;
      if (count == 0) {
        lose(client, "the server closed the connection");
      } else {
        lose_by(client, "reading", error);
      }
      return;
    }
    client->input.count += (size_t)count;
    if (!take_frames(client)) {
      if (!is_ended) lose(client, "there is no memory to receive an answer");
      return;
    }
    /* There was no more. */
    if ((size_t)count < room && !is_ended) return;
  }
}

void sf_receive(smartflow_client *client) { receive_up_to(client, LIMIT_READS, false); }

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
  if (client->socket >= 0) put_out(client, now);
  if (client->socket >= 0) flush(client);
  watch(client);
}
