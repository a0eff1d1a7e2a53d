// SmartFlow's client for C++17: RAII over smartflow.h, in this one header. What is said there holds here.
//
//   smartflow::Client client;
//   smartflow::Context player;
//   player.add("daysInactive", 7).add("name", "Maria");
//   smartflow::Request request;
//   request.tree_id = "winback";
//   request.player_id = "maria";
//   request.context = player.get();
//   smartflow::Call call = client.execute(request);
//   for (const smartflow_action &one : smartflow::each(call.wait()->actions)) perform(one);
//
// Whoever waits for an answer gets it or an exception: C++17 has no std::expected, and an exception can't be overlooked.
// It holds copies of all it says, so that it outlives its call. Whoever can't have exceptions asks a Call for code() and
// error() instead of wait(), which never throw, as callbacks do. (Compiled with -fno-exceptions, what would throw ends
// the program.)
//
// A Client, its Calls and its Contexts are one thread's at a time. A Call must not outlive its Client.
#ifndef SMARTFLOW_HPP
#define SMARTFLOW_HPP

#include <smartflow.h>

#include <cstdlib>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace smartflow {

// A chain of C's as a range: `for (const smartflow_action &one : each(execution->actions))`.
template <class Node>
class Chain {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = const Node *;
    using reference = const Node &;
    explicit iterator(const Node *node = nullptr) noexcept : node_(node) {}
    reference operator*() const noexcept { return *node_; }
    pointer operator->() const noexcept { return node_; }
    iterator &operator++() noexcept {
      node_ = node_->next;
      return *this;
    }
    iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(iterator one, iterator other) noexcept { return one.node_ == other.node_; }
    friend bool operator!=(iterator one, iterator other) noexcept { return one.node_ != other.node_; }

   private:
    const Node *node_;
  };
  explicit Chain(const Node *first) noexcept : first_(first) {}
  iterator begin() const noexcept { return iterator(first_); }
  iterator end() const noexcept { return iterator(); }
  bool empty() const noexcept { return first_ == nullptr; }

 private:
  const Node *first_;
};

template <class Node>
Chain<Node> each(const Node *first) noexcept {
  return Chain<Node>(first);
}

// Why there is no answer, copied out of its call.
class Error : public std::exception {
 public:
  struct Violation {
    std::string field, description;
  };

  Error(int code, std::string message) : code_(code), message_(std::move(message)) { describe(); }
  explicit Error(const smartflow_error &error)
      : code_(error.code), is_transport_(error.is_transport), connection_lost_(error.connection_lost),
        message_(error.message), reason_(error.reason), resource_name_(error.resource_name),
        retry_after_ms_(error.retry_after_ms) {
    for (const smartflow_pair &one : each(error.metadata)) metadata_[one.key] = one.value;
    for (const smartflow_violation &one : each(error.violations)) violations_.push_back({one.field, one.description});
    describe();
  }

  // "NOT_FOUND: …"
  const char *what() const noexcept override { return what_.c_str(); }
  // A smartflow_code, or one that this library does not know.
  int code() const noexcept { return code_; }
  bool is_transport() const noexcept { return is_transport_; }
  bool connection_lost() const noexcept { return connection_lost_; }
  const std::string &message() const noexcept { return message_; }
  const std::string &reason() const noexcept { return reason_; }
  const std::map<std::string, std::string> &metadata() const noexcept { return metadata_; }
  const std::vector<Violation> &violations() const noexcept { return violations_; }
  const std::string &resource_name() const noexcept { return resource_name_; }
  std::int64_t retry_after_ms() const noexcept { return retry_after_ms_; }

 private:
  void describe() { what_ = std::string(smartflow_code_name(code_)) + ": " + message_; }

  int code_;
  bool is_transport_ = true, connection_lost_ = false;
  std::string message_, reason_, resource_name_, what_;
  std::map<std::string, std::string> metadata_;
  std::vector<Violation> violations_;
  std::int64_t retry_after_ms_ = -1;
};

namespace detail {
[[noreturn]] inline void fail(const Error &error) {
#if defined(__cpp_exceptions)
  throw error;
#else
  (void)error;
  std::abort();
#endif
}
}  // namespace detail

