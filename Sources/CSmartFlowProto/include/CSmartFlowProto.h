/* Every generated header, and the little that Swift can not say for itself.
 *
 * All *.pb-c.[ch] below are made by proto/generate.sh; this header is written by hand. */
#ifndef SMARTFLOW_PROTO_H
#define SMARTFLOW_PROTO_H

#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/struct.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "google/rpc/code.pb-c.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "grpc/health/v1/health.pb-c.h"
#include "smartflow/v1/admin.pb-c.h"
#include "smartflow/v1/execution.pb-c.h"
#include "smartflow/v1/tree.pb-c.h"
#include "smartflow/v1/tree_service.pb-c.h"
#include "smartflow/worker/requests.pb-c.h"
#include "ttrpc.pb-c.h"

/* Swift imports a C global as a value, whose address is that of a copy; a descriptor is its address. */
#define SMARTFLOW_DESCRIPTOR(name, symbol) \
  static inline const ProtobufCMessageDescriptor *smartflow_descriptor_##name(void) { \
    return &symbol##__descriptor; \
  }

SMARTFLOW_DESCRIPTOR(execute_tree_request, smartflow__worker__execute_tree_request)
SMARTFLOW_DESCRIPTOR(execute_tree_response, smartflow__v1__execute_tree_response)
SMARTFLOW_DESCRIPTOR(execute_batch_request, smartflow__worker__execute_batch_request)
SMARTFLOW_DESCRIPTOR(batch_item, smartflow__worker__batch_item)
SMARTFLOW_DESCRIPTOR(batch_item_content, smartflow__v1__batch_item)
SMARTFLOW_DESCRIPTOR(execute_batch_response, smartflow__v1__execute_batch_response)
SMARTFLOW_DESCRIPTOR(execution, smartflow__v1__execution)
SMARTFLOW_DESCRIPTOR(validate_tree_request, smartflow__worker__validate_tree_request)
SMARTFLOW_DESCRIPTOR(validate_tree_response, smartflow__v1__validate_tree_response)
SMARTFLOW_DESCRIPTOR(get_server_info_request, smartflow__v1__get_server_info_request)
SMARTFLOW_DESCRIPTOR(get_server_info_response, smartflow__v1__get_server_info_response)
SMARTFLOW_DESCRIPTOR(lift_quarantine_request, smartflow__v1__lift_quarantine_request)
SMARTFLOW_DESCRIPTOR(lift_quarantine_response, smartflow__v1__lift_quarantine_response)
SMARTFLOW_DESCRIPTOR(publish_tree_request, smartflow__worker__publish_tree_request)
SMARTFLOW_DESCRIPTOR(publish_tree_response, smartflow__v1__publish_tree_response)
SMARTFLOW_DESCRIPTOR(get_tree_request, smartflow__v1__get_tree_request)
SMARTFLOW_DESCRIPTOR(get_tree_response, smartflow__v1__get_tree_response)
SMARTFLOW_DESCRIPTOR(list_trees_request, smartflow__v1__list_trees_request)
SMARTFLOW_DESCRIPTOR(list_trees_response, smartflow__v1__list_trees_response)
SMARTFLOW_DESCRIPTOR(list_tree_versions_request, smartflow__v1__list_tree_versions_request)
SMARTFLOW_DESCRIPTOR(list_tree_versions_response, smartflow__v1__list_tree_versions_response)
SMARTFLOW_DESCRIPTOR(activate_tree_request, smartflow__v1__activate_tree_request)
SMARTFLOW_DESCRIPTOR(activate_tree_response, smartflow__v1__activate_tree_response)
SMARTFLOW_DESCRIPTOR(retire_tree_request, smartflow__v1__retire_tree_request)
SMARTFLOW_DESCRIPTOR(retire_tree_response, smartflow__v1__retire_tree_response)
SMARTFLOW_DESCRIPTOR(get_metrics_request, smartflow__v1__get_metrics_request)
SMARTFLOW_DESCRIPTOR(get_metrics_response, smartflow__v1__get_metrics_response)
SMARTFLOW_DESCRIPTOR(set_log_level_request, smartflow__v1__set_log_level_request)
SMARTFLOW_DESCRIPTOR(set_log_level_response, smartflow__v1__set_log_level_response)
SMARTFLOW_DESCRIPTOR(drain_request, smartflow__v1__drain_request)
SMARTFLOW_DESCRIPTOR(drain_response, smartflow__v1__drain_response)
SMARTFLOW_DESCRIPTOR(health_check_request, grpc__health__v1__health_check_request)
SMARTFLOW_DESCRIPTOR(health_list_request, grpc__health__v1__health_list_request)
SMARTFLOW_DESCRIPTOR(health_list_response, grpc__health__v1__health_list_response)
SMARTFLOW_DESCRIPTOR(health_check_response, grpc__health__v1__health_check_response)
SMARTFLOW_DESCRIPTOR(envelope_request, ttrpc__request)
SMARTFLOW_DESCRIPTOR(envelope_response, ttrpc__response)
SMARTFLOW_DESCRIPTOR(status, google__rpc__status)
SMARTFLOW_DESCRIPTOR(error_info, google__rpc__error_info)
SMARTFLOW_DESCRIPTOR(bad_request, google__rpc__bad_request)
SMARTFLOW_DESCRIPTOR(resource_info, google__rpc__resource_info)
SMARTFLOW_DESCRIPTOR(retry_info, google__rpc__retry_info)
SMARTFLOW_DESCRIPTOR(node, smartflow__v1__node)
SMARTFLOW_DESCRIPTOR(case, smartflow__v1__case)
SMARTFLOW_DESCRIPTOR(share, smartflow__v1__share)
SMARTFLOW_DESCRIPTOR(value, google__protobuf__value)
SMARTFLOW_DESCRIPTOR(list_value, google__protobuf__list_value)
SMARTFLOW_DESCRIPTOR(struct, google__protobuf__struct)
SMARTFLOW_DESCRIPTOR(struct_entry, google__protobuf__struct__fields_entry)

#undef SMARTFLOW_DESCRIPTOR

/* Bytes of a text before its NUL; libc's own, so that Swift needs no import of it. */
static inline size_t smartflow_text_bytes(const char *text) { return __builtin_strlen(text); }

#endif
