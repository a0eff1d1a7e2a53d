/* A client's insides: its calls, and the state of its connection. */
#ifndef SMARTFLOW_CLIENT_H
#define SMARTFLOW_CLIENT_H

#include <sys/socket.h>
#include <sys/un.h>

#include "answer.h"
#include "limits.h"
#include "memory.h"
#include "smartflow.h"

typedef enum sf_state {
  SF_IDLE,
  /* No connection has taken it yet. */
  SF_WAITING,
  SF_IN_FLIGHT,
  /* Over, and to be reported. */
  SF_ENDED,
  /* Over, and the caller's until it is released. */
  SF_OVER
} sf_state;

typedef enum sf_method { SF_EXECUTE, SF_BATCH, SF_HEALTH, SF_OTHER } sf_method;

struct smartflow_call {
  smartflow_client *client;
  /* In the list of its state. */
  smartflow_call *previous, *next;
  /* In the list of all that the client made. */
  smartflow_call *made_before;
  sf_state state;
  sf_method method;
  /* On the monotonic clock, in nanoseconds; the server is told to give up so much earlier. */
  uint64_t deadline, grace;
  bool is_safe, fails_fast;
  /* How often it was sent again after all of it had been sent. */
  unsigned resends;
  /* Where its frame ends in all that was ever put into the connection's output. */
  uint64_t end;
  smartflow_done done;
  void *user;
  /* The ttrpc.Request without its timeout; once it is answered, the ttrpc.Response. */
  sf_bytes bytes;
  sf_arena arena;

  int code;
  const smartflow_error *error;
  const smartflow_execution *execution;
  const smartflow_batch *batch;
  int health;
  const uint8_t *payload;
  size_t payload_bytes;
  smartflow_error own_error;
  char own_message[320];
};

typedef struct sf_list {
  smartflow_call *first, *last;
} sf_list;

/* A stream that is to be answered; one that was given up has no call, and the server counts it all the same. */
typedef struct sf_stream {
  uint32_t id;
  smartflow_call *call;
} sf_stream;

struct smartflow_client {
  struct sockaddr_un address;
  socklen_t address_bytes;
  /* As it is written in SMARTFLOW_ENDPOINT. */
  char endpoint[sizeof "unix-abstract:" + LIMIT_SOCKET_NAME];
  /* -1: none. */
  int socket;
  /* Watches the socket for the caller's own loop; -1 until somebody asks for it. */
  int watcher;
  /* What the watcher looks for in the socket; 0: it is not watched. */
  unsigned watched;

  sf_list waiting, ended, idle;
  smartflow_call *made;
  size_t under_way;
  /* In the order of their IDs. */
  sf_stream streams[LIMIT_IN_FLIGHT];
  size_t stream_count, given_up;
  uint64_t next_stream;

  sf_bytes output;
  size_t sent;
  /* Bytes put into the output of this connection, and those of them that were sent. */
  uint64_t total_put, total_sent;
  sf_bytes input;
  /* Of a frame that nobody waits for, or that is too long. */
  uint64_t bytes_to_skip;

  /* When to dial next, at the earliest. */
  uint64_t next_dial;
  unsigned failed_dials;
  /* Why nobody could be reached; 0 while somebody can. */
  int dial_error;
  /* No deadline is earlier. */
  uint64_t earliest;
  uint64_t random;
  bool is_reporting, is_closing;
};

/* calls.c */
smartflow_call *sf_begin(
    smartflow_client *client, sf_method method, const smartflow_options *options, smartflow_done done, void *user);
/* A call whose request could be written waits for the connection. */
void sf_wait_for_connection(smartflow_call *call);
/* Ends a call with an error of this side; the text is copied. */
void sf_end(smartflow_call *call, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Reads what answers a call, all that its bytes hold, and ends it. */
void sf_answer(smartflow_call *call);
/* Ends a call that is too large for a frame. */
void sf_end_too_large(smartflow_call *call, const char *what, size_t bytes);
/* Takes a call out of what is under way. */
void sf_give_up(smartflow_call *call);

/* connection.c */
uint64_t sf_now(void);
/* One turn of what can be done without waiting, but to receive. */
void sf_turn(smartflow_client *client, uint64_t now);
/* Gives the connection up: what is safe goes back to wait, the rest fails. */
void sf_lose(smartflow_client *client, const char *reason);
/* The same after a system call failed. */
void sf_lose_by(smartflow_client *client, const char *what, int error);
/* Waits until the socket has something, or so many milliseconds, -1 without end; whether it has. */
bool sf_await(smartflow_client *client, int milliseconds);
void sf_disconnect(smartflow_client *client);
void sf_close_watcher(smartflow_client *client);

/* frames.c */
void sf_receive(smartflow_client *client);
/* Puts waiting calls into the output, as long as there is room; and sends of that what the socket takes. */
void sf_put_out(smartflow_client *client, uint64_t now);
void sf_flush(smartflow_client *client);
/* Whether a call that waits could be put on the connection. */
bool sf_has_room(const smartflow_client *client);

/* endpoint.c */
smartflow_code sf_find_endpoint(smartflow_client *client, const char *given, char *why, size_t why_bytes);

/* list.c */
void sf_append(sf_list *list, smartflow_call *call);
void sf_prepend(sf_list *list, smartflow_call *call);
void sf_remove(sf_list *list, smartflow_call *call);

#endif
