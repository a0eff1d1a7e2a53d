/* SmartFlow's client in C: what now for this player?
 *
 *   smartflow_client *client;
 *   char why[256];
 *   if (smartflow_open(NULL, &client, why, sizeof why) != SMARTFLOW_OK) return complain(why);
 *
 *   smartflow_context *player = smartflow_context_new();
 *   smartflow_context_integer(player, "daysInactive", 7);
 *   smartflow_request request = {SMARTFLOW_REQUEST, .tree_id = "winback", .player_id = "maria", .context = player};
 *
 *   smartflow_call *call = smartflow_execute(client, &request, NULL, NULL);
 *   if (smartflow_wait(call) == SMARTFLOW_OK) {
 *     for (const smartflow_action *one = smartflow_execution_of(call)->actions; one; one = one->next) perform(one);
 *   } else {
 *     complain(smartflow_error_of(call)->message);
 *   }
 *   smartflow_release(call);
 *
 * THREADS. A handle, with its calls and what they point to, is one thread's at a time: one handle a thread. There is no
 * lock inside, since a loop that must not block must not wait for another thread's lock either, and callbacks then run
 * where they are expected. Handles share nothing, and the library has no state of its own, so that any number of threads
 * may use their handles at once. Whoever wants to share one takes a lock around every function, smartflow_poll()
 * included. A context is one thread's at a time too. After fork() a handle is the parent's; the child may only close it.
 *
 * MEMORY. Calls, buffers and answers are kept and used again: once a handle has had as many calls under way, of such
 * sizes, beginning, sending, receiving and releasing a call allocates nothing. What is over 64 KiB is given back.
 *
 * TEXTS that come in are UTF-8 and end with a zero byte; a call that has one that is not UTF-8 fails with
 * INVALID_ARGUMENT. They are copied: what a request points to may go when the function that got it has returned.
 * Texts that come out are UTF-8, end with a zero byte, are never NULL unless it says so, and live as long as their call.
 *
 * NO SIGNAL is ever raised or caught, no descriptor is inherited by a program that is executed, and nothing is printed.
 *
 * Linux only. Everything beyond this header is not promised.
 */
#ifndef SMARTFLOW_H
#define SMARTFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SMARTFLOW_API __attribute__((visibility("default")))

/* A client: one connection, made when it is needed, and the calls on it. */
typedef struct smartflow_client smartflow_client;
/* One call: under way, or over with what came back. */
typedef struct smartflow_call smartflow_call;
/* A context that is being written. */
typedef struct smartflow_context smartflow_context;

/* gRPC's codes. A server may know more of them, so keep a default case. */
typedef enum smartflow_code {
  SMARTFLOW_OK = 0,
  SMARTFLOW_CANCELLED = 1,           /* the caller gave it up, or closed the client */
  SMARTFLOW_UNKNOWN = 2,
  SMARTFLOW_INVALID_ARGUMENT = 3,    /* the request is wrong; violations say where */
  SMARTFLOW_DEADLINE_EXCEEDED = 4,
  SMARTFLOW_NOT_FOUND = 5,           /* no such tree, version or service */
  SMARTFLOW_ALREADY_EXISTS = 6,
  SMARTFLOW_PERMISSION_DENIED = 7,   /* this user may not, or not on this socket */
  SMARTFLOW_RESOURCE_EXHAUSTED = 8,  /* a limit; `reason` says which */
  SMARTFLOW_FAILED_PRECONDITION = 9, /* the tree can not be decided for this context; `reason` says why */
  SMARTFLOW_ABORTED = 10,
  SMARTFLOW_OUT_OF_RANGE = 11,
  SMARTFLOW_UNIMPLEMENTED = 12,      /* no such service, method or option */
  SMARTFLOW_INTERNAL = 13,           /* a fault of the server, or an answer that does not parse */
  SMARTFLOW_UNAVAILABLE = 14,        /* nobody is there, or the connection was lost */
  SMARTFLOW_DATA_LOSS = 15,
  SMARTFLOW_UNAUTHENTICATED = 16
} smartflow_code;

/* The code as gRPC spells it: "NOT_FOUND"; "CODE" for one that is not above. Any thread; static. */
SMARTFLOW_API const char *smartflow_code_name(int code);

/* This library's version: "0.1.0". Any thread; static. */
SMARTFLOW_API const char *smartflow_version(void);

/* ---- The client ---------------------------------------------------------------------------------------------------- */

