/* What the client does with a server that does everything there is, right and wrong. */
#include "server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>

static server host;
static smartflow_client *client;

static void begin(void) {
  char why[256];
  server_start(&host);
  REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
}

static void end(void) {
  smartflow_close(client);
  server_stop(&host);
}

static smartflow_call *health(void) {
  smartflow_call *call = smartflow_health(client, NULL, NULL, NULL, NULL);
  REQUIRE(call != NULL);
  return call;
}

static smartflow_call *unsafe_call(void) {
  const smartflow_options options = {.timeout_ms = 10000};
  smartflow_call *call = smartflow_call_method(client, "s", "m", "payload", 7, &options, NULL, NULL);
  REQUIRE(call != NULL);
  return call;
}

static void connect_and_accept(void) { REQUIRE(server_wait_for_dial(&host, client)); }

/* The stream of the next request. */
static uint32_t next_stream(void) {
  size_t count;
  uint32_t stream;
  server_next(&host, &count, &stream);
  return stream;
}

static void an_answer_at_every_split(void) {
  begin();
  smartflow_call *first = health();
  connect_and_accept();
  uint8_t frame[64];
  REQUIRE(server_answer(&host, next_stream(), serving, sizeof serving));
  CHECK(smartflow_wait(first) == SMARTFLOW_OK);
  smartflow_release(first);
  for (size_t split = 0; split <= FRAME_HEADER + sizeof serving; split++) {
    smartflow_call *call = health();
    smartflow_poll(client, 0);
    const size_t count = frame_of(frame, next_stream(), 2, serving, sizeof serving);
    server_send(&host, frame, split);
    CHECK(smartflow_poll(client, 0) == (split == count ? 1 : 0));
    server_send(&host, frame + split, count - split);
    if (split < count) CHECK(smartflow_poll(client, 0) == 1);
    CHECK(smartflow_is_over(call) && smartflow_code_of(call) == SMARTFLOW_OK);
    CHECK(smartflow_health_of(call) == SMARTFLOW_HEALTH_SERVING);
    smartflow_release(call);
  }
  /* Two at once, byte by byte, in the other order. */
  smartflow_call *one = health(), *two = health();
  smartflow_poll(client, 0);
  const uint32_t low = next_stream(), high = next_stream();
  CHECK(high == low + 2 && low % 2 == 1);
  size_t count = frame_of(frame, high, 2, serving, sizeof serving);
  count += frame_of(frame + count, low, 2, serving, sizeof serving);
  int ended = 0;
  for (size_t index = 0; index < count; index++) {
    server_send(&host, frame + index, 1);
    ended += smartflow_poll(client, 0);
    if (index + 1 == count / 2) CHECK(!smartflow_is_over(one) && smartflow_is_over(two));
  }
  CHECK(ended == 2);
  smartflow_release(one);
  smartflow_release(two);
  end();
}

static void what_nobody_asked_for_is_skipped(void) {
  begin();
  smartflow_call *call = health();
  connect_and_accept();
  const uint32_t stream = next_stream();
  server_answer(&host, stream + 2, serving, sizeof serving);
  server_answer(&host, 2, serving, sizeof serving);
  uint8_t frame[64];
  for (unsigned type = 0; type < 256; type += type == 3 ? 252 : 1) {
    if (type != 2) server_send(&host, frame, frame_of(frame, stream, (uint8_t)type, "garbage", 7));
  }
  CHECK(smartflow_poll(client, 0) == 0);
  server_answer(&host, stream, serving, sizeof serving);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);
  end();
}

