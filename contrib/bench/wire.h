// What floor and load both know of ttRPC and protobuf: a frame's header, and the fields of a message.
#ifndef SMARTFLOW_BENCH_WIRE_H
#define SMARTFLOW_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEADER_BYTES = 10, DATA_BYTES_MAX = 4 << 20, TYPE_REQUEST = 1, TYPE_RESPONSE = 2 };

typedef struct {
  uint32_t data_bytes;
  uint32_t stream;
  uint8_t type;
} header;

static inline uint32_t wire_u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void wire_put_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

static inline header wire_header(const uint8_t *at) {
  return (header){.data_bytes = wire_u32(at), .stream = wire_u32(at + 4), .type = at[8]};
}

static inline void wire_put_header(uint8_t *at, uint32_t data_bytes, uint32_t stream, uint8_t type) {
  wire_put_u32(at, data_bytes);
  wire_put_u32(at + 4, stream);
  at[8] = type;
  at[9] = 0;
}

// One field of a message: a number for varints, a range for everything with a length.
typedef struct {
  uint32_t number;
  uint64_t value;
  const uint8_t *bytes;
  size_t byte_count;
} field;

static inline bool wire_varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
    uint8_t byte = *(*at)++;
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

// Reads the field at *at and moves behind it. False: the bytes are no field.
static inline bool wire_field(const uint8_t **at, const uint8_t *end, field *out) {
  uint64_t tag;
  if (!wire_varint(at, end, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return false;
  *out = (field){.number = (uint32_t)(tag >> 3)};
  uint64_t length;
  switch (tag & 7) {
    case 0: return wire_varint(at, end, &out->value);
    case 1: length = 8; break;
    case 2:
      if (!wire_varint(at, end, &length)) return false;
      break;
    case 5: length = 4; break;
    default: return false;
  }
  if (length > (uint64_t)(end - *at)) return false;
  out->bytes = *at;
  out->byte_count = (size_t)length;
  *at += length;
  return true;
}

#endif
