// What load looks at in each answer.
#ifndef SMARTFLOW_BENCH_ANSWER_H
#define SMARTFLOW_BENCH_ANSWER_H

#include "options.h"
#include "wire.h"

// Ends the run unless the data is a Response without a status, or with the status OK.
static void check_response(const uint8_t *data, size_t count) {
  const uint8_t *at = data, *end = data + count;
  while (at < end) {
    field one;
    if (!wire_field(&at, end, &one)) give_up("an answer is no ttrpc.Response");
    if (one.number == 2 && settings.prints_answer) {
      for (size_t index = 0; index < one.byte_count; index++) printf("%02x", one.bytes[index]);
      putchar('\n');
    }
    if (one.number != 1) continue;
    const uint8_t *inside = one.bytes, *inside_end = one.bytes + one.byte_count;
    uint64_t code = 0;
    const char *message = "";
    int message_bytes = 0;
    while (inside < inside_end) {
      field part;
      if (!wire_field(&inside, inside_end, &part)) give_up("an answer's status is no google.rpc.Status");
      if (part.number == 1) code = part.value;
      if (part.number == 2) {
        message = (const char *)part.bytes;
        message_bytes = (int)part.byte_count;
      }
    }
    if (code) {
      fprintf(stderr, "load: answered with status %d: %.*s\n", (int)code, message_bytes, message);
      exit(1);
    }
  }
}

#endif
