// The cases of cases.c, begun by contrib/cpp/smartflow.hpp: `client_cpp SOCKET suite`, one line for each.
#include <cstdio>
#include <cstring>
#include <smartflow.hpp>

#include "cases.h"

namespace {

smartflow::Client *shared;

smartflow::Request widened(const smartflow_request *request) {
  smartflow::Request made;
  static_cast<smartflow_request &>(made) = *request;
  return made;
}

smartflow_call *execute(const smartflow_request *request) { return shared->execute(widened(request)).release(); }

smartflow_call *execute_batch(const smartflow_request *request, const smartflow_item *items, std::size_t count) {
  return shared->execute_batch(widened(request), std::vector<smartflow_item>(items, items + count)).release();
}

smartflow_call *health(const char *service, const smartflow_options *options) {
  return shared->health(service, options).release();
}

smartflow_call *call_method(
    const char *service, const char *method, const void *payload, std::size_t bytes, const smartflow_options *options) {
  return shared->call(service, method, {static_cast<const char *>(payload), bytes}, options).release();
}

bool execute_then(const smartflow_request *request, void (*done)(const smartflow_call *call, void *user), void *user) {
  return shared->execute(widened(request), [done, user](const smartflow_call *call) { done(call, user); });
}

void drain() {
  while (shared->under_way() > 0) shared->poll(-1);
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 3 || std::strcmp(arguments[2], "suite") != 0) give_up("usage: client_cpp SOCKET suite");
  try {
    smartflow::Client client(arguments[1]);
    shared = &client;
    const ways by_cpp = {execute, execute_batch, health, call_method, execute_then, drain};
    run_cases(&by_cpp, arguments[1]);
  } catch (const smartflow::Error &error) {
    give_up(error.what());
  }
  return 0;
}