/* Makes a client; nobody is dialled yet.
 *
 * endpoint: `unix:///run/smartflow/smartflow.sock`, `unix:relative.sock`, `unix-abstract:name` or a plain path, of 107
 * bytes at most. NULL is what the environment's SMARTFLOW_ENDPOINT says, else `/run/smartflow/smartflow.sock` for root,
 * else `smartflow.sock` in XDG_RUNTIME_DIR.
 * why: where a sentence is put when it fails, of why_bytes with its zero byte; may be NULL.
 *
 * OK; INVALID_ARGUMENT when the endpoint is none, or none is known; RESOURCE_EXHAUSTED when memory is out. *client is
 * NULL unless it is OK. */
SMARTFLOW_API smartflow_code smartflow_open(const char *endpoint, smartflow_client **client, char *why, size_t why_bytes);

/* Ends a client. Calls that are under way end with CANCELLED, and their callbacks are called; all calls are gone, also
 * those that were not released. NULL is nothing to do. From a callback: done when the last callback has returned. */
SMARTFLOW_API void smartflow_close(smartflow_client *client);

/* ---- Contexts ------------------------------------------------------------------------------------------------------
 *
 * What is known of the player, written as JSON: that is cheaper than a Struct's messages here, and hardly dearer for the
 * daemon. A context begins as an open object; members are added in order, each with its name (UTF-8, not NULL); in a
 * list the name is NULL. A name that comes twice in one object is the daemon's to refuse.
 *
 * The first mistake is kept, all that follows is ignored, and a call with such a context fails with INVALID_ARGUMENT, so
 * that nobody needs to look at each result. Each function gives OK, or the first mistake's code: INVALID_ARGUMENT (a
 * text that is not UTF-8, a number that is none, a name where none may be or none where one must be, an end too many,
 * more than 32 levels), or RESOURCE_EXHAUSTED (more than 4 MiB, memory). */

/* A context without members, or NULL when memory is out; every function takes NULL and gives RESOURCE_EXHAUSTED. */
SMARTFLOW_API smartflow_context *smartflow_context_new(void);
SMARTFLOW_API void smartflow_context_free(smartflow_context *context);
/* Begins anew: no members, no mistake. Its memory is kept. */
SMARTFLOW_API void smartflow_context_clear(smartflow_context *context);

/* Infinities and NaN are mistakes. What is written reads back as the very same number, whatever the locale. */
SMARTFLOW_API smartflow_code smartflow_context_number(smartflow_context *context, const char *name, double value);
/* Expressions calculate with doubles: integers beyond 2^53 are not all told apart there. */
SMARTFLOW_API smartflow_code smartflow_context_integer(smartflow_context *context, const char *name, int64_t value);
/* NULL is JSON's null. */
SMARTFLOW_API smartflow_code smartflow_context_text(smartflow_context *context, const char *name, const char *text);
/* A text of so many bytes, which may hold zero bytes. */
SMARTFLOW_API smartflow_code smartflow_context_text_bytes(
    smartflow_context *context, const char *name, const char *text, size_t bytes);
SMARTFLOW_API smartflow_code smartflow_context_bool(smartflow_context *context, const char *name, bool value);
SMARTFLOW_API smartflow_code smartflow_context_null(smartflow_context *context, const char *name);
/* Opens an object or a list; what follows is in it until smartflow_context_end(). */
SMARTFLOW_API smartflow_code smartflow_context_begin_object(smartflow_context *context, const char *name);
SMARTFLOW_API smartflow_code smartflow_context_begin_list(smartflow_context *context, const char *name);
/* Closes the innermost that is open. The context itself is never closed. */
SMARTFLOW_API smartflow_code smartflow_context_end(smartflow_context *context);

/* The first mistake in a sentence; "" when there is none. */
SMARTFLOW_API const char *smartflow_context_mistake(const smartflow_context *context);
/* The JSON as it stands, with everything closed; it lives until the context changes. NULL after a mistake. *bytes may be
 * NULL; otherwise it is the length without the zero byte. */
SMARTFLOW_API const char *smartflow_context_json(const smartflow_context *context, size_t *bytes);

/* ---- Calls ---------------------------------------------------------------------------------------------------------
 *
 * A function that begins a call puts it into the client and returns at once; the call is sent by the next
 * smartflow_poll() or smartflow_wait(). At most 1,024 calls are under way, 256 of them on the connection (the daemon's
 * own limit) and the others in their order. NULL comes back when there are that many already, or memory is out, and
 * nothing else happens: take it as RESOURCE_EXHAUSTED, as all functions below do. Whatever else is wrong, also with the
 * request, is what the call ends with.
 *
 * With `done`: it is called exactly once, from smartflow_poll(), smartflow_wait() or smartflow_close(), never from the
 * function that begins the call; when it returns the call is gone. It may begin, cancel and release calls; it may not
 * poll, wait, or leave by longjmp() or an exception.
 * Without: the call is the caller's until smartflow_release().
 *
 * The connection is dialled when a call needs it. When it is lost, it is dialled again after 10 ms, then after twice as
 * long each time up to 1 s, half of that by chance. Sent again is only what is safe: a call that was not written to its
 * end, a dry run, one with an idempotency key (a batch with one for each item), a health check, and one that is marked
 * safe_to_resend; of those that were written each twice at most. All others fail with UNAVAILABLE and connection_lost.
 * What a server answers is never asked again. */