static void what_is_no_message_is_an_error(void) {
  static const struct { const char *bytes; size_t count; } wrong[] = {
      {"\x0A", 1}, {"\x0A\x05", 2}, {"\x00\x00", 2}, {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 11},
      {"\x12\x03\x08\x01", 4}, {"\x0B", 1}, {"\x0F", 1}, {"\x0A\x04\x12\x02\xC3\x28", 6}, {"\x12\x02\x08\x80", 4},
      {"\x0A\xFF\xFF\xFF\xFF\x0F", 6}, {"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11}};
  begin();
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
    smartflow_call *call = health();
    if (index == 0) connect_and_accept();
    smartflow_poll(client, 0);
    server_answer(&host, next_stream(), wrong[index].bytes, wrong[index].count);
    CHECK(smartflow_wait(call) == SMARTFLOW_INTERNAL);
    CHECK(smartflow_error_of(call)->is_transport);
    smartflow_release(call);
  }
  /* The connection goes on. */
  smartflow_call *call = health();
  smartflow_poll(client, 0);
  server_answer(&host, next_stream(), "", 0);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK && smartflow_health_of(call) == SMARTFLOW_HEALTH_UNKNOWN);
  smartflow_release(call);
  const smartflow_request request = {SMARTFLOW_REQUEST, .tree_id = "x"};
  call = smartflow_execute(client, &request, NULL, NULL);
  smartflow_poll(client, 0);
  server_answer(&host, next_stream(), "", 0);
  CHECK(smartflow_wait(call) == SMARTFLOW_INTERNAL);
  CHECK_TEXT(smartflow_error_of(call)->message, "the server's answer holds no execution");
  smartflow_release(call);
  end();
}

static void an_answer_that_is_too_long_is_thrown_away(void) {
  begin();
  smartflow_call *call = health();
  connect_and_accept();
  static uint8_t part[1 << 16];
  uint8_t header[FRAME_HEADER];
  const size_t size = (4 << 20) + 1;
  frame_of(header, next_stream(), 2, NULL, 0);
  for (unsigned index = 0; index < 4; index++) header[index] = (uint8_t)(size >> (24 - 8 * index));
  server_send(&host, header, sizeof header);
  CHECK(smartflow_wait(call) == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK_TEXT(smartflow_error_of(call)->reason, "MESSAGE_TOO_LARGE");
  smartflow_release(call);
  call = health();
  smartflow_poll(client, 0);
  const uint32_t stream = next_stream();
  for (size_t left = size; left > 0;) {
    const size_t count = left < sizeof part ? left : sizeof part;
    REQUIRE(server_send(&host, part, count));
    left -= count;
    smartflow_poll(client, 0);
    smartflow_poll(client, 0);
  }
  server_answer(&host, stream, serving, sizeof serving);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);
  end();
}

static void a_long_request_and_answer_pass(void) {
  begin();
  static char payload[(4 << 20) - 64];
  memset(payload, 'p', sizeof payload);
  smartflow_call *call = smartflow_call_method(client, "s", "m", payload, sizeof payload, NULL, NULL, NULL);
  connect_and_accept();
  while (server_receive(&host) == 0) smartflow_poll(client, 0);
  size_t count;
  uint32_t stream;
  const uint8_t *data = server_next(&host, &count, &stream);
  CHECK(count > sizeof payload && data[0] == 0x0A);
  static uint8_t answer[(4 << 20) + FRAME_HEADER];
  const size_t size = 4 << 20;
  frame_of(answer, stream, 2, NULL, 0);
  for (unsigned index = 0; index < 4; index++) answer[index] = (uint8_t)(size >> (24 - 8 * index));
  /* Response{payload} of exactly the longest frame. */
  answer[10] = 0x12;
  answer[11] = 0xFB, answer[12] = 0xFF, answer[13] = 0xFF, answer[14] = 0x01;
  for (size_t at = 0; at < sizeof answer;) {
    const ssize_t sent = send(host.peer, answer + at, sizeof answer - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) at += (size_t)sent;
    smartflow_poll(client, 0);
  }
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  CHECK(smartflow_payload_of(call, &count) && count == size - 5);
  smartflow_release(call);
  call = smartflow_call_method(client, "s", "m", payload, sizeof payload, NULL, NULL, NULL);
  smartflow_release(call);
  static char longer[(4 << 20) + 1];
  call = smartflow_call_method(client, "s", "m", longer, sizeof longer, NULL, NULL, NULL);
  CHECK(smartflow_wait(call) == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK_TEXT(smartflow_error_of(call)->reason, "MESSAGE_TOO_LARGE");
  CHECK_TEXT(smartflow_error_of(call)->domain, "smartflow");
  smartflow_release(call);
  end();
}

static void a_deadline_passes(void) {
  begin();
  const smartflow_options options = {.timeout_ms = 30, .grace_ms = 10};
  smartflow_call *call = smartflow_health(client, NULL, &options, NULL, NULL);
  const uint64_t began = milliseconds();
  connect_and_accept();
  const uint32_t stream = next_stream();
  CHECK(smartflow_wait(call) == SMARTFLOW_DEADLINE_EXCEEDED);
  CHECK(milliseconds() - began >= 39);
  CHECK_TEXT(smartflow_error_of(call)->message, "the deadline passed before an answer came");
  smartflow_release(call);
  /* A late answer is skipped. */
  call = health();
  smartflow_poll(client, 0);
  server_answer(&host, stream, serving, sizeof serving);
  CHECK(smartflow_poll(client, 0) == 0 && !smartflow_is_over(call));
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);
  end();
}

