// What both load generators are told, ttRPC's (load.c) and gRPC's (peers/grpc/load.cc): the same words mean the same.
#ifndef SMARTFLOW_BENCH_OPTIONS_H
#define SMARTFLOW_BENCH_OPTIONS_H

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { IN_FLIGHT_MAX = 256, CONNECTIONS_MAX = 4096, PROCESSES_MAX = 64 };

static struct {
  const char *socket, *request;
  unsigned connections, in_flight;  // in_flight 0: not given
  double seconds, warm_up;
  double rate;  // Calls a second of an open loop; 0: each answer is followed by the next call.
  pid_t processes[PROCESSES_MAX];
  unsigned process_count;
  bool prints_samples, prints_answer;
  const char *counter;
} settings;

static const char *program;

#define FAIL_ATTRIBUTE __attribute__((noreturn, unused))

FAIL_ATTRIBUTE static void fail(const char *what) {
  fprintf(stderr, "%s: %s: %s\n", program, what, strerror(errno));
  exit(1);
}

FAIL_ATTRIBUTE static void give_up(const char *why) {
  fprintf(stderr, "%s: %s\n", program, why);
  exit(1);
}

static const char usage[] =
    "usage: %s --socket PATH --request FILE [options]\n"
    "\n"
    "Calls a server, and prints one JSON object: calls, seconds, calls a second, the percentiles of all calls (none is\n"
    "left out) and the longest. An answer with another status than OK ends the run, since an error's time says nothing.\n"
    "\n"
    "  --connections N    how many connections, 1 to 4096 (1)\n"
    "  --in-flight N      how many calls at once on each, 1 to 256 (1; with --rate 256)\n"
    "  --seconds S        how long it is measured (1)\n"
    "  --warm-up S        how long it is called before (0.2)\n"
    "  --rate R           an open loop: R calls a second become due, whether or not the ones before are answered. A call's\n"
    "                     time counts from when it was due, so that waiting for its turn is seen. Without it each answer\n"
    "                     is followed by the next call\n"
    "  --counter TEXT     in each request a number of its own, in decimal digits, takes the place of TEXT, which stands in\n"
    "                     the request once; so no two requests are the same, in this run or any other\n"
    "  --process PID      prints what CPU time this process took for each call; may be given 64 times\n"
    "  --samples          prints each call's time in nanoseconds before, a line each, the shortest first\n"
    "  --answer           makes one call, and prints its answer's message instead, in hexadecimal digits\n"
    "  --help             prints this\n"
    "\n"
    "Exit codes: 0 measured, 1 not, 64 usage.\n";

static double number_between(const char *text, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (end == text || *end || !(value >= least && value <= most)) {
    fprintf(stderr, "%s: `%s` is not a number from %g to %g\n", program, text, least, most);
    exit(64);
  }
  return value;
}

static void read_options(const char *name, int count, char **arguments) {
  program = name;
  settings.connections = 1;
  settings.seconds = 1;
  settings.warm_up = 0.2;
  static const struct option options[] = {
      {"socket", required_argument, 0, 's'},   {"request", required_argument, 0, 'r'},
      {"connections", required_argument, 0, 'c'}, {"in-flight", required_argument, 0, 'i'},
      {"seconds", required_argument, 0, 't'},  {"warm-up", required_argument, 0, 'w'},
      {"rate", required_argument, 0, 'o'},     {"counter", required_argument, 0, 'n'},
      {"process", required_argument, 0, 'p'},  {"samples", no_argument, 0, 'a'},
      {"answer", no_argument, 0, 'e'},         {"help", no_argument, 0, 'h'},
      {0, 0, 0, 0},
  };
  for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
    switch (option) {
      case 's': settings.socket = optarg; break;
      case 'r': settings.request = optarg; break;
      case 'c': settings.connections = (unsigned)number_between(optarg, 1, CONNECTIONS_MAX); break;
      case 'i': settings.in_flight = (unsigned)number_between(optarg, 1, IN_FLIGHT_MAX); break;
      case 't': settings.seconds = number_between(optarg, 0.001, 600); break;
      case 'w': settings.warm_up = number_between(optarg, 0, 600); break;
      case 'o': settings.rate = number_between(optarg, 1, 10e6); break;
      case 'n': settings.counter = optarg; break;
      case 'p':
        if (settings.process_count == PROCESSES_MAX) give_up("too many processes");
        settings.processes[settings.process_count++] = (pid_t)number_between(optarg, 1, 1 << 22);
        break;
      case 'a': settings.prints_samples = true; break;
      case 'e': settings.prints_answer = true; break;
      case 'h':
        printf(usage, program);
        exit(0);
      default: exit(64);
    }
  }
  if (!settings.socket || !settings.request || optind != count) {
    fprintf(stderr, usage, program);
    exit(64);
  }
  if (!settings.in_flight) settings.in_flight = settings.rate > 0 ? IN_FLIGHT_MAX : 1;
}

#endif
