#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"

bool sf_bytes_reserve(sf_bytes *bytes, size_t more, size_t limit) {
  if (more <= bytes->capacity - bytes->count) return true;
  if (bytes->count > limit || more > limit - bytes->count) return false;
  const size_t wanted = bytes->count + more;
  size_t capacity = bytes->capacity > 0 ? bytes->capacity : 512;
  while (capacity < wanted) capacity *= 2;
  if (capacity > limit) capacity = limit;
  uint8_t *moved = realloc(bytes->data, capacity);
  if (!moved) return false;
  bytes->data = moved;
  bytes->capacity = capacity;
  return true;
}

bool sf_bytes_add(sf_bytes *bytes, const void *data, size_t count, size_t limit) {
  if (!sf_bytes_reserve(bytes, count, limit)) return false;
  if (count > 0) memcpy(bytes->data + bytes->count, data, count);
  bytes->count += count;
  return true;
}

void sf_bytes_reset(sf_bytes *bytes, size_t kept) {
  if (bytes->capacity > kept) sf_bytes_free(bytes);
  bytes->count = 0;
}

void sf_bytes_free(sf_bytes *bytes) {
  free(bytes->data);
  *bytes = (sf_bytes){0};
}

/* The alignment of all that is read: pointers, 64-bit numbers and doubles. */
enum { ALIGNMENT = 8, FIRST_CHUNK_BYTES = 4096 - 64 };

struct sf_chunk {
  sf_chunk *older;
  size_t used, capacity;
  uint64_t space[];
};

void *sf_arena_take(sf_arena *arena, size_t count) {
  if (count > LIMIT_ANSWER_BYTES) return NULL;
  count = (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  sf_chunk *chunk = arena->newest;
  if (!chunk || count > chunk->capacity - chunk->used) {
    /* Twice the last one, so that the largest soon holds all that a call needs. */
    size_t capacity = chunk ? chunk->capacity * 2 : FIRST_CHUNK_BYTES;
    while (capacity < count) capacity *= 2;
    if (capacity > LIMIT_ANSWER_BYTES - arena->total) return NULL;
    chunk = malloc(sizeof *chunk + capacity);
    if (!chunk) return NULL;
    chunk->older = arena->newest;
    chunk->used = 0;
    chunk->capacity = capacity;
    arena->newest = chunk;
    arena->total += capacity;
  }
  void *place = (uint8_t *)chunk->space + chunk->used;
  chunk->used += count;
  return memset(place, 0, count);
}

static void free_chunks(sf_chunk *chunk) {
  while (chunk) {
    sf_chunk *older = chunk->older;
    free(chunk);
    chunk = older;
  }
}

void sf_arena_reset(sf_arena *arena) {
  sf_chunk *kept = arena->newest;
  if (!kept) return;
  if (kept->capacity > LIMIT_KEPT_BYTES) {
    sf_arena_free(arena);
    return;
  }
  free_chunks(kept->older);
  kept->older = NULL;
  kept->used = 0;
  arena->total = kept->capacity;
}

void sf_arena_free(sf_arena *arena) {
  free_chunks(arena->newest);
  *arena = (sf_arena){0};
}