static void late_answers_give_their_places_back(void) {
  begin();
  smartflow_call *first = health();
  connect_and_accept();
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_wait(first) == SMARTFLOW_OK);
  smartflow_release(first);
  for (unsigned index = 0; index < 600; index++) {
    smartflow_call *call = unsafe_call();
    smartflow_poll(client, 0);
    smartflow_release(call);
    server_answer(&host, next_stream(), serving, sizeof serving);
    CHECK(smartflow_poll(client, 0) == 0);
  }
  smartflow_call *last = health();
  smartflow_poll(client, 0);
  CHECK(!server_accept(&host));
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_wait(last) == SMARTFLOW_OK);
  smartflow_release(last);
  end();
}

static void only_what_is_safe_is_sent_again(void) {
  begin();
  const smartflow_request dry = {SMARTFLOW_REQUEST, .tree_id = "x", .dry_run = true, .options = {.timeout_ms = 10000}};
  const smartflow_request keyed = {
      SMARTFLOW_REQUEST, .tree_id = "x", .idempotency_key = "k", .options = {.timeout_ms = 10000}};
  const smartflow_request bare = {SMARTFLOW_REQUEST, .tree_id = "x", .options = {.timeout_ms = 10000}};
  const smartflow_request marked = {
      SMARTFLOW_REQUEST, .tree_id = "x", .options = {.timeout_ms = 10000, .safe_to_resend = true}};
  const smartflow_item both[] = {{.idempotency_key = "a"}, {.idempotency_key = "b"}};
  const smartflow_item one[] = {{.idempotency_key = "a"}, {.idempotency_key = ""}};
  smartflow_call *calls[] = {
      smartflow_execute(client, &dry, NULL, NULL), smartflow_execute(client, &keyed, NULL, NULL),
      smartflow_execute(client, &bare, NULL, NULL), smartflow_execute(client, &marked, NULL, NULL),
      smartflow_execute_batch(client, &bare, both, 2, NULL, NULL),
      smartflow_execute_batch(client, &bare, one, 2, NULL, NULL), unsafe_call()};
  static const bool is_safe[] = {true, true, false, true, true, false, false};
  connect_and_accept();
  CHECK(server_receive(&host) == 7);
  server_hang_up(&host);
  smartflow_poll(client, 0);
  for (size_t index = 0; index < 7; index++) {
    CHECK(smartflow_is_over(calls[index]) == !is_safe[index]);
    if (is_safe[index]) continue;
    CHECK(smartflow_code_of(calls[index]) == SMARTFLOW_UNAVAILABLE);
    CHECK(smartflow_error_of(calls[index])->connection_lost && smartflow_error_of(calls[index])->is_transport);
  }
  /* Twice more, in their order, and then it is enough. */
  for (unsigned again = 0; again < 2; again++) {
    connect_and_accept();
    CHECK(server_receive(&host) == 4);
    server_hang_up(&host);
    smartflow_poll(client, 0);
  }
  for (size_t index = 0; index < 7; index++) {
    CHECK(smartflow_code_of(calls[index]) == SMARTFLOW_UNAVAILABLE);
    smartflow_release(calls[index]);
  }
  end();
}

