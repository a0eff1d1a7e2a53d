// The load generator: one thread, any number of connections, any number of calls in flight on each; `load --help`.
//
// FILE of --request holds the data of a request's frame, that is a ttrpc.Request; the frame's header is made here.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "samples.h"
#include "wire.h"

enum {
  BUFFER_BYTES = 1 << 20,
  // Shorter waits than this are spent looking, since a sleep that ends late would count as the server's time.
  SPIN_NANOSECONDS = 100000,
};

// One place for a call in flight; the answer finds it by its stream.
typedef struct {
  uint32_t stream;  // 0: free
  uint64_t due_at;
} slot;

typedef struct {
  int descriptor;
  uint32_t next_stream;
  slot slots[IN_FLIGHT_MAX];
  unsigned in_flight;
  uint8_t *input;
  size_t input_count;
  uint8_t *output;
  size_t output_count;
} connection;

static uint8_t *request;
static size_t request_bytes;

// Where the number of --counter stands in the request, and the next one.
static size_t counter_at, counter_digits;
static uint64_t next_number;

static void read_request(void) {
  FILE *file = fopen(settings.request, "rb");
  if (!file) fail(settings.request);
  request = malloc(HEADER_BYTES + DATA_BYTES_MAX + 1);
  if (!request) fail("malloc");
  size_t count = fread(request + HEADER_BYTES, 1, DATA_BYTES_MAX + 1, file);
  if (ferror(file)) fail(settings.request);
  fclose(file);
  if (count == 0 || count > DATA_BYTES_MAX) give_up("the request is empty, or more than one frame holds");
  request_bytes = HEADER_BYTES + count;
  wire_put_header(request, (uint32_t)count, 0, TYPE_REQUEST);
}

static void find_counter(void) {
  counter_digits = strlen(settings.counter);
  const uint8_t *end = request + request_bytes;
  const uint8_t *found = memmem(request, request_bytes, settings.counter, counter_digits);
  if (!found || counter_digits < 12) give_up("the text of --counter is not in the request, or shorter than 12 bytes");
  if (memmem(found + 1, (size_t)(end - found) - 1, settings.counter, counter_digits)) {
    give_up("the text of --counter is in the request more than once");
  }
  counter_at = (size_t)(found - request);
  // Below a million calls a second no run begins with a number that an earlier one has used.
  next_number = read_clock(CLOCK_REALTIME) / 1000;
}

static void put_counter(uint8_t *into) {
  uint64_t rest = next_number++;
  for (size_t index = counter_digits; index-- > 0; rest /= 10) into[counter_at + index] = (uint8_t)('0' + rest % 10);
}