// A context that is written member by member. Mistakes are kept: a call with one fails with INVALID_ARGUMENT, and
// mistake() says which it is.
class Context {
 public:
  Context() : context_(smartflow_context_new()) {
    if (!context_) detail::fail(Error(SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for a context"));
  }

  // In an object; in a list the name is nullptr.
  template <class Value>
  Context &add(const char *name, const Value &value) {
    smartflow_context *it = context_.get();
    if constexpr (std::is_same_v<Value, bool>) {
      smartflow_context_bool(it, name, value);
    } else if constexpr (std::is_same_v<Value, std::nullptr_t>) {
      smartflow_context_null(it, name);
    } else if constexpr (std::is_integral_v<Value>) {
      if (sizeof value < sizeof(std::int64_t) || std::is_signed_v<Value> || static_cast<std::uint64_t>(value) <= INT64_MAX) {
        smartflow_context_integer(it, name, static_cast<std::int64_t>(value));
      } else {
        smartflow_context_number(it, name, static_cast<double>(value));
      }
    } else if constexpr (std::is_floating_point_v<Value>) {
      smartflow_context_number(it, name, static_cast<double>(value));
    } else if constexpr (std::is_convertible_v<const Value &, const char *>) {
      smartflow_context_text(it, name, value);
    } else {
      const std::string_view text(value);
      smartflow_context_text_bytes(it, name, text.data(), text.size());
    }
    return *this;
  }
  // An element of a list.
  template <class Value>
  Context &add(const Value &value) {
    return add(nullptr, value);
  }
  Context &begin_object(const char *name = nullptr) {
    smartflow_context_begin_object(context_.get(), name);
    return *this;
  }
  Context &begin_list(const char *name = nullptr) {
    smartflow_context_begin_list(context_.get(), name);
    return *this;
  }
  Context &end() {
    smartflow_context_end(context_.get());
    return *this;
  }
  void clear() noexcept { smartflow_context_clear(context_.get()); }
  const char *mistake() const noexcept { return smartflow_context_mistake(context_.get()); }
  // Empty after a mistake.
  std::string_view json() const noexcept {
    std::size_t bytes = 0;
    const char *json = smartflow_context_json(context_.get(), &bytes);
    return json ? std::string_view(json, bytes) : std::string_view();
  }
  const smartflow_context *get() const noexcept { return context_.get(); }

 private:
  struct Free {
    void operator()(smartflow_context *context) const noexcept { smartflow_context_free(context); }
  };
  std::unique_ptr<smartflow_context, Free> context_;
};

// A smartflow_request whose size is set.
struct Request : smartflow_request {
  Request() noexcept : smartflow_request() { size = sizeof(smartflow_request); }
};

// JSON of a value.
inline std::string json_of(const smartflow_value *value) {
  std::string json(smartflow_json_of(value, nullptr, 0), '\0');
  smartflow_json_of(value, json.data(), json.size() + 1);
  return json;
}

// One call, given back when it goes.
class Call {
 public:
  explicit Call(smartflow_call *call = nullptr) noexcept : call_(call) {}

  // Waits for the answer; nullptr for calls that are no executions. Throws Error.
  const smartflow_execution *wait() {
    if (smartflow_wait(call_.get()) == SMARTFLOW_OK) return smartflow_execution_of(call_.get());
    const smartflow_error *error = smartflow_error_of(call_.get());
    detail::fail(error ? Error(*error) : Error(SMARTFLOW_FAILED_PRECONDITION, "a callback may not wait"));
  }
  // Waits without throwing.
  smartflow_code finish() noexcept { return smartflow_wait(call_.get()); }
  bool is_over() const noexcept { return smartflow_is_over(call_.get()); }
  smartflow_code code() const noexcept { return smartflow_code_of(call_.get()); }
  const smartflow_error *error() const noexcept { return smartflow_error_of(call_.get()); }
  const smartflow_execution *execution() const noexcept { return smartflow_execution_of(call_.get()); }
  Chain<smartflow_batch> batch() const noexcept { return each(smartflow_batch_of(call_.get())); }
  int health() const noexcept { return smartflow_health_of(call_.get()); }
  std::string_view payload() const noexcept {
    std::size_t bytes = 0;
    const void *data = smartflow_payload_of(call_.get(), &bytes);
    return {static_cast<const char *>(data), bytes};
  }
  void cancel() noexcept { smartflow_cancel(call_.get()); }
  smartflow_call *get() const noexcept { return call_.get(); }
  // The call becomes the caller's, for smartflow_release().
  smartflow_call *release() noexcept { return call_.release(); }

 private:
  struct Release {
    void operator()(smartflow_call *call) const noexcept { smartflow_release(call); }
  };
  std::unique_ptr<smartflow_call, Release> call_;
};

class Client {
 public:
  // nullptr: SMARTFLOW_ENDPOINT, else the standard place. Throws Error.
  explicit Client(const char *endpoint = nullptr) {
    char why[400];
    smartflow_client *client = nullptr;
    const smartflow_code code = smartflow_open(endpoint, &client, why, sizeof why);
    if (code != SMARTFLOW_OK) detail::fail(Error(code, why));
    client_.reset(client);
  }

  Call execute(const Request &request) noexcept {
    return Call(smartflow_execute(client_.get(), &request, nullptr, nullptr));
  }
  Call execute_batch(const Request &request, const std::vector<smartflow_item> &items) noexcept {
    return Call(smartflow_execute_batch(client_.get(), &request, items.data(), items.size(), nullptr, nullptr));
  }
  Call health(const char *service = nullptr, const smartflow_options *options = nullptr) noexcept {
    return Call(smartflow_health(client_.get(), service, options, nullptr, nullptr));
  }
  Call call(
      const char *service, const char *method, std::string_view payload, const smartflow_options *options = nullptr)
      noexcept {
    return Call(smartflow_call_method(
        client_.get(), service, method, payload.data(), payload.size(), options, nullptr, nullptr));
  }

  // Calls done(const smartflow_call *) when it is over, from poll() or a call's wait(); false when there are too many
  // under way, and done is never called. Its memory is one allocation a call. What done throws ends the program.
  template <class Done>
  bool execute(const Request &request, Done &&done) {
    using Kept = std::decay_t<Done>;
    auto kept = std::make_unique<Kept>(std::forward<Done>(done));
    const auto report = [](smartflow_call *call, void *user) noexcept {
      const std::unique_ptr<Kept> own(static_cast<Kept *>(user));
      (*own)(static_cast<const smartflow_call *>(call));
    };
    if (!smartflow_execute(client_.get(), &request, report, kept.get())) return false;
    kept.release();
    return true;
  }

  int poll(int timeout_ms = 0) noexcept { return smartflow_poll(client_.get(), timeout_ms); }
  int fd() noexcept { return smartflow_fd(client_.get()); }
  int timeout() noexcept { return smartflow_timeout(client_.get()); }
  std::size_t under_way() const noexcept { return smartflow_under_way(client_.get()); }
  smartflow_client *get() const noexcept { return client_.get(); }

 private:
  struct Close {
    void operator()(smartflow_client *client) const noexcept { smartflow_close(client); }
  };
  std::unique_ptr<smartflow_client, Close> client_;
};

}  // namespace smartflow

#endif