static void what_was_not_written_is_sent_again(void) {
  begin();
  static char payload[3 << 20];
  smartflow_call *small = unsafe_call();
  const smartflow_options options = {.timeout_ms = 10000};
  smartflow_call *large = smartflow_call_method(client, "s", "m", payload, sizeof payload, &options, NULL, NULL);
  smartflow_call *behind = unsafe_call();
  connect_and_accept();
  smartflow_poll(client, 0);
  server_hang_up(&host);
  smartflow_poll(client, 0);
  smartflow_poll(client, 0);
  CHECK(smartflow_code_of(small) == SMARTFLOW_UNAVAILABLE);
  CHECK(!smartflow_is_over(large) && !smartflow_is_over(behind));
  connect_and_accept();
  while (server_receive(&host) < 2) smartflow_poll(client, 0);
  size_t count;
  uint32_t stream;
  server_next(&host, &count, &stream);
  CHECK(count > sizeof payload && stream == 1);
  server_answer(&host, next_stream(), "", 0);
  server_answer(&host, 1, "", 0);
  CHECK(smartflow_wait(large) == SMARTFLOW_OK && smartflow_wait(behind) == SMARTFLOW_OK);
  smartflow_release(small);
  smartflow_release(large);
  smartflow_release(behind);
  end();
}

static void answers_before_the_end_count(void) {
  begin();
  smartflow_call *one = unsafe_call(), *two = unsafe_call();
  connect_and_accept();
  server_answer(&host, next_stream(), "", 0);
  server_hang_up(&host);
  CHECK(smartflow_wait(two) == SMARTFLOW_UNAVAILABLE);
  CHECK(smartflow_code_of(one) == SMARTFLOW_OK);
  smartflow_release(one);
  smartflow_release(two);
  /* One that begins on a connection that ended meanwhile was not written. */
  smartflow_call *three = unsafe_call();
  connect_and_accept();
  server_answer(&host, next_stream(), "", 0);
  CHECK(smartflow_wait(three) == SMARTFLOW_OK);
  server_hang_up(&host);
  smartflow_call *four = unsafe_call();
  connect_and_accept();
  server_answer(&host, next_stream(), "", 0);
  CHECK(smartflow_wait(four) == SMARTFLOW_OK);
  smartflow_release(three);
  smartflow_release(four);
  end();
}

static void somebody_who_is_not_there_is_waited_for(void) {
  char why[256];
  server_prepare(&host);
  REQUIRE(smartflow_open(host.endpoint, &client, why, sizeof why) == SMARTFLOW_OK);
  const smartflow_options brief = {.timeout_ms = 40}, fast = {.fails_fast = true};
  smartflow_call *patient = health();
  smartflow_call *late = smartflow_health(client, NULL, &brief, NULL, NULL);
  smartflow_call *hasty = smartflow_health(client, NULL, &fast, NULL, NULL);
  smartflow_poll(client, 0);
  CHECK(smartflow_code_of(hasty) == SMARTFLOW_UNAVAILABLE && !smartflow_error_of(hasty)->connection_lost);
  CHECK(strstr(smartflow_error_of(hasty)->message, host.path) != NULL);
  CHECK(smartflow_wait(late) == SMARTFLOW_UNAVAILABLE);
  CHECK(strstr(smartflow_error_of(late)->message, "No such file") != NULL);
  server_listen(&host);
  connect_and_accept();
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_wait(patient) == SMARTFLOW_OK);
  smartflow_release(patient);
  smartflow_release(late);
  smartflow_release(hasty);
  end();
}

static void dialling_pauses_longer_each_time(void) {
  begin();
  const smartflow_options options = {.timeout_ms = 60000, .safe_to_resend = true};
  smartflow_call *call = smartflow_call_method(client, "s", "m", "", 0, &options, NULL, NULL);
  server_close_listener(&host);
  int longest = 0;
  for (unsigned index = 0; index < 6; index++) {
    smartflow_poll(client, 0);
    const int pause = smartflow_timeout(client);
    const int most = 10 << index;
    CHECK(pause <= most + 1 && pause >= most / 2 - 2);
    longest = pause > longest ? pause : longest;
    smartflow_poll(client, pause > 0 ? pause : 1);
  }
  CHECK(longest >= 155);
  smartflow_release(call);
  end();
}

