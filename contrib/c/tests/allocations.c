/* Once warm, a call allocates nothing: malloc and its kin are counted, in the whole process. */
#include "server.h"

#include <malloc.h>

static unsigned long allocated;

/* glibc's own, behind the names that this program puts before them. */
void *__libc_malloc(size_t count);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t count);

void *malloc(size_t count) {
  allocated++;
  return __libc_malloc(count);
}

void *calloc(size_t count, size_t size) {
  allocated++;
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t count) {
  allocated++;
  return __libc_realloc(memory, count);
}

/* Response{payload: ExecuteTreeResponse{Execution{execution_id, status, ActionResult{type, path, Struct}}}} */
static const char answer[] =
    "\x12\x41\x0A\x3F\x0A\x04" "018f" "\x10\x01\x2A\x35\x0A\x07" "SendSMS" "\x12\x0B" "/trueAction" "\x18\x01\x22\x1B"
    "\x0A\x19\x0A\x07" "message" "\x12\x0E\x1A\x0C" "We miss you!";
/* Response{Status{9, …}} */
static const char refusal[] = "\x0A\x06\x08\x09\x12\x02" "no";

static server host;
static smartflow_client *client;
static smartflow_context *context;
static unsigned ended;

static void count_action(smartflow_call *call, void *user) {
  (void)user;
  ended++;
  const smartflow_execution *execution = smartflow_execution_of(call);
  if (execution) CHECK_TEXT(smartflow_member(execution->actions->parameters, "message")->text, "We miss you!");
}

static void make_calls(unsigned at_once) {
  smartflow_call *kept = NULL;
  for (unsigned index = 0; index < at_once; index++) {
    smartflow_context_clear(context);
    smartflow_context_integer(context, "daysInactive", index);
    smartflow_context_number(context, "third", 1.0 / 3);
    smartflow_context_text(context, "name", "Maria");
    const smartflow_request request = {
        SMARTFLOW_REQUEST, .tree_id = "winback", .player_id = "maria", .context = context, .idempotency_key = "k",
        .options = {.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
    smartflow_done done = index == 0 ? NULL : count_action;
    smartflow_call *call = smartflow_execute(client, &request, done, NULL);
    REQUIRE(call != NULL);
    if (index == 0) kept = call;
  }
  smartflow_poll(client, 0);
  for (unsigned index = 0; index < at_once; index++) {
    size_t count;
    uint32_t stream;
    server_next(&host, &count, &stream);
    const bool is_refused = index % 7 == 3;
    server_answer(&host, stream, is_refused ? refusal : answer, is_refused ? sizeof refusal - 1 : sizeof answer - 1);
    smartflow_poll(client, 0);
  }
  CHECK(smartflow_wait(kept) == SMARTFLOW_OK);
  smartflow_release(kept);
  CHECK(smartflow_under_way(client) == 0);
}

int main(void) {
  char why[256];
  server_start(&host);
  REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
  context = smartflow_context_new();
  smartflow_call *first = smartflow_health(client, NULL, NULL, NULL, NULL);
  REQUIRE(server_wait_for_dial(&host, client));
  size_t count;
  uint32_t stream;
  server_next(&host, &count, &stream);
  server_answer(&host, stream, serving, sizeof serving);
  smartflow_wait(first);
  smartflow_release(first);
  CHECK(smartflow_fd(client) >= 0);
  for (unsigned round = 0; round < 4; round++) make_calls(64);
  const unsigned long before = allocated;
  for (unsigned round = 0; round < 100; round++) make_calls(round % 2 ? 64 : 1);
  const unsigned long made = allocated - before;
  CHECK(made == 0);
  printf("allocations  %lu in %u calls after warm-up, %lu before\n", made, 50 * 64 + 50, before);
  smartflow_context_free(context);
  smartflow_close(client);
  server_stop(&host);
  return checks_end("allocations");
}
