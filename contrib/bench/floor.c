// The floor: the least a ttRPC server can do. One thread, one epoll loop; reads a frame's header, walks
// the fields of its envelope, answers 200 bytes. What the daemon adds to this is what a decision costs.
//
//   floor SOCKET      serves until SIGTERM or SIGINT
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wire.h"

enum { ANSWER_BYTES = 200, EVENTS = 64 };

typedef struct {
  int descriptor;
  // What has arrived and is not answered yet.
  uint8_t *input;
  size_t input_count, input_capacity;
  // Answers that the socket has not taken yet.
  uint8_t *output;
  size_t output_sent, output_count, output_capacity;
} connection;

static int poller;
static uint8_t answer[HEADER_BYTES + ANSWER_BYTES];

static void fail(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void reserve(uint8_t **bytes, size_t *capacity, size_t needed) {
  if (needed <= *capacity) return;
  size_t grown = *capacity ? *capacity : 64 << 10;
  while (grown < needed) grown *= 2;
  uint8_t *moved = realloc(*bytes, grown);
  if (!moved) fail("realloc");
  *bytes = moved;
  *capacity = grown;
}

// Response{ payload: 197 bytes } is 200 bytes long.
static void make_answer(void) {
  wire_put_header(answer, ANSWER_BYTES, 0, TYPE_RESPONSE);
  uint8_t *data = answer + HEADER_BYTES;
  const unsigned payload = ANSWER_BYTES - 3;
  data[0] = 2 << 3 | 2;
  data[1] = (uint8_t)(payload & 0x7f) | 0x80;
  data[2] = (uint8_t)(payload >> 7);
  memset(data + 3, 'x', payload);
}

static bool is_request(const uint8_t *data, size_t count) {
  const uint8_t *at = data, *end = data + count;
  bool has_service = false, has_method = false;
  while (at < end) {
    field one;
    if (!wire_field(&at, end, &one)) return false;
    has_service |= one.number == 1 && one.byte_count > 0;
    has_method |= one.number == 2 && one.byte_count > 0;
  }
  return has_service && has_method;
}

static void close_connection(connection *peer) {
  close(peer->descriptor);
  free(peer->input);
  free(peer->output);
  free(peer);
}

// False: the connection is gone.
static bool send_output(connection *peer) {
  while (peer->output_sent < peer->output_count) {
    ssize_t sent = send(peer->descriptor, peer->output + peer->output_sent,
                        peer->output_count - peer->output_sent, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return false;
      struct epoll_event event = {.events = EPOLLOUT, .data.ptr = peer};
      return epoll_ctl(poller, EPOLL_CTL_MOD, peer->descriptor, &event) == 0;
    }
    peer->output_sent += (size_t)sent;
  }
  peer->output_sent = peer->output_count = 0;
  return true;
}

// Answers every whole frame of the input. False: the peer does not speak the protocol.
static bool serve(connection *peer) {
  size_t at = 0;
  while (peer->input_count - at >= HEADER_BYTES) {
    header head = wire_header(peer->input + at);
    if (head.data_bytes > DATA_BYTES_MAX || head.type != TYPE_REQUEST) return false;
    size_t frame = HEADER_BYTES + (size_t)head.data_bytes;
    if (peer->input_count - at < frame) break;
    if (!is_request(peer->input + at + HEADER_BYTES, head.data_bytes)) return false;
    reserve(&peer->output, &peer->output_capacity, peer->output_count + sizeof answer);
    uint8_t *into = peer->output + peer->output_count;
    memcpy(into, answer, sizeof answer);
    wire_put_u32(into + 4, head.stream);
    peer->output_count += sizeof answer;
    at += frame;
  }
  memmove(peer->input, peer->input + at, peer->input_count - at);
  peer->input_count -= at;
  return send_output(peer);
}

static bool receive(connection *peer) {
  reserve(&peer->input, &peer->input_capacity, peer->input_count + (64 << 10));
  ssize_t got = recv(peer->descriptor, peer->input + peer->input_count,
                     peer->input_capacity - peer->input_count, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  peer->input_count += (size_t)got;
  return serve(peer);
}

// The socket takes bytes again: send on, and listen again once all is out.
static bool resume(connection *peer) {
  if (!send_output(peer)) return false;
  if (peer->output_count) return true;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
  return epoll_ctl(poller, EPOLL_CTL_MOD, peer->descriptor, &event) == 0;
}

static void accept_all(int listener) {
  for (;;) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EAGAIN) return;
      if (errno == EINTR || errno == ECONNABORTED) continue;
      fail("accept4");
    }
    connection *peer = calloc(1, sizeof *peer);
    if (!peer) fail("calloc");
    peer->descriptor = descriptor;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
  }
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "floor: the path is longer than %zu bytes\n", sizeof address.sun_path - 1);
    exit(64);
  }
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) fail("socket");
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail(path);
  if (listen(listener, 128) < 0) fail("listen");
  return listener;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: floor SOCKET\n");
    return 64;
  }
  make_answer();
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0) fail("sigprocmask");
  int signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fail("signalfd");
  if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0) fail("epoll_create1");
  int listener = listen_at(arguments[1]);

  // The addresses of these two tell their events from a connection's.
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listener};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  event.data.ptr = &signals;
  if (epoll_ctl(poller, EPOLL_CTL_ADD, signals, &event) < 0) fail("epoll_ctl");

  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int index = 0; index < ready; index++) {
      if (events[index].data.ptr == &signals) {
        unlink(arguments[1]);
        return 0;
      }
      if (events[index].data.ptr == &listener) {
        accept_all(listener);
        continue;
      }
      connection *peer = events[index].data.ptr;
      bool alive = events[index].events & EPOLLOUT ? resume(peer) : receive(peer);
      if (!alive) close_connection(peer);
    }
  }
}