static void at_most_256_are_in_flight(void) {
  begin();
  static smartflow_call *calls[1024];
  const smartflow_options options = {.timeout_ms = 60000};
  for (unsigned index = 0; index < 1024; index++) {
    calls[index] = smartflow_call_method(client, "s", "m", &index, sizeof index, &options, NULL, NULL);
    REQUIRE(calls[index] != NULL);
  }
  CHECK(smartflow_health(client, NULL, NULL, NULL, NULL) == NULL);
  CHECK(smartflow_wait(NULL) == SMARTFLOW_RESOURCE_EXHAUSTED && smartflow_error_of(NULL)->code == 8);
  connect_and_accept();
  CHECK(server_receive(&host) == 256);
  uint32_t expected = 1;
  for (unsigned index = 0; index < 1024; index++) {
    const uint32_t stream = next_stream();
    CHECK(stream == expected);
    expected += 2;
    server_answer(&host, stream, "", 0);
    CHECK(smartflow_poll(client, 0) == 1);
    CHECK(smartflow_code_of(calls[index]) == SMARTFLOW_OK);
  }
  for (unsigned index = 0; index < 1024; index++) smartflow_release(calls[index]);
  CHECK(smartflow_under_way(client) == 0);
  end();
}

static void a_connection_that_answers_nothing_is_left(void) {
  begin();
  const smartflow_options brief = {.timeout_ms = 1};
  smartflow_call *calls[256];
  smartflow_call *first = health();
  connect_and_accept();
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_wait(first) == SMARTFLOW_OK);
  smartflow_release(first);
  for (unsigned index = 0; index < 256; index++) {
    calls[index] = smartflow_call_method(client, "s", "m", "", 0, &brief, NULL, NULL);
  }
  for (unsigned index = 0; index < 256; index++) {
    CHECK(smartflow_wait(calls[index]) == SMARTFLOW_DEADLINE_EXCEEDED);
    smartflow_release(calls[index]);
  }
  smartflow_call *call = unsafe_call();
  connect_and_accept();
  server_answer(&host, next_stream(), "", 0);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);
  end();
}

/* --- Callbacks */

static unsigned called;

static void count_call(smartflow_call *call, void *user) {
  called++;
  CHECK(smartflow_is_over(call));
  *(int *)user = smartflow_code_of(call);
  CHECK(smartflow_poll(client, 0) == -1);
  CHECK(smartflow_wait(call) == SMARTFLOW_FAILED_PRECONDITION);
  smartflow_release(call);
}

static int codes[8];

static void begin_another(smartflow_call *call, void *user) {
  (void)call;
  (void)user;
  called++;
  smartflow_health(client, NULL, NULL, count_call, &codes[1]);
}

static void close_all(smartflow_call *call, void *user) {
  (void)call;
  (void)user;
  called++;
  smartflow_close(client);
  CHECK(smartflow_health(client, NULL, NULL, NULL, NULL) == NULL);
}

static void begin_what_fails_at_once(smartflow_call *call, void *user) {
  (void)call;
  (void)user;
  called++;
  smartflow_health(client, "\xFF", NULL, begin_what_fails_at_once, NULL);
}

static void callbacks_are_called_once(void) {
  begin();
  called = 0;
  smartflow_call *given_up = smartflow_health(client, NULL, NULL, count_call, &codes[0]);
  smartflow_health(client, NULL, NULL, begin_another, NULL);
  smartflow_cancel(given_up);
  smartflow_cancel(given_up);
  CHECK(called == 0);
  connect_and_accept();
  CHECK(called == 1 && codes[0] == SMARTFLOW_CANCELLED);
  CHECK(server_receive(&host) == 1);
  server_answer(&host, next_stream(), serving, sizeof serving);
  CHECK(smartflow_poll(client, 0) == 1 && called == 2);
  /* What the callback began is sent already. */
  CHECK(server_receive(&host) == 1);
  server_answer(&host, next_stream(), serving, sizeof serving);
  codes[1] = -1;
  CHECK(smartflow_poll(client, 1000) == 1 && called == 3 && codes[1] == SMARTFLOW_OK);
  /* One call each time, however many begin within. */
  called = 0;
  smartflow_health(client, "\xFF", NULL, begin_what_fails_at_once, NULL);
  CHECK(smartflow_poll(client, 0) == 1 && called == 1);
  CHECK(smartflow_poll(client, 0) == 1 && called == 2);
  CHECK(smartflow_timeout(client) == 0);
  server_stop(&host);
  called = 0;
  smartflow_health(client, NULL, NULL, close_all, NULL);
  smartflow_health(client, NULL, NULL, count_call, &codes[2]);
  /* The one that fails at once is reported, then all that closing ends. */
  smartflow_close(client);
  CHECK(called == 3 && codes[2] == SMARTFLOW_CANCELLED);
}

