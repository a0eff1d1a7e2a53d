// The load generator for gRPC: one thread, the options of ../../load.c but for --rate and --counter, and the same keys
// in what it prints. FILE of --request holds an ExecuteTreeRequest, whose bytes are sent as they are.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "../../samples.h"

namespace {

constexpr char method[] = "/smartflow.v1.ExecutionService/ExecuteTree";

// A connection of its own, and not one that channels share.
std::unique_ptr<grpc::GenericStub> dial(int number) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt("smartflow.connection", number);
  auto channel = grpc::CreateCustomChannel("unix:" + std::string{settings.socket}, grpc::InsecureChannelCredentials(),
                                           arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds{10})) {
    give_up("nobody answers at the socket");
  }
  return std::make_unique<grpc::GenericStub>(channel);
}

// A place for one call in flight.
class Call {
 public:
  Call(grpc::GenericStub& stub, grpc::CompletionQueue& queue, const grpc::ByteBuffer& request)
      : stub_(stub), queue_(queue), request_(request) {}

  void send() {
    state_ = std::make_unique<State>();
    state_->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds{30});
    sent_at_ = now();
    state_->reader = stub_.PrepareUnaryCall(&state_->context, method, request_, &queue_);
    state_->reader->StartCall();
    state_->reader->Finish(&state_->response, &state_->status, this);
  }

  void finish(bool measuring) {
    if (measuring) record(now() - sent_at_);
    if (state_->status.ok()) return;
    std::string why = "answered with status " + std::to_string(state_->status.error_code()) + ": " +
                      state_->status.error_message();
    give_up(why.c_str());
  }

  const grpc::ByteBuffer& response() const { return state_->response; }

 private:
  struct State {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  };

  grpc::GenericStub& stub_;
  grpc::CompletionQueue& queue_;
  const grpc::ByteBuffer& request_;
  std::unique_ptr<State> state_;
  uint64_t sent_at_ = 0;
};

Call* next(grpc::CompletionQueue& queue) {
  void* call;
  bool ok;
  if (!queue.Next(&call, &ok) || !ok) give_up("the completion queue ended");
  return static_cast<Call*>(call);
}

// Calls for a time; the calls still in flight then are waited for. Gives the number of answers.
uint64_t run(std::vector<std::unique_ptr<Call>>& calls, grpc::CompletionQueue& queue, double seconds,
             bool measuring) {
  uint64_t until = now() + static_cast<uint64_t>(seconds * 1e9), answers = 0;
  for (auto& call : calls) call->send();
  for (size_t busy = calls.size(); busy > 0; answers++) {
    Call* call = next(queue);
    call->finish(measuring);
    if (now() < until) {
      call->send();
    } else {
      busy--;
    }
  }
  return answers;
}

void print(const grpc::ByteBuffer& response) {
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok()) give_up("the answer can't be read");
  for (const auto& slice : slices) {
    for (size_t index = 0; index < slice.size(); index++) std::printf("%02x", slice.begin()[index]);
  }
  std::printf("\n");
}

}  // namespace

int main(int count, char** arguments) {
  read_options("grpc-load", count, arguments);
  if (settings.rate > 0 || settings.counter) {
    std::cerr << "grpc-load: --rate and --counter are for ttRPC's load generator alone\n";
    return 64;
  }
  std::ifstream file(settings.request, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) give_up("the request can't be read, or is empty");
  grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1);
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  std::vector<std::unique_ptr<Call>> calls;
  for (unsigned connection = 0; connection < settings.connections; connection++) {
    stubs.push_back(dial(static_cast<int>(connection)));
    for (unsigned place = 0; place < settings.in_flight; place++) {
      calls.push_back(std::make_unique<Call>(*stubs.back(), queue, request));
    }
  }
  if (settings.prints_answer) {
    calls.front()->send();
    Call* call = next(queue);
    call->finish(false);
    print(call->response());
    return 0;
  }
  if (settings.warm_up > 0) run(calls, queue, settings.warm_up, false);
  measurement one = begin_measurement();
  one.answers = run(calls, queue, settings.seconds, true);
  end_measurement(&one);
  print_measurement(&one, bytes.size());
  return 0;
}