/* Called when a call is over, with what was given when it began. */
typedef void (*smartflow_done)(smartflow_call *call, void *user);

/* How a call is made; all zero is the usual way. */
typedef struct smartflow_options {
  /* Milliseconds for dialling, writing and waiting; 0 is 1,000; a day at most. The server is told what is left of it
   * when the call is sent, and takes 5 s at most. */
  uint32_t timeout_ms;
  /* Milliseconds to wait longer than the server is told, so that its own DEADLINE_EXCEEDED arrives with all it says. */
  uint32_t grace_ms;
  /* Fail with UNAVAILABLE when the first dial finds nobody, instead of dialling until the deadline. */
  bool fails_fast;
  /* It may be sent again after it was written, though it is none of those that are safe by themselves. */
  bool safe_to_resend;
  /* Metadata; NULL: none. The W3C's trace context, and a name of the request's own. */
  const char *traceparent;
  const char *tracestate;
  const char *request_id;
} smartflow_options;

/* An instant: seconds since 1970 in UTC, and nanoseconds from 0 to 999,999,999. */
typedef struct smartflow_time {
  int64_t seconds;
  int32_t nanoseconds;
} smartflow_time;

/* What to execute. Begin with SMARTFLOW_REQUEST, so that a newer library knows which fields there are. */
typedef struct smartflow_request {
  size_t size;
  /* The tree: a published one by its name, or its JSON; not both. */
  const char *tree_id;
  /* 0: the version that is active. */
  uint64_t tree_version;
  const char *tree_json;
  /* 0: up to the zero byte; the same for context_json. */
  size_t tree_json_bytes;
  /* What is known of the player: a context, or its JSON; not both. NULL: nothing. */
  const smartflow_context *context;
  const char *context_json;
  size_t context_json_bytes;
  /* Whom the decision is about; splits, caps and the audit use it. */
  const char *player_id;
  /* 1 to 256 bytes; the same key never performs twice. In a batch the keys are the items'. */
  const char *idempotency_key;
  /* BCP 47. */
  const char *locale;
  /* Replaces the daemon's clock; with dry_run only, or on the admin socket. */
  const smartflow_time *now;
  /* Decide and render, perform nothing. */
  bool dry_run;
  /* Say which expressions ran, and why. */
  bool trace;
  smartflow_options options;
} smartflow_request;

#define SMARTFLOW_REQUEST .size = sizeof(smartflow_request)

/* One player of a batch; fields as above. */
typedef struct smartflow_item {
  const smartflow_context *context;
  const char *context_json;
  size_t context_json_bytes;
  const char *player_id;
  const char *idempotency_key;
} smartflow_item;

/* Decides for one player. Then: smartflow_execution_of(). */
SMARTFLOW_API smartflow_call *smartflow_execute(
    smartflow_client *client, const smartflow_request *request, smartflow_done done, void *user);
/* One tree, many players; the request's context, player and key are not used. Then: smartflow_batch_of(). */
SMARTFLOW_API smartflow_call *smartflow_execute_batch(
    smartflow_client *client, const smartflow_request *request, const smartflow_item *items, size_t count,
    smartflow_done done, void *user);
/* Whether a service serves; NULL or "": the whole server. options may be NULL. Then: smartflow_health_of(). */
SMARTFLOW_API smartflow_call *smartflow_health(
    smartflow_client *client, const char *service, const smartflow_options *options, smartflow_done done, void *user);
/* Any other method, with the bytes of its request's message. options may be NULL. Then: smartflow_payload_of(). */
SMARTFLOW_API smartflow_call *smartflow_call_method(
    smartflow_client *client, const char *service, const char *method, const void *payload, size_t bytes,
    const smartflow_options *options, smartflow_done done, void *user);

/* Ends a call with CANCELLED, unless it is over; what it did is not known. Its callback comes with the next poll. */
SMARTFLOW_API void smartflow_cancel(smartflow_call *call);
/* Gives a call back that was begun without a callback; one that is under way is given up, and a late answer skipped. With
 * a callback it is smartflow_cancel(). NULL is nothing to do. */
