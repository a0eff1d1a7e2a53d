/* Bytes that grow, and memory for what an answer is read into; both keep what they have for the next call. */
#ifndef SMARTFLOW_MEMORY_H
#define SMARTFLOW_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sf_bytes {
  uint8_t *data;
  size_t count, capacity;
} sf_bytes;

/* Room for so many more; false when memory is out, or it would be more than the limit. */
bool sf_bytes_reserve(sf_bytes *bytes, size_t more, size_t limit);
bool sf_bytes_add(sf_bytes *bytes, const void *data, size_t count, size_t limit);
/* Empties it, and gives back what is over the limit. */
void sf_bytes_reset(sf_bytes *bytes, size_t kept);
void sf_bytes_free(sf_bytes *bytes);

typedef struct sf_chunk sf_chunk;

typedef struct sf_arena {
  sf_chunk *newest;
  size_t total;
} sf_arena;

/* Zeroed memory that lives until the reset; NULL when it is out, or more than LIMIT_ANSWER_BYTES. */
void *sf_arena_take(sf_arena *arena, size_t count);
/* Empties it; the largest piece is kept. */
void sf_arena_reset(sf_arena *arena);
void sf_arena_free(sf_arena *arena);

#endif
