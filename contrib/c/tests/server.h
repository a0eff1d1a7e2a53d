/* A server that does as it is told, in the test's own thread: nothing happens but between two lines of the test. */
#ifndef SERVER_H
#define SERVER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "smartflow.h"

enum { FRAME_HEADER = 10, SERVER_BYTES = 5 << 20 };

typedef struct server {
  char folder[32], path[64], endpoint[80];
  int listener, peer;
  uint8_t *input;
  size_t count;
} server;

static inline void server_listen(server *it) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path, it->path);
  it->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(it->listener, (struct sockaddr *)&address, sizeof address) == 0);
  REQUIRE(listen(it->listener, 16) == 0);
}

static inline void server_close_listener(server *it) {
  close(it->listener);
  unlink(it->path);
  it->listener = -1;
}

/* Prepares the place; nobody listens yet. */
static inline void server_prepare(server *it) {
  memset(it, 0, sizeof *it);
  strcpy(it->folder, "/tmp/smartflow-c-XXXXXX");
  REQUIRE(mkdtemp(it->folder) != NULL);
  snprintf(it->path, sizeof it->path, "%s/s", it->folder);
  snprintf(it->endpoint, sizeof it->endpoint, "unix://%s", it->path);
  it->listener = it->peer = -1;
  it->input = (uint8_t *)malloc(SERVER_BYTES);
  REQUIRE(it->input != NULL);
}

static inline void server_start(server *it) {
  server_prepare(it);
  server_listen(it);
}

static inline void server_hang_up(server *it) {
  if (it->peer >= 0) close(it->peer);
  it->peer = -1;
  it->count = 0;
}

static inline void server_stop(server *it) {
  server_hang_up(it);
  if (it->listener >= 0) server_close_listener(it);
  rmdir(it->folder);
  free(it->input);
}

/* Whether somebody has dialled. */
static inline bool server_accept(server *it) {
  struct pollfd wanted;
  memset(&wanted, 0, sizeof wanted);
  wanted.fd = it->listener;
  wanted.events = POLLIN;
  if (poll(&wanted, 1, 0) != 1) return false;
  server_hang_up(it);
  it->peer = accept4(it->listener, NULL, NULL, SOCK_CLOEXEC);
  return it->peer >= 0;
}

/* Takes what came; the number of whole frames. */
static inline size_t server_receive(server *it) {
  for (;;) {
    const ssize_t count = recv(it->peer, it->input + it->count, SERVER_BYTES - it->count, MSG_DONTWAIT);
    if (count <= 0) break;
    it->count += (size_t)count;
  }
  size_t frames = 0, at = 0;
  while (it->count - at >= FRAME_HEADER) {
    const uint8_t *header = it->input + at;
    const size_t size = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    if (it->count - at - FRAME_HEADER < size) break;
    at += FRAME_HEADER + size;
    frames++;
  }
  return frames;
}

static inline uint32_t server_stream(const uint8_t *header) {
  return (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];
}

/* Takes the first frame away: its data, its count, and the stream in *stream. */
static inline const uint8_t *server_next(server *it, size_t *count, uint32_t *stream) {
  static uint8_t frame[SERVER_BYTES];
  REQUIRE(server_receive(it) > 0);
  *stream = server_stream(it->input);
  *count = (size_t)it->input[0] << 24 | (size_t)it->input[1] << 16 | (size_t)it->input[2] << 8 | it->input[3];
  memcpy(frame, it->input + FRAME_HEADER, *count);
  it->count -= FRAME_HEADER + *count;
  memmove(it->input, it->input + FRAME_HEADER + *count, it->count);
  return frame;
}

static inline bool server_send(server *it, const void *bytes, size_t count) {
  const uint8_t *at = (const uint8_t *)bytes;
  while (count > 0) {
    const ssize_t sent = send(it->peer, at, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    at += sent;
    count -= (size_t)sent;
  }
  return true;
}

static inline size_t frame_of(uint8_t *frame, uint32_t stream, uint8_t type, const void *data, size_t count) {
  for (unsigned index = 0; index < 4; index++) {
    frame[index] = (uint8_t)(count >> (24 - 8 * index));
    frame[4 + index] = (uint8_t)(stream >> (24 - 8 * index));
  }
  frame[8] = type;
  frame[9] = 0;
  if (count > 0) memcpy(frame + FRAME_HEADER, data, count);
  return FRAME_HEADER + count;
}

static inline bool server_answer(server *it, uint32_t stream, const void *data, size_t count) {
  static uint8_t frame[SERVER_BYTES];
  return server_send(it, frame, frame_of(frame, stream, 2, data, count));
}

/* Response{payload: HealthCheckResponse{SERVING}} */
static const uint8_t serving[] = {0x12, 0x02, 0x08, 0x01};

static inline uint64_t milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Has the client get on until somebody has dialled, for a while at most. */
static inline bool server_wait_for_dial(server *it, smartflow_client *client) {
  const uint64_t until = milliseconds() + 10000;
  while (milliseconds() < until) {
    smartflow_poll(client, 0);
    if (server_accept(it)) {
      smartflow_poll(client, 0);
      return true;
    }
    const int pause = smartflow_timeout(client);
    struct pollfd wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.fd = smartflow_fd(client);
    wanted.events = POLLIN;
    poll(&wanted, 1, pause < 0 || pause > 1000 ? 1000 : pause);
  }
  return false;
}

#endif