static void closing_from_a_callback_ends_all(void) {
  begin();
  called = 0;
  smartflow_health(client, NULL, NULL, close_all, NULL);
  smartflow_call *held = health();
  (void)held;
  smartflow_health(client, NULL, NULL, count_call, &codes[3]);
  connect_and_accept();
  server_answer(&host, next_stream(), serving, sizeof serving);
  codes[3] = -1;
  CHECK(smartflow_poll(client, 0) == 1);
  CHECK(called == 2 && codes[3] == SMARTFLOW_CANCELLED);
  server_stop(&host);
}

static void a_loop_can_wait_for_one_descriptor(void) {
  begin();
  const int descriptor = smartflow_fd(client);
  REQUIRE(descriptor >= 0);
  CHECK((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
  struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
  CHECK(smartflow_timeout(client) == -1);
  for (unsigned round = 0; round < 3; round++) {
    smartflow_call *call = health();
    CHECK(smartflow_timeout(client) >= 0);
    connect_and_accept();
    const int left = smartflow_timeout(client);
    CHECK(left > 0 && left <= 1001);
    CHECK(poll(&wanted, 1, 0) == 0);
    server_answer(&host, next_stream(), serving, sizeof serving);
    CHECK(poll(&wanted, 1, 1000) == 1);
    CHECK(smartflow_poll(client, 0) == 1 && smartflow_is_over(call));
    CHECK(poll(&wanted, 1, 0) == 0);
    smartflow_release(call);
    /* The next round is on another connection, with the same descriptor. */
    server_hang_up(&host);
    CHECK(poll(&wanted, 1, 1000) == 1);
    smartflow_poll(client, 0);
    CHECK(poll(&wanted, 1, 0) == 0);
    CHECK(smartflow_fd(client) == descriptor);
  }
  /* A late answer when nothing is under way is taken away, too. */
  smartflow_call *abandoned = health();
  connect_and_accept();
  const uint32_t stream = next_stream();
  smartflow_release(abandoned);
  server_answer(&host, stream, serving, sizeof serving);
  CHECK(poll(&wanted, 1, 1000) == 1);
  CHECK(smartflow_poll(client, 0) == 0 && poll(&wanted, 1, 0) == 0);
  server_hang_up(&host);
  smartflow_poll(client, 0);
  /* Room to write is waited for too. */
  static char payload[3 << 20];
  smartflow_call *call = smartflow_call_method(client, "s", "m", payload, sizeof payload, NULL, NULL, NULL);
  connect_and_accept();
  smartflow_poll(client, 0);
  CHECK(poll(&wanted, 1, 0) == 0);
  unsigned turns = 0;
  while (server_receive(&host) == 0) {
    CHECK(poll(&wanted, 1, 1000) == 1);
    smartflow_poll(client, 0);
    REQUIRE(++turns < 10000);
  }
  smartflow_release(call);
  end();
}

static void a_poll_waits_so_long_at_most(void) {
  begin();
  uint64_t began = milliseconds();
  CHECK(smartflow_poll(client, -1) == 0);
  CHECK(milliseconds() - began < 500);
  smartflow_call *call = health();
  began = milliseconds();
  CHECK(smartflow_poll(client, 50) == 0);
  CHECK(milliseconds() - began >= 49);
  CHECK(smartflow_code_of(call) == SMARTFLOW_UNKNOWN && smartflow_error_of(call) == NULL);
  CHECK(smartflow_execution_of(call) == NULL && smartflow_payload_of(call, NULL) == NULL);
  smartflow_release(call);
  end();
}

static void requests_that_say_too_much_are_refused(void) {
  begin();
  smartflow_context *context = smartflow_context_new();
  smartflow_context_end(context);
  const smartflow_request wrong[] = {
      {SMARTFLOW_REQUEST, .tree_id = "x", .tree_json = "{}"}, {SMARTFLOW_REQUEST, .tree_id = "\xC3"},
      {SMARTFLOW_REQUEST, .player_id = "\xFF"}, {SMARTFLOW_REQUEST, .context = context},
      {SMARTFLOW_REQUEST, .options = {.traceparent = "\xFF"}}, {.tree_id = "x"},
      {SMARTFLOW_REQUEST, .context = context, .context_json = "{}"}, {SMARTFLOW_REQUEST, .locale = "\xFF"},
      {SMARTFLOW_REQUEST, .idempotency_key = "\xFF"}};
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
    smartflow_call *call = smartflow_execute(client, &wrong[index], NULL, NULL);
    REQUIRE(call != NULL);
    CHECK(!smartflow_is_over(call));
    CHECK(smartflow_wait(call) == SMARTFLOW_INVALID_ARGUMENT);
    CHECK(smartflow_error_of(call)->message[0] != 0 && smartflow_error_of(call)->is_transport);
    smartflow_release(call);
  }
  const smartflow_item item = {.context = context};
  const smartflow_request request = {SMARTFLOW_REQUEST, .tree_id = "x"};
  smartflow_call *call = smartflow_execute_batch(client, &request, &item, 1, NULL, NULL);
  CHECK(smartflow_wait(call) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK_TEXT(smartflow_error_of(call)->message, "nothing is open that could be ended");
  smartflow_release(call);
  CHECK(!server_accept(&host));
  smartflow_context_free(context);
  end();
}

static void a_forked_process_may_close_its_copy(void) {
  begin();
  smartflow_fd(client);
  smartflow_call *call = health();
  connect_and_accept();
  const pid_t child = fork();
  if (child == 0) {
    smartflow_close(client);
    _exit(0);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child && status == 0);
  server_answer(&host, next_stream(), serving, sizeof serving);
  struct pollfd wanted = {.fd = smartflow_fd(client), .events = POLLIN};
  CHECK(poll(&wanted, 1, 1000) == 1);
  CHECK(smartflow_wait(call) == SMARTFLOW_OK);
  smartflow_release(call);
  end();
}

static void whoever_may_not_connect_is_told_at_once(void) {
  if (geteuid() == 0 && setegid(65534) == 0 && seteuid(65534) != 0) return;
  begin();
  chmod(host.path, 0);
  smartflow_call *call = health();
  const uint64_t began = milliseconds();
  CHECK(smartflow_wait(call) == SMARTFLOW_PERMISSION_DENIED);
  CHECK(milliseconds() - began < 500);
  smartflow_release(call);
  end();
  if (getuid() == 0) REQUIRE(seteuid(0) == 0 && setegid(0) == 0);
}

int main(void) {
  /* No signal is to come, so whoever is hit by one dies. */
  signal(SIGPIPE, SIG_DFL);
  an_answer_at_every_split();
  what_nobody_asked_for_is_skipped();
  what_is_no_message_is_an_error();
  an_answer_that_is_too_long_is_thrown_away();
  a_long_request_and_answer_pass();
  a_deadline_passes();
  late_answers_give_their_places_back();
  only_what_is_safe_is_sent_again();
  what_was_not_written_is_sent_again();
  answers_before_the_end_count();
  somebody_who_is_not_there_is_waited_for();
  dialling_pauses_longer_each_time();
  at_most_256_are_in_flight();
  a_connection_that_answers_nothing_is_left();
  callbacks_are_called_once();
  closing_from_a_callback_ends_all();
  a_loop_can_wait_for_one_descriptor();
  a_poll_waits_so_long_at_most();
  requests_that_say_too_much_are_refused();
  a_forked_process_may_close_its_copy();
  whoever_may_not_connect_is_told_at_once();
  return checks_end("scripted");
}
