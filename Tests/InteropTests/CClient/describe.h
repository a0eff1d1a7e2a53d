/* Lines of output, as the other foreign clients write them. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <smartflow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "smartflow/v1/execution.pb-c.h"
#include "smartflow/v1/tree_service.pb-c.h"
#include "ttrpc.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/* JSON is written with the client's own contexts: one is a line. */
typedef smartflow_context line;

void add_value(line *out, const char *name, const smartflow_value *value);
void add_hexadecimal(line *out, const char *name, const uint8_t *bytes, size_t count);
void add_bytes(line *out, const char *name, ProtobufCBinaryData bytes);
/* An action's members into an object that is open. */
void add_action(line *out, const smartflow_action *action);
/* The members of an execution, or of one that protobuf-c has read. */
void add_execution(line *out, const smartflow_execution *execution);
void add_unpacked_execution(line *out, const Smartflow__V1__Execution *execution);
/* "code", "message" and "details". */
void add_error(line *out, const smartflow_error *error);
/* Prints it, and ends the program when it could not be written. */
void say(const line *out);
/* Prints why, and ends the program. */
void give_up(const char *why) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