SMARTFLOW_API void smartflow_release(smartflow_call *call);

/* ---- Getting on ---------------------------------------------------------------------------------------------------- */

/* Blocks until a call is over, one begun without a callback, and gives its code. Callbacks of others may run.
 * RESOURCE_EXHAUSTED for NULL; FAILED_PRECONDITION from within a callback, or for a call that has one; CANCELLED when a
 * callback closed the client, and the call is gone with it. */
SMARTFLOW_API smartflow_code smartflow_wait(smartflow_call *call);

/* Dials, sends, receives and looks at deadlines; then calls the callbacks of all calls that are over.
 *
 * timeout_ms: 0 does what can be done without waiting, for a loop of the caller's own; otherwise it waits so long at
 * most for a call to be over, -1 without end. It returns at once when no call is under way.
 *
 * The number of calls that came to their end, callbacks or not; -1 from within a callback, and nothing is done. */
SMARTFLOW_API int smartflow_poll(smartflow_client *client, int timeout_ms);

/* A descriptor to wait for beside others, in poll(), select() or epoll; wait for readability alone (POLLIN). When it is
 * readable, or smartflow_timeout() has passed, call smartflow_poll(client, 0).
 *
 * It is the client's until that is closed, and stays the same when the connection does not: it is an epoll descriptor
 * that waits for what the connection wants. -1 when the system has none to spare; the next call tries again. */
SMARTFLOW_API int smartflow_fd(smartflow_client *client);

/* Milliseconds after which smartflow_poll() has something to do though nothing came: a deadline, a call to be sent, a
 * dial. -1: never. As poll() takes it. */
SMARTFLOW_API int smartflow_timeout(smartflow_client *client);

/* Calls that are under way. */
SMARTFLOW_API size_t smartflow_under_way(const smartflow_client *client);

/* ---- What came back: of a call that is over -------------------------------------------------------------------------
 *
 * Lists are chains: the first, and each one's `next`, NULL after the last. */

/* Whether a call is over; true for NULL. */
SMARTFLOW_API bool smartflow_is_over(const smartflow_call *call);
/* OK, or why there is no answer; RESOURCE_EXHAUSTED for NULL, UNKNOWN for a call under way. */
SMARTFLOW_API smartflow_code smartflow_code_of(const smartflow_call *call);

/* One thing that is wrong with a request. */
typedef struct smartflow_violation {
  const struct smartflow_violation *next;
  const char *field;       /* "tree/trueAction/parameters/expression" */
  const char *description; /* the place and the remedy */
} smartflow_violation;

/* A name and what it is. */
typedef struct smartflow_pair {
  const struct smartflow_pair *next;
  const char *key;
  const char *value;
} smartflow_pair;

/* Why there is no answer. Code, reason, keys and fields are for programs and never change; texts are for people. */
typedef struct smartflow_error {
  int code;              /* a smartflow_code, or one that this library does not know */
  bool is_transport;     /* it came from the way to the server, or this library, and not from the server */
  bool connection_lost;  /* the connection ended first; what became of the call is not known */
  const char *message;   /* one sentence */
  const char *reason;    /* "UNKNOWN_PROPERTY"; "" where the code says it all */
  const char *domain;    /* "smartflow" where there is a reason */
  const smartflow_pair *metadata; /* the reason's facts: "property", "path", "expression", … */
  const smartflow_violation *violations;
  const char *resource_type; /* what was not found: "smartflow.v1.Tree"; "" otherwise */
  const char *resource_name;
  int64_t retry_after_ms; /* when the server would be asked again; -1 where it does not say */
} smartflow_error;

/* NULL when the call is OK, or under way; of a NULL call one that says so. */
SMARTFLOW_API const smartflow_error *smartflow_error_of(const smartflow_call *call);
/* What a chain has for a key; NULL when it has none. */
SMARTFLOW_API const char *smartflow_pair_of(const smartflow_pair *pairs, const char *key);

typedef enum smartflow_kind {
  SMARTFLOW_KIND_NULL = 0,
  SMARTFLOW_KIND_BOOL = 1,
  SMARTFLOW_KIND_NUMBER = 2,
  SMARTFLOW_KIND_TEXT = 3,
  SMARTFLOW_KIND_OBJECT = 4,
  SMARTFLOW_KIND_LIST = 5
} smartflow_kind;

