// A gRPC server that makes the bench's decision in native code, and answers as the daemon does.
//
//   server SOCKET async|callback [THREADS]     serves until SIGTERM
//
// `async` has THREADS threads (1), each with a completion queue of its own; `callback` leaves threads to gRPC.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "smartflow/v1/execution.grpc.pb.h"

namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using smartflow::v1::ExecuteTreeRequest;
using smartflow::v1::ExecuteTreeResponse;
using smartflow::v1::ExecutionService;

// SHA-256 of tree.json's canonical form: the daemon's answer has it too.
constexpr char digest[] =
    "\x22\xe8\x72\xb9\x5d\x10\x4b\x70\xc6\x6c\xe2\xad\x15\xe5\x45\x94\x7c\x34\xfe\xa5\x5e\x67\x71\x74\x92\xc1\xc3"
    "\x4f\xc7\x04\x7e";

std::string uuid(uint64_t milliseconds) {
  thread_local std::mt19937_64 source{std::random_device{}()};
  uint64_t halves[2] = {milliseconds << 16 | 7 << 12 | (source() & 0xfff), uint64_t{1} << 63 | source() >> 2};
  std::string text;
  text.reserve(36);
  for (int index = 0; index < 16; index++) {
    if (index == 4 || index == 6 || index == 8 || index == 10) text += '-';
    auto byte = static_cast<uint8_t>(halves[index / 8] >> (56 - 8 * (index % 8)));
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

void put(Struct* parameters, const char* name, const char* value) {
  (*parameters->mutable_fields())[name].set_string_value(value);
}

// The tree `winback`, as a programmer would have written it.
grpc::Status decide(const Struct& context, smartflow::v1::ActionResult* action) {
  auto days = context.fields().find("daysInactive"), tier = context.fields().find("tier");
  if (days == context.fields().end() || days->second.kind_case() != Value::kNumberValue ||
      tier == context.fields().end() || tier->second.kind_case() != Value::kStringValue) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "daysInactive is a number, tier a text"};
  }
  if (days->second.number_value() > 5 && tier->second.string_value() == "Gold") {
    action->set_type("SendSMS");
    action->set_path("/trueAction");
    put(action->mutable_parameters(), "phone", "+1234567890");
    put(action->mutable_parameters(), "message", "We miss you!");
  } else {
    action->set_type("SendEmail");
    action->set_path("/falseAction");
    put(action->mutable_parameters(), "from", "promo@game.com");
    put(action->mutable_parameters(), "to", "maria@example.com");
    put(action->mutable_parameters(), "subject", "New offers await!");
  }
  return grpc::Status::OK;
}

grpc::Status execute(const ExecuteTreeRequest& request, ExecuteTreeResponse* response) {
  auto begin = std::chrono::steady_clock::now();
  if (request.tree_reference().tree_id() != "winback" || !request.has_context_struct() ||
      !request.options().dry_run()) {
    return {grpc::StatusCode::UNIMPLEMENTED, "only dry runs of winback with a Struct are served"};
  }
  auto* execution = response->mutable_execution();
  auto* action = execution->add_actions();
  if (grpc::Status status = decide(request.context_struct(), action); !status.ok()) return status;
  uint64_t milliseconds = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                                    std::chrono::system_clock::now().time_since_epoch())
                                                    .count());
  action->set_status(smartflow::v1::ACTION_STATUS_NOT_PERFORMED);
  action->set_action_id(uuid(milliseconds));
  execution->set_execution_id(uuid(milliseconds));
  execution->set_status(smartflow::v1::EXECUTION_STATUS_DRY_RUN);
  execution->mutable_tree()->set_tree_id("winback");
  execution->mutable_tree()->set_version(1);
  execution->set_tree_digest(digest, sizeof digest - 1);
  execution->set_fuel_used(28);
  auto elapsed = std::chrono::steady_clock::now() - begin;
  execution->mutable_elapsed()->set_nanos(static_cast<int32_t>(elapsed / std::chrono::nanoseconds{1}));
  return grpc::Status::OK;
}

class CallbackService final : public ExecutionService::CallbackService {
  grpc::ServerUnaryReactor* ExecuteTree(grpc::CallbackServerContext* context, const ExecuteTreeRequest* request,
                                        ExecuteTreeResponse* response) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(execute(*request, response));
    return reactor;
  }
};

// One call, from its being asked for to its end; then it makes the next one.
class AsyncCall {
 public:
  AsyncCall(ExecutionService::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue) {
    await();
  }

  void go_on(bool ok) {
    if (!ok) {
      delete this;
    } else if (answered_) {
      state_ = std::make_unique<State>();
      await();
    } else {
      ExecuteTreeResponse response;
      grpc::Status status = execute(state_->request, &response);
      answered_ = true;
      state_->writer.Finish(response, status, this);
    }
  }

 private:
  struct State {
    grpc::ServerContext context;
    ExecuteTreeRequest request;
    grpc::ServerAsyncResponseWriter<ExecuteTreeResponse> writer{&context};
  };

  void await() {
    answered_ = false;
    service_.RequestExecuteTree(&state_->context, &state_->request, &state_->writer, &queue_, &queue_, this);
  }

  ExecutionService::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  std::unique_ptr<State> state_ = std::make_unique<State>();
  bool answered_ = false;
};

// Calls that are asked for at once on each queue, so that one that comes finds a place.
constexpr int places = 128;

void wait_for_the_end(const sigset_t& ends, grpc::Server& server) {
  int signal;
  sigwait(&ends, &signal);
  server.Shutdown(std::chrono::system_clock::now());
}

int serve_async(grpc::ServerBuilder& builder, const sigset_t& ends, int threads) {
  ExecutionService::AsyncService service;
  builder.RegisterService(&service);
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  for (int index = 0; index < threads; index++) queues.push_back(builder.AddCompletionQueue());
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::vector<std::thread> loops;
  for (auto& queue : queues) {
    for (int index = 0; index < places; index++) new AsyncCall(service, *queue);
    loops.emplace_back([&queue] {
      void* call;
      for (bool ok; queue->Next(&call, &ok);) static_cast<AsyncCall*>(call)->go_on(ok);
    });
  }
  wait_for_the_end(ends, *server);
  for (auto& queue : queues) queue->Shutdown();
  for (auto& loop : loops) loop.join();
  return 0;
}

int serve_callback(grpc::ServerBuilder& builder, const sigset_t& ends) {
  CallbackService service;
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  wait_for_the_end(ends, *server);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string api = count > 2 ? arguments[2] : "";
  int threads = count > 3 ? std::atoi(arguments[3]) : 1;
  if (count < 3 || count > 4 || (api != "async" && api != "callback") || threads < 1) {
    std::cerr << "usage: server SOCKET async|callback [THREADS]\n";
    return 64;
  }
  // Before there is any thread, so that none takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + std::string{arguments[1]}, grpc::InsecureServerCredentials());
  return api == "async" ? serve_async(builder, ends, threads) : serve_callback(builder, ends);
}
