// The C++ header against a server that does as it is told.
#include <smartflow.hpp>

#include <memory>

#include "server.h"

namespace {

server host;

void answer(smartflow::Client &client, const void *data, std::size_t bytes) {
  client.poll();
  if (server_accept(&host)) client.poll();
  std::size_t count;
  std::uint32_t stream;
  server_next(&host, &count, &stream);
  REQUIRE(server_answer(&host, stream, data, bytes));
}

constexpr char decision[] =
    "\x12\x3B\x0A\x39\x10\x01\x2A\x35\x0A\x07" "SendSMS" "\x12\x0B" "/trueAction" "\x18\x01\x22\x1B"
    "\x0A\x19\x0A\x07" "message" "\x12\x0E\x1A\x0C" "We miss you!";
constexpr char refusal[] = "\x0A\x06\x08\x05\x12\x02" "no";

void contexts_are_written() {
  smartflow::Context context;
  context.add("days", 7).add("vip", true).add("name", std::string("Maria")).add("club", nullptr).add("cash", 1.5F);
  context.add("u", std::uint64_t{1} << 63).begin_list("games").add("wolf").add(std::string_view("b\0k", 3)).end();
  CHECK(
      context.json() ==
      "{\"days\":7,\"vip\":true,\"name\":\"Maria\",\"club\":null,\"cash\":1.5,\"u\":9.223372036854776e+18,"
      "\"games\":[\"wolf\",\"b\\u0000k\"]}");
  smartflow::Context moved = std::move(context);
  moved.end();
  CHECK_TEXT(moved.mistake(), "nothing is open that could be ended");
  CHECK(moved.json().empty());
  moved.clear();
  CHECK(moved.json() == "{}");
}

void whoever_waits_gets_the_decision_or_an_exception(smartflow::Client &client) {
  smartflow::Request request;
  request.tree_id = "winback";
  smartflow::Call call = client.execute(request);
  answer(client, decision, sizeof decision - 1);
  unsigned count = 0;
  for (const smartflow_action &one : smartflow::each(call.wait()->actions)) {
    count++;
    CHECK_TEXT(one.type, "SendSMS");
    CHECK(smartflow::json_of(one.parameters) == "{\"message\":\"We miss you!\"}");
  }
  CHECK(count == 1 && call.error() == nullptr);
  call = client.execute(request);
  answer(client, refusal, sizeof refusal - 1);
  try {
    call.wait();
    CHECK(false);
  } catch (const smartflow::Error &error) {
    call = smartflow::Call();
    CHECK_TEXT(error.what(), "NOT_FOUND: no");
    CHECK(error.code() == SMARTFLOW_NOT_FOUND && !error.is_transport() && error.violations().empty());
  }
  call = client.execute(request);
  answer(client, refusal, sizeof refusal - 1);
  CHECK(call.finish() == SMARTFLOW_NOT_FOUND && call.is_over());
}

void callbacks_own_what_they_hold(smartflow::Client &client) {
  const auto held = std::make_shared<int>(0);
  smartflow::Request request;
  request.tree_id = "winback";
  CHECK(client.execute(request, [held](const smartflow_call *call) {
    *held = smartflow_execution_of(call)->status;
  }));
  CHECK(held.use_count() == 2);
  answer(client, decision, sizeof decision - 1);
  CHECK(client.poll() == 1 && *held == SMARTFLOW_STATUS_COMPLETED && held.use_count() == 1);
  {
    smartflow::Client brief(host.endpoint);
    CHECK(brief.execute(request, [held](const smartflow_call *call) { *held = smartflow_code_of(call); }));
  }
  CHECK(*held == SMARTFLOW_CANCELLED && held.use_count() == 1);
}

void a_wrong_endpoint_is_an_exception() {
  try {
    smartflow::Client client("tcp://x");
    CHECK(false);
  } catch (const smartflow::Error &error) {
    CHECK(error.code() == SMARTFLOW_INVALID_ARGUMENT);
  }
}

}  // namespace

int main() {
  server_start(&host);
  contexts_are_written();
  a_wrong_endpoint_is_an_exception();
  {
    smartflow::Client client(host.endpoint);
    whoever_waits_gets_the_decision_or_an_exception(client);
    callbacks_own_what_they_hold(client);
  }
  server_stop(&host);
  return checks_end("wrapper_cpp");
}
