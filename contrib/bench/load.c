// The load generator: one thread, any number of connections, any number of calls in flight on each.
//
//   load --socket PATH --request FILE [--connections N] [--in-flight N] [--seconds S] [--warm-up S] [--process PID]…
//        [--samples]
//
// FILE holds the data of a request's frame, that is a ttrpc.Request; the frame's header is made here. Each
// answer is looked at: a status other than OK ends the run, since an error's time says nothing.
// Prints one JSON object. Percentiles are of every call, not of a sample. With --process, the CPU time that
// those processes took, for each call. With
// --samples, the time of each call in nanoseconds stands on a line of its own before, shortest first.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

enum { IN_FLIGHT_MAX = 256, CONNECTIONS_MAX = 4096, PROCESSES_MAX = 64, BUFFER_BYTES = 1 << 20 };

// One place for a call in flight; the answer finds it by its stream.
typedef struct {
  uint32_t stream;  // 0: free
  uint64_t sent_at;
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

static struct {
  const char *socket, *request;
  unsigned connections, in_flight;
  double seconds, warm_up;
  pid_t processes[PROCESSES_MAX];
  unsigned process_count;
  bool prints_samples;
} settings = {.connections = 1, .in_flight = 1, .seconds = 1, .warm_up = 0.2};

static uint8_t *request;
static size_t request_bytes;

static uint32_t *samples;
static size_t sample_count, sample_capacity;

static void fail(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void give_up(const char *why) {
  fprintf(stderr, "load: %s\n", why);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void record(uint64_t nanoseconds) {
  if (sample_count == sample_capacity) {
    sample_capacity = sample_capacity ? sample_capacity * 2 : 1 << 20;
    uint32_t *moved = realloc(samples, sample_capacity * sizeof *samples);
    if (!moved) fail("realloc");
    samples = moved;
  }
  samples[sample_count++] = nanoseconds > UINT32_MAX ? UINT32_MAX : (uint32_t)nanoseconds;
}

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

// Fills up to the number in flight, with one write.
static void send_requests(connection *peer) {
  uint64_t time = now();
  for (unsigned index = 0; peer->in_flight < settings.in_flight; index++) {
    slot *place = &peer->slots[index];
    if (place->stream) continue;
    *place = (slot){peer->next_stream, time};
    uint8_t *into = peer->output + peer->output_count;
    memcpy(into, request, request_bytes);
    wire_put_u32(into + 4, peer->next_stream);
    peer->output_count += request_bytes;
    peer->next_stream += 2;
    peer->in_flight++;
    if (peer->next_stream < 2) give_up("the stream IDs are used up; measure for a shorter time");
  }
  for (size_t at = 0; at < peer->output_count;) {
    ssize_t sent = send(peer->descriptor, peer->output + at, peer->output_count - at, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) fail("send");
    if (sent > 0) at += (size_t)sent;
  }
  peer->output_count = 0;
}

// Ends the run unless the data is a Response without a status, or with the status OK.
static void check_response(const uint8_t *data, size_t count) {
  const uint8_t *at = data, *end = data + count;
  while (at < end) {
    field one;
    if (!wire_field(&at, end, &one)) give_up("an answer is no ttrpc.Response");
    if (one.number != 1) continue;
    const uint8_t *inside = one.bytes, *inside_end = one.bytes + one.byte_count;
    uint64_t code = 0;
    const char *message = "";
    int message_bytes = 0;
    while (inside < inside_end) {
      field part;
      if (!wire_field(&inside, inside_end, &part)) give_up("an answer's status is no google.rpc.Status");
      if (part.number == 1) code = part.value;
      if (part.number == 2) {
        message = (const char *)part.bytes;
        message_bytes = (int)part.byte_count;
      }
    }
    if (code) {
      fprintf(stderr, "load: answered with status %d: %.*s\n", (int)code, message_bytes, message);
      exit(1);
    }
  }
}

static void finish_call(connection *peer, uint32_t stream, uint64_t time, bool measuring) {
  for (unsigned index = 0; index < settings.in_flight; index++) {
    slot *place = &peer->slots[index];
    if (place->stream != stream) continue;
    if (measuring) record(time - place->sent_at);
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

// Calls until `until`; the calls still in flight then are waited for. Gives the number of answers.
static uint64_t run(connection *peers, int poller, uint64_t until, bool measuring) {
  uint64_t answers = 0;
  for (unsigned index = 0; index < settings.connections; index++) send_requests(&peers[index]);
  unsigned busy = settings.connections;
  bool done = false;
  while (busy) {
    struct epoll_event events[256];
    int ready = 1;
    // One connection needs no poll: the read waits.
    if (settings.connections == 1) {
      events[0].data.ptr = peers;
    } else if ((ready = epoll_wait(poller, events, 256, -1)) < 0) {
      if (errno == EINTR) continue;
      fail("epoll_wait");
    }
    for (int index = 0; index < ready; index++) {
      connection *peer = events[index].data.ptr;
      answers += receive(peer, measuring);
      if (!done) {
        send_requests(peer);
      } else if (!peer->in_flight) {
        busy--;
      }
    }
    // Until here each connection had all its calls in flight, so each still has an answer to come.
    done = done || now() >= until;
  }
  return answers;
}

static uint64_t cpu_time(void) {
  uint64_t total = 0;
  for (unsigned index = 0; index < settings.process_count; index++) {
    clockid_t clock;
    struct timespec time;
    int error = clock_getcpuclockid(settings.processes[index], &clock);
    if (error) {
      errno = error;
      fail("CPU time of a process");
    }
    if (clock_gettime(clock, &time) < 0) fail("CPU time of a process");
    total += (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  }
  return total;
}

static int compare(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

// Nearest rank: the smallest time that this share of the calls did not exceed.
static double percentile(double share) {
  size_t rank = (size_t)(share * (double)sample_count + 0.999999);
  if (rank < 1) rank = 1;
  if (rank > sample_count) rank = sample_count;
  return samples[rank - 1] / 1000.0;
}

static double number(const char *text, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (end == text || *end || !(value >= least && value <= most)) {
    fprintf(stderr, "load: `%s` is not a number from %g to %g\n", text, least, most);
    exit(64);
  }
  return value;
}

static void read_arguments(int count, char **arguments) {
  static const struct option options[] = {
      {"socket", required_argument, 0, 's'},    {"request", required_argument, 0, 'r'},
      {"connections", required_argument, 0, 'c'}, {"in-flight", required_argument, 0, 'i'},
      {"seconds", required_argument, 0, 't'},   {"warm-up", required_argument, 0, 'w'},
      {"process", required_argument, 0, 'p'},   {"samples", no_argument, 0, 'a'},
      {0, 0, 0, 0},
  };
  for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
    switch (option) {
      case 's': settings.socket = optarg; break;
      case 'r': settings.request = optarg; break;
      case 'c': settings.connections = (unsigned)number(optarg, 1, CONNECTIONS_MAX); break;
      case 'i': settings.in_flight = (unsigned)number(optarg, 1, IN_FLIGHT_MAX); break;
      case 't': settings.seconds = number(optarg, 0.001, 600); break;
      case 'w': settings.warm_up = number(optarg, 0, 600); break;
      case 'p':
        if (settings.process_count == PROCESSES_MAX) give_up("too many processes");
        settings.processes[settings.process_count++] = (pid_t)number(optarg, 1, 1 << 22);
        break;
      case 'a': settings.prints_samples = true; break;
      default: exit(64);
    }
  }
  if (!settings.socket || !settings.request || optind != count) {
    fprintf(stderr,
            "usage: load --socket PATH --request FILE [--connections N] [--in-flight N] [--seconds S]\n"
            "            [--warm-up S] [--process PID]... [--samples]\n");
    exit(64);
  }
}

int main(int count, char **arguments) {
  read_arguments(count, arguments);
  read_request();
  int poller = epoll_create1(EPOLL_CLOEXEC);
  connection *peers = calloc(settings.connections, sizeof *peers);
  if (poller < 0 || !peers) fail("set-up");
  for (unsigned index = 0; index < settings.connections; index++) {
    dial(&peers[index]);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[index]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, peers[index].descriptor, &event) < 0) fail("epoll_ctl");
  }
  run(peers, poller, now() + (uint64_t)(settings.warm_up * 1e9), false);

  uint64_t cpu_before = cpu_time(), begin = now();
  uint64_t answers = run(peers, poller, begin + (uint64_t)(settings.seconds * 1e9), true);
  uint64_t end = now(), cpu_after = cpu_time();

  qsort(samples, sample_count, sizeof *samples, compare);
  if (settings.prints_samples) {
    for (size_t index = 0; index < sample_count; index++) printf("%u\n", samples[index]);
  }
  double seconds = (double)(end - begin) / 1e9;
  printf("{\"calls\": %llu, \"seconds\": %.6f, \"calls_per_second\": %.1f, ", (unsigned long long)answers,
         seconds, (double)answers / seconds);
  printf("\"p50_us\": %.3f, \"p90_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, \"max_us\": %.3f",
         percentile(0.5), percentile(0.9), percentile(0.99), percentile(0.999), percentile(1));
  if (settings.process_count) {
    printf(", \"server_cpu_us_per_call\": %.3f", (double)(cpu_after - cpu_before) / 1e3 / (double)answers);
  }
  printf(", \"request_bytes\": %zu}\n", request_bytes);
  return 0;
}
