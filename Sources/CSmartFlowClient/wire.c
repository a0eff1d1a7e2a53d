#include "wire.h"

#include <string.h>

void sf_put(sf_writer *writer, const void *bytes, size_t count) {
  if (writer->at && count > 0) memcpy(writer->at + writer->count, bytes, count);
  writer->count += count;
}

void sf_put_number(sf_writer *writer, uint64_t value) {
  uint8_t bytes[10];
  size_t count = 0;
  while (value > 0x7F) {
    bytes[count++] = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  bytes[count++] = (uint8_t)value;
  sf_put(writer, bytes, count);
}

void sf_put_number_field(sf_writer *writer, uint32_t number, uint64_t value) {
  if (value == 0) return;
  sf_put_number(writer, SF_TAG(number, SF_VARINT));
  sf_put_number(writer, value);
}

void sf_put_head(sf_writer *writer, uint32_t number, size_t count) {
  sf_put_number(writer, SF_TAG(number, SF_BYTES));
  sf_put_number(writer, count);
}

void sf_put_bytes_field(sf_writer *writer, uint32_t number, const void *bytes, size_t count) {
  sf_put_head(writer, number, count);
  sf_put(writer, bytes, count);
}

static bool take_number(sf_reader *reader, uint64_t *value) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 70 && reader->at < reader->end; shift += 7) {
    const uint8_t byte = *reader->at++;
    /* What is above 64 bits is dropped, as everybody does. */
    result |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

static bool take_fixed(sf_reader *reader, size_t count, uint64_t *value) {
  if ((size_t)(reader->end - reader->at) < count) return false;
  *value = 0;
  for (size_t index = count; index > 0; index--) *value = *value << 8 | reader->at[index - 1];
  reader->at += count;
  return true;
}

enum sf_next sf_next_field(sf_reader *reader, sf_field *field) {
  if (reader->at >= reader->end) return SF_END;
  uint64_t tag, count;
  if (!take_number(reader, &tag) || tag > UINT32_MAX || tag >> 3 == 0) return SF_MALFORMED;
  *field = (sf_field){.tag = (uint32_t)tag};
  bool is_sound = false;
  switch (tag & 7) {
    case SF_VARINT: is_sound = take_number(reader, &field->value); break;
    case SF_FIXED64: is_sound = take_fixed(reader, 8, &field->value); break;
    case SF_FIXED32: is_sound = take_fixed(reader, 4, &field->value); break;
    case SF_BYTES:
      if (!take_number(reader, &count) || count > (size_t)(reader->end - reader->at)) break;
      field->start = reader->at;
      field->count = (size_t)count;
      reader->at += count;
      is_sound = true;
      break;
    /* Groups, which proto3 has not, and types that nobody has. */
    default: break;
  }
  return is_sound ? SF_FIELD : SF_MALFORMED;
}
