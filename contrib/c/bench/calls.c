/* How fast the C client calls: `calls ENDPOINT TREE.json IN-FLIGHT SECONDS`; one JSON object.
 *
 * One at a time it waits, as a blocking caller does; with more, each callback begins the next call. The context is built
 * anew for each call. Every call's time counts. */
#define _POSIX_C_SOURCE 200809L

#include <smartflow.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_IN_FLIGHT = 256, MOST_TIMES = 1 << 23 };

static smartflow_client *client;
static smartflow_context *context;
static char tree[1 << 20];
static uint32_t *times;
static size_t made;
static uint64_t until;

typedef struct caller {
  uint64_t began;
} caller;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *why) {
  fprintf(stderr, "calls: %s\n", why);
  exit(1);
}

static smartflow_call *begin(caller *one, smartflow_done done) {
  one->began = now();
  smartflow_context_clear(context);
  smartflow_context_integer(context, "daysInactive", 7);
  const smartflow_request request = {
      SMARTFLOW_REQUEST, .tree_json = tree, .context = context, .player_id = "p-1001", .dry_run = true,
      .options = {.timeout_ms = 5000}};
  smartflow_call *call = smartflow_execute(client, &request, done, one);
  if (!call) fail("there are too many calls");
  return call;
}

static void record(const smartflow_call *call, const caller *one) {
  if (smartflow_code_of(call) != SMARTFLOW_OK) fail(smartflow_error_of(call)->message);
  if (made < MOST_TIMES) times[made++] = (uint32_t)(now() - one->began);
}

static void go_on(smartflow_call *call, void *user) {
  record(call, user);
  if (now() < until) begin(user, go_on);
}

static int compare(const void *one, const void *other) {
  const uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  if (count != 5) fail("usage: calls ENDPOINT TREE.json IN-FLIGHT SECONDS");
  FILE *file = fopen(arguments[2], "rb");
  if (!file || fread(tree, 1, sizeof tree - 1, file) == 0) fail("the tree can't be read");
  fclose(file);
  char why[256];
  if (smartflow_open(arguments[1], &client, why, sizeof why) != SMARTFLOW_OK) fail(why);
  context = smartflow_context_new();
  times = malloc(MOST_TIMES * sizeof *times);
  if (!times || !context) fail("there is no memory");
  const int in_flight = atoi(arguments[3]);
  if (in_flight < 1 || in_flight > MOST_IN_FLIGHT) fail("there may be 1 to 256 in flight");
  static caller callers[MOST_IN_FLIGHT];
  double seconds = 0.2;
  /* First to warm up. */
  for (int round = 0; round < 2; round++) {
    made = 0;
    const uint64_t began = now();
    until = began + (uint64_t)(seconds * 1e9);
    if (in_flight == 1) {
      while (now() < until) {
        smartflow_call *call = begin(&callers[0], NULL);
        smartflow_wait(call);
        record(call, &callers[0]);
        smartflow_release(call);
      }
    } else {
      for (int index = 0; index < in_flight; index++) begin(&callers[index], go_on);
      while (smartflow_under_way(client) > 0) smartflow_poll(client, -1);
    }
    seconds = round == 0 ? strtod(arguments[4], NULL) : (double)(now() - began) / 1e9;
  }
  qsort(times, made, sizeof *times, compare);
  if (made == 0) fail("no call was answered");
  printf(
      "{\"calls_per_second\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", (double)made / seconds,
      times[made / 2] / 1000.0, times[made * 99 / 100] / 1000.0);
  smartflow_context_free(context);
  smartflow_close(client);
  free(times);
  return 0;
}
