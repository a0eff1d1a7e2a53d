#include "reading.h"

#include <string.h>

#include "limits.h"
#include "text.h"

void sf_fail(sf_source *source, sf_reading result) {
  if (source->result == SF_READ) source->result = result;
}

void *sf_take_memory(sf_source *source, size_t count) {
  if (source->result != SF_READ) return NULL;
  void *memory = sf_arena_take(source->arena, count);
  if (!memory) sf_fail(source, SF_NO_MEMORY);
  return memory;
}

void sf_read_message(sf_source *source, uint8_t *bytes, size_t count, sf_take take, void *message) {
  if (count == 0) return;
  sf_reader reader = {bytes, bytes + count};
  sf_field field;
  while (source->result == SF_READ) {
    switch (sf_next_field(&reader, &field)) {
      case SF_END: return;
      case SF_FIELD: take(source, message, &field); break;
      case SF_MALFORMED: sf_fail(source, SF_NOT_PARSED); break;
    }
  }
}

void sf_read_field(sf_source *source, const sf_field *field, sf_take take, void *message) {
  sf_read_message(source, field->start, field->count, take, message);
}

const char *sf_take_text(sf_source *source, sf_field *field) {
  if (source->result != SF_READ || field->count == 0) return "";
  if (!sf_is_utf8(field->start, field->count)) {
    sf_fail(source, SF_NOT_PARSED);
    return "";
  }
  /* Its length stands before it, and was read: the text goes there, and its end gets the zero byte. */
  uint8_t *text = field->start - 1;
  memmove(text, field->start, field->count);
  text[field->count] = 0;
  return (const char *)text;
}

void sf_take_duration(sf_source *source, void *message, sf_field *field) {
  (void)source;
  sf_duration *duration = message;
  if (field->tag == SF_TAG(1, SF_VARINT)) duration->seconds = (int64_t)field->value;
  if (field->tag == SF_TAG(2, SF_VARINT)) duration->nanoseconds = (int32_t)(uint32_t)field->value;
}

int64_t sf_nanoseconds(sf_duration duration) {
  const int64_t longest = INT64_MAX / 1000000000 - 1;
  if (duration.seconds > longest) return INT64_MAX;
  if (duration.seconds < -longest) return INT64_MIN;
  return duration.seconds * 1000000000 + duration.nanoseconds;
}

/* --- Values */

typedef struct value_part {
  smartflow_value *value;
  smartflow_value *last;
  unsigned depth;
} value_part;

static void append_value(sf_struct *list, smartflow_value *value) {
  if (list->last) {
    list->last->next = value;
  } else {
    list->value->first = value;
  }
  list->last = value;
}

static void take_value(sf_source *source, void *message, sf_field *field);

static void take_element(sf_source *source, void *message, sf_field *field) {
  sf_struct *list = message;
  if (field->tag != SF_TAG(1, SF_BYTES)) return;
  value_part part = {.value = sf_take_memory(source, sizeof(smartflow_value)), .depth = list->depth};
  if (!part.value) return;
  part.value->name = part.value->text = "";
  append_value(list, part.value);
  sf_read_field(source, field, take_value, &part);
}

/* The members of a oneof: the last one holds, and the same one twice adds up. */
static void set_kind(value_part *part, int kind) {
  smartflow_value *value = part->value;
  if (value->kind != kind || (kind != SMARTFLOW_KIND_OBJECT && kind != SMARTFLOW_KIND_LIST)) {
    const char *name = value->name;
    const smartflow_value *next = value->next;
    *value = (smartflow_value){.name = name, .next = next, .text = "", .kind = kind};
    part->last = NULL;
  }
}

static void take_value(sf_source *source, void *message, sf_field *field) {
  value_part *part = message;
  smartflow_value *value = part->value;
  switch (field->tag) {
    case SF_TAG(1, SF_VARINT): set_kind(part, SMARTFLOW_KIND_NULL); break;
    case SF_TAG(2, SF_FIXED64):
      set_kind(part, SMARTFLOW_KIND_NUMBER);
      memcpy(&value->number, &field->value, sizeof value->number);
      break;
    case SF_TAG(3, SF_BYTES):
      set_kind(part, SMARTFLOW_KIND_TEXT);
      value->text = sf_take_text(source, field);
      value->text_bytes = field->count;
      break;
    case SF_TAG(4, SF_VARINT):
      set_kind(part, SMARTFLOW_KIND_BOOL);
      value->boolean = field->value != 0;
      break;
    case SF_TAG(5, SF_BYTES):
    case SF_TAG(6, SF_BYTES): {
      const bool is_object = field->tag == SF_TAG(5, SF_BYTES);
      set_kind(part, is_object ? SMARTFLOW_KIND_OBJECT : SMARTFLOW_KIND_LIST);
      sf_struct inner = {.value = value, .last = part->last, .depth = part->depth + 1};
      if (inner.depth > LIMIT_VALUE_DEPTH) {
        sf_fail(source, SF_NOT_PARSED);
        break;
      }
      sf_read_field(source, field, is_object ? sf_take_struct : take_element, &inner);
      part->last = inner.last;
      break;
    }
    default: break;
  }
}

static void take_entry(sf_source *source, void *message, sf_field *field) {
  value_part *part = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) part->value->name = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_BYTES)) sf_read_field(source, field, take_value, part);
}

void sf_take_struct(sf_source *source, void *message, sf_field *field) {
  sf_struct *object = message;
  if (field->tag != SF_TAG(1, SF_BYTES)) return;
  value_part part = {.value = sf_take_memory(source, sizeof(smartflow_value)), .depth = object->depth};
  if (!part.value) return;
  part.value->name = part.value->text = "";
  append_value(object, part.value);
  sf_read_field(source, field, take_entry, &part);
}
