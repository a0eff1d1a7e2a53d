/* What the client bounds, and why. */
#ifndef SMARTFLOW_LIMITS_H
#define SMARTFLOW_LIMITS_H

enum {
  /* The protocol fixes it: data of one frame. */
  LIMIT_MESSAGE_BYTES = 4 << 20,
  /* Calls on the connection at once; the daemon's own limit, beyond which it refuses. */
  LIMIT_IN_FLIGHT = 256,
  /* Calls under way: what a thread has going at once, and four times what the connection takes. */
  LIMIT_CALLS = 1024,
  /* Bytes on their way out above which no further call is put there: a socket takes about as much at once. */
  LIMIT_OUTPUT_BYTES = 256 << 10,
  /* Bytes asked of the socket in one read: many small answers, and a large one in few pieces. */
  LIMIT_READ_BYTES = 64 << 10,
  /* Reads in one turn, so that a loop gets to its other work. */
  LIMIT_READS = 16,
  /* Reads of what came before a connection ended; a socket's buffer holds no more. */
  LIMIT_READS_AFTER_END = 64,
  /* A call's buffer, or its answer's, that is kept for the next one. */
  LIMIT_KEPT_BYTES = 64 << 10,
  /* What an answer may take when it is read: sixteen times its bytes, far above what an honest one needs. */
  LIMIT_ANSWER_BYTES = 64 << 20,
  /* How often a call is sent again that may have been read: one that ends whatever process takes it would otherwise end
   * one after the other until its deadline. */
  LIMIT_RESENDS = 2,
  /* Objects and lists in a context, as the daemon allows. */
  LIMIT_CONTEXT_DEPTH = 32,
  /* Values within values of an answer; the daemon's own are of a context's depth and a tree's. */
  LIMIT_VALUE_DEPTH = 128,
  /* Bytes of a path or an abstract name that a socket's address holds. */
  LIMIT_SOCKET_NAME = 107,
  /* Milliseconds of a call: a day; what is longer is a mistake of units. */
  LIMIT_TIMEOUT_MS = 86400000,
  DEFAULT_TIMEOUT_MS = 1000,
  /* Milliseconds before dialling again: after the first failure, and at the longest. */
  FIRST_PAUSE_MS = 10,
  LONGEST_PAUSE_MS = 1000
};

#endif
