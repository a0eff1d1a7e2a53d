#include "describe.h"

void add_value(line *out, const char *name, const smartflow_value *value) {
  if (!value) {
    smartflow_context_null(out, name);
    return;
  }
  switch (value->kind) {
    case SMARTFLOW_KIND_BOOL: smartflow_context_bool(out, name, value->boolean); break;
    case SMARTFLOW_KIND_NUMBER: smartflow_context_number(out, name, value->number); break;
    case SMARTFLOW_KIND_TEXT: smartflow_context_text_bytes(out, name, value->text, value->text_bytes); break;
    case SMARTFLOW_KIND_OBJECT:
      smartflow_context_begin_object(out, name);
      for (const smartflow_value *one = value->first; one; one = one->next) add_value(out, one->name, one);
      smartflow_context_end(out);
      break;
    case SMARTFLOW_KIND_LIST:
      smartflow_context_begin_list(out, name);
      for (const smartflow_value *one = value->first; one; one = one->next) add_value(out, NULL, one);
      smartflow_context_end(out);
      break;
    default: smartflow_context_null(out, name);
  }
}

void add_hexadecimal(line *out, const char *name, const uint8_t *bytes, size_t count) {
  char text[2 * 64 + 1] = "";
  for (size_t index = 0; index < count && index < 64; index++) sprintf(text + 2 * index, "%02x", bytes[index]);
  smartflow_context_text(out, name, text);
}

void add_bytes(line *out, const char *name, ProtobufCBinaryData bytes) {
  smartflow_context_text_bytes(out, name, (const char *)bytes.data, bytes.len);
}

static const char *action_status(int status) {
  static const char *const names[] = {
      "ACTION_STATUS_UNSPECIFIED", "ACTION_STATUS_ACCEPTED", "ACTION_STATUS_SUPPRESSED", "ACTION_STATUS_FAILED",
      "ACTION_STATUS_NOT_PERFORMED"};
  return status >= 0 && status < 5 ? names[status] : "?";
}

static const char *execution_status(int status) {
  static const char *const names[] = {
      "EXECUTION_STATUS_UNSPECIFIED", "EXECUTION_STATUS_COMPLETED", "EXECUTION_STATUS_PARTIALLY_COMPLETED",
      "EXECUTION_STATUS_DRY_RUN"};
  return status >= 0 && status < 4 ? names[status] : "?";
}

void add_action(line *out, const smartflow_action *action) {
  smartflow_context_text(out, "type", action->type);
  smartflow_context_text(out, "path", action->path);
  smartflow_context_text(out, "status", action_status(action->status));
  smartflow_context_text(out, "id", action->action_id);
  add_value(out, "parameters", action->parameters);
}

void add_execution(line *out, const smartflow_execution *execution) {
  smartflow_context_text(out, "id", execution->execution_id);
  smartflow_context_text(out, "status", execution_status(execution->status));
  add_hexadecimal(out, "digest", execution->tree_digest, execution->tree_digest_bytes);
  smartflow_context_begin_list(out, "actions");
  for (const smartflow_action *one = execution->actions; one; one = one->next) {
    smartflow_context_begin_object(out, NULL);
    add_action(out, one);
    smartflow_context_end(out);
  }
  smartflow_context_end(out);
  if (!execution->trace) return;
  smartflow_context_begin_list(out, "trace");
  for (const smartflow_step *one = execution->trace; one; one = one->next) {
    smartflow_context_begin_object(out, NULL);
    smartflow_context_text(out, "path", one->path);
    smartflow_context_text(out, "expression", one->expression);
    smartflow_context_text(out, "result", one->result);
    smartflow_context_end(out);
  }
  smartflow_context_end(out);
}

void add_unpacked_execution(line *out, const Smartflow__V1__Execution *execution) {
  smartflow_context_text(out, "id", execution->execution_id);
  smartflow_context_text(out, "status", execution_status((int)execution->status));
  add_hexadecimal(out, "digest", execution->tree_digest.data, execution->tree_digest.len);
  smartflow_context_begin_list(out, "actions");
  for (size_t index = 0; index < execution->n_actions; index++) {
    const Smartflow__V1__ActionResult *one = execution->actions[index];
    smartflow_context_begin_object(out, NULL);
    smartflow_context_text(out, "type", one->type);
    smartflow_context_text(out, "path", one->path);
    smartflow_context_text(out, "status", action_status((int)one->status));
    smartflow_context_text(out, "id", one->action_id);
    smartflow_context_end(out);
  }
  smartflow_context_end(out);
}

static void begin_detail(line *out, const char *type) {
  smartflow_context_begin_object(out, NULL);
  smartflow_context_text(out, "type", type);
  smartflow_context_begin_object(out, "value");
}

static void end_detail(line *out) {
  smartflow_context_end(out);
  smartflow_context_end(out);
}

void add_error(line *out, const smartflow_error *error) {
  smartflow_context_integer(out, "code", error->code);
  smartflow_context_text(out, "message", error->message);
  smartflow_context_begin_list(out, "details");
  if (*error->reason) {
    begin_detail(out, "google.rpc.ErrorInfo");
    smartflow_context_text(out, "reason", error->reason);
    smartflow_context_text(out, "domain", error->domain);
    smartflow_context_begin_object(out, "metadata");
    for (const smartflow_pair *one = error->metadata; one; one = one->next) {
      smartflow_context_text(out, one->key, one->value);
    }
    smartflow_context_end(out);
    end_detail(out);
  }
  if (error->violations) {
    begin_detail(out, "google.rpc.BadRequest");
    smartflow_context_begin_list(out, "field_violations");
    for (const smartflow_violation *one = error->violations; one; one = one->next) {
      smartflow_context_begin_object(out, NULL);
      smartflow_context_text(out, "field", one->field);
      smartflow_context_text(out, "description", one->description);
      smartflow_context_end(out);
    }
    smartflow_context_end(out);
    end_detail(out);
  }
  if (*error->resource_name) {
    begin_detail(out, "google.rpc.ResourceInfo");
    smartflow_context_text(out, "resource_type", error->resource_type);
    smartflow_context_text(out, "resource_name", error->resource_name);
    end_detail(out);
  }
  smartflow_context_end(out);
}

void give_up(const char *why) {
  fprintf(stderr, "client: %s\n", why);
  exit(1);
}

void say(const line *out) {
  const char *json = smartflow_context_json(out, NULL);
  if (!json) give_up(smartflow_context_mistake(out));
  puts(json);
}
