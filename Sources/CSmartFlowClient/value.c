#include <string.h>

#include "smartflow.h"
#include "text.h"

const smartflow_value *smartflow_member(const smartflow_value *value, const char *name) {
  if (!value || value->kind != SMARTFLOW_KIND_OBJECT || !name) return NULL;
  const smartflow_value *found = NULL;
  /* The last one, as protocol buffers have it with maps. */
  for (const smartflow_value *one = value->first; one; one = one->next) {
    if (strcmp(one->name, name) == 0) found = one;
  }
  return found;
}

const char *smartflow_pair_of(const smartflow_pair *pairs, const char *key) {
  const char *found = NULL;
  for (; pairs && key; pairs = pairs->next) {
    if (strcmp(pairs->key, key) == 0) found = pairs->value;
  }
  return found;
}

typedef struct output {
  char *text;
  size_t room, count;
} output;

static void add(void *to, const char *text, size_t count) {
  output *out = to;
  if (out->count < out->room && count > 0) {
    const size_t left = out->room - out->count;
    memcpy(out->text + out->count, text, count < left ? count : left);
  }
  out->count += count;
}

/* As deep as the reader of answers lets it be. */
static void write_value(output *out, const smartflow_value *value) {
  char number[SF_NUMBER_BYTES];
  switch (value ? value->kind : SMARTFLOW_KIND_NULL) {
    case SMARTFLOW_KIND_BOOL:
      if (value->boolean) {
        add(out, "true", 4);
      } else {
        add(out, "false", 5);
      }
      break;
    case SMARTFLOW_KIND_NUMBER:
      if (sf_is_finite(value->number)) {
        add(out, number, sf_number_text(value->number, number));
      } else {
        add(out, "null", 4);
      }
      break;
    case SMARTFLOW_KIND_TEXT: sf_write_text(add, out, value->text, value->text_bytes); break;
    case SMARTFLOW_KIND_OBJECT:
    case SMARTFLOW_KIND_LIST: {
      const bool is_object = value->kind == SMARTFLOW_KIND_OBJECT;
      add(out, is_object ? "{" : "[", 1);
      for (const smartflow_value *one = value->first; one; one = one->next) {
        if (one != value->first) add(out, ",", 1);
        if (is_object) {
          sf_write_text(add, out, one->name, strlen(one->name));
          add(out, ":", 1);
        }
        write_value(out, one);
      }
      add(out, is_object ? "}" : "]", 1);
      break;
    }
    default: add(out, "null", 4);
  }
}

size_t smartflow_json_of(const smartflow_value *value, char *text, size_t bytes) {
  output out = {.text = text, .room = bytes > 0 ? bytes - 1 : 0};
  write_value(&out, value);
  if (bytes > 0) text[out.count < out.room ? out.count : out.room] = 0;
  return out.count;
}
