/* Checks that say where they failed, and a count at the end. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned checks_made, checks_failed;

#define CHECK(condition)                                                            \
  do {                                                                              \
    checks_made++;                                                                  \
    if (!(condition)) {                                                             \
      checks_failed++;                                                              \
      fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #condition); \
    }                                                                               \
  } while (0)

#define CHECK_TEXT(found, wanted)                                                   \
  do {                                                                              \
    const char *found_ = (found), *wanted_ = (wanted);                              \
    checks_made++;                                                                  \
    if (!found_ || strcmp(found_, wanted_) != 0) {                                  \
      checks_failed++;                                                              \
      fprintf(stderr, "%s:%d: `%s`, and not `%s`\n", __FILE__, __LINE__, found_ ? found_ : "(null)", wanted_); \
    }                                                                               \
  } while (0)

/* What a test can't go on without. */
#define REQUIRE(condition)                                                          \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: this must hold: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                      \
    }                                                                               \
  } while (0)

static inline int checks_end(const char *name) {
  printf("%-12s %u checks, %u failed\n", name, checks_made, checks_failed);
  return checks_failed > 0;
}

#endif
