#include "context.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum {
  /* What closes the deepest context, and the zero byte. */
  END_BYTES = LIMIT_CONTEXT_DEPTH + 1,
  LONGEST_JSON = LIMIT_MESSAGE_BYTES + END_BYTES
};

static smartflow_code fail(smartflow_context *context, smartflow_code code, const char *mistake) {
  if (context->code == SMARTFLOW_OK) {
    context->code = code;
    context->mistake = mistake;
  }
  return context->code;
}

static void add(void *to, const char *text, size_t count) {
  smartflow_context *context = to;
  if (context->code != SMARTFLOW_OK) return;
  if (context->json.count + count > LIMIT_MESSAGE_BYTES) {
    fail(context, SMARTFLOW_RESOURCE_EXHAUSTED, "the context is longer than a message may be, 4194304 bytes");
  } else if (!sf_bytes_reserve(&context->json, count + END_BYTES, LONGEST_JSON)) {
    fail(context, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for the context");
  } else if (count > 0) {
    memcpy(context->json.data + context->json.count, text, count);
    context->json.count += count;
  }
}

/* Keeps the JSON closed and terminated behind its end, so that it can be read at any time. */
static smartflow_code finish(smartflow_context *context) {
  if (context->code == SMARTFLOW_OK) {
    uint8_t *at = context->json.data + context->json.count;
    for (size_t depth = context->depth; depth > 0; depth--) *at++ = (uint8_t)context->closers[depth - 1];
    *at = 0;
  }
  return context->code;
}

/* The comma and the name before a value. */
static bool begin(smartflow_context *context, const char *name) {
  if (!context || context->code != SMARTFLOW_OK) return false;
  const bool is_list = context->closers[context->depth - 1] == ']';
  if (is_list && name) {
    fail(context, SMARTFLOW_INVALID_ARGUMENT, "an element of a list has no name; give NULL");
  } else if (!is_list && !name) {
    fail(context, SMARTFLOW_INVALID_ARGUMENT, "a member of an object needs a name");
  } else if (name && !sf_is_utf8(name, strlen(name))) {
    fail(context, SMARTFLOW_INVALID_ARGUMENT, "a member's name is not UTF-8");
  } else {
    if (context->has_members) add(context, ",", 1);
    if (name) {
      sf_write_text(add, context, name, strlen(name));
      add(context, ":", 1);
    }
    context->has_members = true;
  }
  return context->code == SMARTFLOW_OK;
}

static smartflow_code code_of(const smartflow_context *context) {
  return context ? context->code : SMARTFLOW_RESOURCE_EXHAUSTED;
}

static smartflow_code put(smartflow_context *context, const char *name, const char *text, size_t count) {
  if (!begin(context, name)) return code_of(context);
  add(context, text, count);
  return finish(context);
}

smartflow_context *smartflow_context_new(void) {
  smartflow_context *context = calloc(1, sizeof *context);
  if (!context) return NULL;
  smartflow_context_clear(context);
  if (context->code == SMARTFLOW_OK) return context;
  smartflow_context_free(context);
  return NULL;
}

void smartflow_context_free(smartflow_context *context) {
  if (context) sf_bytes_free(&context->json);
  free(context);
}

void smartflow_context_clear(smartflow_context *context) {
  if (!context) return;
  context->json.count = 0;
  context->code = SMARTFLOW_OK;
  context->mistake = "";
  context->closers[0] = '}';
  context->depth = 1;
  context->has_members = false;
  add(context, "{", 1);
  finish(context);
}

smartflow_code smartflow_context_number(smartflow_context *context, const char *name, double value) {
  char text[SF_NUMBER_BYTES];
  if (context && !sf_is_finite(value)) {
    return fail(context, SMARTFLOW_INVALID_ARGUMENT, "an infinity or NaN is no number of JSON");
  }
  return put(context, name, text, context ? sf_number_text(value, text) : 0);
}

smartflow_code smartflow_context_integer(smartflow_context *context, const char *name, int64_t value) {
  char text[SF_NUMBER_BYTES];
  return put(context, name, text, sf_integer_text(value, text));
}

smartflow_code smartflow_context_text(smartflow_context *context, const char *name, const char *text) {
  if (!text) return smartflow_context_null(context, name);
  return smartflow_context_text_bytes(context, name, text, strlen(text));
}

smartflow_code smartflow_context_text_bytes(
    smartflow_context *context, const char *name, const char *text, size_t bytes) {
  if (!text && bytes > 0) return context ? fail(context, SMARTFLOW_INVALID_ARGUMENT, "a text is NULL") : code_of(NULL);
  if (context && !sf_is_utf8(text, bytes)) return fail(context, SMARTFLOW_INVALID_ARGUMENT, "a text is not UTF-8");
  if (!begin(context, name)) return code_of(context);
  sf_write_text(add, context, text ? text : "", bytes);
  return finish(context);
}

smartflow_code smartflow_context_bool(smartflow_context *context, const char *name, bool value) {
  return value ? put(context, name, "true", 4) : put(context, name, "false", 5);
}

smartflow_code smartflow_context_null(smartflow_context *context, const char *name) {
  return put(context, name, "null", 4);
}

static smartflow_code open(smartflow_context *context, const char *name, const char *opener, char closer) {
  if (context && context->depth == LIMIT_CONTEXT_DEPTH) {
    return fail(context, SMARTFLOW_INVALID_ARGUMENT, "the context is nested deeper than 32 levels");
  }
  if (!begin(context, name)) return code_of(context);
  add(context, opener, 1);
  context->closers[context->depth++] = closer;
  context->has_members = false;
  return finish(context);
}

smartflow_code smartflow_context_begin_object(smartflow_context *context, const char *name) {
  return open(context, name, "{", '}');
}

smartflow_code smartflow_context_begin_list(smartflow_context *context, const char *name) {
  return open(context, name, "[", ']');
}

smartflow_code smartflow_context_end(smartflow_context *context) {
  if (!context) return code_of(NULL);
  if (context->code != SMARTFLOW_OK) return context->code;
  if (context->depth == 1) return fail(context, SMARTFLOW_INVALID_ARGUMENT, "nothing is open that could be ended");
  context->depth--;
  add(context, &context->closers[context->depth], 1);
  context->has_members = true;
  return finish(context);
}

const char *smartflow_context_mistake(const smartflow_context *context) {
  return context ? context->mistake : "there is no context; memory was out";
}

const char *smartflow_context_json(const smartflow_context *context, size_t *bytes) {
  if (!context || context->code != SMARTFLOW_OK) return NULL;
  if (bytes) *bytes = context->json.count + context->depth;
  return (const char *)context->json.data;
}
