// How fast the C++ client calls: `calls ENDPOINT TREE.json IN-FLIGHT SECONDS`; one JSON object, as contrib/c/bench/calls.c.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smartflow.hpp>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Bench {
  smartflow::Client client;
  smartflow::Context context;
  std::string tree;
  std::vector<double> times;
  Clock::time_point until;

  explicit Bench(const char *endpoint) : client(endpoint) { times.reserve(1 << 22); }

  smartflow::Request request() {
    context.clear();
    context.add("daysInactive", 7);
    smartflow::Request request;
    request.tree_json = tree.c_str();
    request.context = context.get();
    request.player_id = "p-1001";
    request.dry_run = true;
    request.options.timeout_ms = 5000;
    return request;
  }

  void record(Clock::time_point began) {
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
  }

  // Each answer begins the next call.
  void begin() {
    const Clock::time_point began = Clock::now();
    const bool is_begun = client.execute(request(), [this, began](const smartflow_call *call) {
      if (smartflow_code_of(call) != SMARTFLOW_OK) {
        std::cerr << "calls: " << smartflow_error_of(call)->message << '\n';
        std::exit(1);
      }
      record(began);
      if (Clock::now() < until) begin();
    });
    if (!is_begun) throw smartflow::Error(SMARTFLOW_RESOURCE_EXHAUSTED, "there are too many calls");
  }

  // Returns how long it took, in seconds.
  double run(int in_flight, double seconds) {
    times.clear();
    const Clock::time_point began = Clock::now();
    until = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    if (in_flight == 1) {
      while (Clock::now() < until) {
        const Clock::time_point call_began = Clock::now();
        client.execute(request()).wait();
        record(call_began);
      }
    } else {
      for (int index = 0; index < in_flight; index++) begin();
      while (client.under_way() > 0) client.poll(-1);
    }
    return std::chrono::duration<double>(Clock::now() - began).count();
  }
};

}  // namespace

int main(int count, char **arguments) {
  if (count != 5) {
    std::cerr << "usage: calls ENDPOINT TREE.json IN-FLIGHT SECONDS\n";
    return 64;
  }
  try {
    Bench bench(arguments[1]);
    std::ifstream file(arguments[2], std::ios::binary);
    bench.tree.assign(std::istreambuf_iterator<char>(file), {});
    const int in_flight = std::stoi(arguments[3]);
    bench.run(in_flight, 0.2);  // To warm up.
    const double seconds = bench.run(in_flight, std::stod(arguments[4]));
    std::sort(bench.times.begin(), bench.times.end());
    if (bench.times.empty()) throw smartflow::Error(SMARTFLOW_UNAVAILABLE, "no call was answered");
    std::printf(
        "{\"calls_per_second\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", bench.times.size() / seconds,
        bench.times[bench.times.size() / 2], bench.times[bench.times.size() * 99 / 100]);
  } catch (const std::exception &error) {
    std::cerr << "calls: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