static void dial(connection *peer) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(settings.socket) >= sizeof address.sun_path) give_up("the socket's path is too long");
  strcpy(address.sun_path, settings.socket);
  *peer = (connection){.descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .next_stream = 1};
  if (peer->descriptor < 0) fail("socket");
  if (connect(peer->descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail(settings.socket);
  peer->input = malloc(BUFFER_BYTES);
  peer->output = malloc(settings.in_flight * request_bytes);
  if (!peer->input || !peer->output) fail("malloc");
}

// Makes a call ready to be sent; false: as many are in flight as may be.
static bool add_request(connection *peer, uint64_t due_at) {
  if (peer->in_flight == settings.in_flight) return false;
  slot *place = peer->slots;
  while (place->stream) place++;
  *place = (slot){peer->next_stream, due_at};
  uint8_t *into = peer->output + peer->output_count;
  memcpy(into, request, request_bytes);
  wire_put_u32(into + 4, peer->next_stream);
  if (counter_digits) put_counter(into);
  peer->output_count += request_bytes;
  peer->next_stream += 2;
  peer->in_flight++;
  if (peer->next_stream < 2) give_up("the stream IDs are used up; measure for a shorter time");
  return true;
}

static void send_requests(connection *peer) {
  for (size_t at = 0; at < peer->output_count;) {
    ssize_t sent = send(peer->descriptor, peer->output + at, peer->output_count - at, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) fail("send");
    if (sent > 0) at += (size_t)sent;
  }
  peer->output_count = 0;
}

// Fills up to the number in flight, with one write.
static void fill_up(connection *peer) {
  uint64_t time = now();
  while (add_request(peer, time)) continue;
  send_requests(peer);
}

static void finish_call(connection *peer, uint32_t stream, uint64_t time, bool measuring) {
  for (unsigned index = 0; index < settings.in_flight; index++) {
    slot *place = &peer->slots[index];
    if (place->stream != stream) continue;
    if (measuring) record(time - place->due_at);
    place->stream = 0;
    peer->in_flight--;
    return;
  }
  give_up("an answer to a call that is not in flight");
}

// Reads once; gives the number of answers that are complete with it.
static unsigned receive(connection *peer, bool measuring) {
  ssize_t got;
  do {
    got = recv(peer->descriptor, peer->input + peer->input_count, BUFFER_BYTES - peer->input_count, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) fail("recv");
  if (got == 0) give_up("the server closed the connection");
  uint64_t time = now();
  peer->input_count += (size_t)got;
  size_t at = 0;
  unsigned answers = 0;
  while (peer->input_count - at >= HEADER_BYTES) {
    header head = wire_header(peer->input + at);
    if (head.type != TYPE_RESPONSE) give_up("a frame that is no response");
    size_t frame = HEADER_BYTES + (size_t)head.data_bytes;
    if (frame > BUFFER_BYTES) give_up("an answer longer than 1 MiB");
    if (peer->input_count - at < frame) break;
    check_response(peer->input + at + HEADER_BYTES, head.data_bytes);
    finish_call(peer, head.stream, time, measuring);
    answers++;
    at += frame;
  }
  memmove(peer->input, peer->input + at, peer->input_count - at);
  peer->input_count -= at;
  return answers;
}

// Waits until connections have something to read, or until a time; gives their number.
static int wait_for(int poller, struct epoll_event *events, int most, uint64_t until) {
  uint64_t time = now();
  uint64_t wait = until > time + SPIN_NANOSECONDS ? until - time - SPIN_NANOSECONDS : 0;
  struct timespec timeout = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
  int ready = epoll_pwait2(poller, events, most, until == UINT64_MAX ? NULL : &timeout, NULL);
  if (ready < 0 && errno != EINTR) fail("epoll_pwait2");
  return ready < 0 ? 0 : ready;
}

// Closed loop: calls until `until`; the calls still in flight then are waited for. Gives the number of answers.
static uint64_t run_closed(connection *peers, int poller, uint64_t until, bool measuring) {
  uint64_t answers = 0;
  for (unsigned index = 0; index < settings.connections; index++) fill_up(&peers[index]);
  unsigned busy = settings.connections;
  bool done = false;
  while (busy) {
    struct epoll_event events[256];
    int ready = 1;
    // One connection needs no poll: the read waits.
    if (settings.connections == 1) {
      events[0].data.ptr = peers;
    } else {
      ready = wait_for(poller, events, 256, UINT64_MAX);
    }
    for (int index = 0; index < ready; index++) {
      connection *peer = events[index].data.ptr;
      answers += receive(peer, measuring);
      if (!done) {
        fill_up(peer);
      } else if (!peer->in_flight) {
        busy--;
      }
    }
    // Until here each connection had all its calls in flight, so each still has an answer to come.
    done = done || now() >= until;
  }
  return answers;
}

// Sends the calls that are due by now, from one connection after another, while one of them may have another call in
// flight; the rest stay due. Gives how many were sent.
static uint64_t send_due(connection *peers, uint64_t begin, uint64_t sent, uint64_t due) {
  static unsigned turn;
  uint64_t before = sent;
  for (unsigned full = 0; sent < due && full < settings.connections; turn = (turn + 1) % settings.connections) {
    connection *peer = &peers[turn];
    if (!add_request(peer, begin + (uint64_t)((double)sent * 1e9 / settings.rate))) {
      full++;
      continue;
    }
    full = 0;
    sent++;
    send_requests(peer);
  }
  return sent - before;
}

// Open loop: the calls that become due until `until`, each at its time, whatever became of those before. What could
// not be sent within twice the time counts as taking until then. Gives the number of answers.
static uint64_t run_open(connection *peers, int poller, uint64_t begin, uint64_t until, bool measuring,
                         uint64_t *unsent) {
  uint64_t count = (uint64_t)((double)(until - begin) / 1e9 * settings.rate), sent = 0, answers = 0;
  uint64_t last = until + (until - begin);
  while (answers < sent || (sent < count && now() < last)) {
    uint64_t time = now();
    uint64_t due = (uint64_t)((double)(time - begin) / 1e9 * settings.rate) + 1;
    if (due > count) due = count;
    if (time < last) sent += send_due(peers, begin, sent, due);
    struct epoll_event events[256];
    uint64_t next = begin + (uint64_t)((double)sent * 1e9 / settings.rate);
    // One that is due and not sent waits for an answer.
    int ready = wait_for(poller, events, 256, sent == count || sent < due ? UINT64_MAX : next);
    for (int index = 0; index < ready; index++) answers += receive(events[index].data.ptr, measuring);
  }
  *unsent = count - sent;
  uint64_t end = now();
  for (; measuring && sent < count; sent++) record(end - begin - (uint64_t)((double)sent * 1e9 / settings.rate));
  return answers;
}

static uint64_t run(connection *peers, int poller, double seconds, bool measuring, uint64_t *unsent) {
  uint64_t begin = now(), until = begin + (uint64_t)(seconds * 1e9);
  return settings.rate > 0 ? run_open(peers, poller, begin, until, measuring, unsent)
                           : run_closed(peers, poller, until, measuring);
}

// One call, waited for. Made on each connection before the next is dialed: of connections that are dialed in one burst
// the worker that looks first takes nearly all, and no client dials so.
static void call_once(connection *peer) {
  if (!add_request(peer, now())) give_up("no call may be made");
  send_requests(peer);
  while (!receive(peer, false)) continue;
}

// As many descriptors as connections, where the hard limit lets them be.
static void raise_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
  rlim_t wanted = settings.connections + 16;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
}

int main(int count, char **arguments) {
  read_options("load", count, arguments);
  read_request();
  if (settings.counter) find_counter();
  raise_limit();
  // Waits of the open loop end when they should.
  if (prctl(PR_SET_TIMERSLACK, 1) < 0) fail("prctl");
  int poller = epoll_create1(EPOLL_CLOEXEC);
  connection *peers = calloc(settings.connections, sizeof *peers);
  if (poller < 0 || !peers) fail("set-up");
  for (unsigned index = 0; index < settings.connections; index++) {
    dial(&peers[index]);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[index]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, peers[index].descriptor, &event) < 0) fail("epoll_ctl");
    call_once(&peers[index]);
  }
  if (settings.prints_answer) return 0;
  uint64_t unsent = 0;
  if (settings.warm_up > 0) run(peers, poller, settings.warm_up, false, &unsent);
  measurement one = begin_measurement();
  one.answers = run(peers, poller, settings.seconds, true, &one.unsent);
  end_measurement(&one);
  print_measurement(&one, request_bytes);
  return 0;
}
