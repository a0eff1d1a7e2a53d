#include "reading.h"

sf_execution sf_begin_execution(sf_source *source) {
  sf_execution part = {.execution = sf_take_memory(source, sizeof(smartflow_execution))};
  if (part.execution) {
    part.execution->execution_id = part.execution->tree_id = "";
    part.execution->tree_digest = (const uint8_t *)"";
  }
  return part;
}

static void take_reference(sf_source *source, void *message, sf_field *field) {
  smartflow_execution *execution = message;
  if (field->tag == SF_TAG(1, SF_BYTES)) execution->tree_id = sf_take_text(source, field);
  if (field->tag == SF_TAG(2, SF_VARINT)) execution->tree_version = field->value;
}

/* A status within another message, that may come in parts. */
static void read_error(sf_source *source, const sf_field *field, sf_status *status) {
  if (!status->error) *status = sf_begin_status(source);
  if (status->error) sf_read_field(source, field, sf_take_status, status);
}

typedef struct action_part {
  smartflow_action *action;
  sf_status status;
  sf_struct parameters;
} action_part;

static void take_action(sf_source *source, void *message, sf_field *field) {
  action_part *part = message;
  smartflow_action *action = part->action;
  switch (field->tag) {
    case SF_TAG(1, SF_BYTES): action->type = sf_take_text(source, field); break;
    case SF_TAG(2, SF_BYTES): action->path = sf_take_text(source, field); break;
    case SF_TAG(3, SF_VARINT): action->status = (int32_t)(uint32_t)field->value; break;
    case SF_TAG(4, SF_BYTES):
      if (!part->parameters.value) {
        smartflow_value *object = sf_take_memory(source, sizeof *object);
        if (!object) return;
        object->kind = SMARTFLOW_KIND_OBJECT;
        object->name = object->text = "";
        part->parameters.value = object;
        action->parameters = object;
      }
      sf_read_field(source, field, sf_take_struct, &part->parameters);
      break;
    case SF_TAG(5, SF_BYTES): action->action_id = sf_take_text(source, field); break;
    case SF_TAG(6, SF_BYTES):
      read_error(source, field, &part->status);
      action->error = part->status.error;
      break;
    case SF_TAG(7, SF_BYTES): action->node_id = sf_take_text(source, field); break;
    default: break;
  }
}

static void read_action(sf_source *source, sf_execution *part, const sf_field *field) {
  smartflow_action *action = sf_take_memory(source, sizeof *action);
  if (!action) return;
  action->type = action->path = action->node_id = action->action_id = "";
  if (part->last_action) {
    part->last_action->next = action;
  } else {
    part->execution->actions = action;
  }
  part->last_action = action;
  part->execution->action_count++;
  action_part inner = {.action = action};
  sf_read_field(source, field, take_action, &inner);
}

typedef struct step_part {
  smartflow_step *step;
  sf_status status;
} step_part;

static void take_step(sf_source *source, void *message, sf_field *field) {
  step_part *part = message;
  smartflow_step *step = part->step;
  switch (field->tag) {
    case SF_TAG(1, SF_BYTES): step->path = sf_take_text(source, field); break;
    case SF_TAG(2, SF_BYTES): step->node_id = sf_take_text(source, field); break;
    case SF_TAG(3, SF_BYTES): step->expression = sf_take_text(source, field); break;
    case SF_TAG(4, SF_BYTES): step->result = sf_take_text(source, field); break;
    case SF_TAG(5, SF_BYTES):
      read_error(source, field, &part->status);
      step->error = part->status.error;
      break;
    case SF_TAG(6, SF_VARINT): step->fuel_used = field->value; break;
    default: break;
  }
}

static void read_step(sf_source *source, sf_execution *part, const sf_field *field) {
  smartflow_step *step = sf_take_memory(source, sizeof *step);
  if (!step) return;
  step->path = step->node_id = step->expression = step->result = "";
  if (part->last_step) {
    part->last_step->next = step;
  } else {
    part->execution->trace = step;
  }
  part->last_step = step;
  step_part inner = {.step = step};
  sf_read_field(source, field, take_step, &inner);
}

void sf_take_execution(sf_source *source, void *message, sf_field *field) {
  sf_execution *part = message;
  smartflow_execution *execution = part->execution;
  switch (field->tag) {
    case SF_TAG(1, SF_BYTES): execution->execution_id = sf_take_text(source, field); break;
    case SF_TAG(2, SF_VARINT): execution->status = (int32_t)(uint32_t)field->value; break;
    case SF_TAG(3, SF_BYTES): sf_read_field(source, field, take_reference, execution); break;
    case SF_TAG(4, SF_BYTES):
      execution->tree_digest = field->start;
      execution->tree_digest_bytes = field->count;
      break;
    case SF_TAG(5, SF_BYTES): read_action(source, part, field); break;
    case SF_TAG(6, SF_BYTES): read_step(source, part, field); break;
    case SF_TAG(7, SF_BYTES): sf_read_field(source, field, sf_take_duration, &part->elapsed); break;
    case SF_TAG(8, SF_VARINT): execution->fuel_used = field->value; break;
    case SF_TAG(9, SF_VARINT): execution->replayed = field->value != 0; break;
    case SF_TAG(10, SF_VARINT): execution->trace_steps_omitted = field->value; break;
    default: break;
  }
}