/* A value, as JSON has them. */
typedef struct smartflow_value {
  const struct smartflow_value *next;
  const char *name; /* in an object; "" otherwise */
  int kind;         /* a smartflow_kind */
  bool boolean;
  double number;
  const char *text;  /* "" where it is none */
  size_t text_bytes; /* without the zero byte; the text may hold others */
  const struct smartflow_value *first; /* members of an object, elements of a list */
} smartflow_value;

/* A member by its name; NULL when there is none, or the value is NULL or no object. */
SMARTFLOW_API const smartflow_value *smartflow_member(const smartflow_value *value, const char *name);
/* Writes a value as JSON, as snprintf() does: what fits into so many bytes, always with a zero byte unless bytes is 0.
 * The length of all of it, without the zero byte. NULL is `null`; infinities and NaN too. */
SMARTFLOW_API size_t smartflow_json_of(const smartflow_value *value, char *text, size_t bytes);

typedef enum smartflow_action_status {
  SMARTFLOW_ACTION_UNSPECIFIED = 0,
  SMARTFLOW_ACTION_ACCEPTED = 1,      /* recorded durably; delivery follows */
  SMARTFLOW_ACTION_SUPPRESSED = 2,    /* a rule forbade it; the error says which */
  SMARTFLOW_ACTION_FAILED = 3,
  SMARTFLOW_ACTION_NOT_PERFORMED = 4  /* dry run */
} smartflow_action_status;

/* One action, in the order of execution. */
typedef struct smartflow_action {
  const struct smartflow_action *next;
  const char *type;    /* "SendSMS" */
  const char *path;    /* RFC 6901 pointer to its node: "/trueAction" */
  const char *node_id; /* "" where the node has none */
  const char *action_id; /* UUIDv7 */
  int status;          /* a smartflow_action_status */
  const smartflow_error *error;      /* NULL where there is none */
  const smartflow_value *parameters; /* as rendered, an object; NULL where there are none */
} smartflow_action;

/* One decision on the way. */
typedef struct smartflow_step {
  const struct smartflow_step *next;
  const char *path;
  const char *node_id;
  const char *expression; /* "" for a split by the player */
  const char *result;     /* JSON of the value; "" where there is an error */
  const smartflow_error *error;
  uint64_t fuel_used;
} smartflow_step;

typedef enum smartflow_status {
  SMARTFLOW_STATUS_UNSPECIFIED = 0,
  SMARTFLOW_STATUS_COMPLETED = 1,           /* every action was accepted, or there was none */
  SMARTFLOW_STATUS_PARTIALLY_COMPLETED = 2, /* an action was refused or failed; it says so */
  SMARTFLOW_STATUS_DRY_RUN = 3
} smartflow_status;

/* What was decided, and what became of it. */
typedef struct smartflow_execution {
  const char *execution_id; /* UUIDv7 */
  int status;               /* a smartflow_status */
  const char *tree_id;      /* "" unless a published tree ran */
  uint64_t tree_version;
  const uint8_t *tree_digest; /* SHA-256 of the tree's canonical JSON */
  size_t tree_digest_bytes;   /* 32 */
  const smartflow_action *actions;
  size_t action_count;
  const smartflow_step *trace; /* where the request asked for it */
  uint64_t trace_steps_omitted;
  uint64_t fuel_used;
  int64_t elapsed_ns;
  bool replayed; /* answered from the idempotency record */
} smartflow_execution;

/* Of smartflow_execute() that is OK: never NULL. Of one that failed after it asked for a trace: the decisions up to the
 * failure, where the server says them. NULL otherwise. */
SMARTFLOW_API const smartflow_execution *smartflow_execution_of(const smartflow_call *call);

/* What a batch has for one player: one of the two, the other is NULL. */
typedef struct smartflow_batch {
  const struct smartflow_batch *next;
  const smartflow_execution *execution;
  const smartflow_error *error;
} smartflow_batch;

/* The first item's; one for each, in their order. NULL unless it is a batch that is OK. */
SMARTFLOW_API const smartflow_batch *smartflow_batch_of(const smartflow_call *call);

typedef enum smartflow_health_status {
  SMARTFLOW_HEALTH_UNKNOWN = 0,
  SMARTFLOW_HEALTH_SERVING = 1,
  SMARTFLOW_HEALTH_NOT_SERVING = 2,
  SMARTFLOW_HEALTH_SERVICE_UNKNOWN = 3
} smartflow_health_status;

/* Of smartflow_health(); UNKNOWN unless it is OK. */
SMARTFLOW_API int smartflow_health_of(const smartflow_call *call);

/* The bytes of the answer's message, of smartflow_call_method(); NULL unless it is OK. Not NULL when there are none. */
SMARTFLOW_API const void *smartflow_payload_of(const smartflow_call *call, size_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
