/* Protocol buffers' wire format: fields in and out. */
#ifndef SMARTFLOW_WIRE_H
#define SMARTFLOW_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SF_VARINT = 0, SF_FIXED64 = 1, SF_BYTES = 2, SF_FIXED32 = 5 };

/* Where fields are written; without a place they are counted only. */
typedef struct sf_writer {
  uint8_t *at;
  size_t count;
} sf_writer;

void sf_put(sf_writer *writer, const void *bytes, size_t count);
void sf_put_number(sf_writer *writer, uint64_t value);
/* A field that is a number; nothing when it is 0. */
void sf_put_number_field(sf_writer *writer, uint32_t number, uint64_t value);
/* A field that is a text, bytes or a message. */
void sf_put_bytes_field(sf_writer *writer, uint32_t number, const void *bytes, size_t count);
/* What stands before a message of so many bytes. */
void sf_put_head(sf_writer *writer, uint32_t number, size_t count);

/* Bytes of a message that are not read yet. */
typedef struct sf_reader {
  uint8_t *at, *end;
} sf_reader;

typedef struct sf_field {
  /* Number and wire type as the tag has them. */
  uint32_t tag;
  /* Of a varint or a fixed number. */
  uint64_t value;
  /* Of bytes. */
  uint8_t *start;
  size_t count;
} sf_field;

enum sf_next { SF_END, SF_FIELD, SF_MALFORMED };

#define SF_TAG(number, type) ((uint32_t)(number) << 3 | (uint32_t)(type))

/* The next field, whatever its number. */
enum sf_next sf_next_field(sf_reader *reader, sf_field *field);

#endif
