#ifndef CASES_H
#define CASES_H

#include "describe.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How calls are begun, so that the C++ header can be held to the same cases. */
typedef struct ways {
  smartflow_call *(*execute)(const smartflow_request *request);
  smartflow_call *(*execute_batch)(const smartflow_request *request, const smartflow_item *items, size_t count);
  smartflow_call *(*health)(const char *service, const smartflow_options *options);
  smartflow_call *(*call_method)(
      const char *service, const char *method, const void *payload, size_t bytes, const smartflow_options *options);
  /* With a callback; false when there are too many calls. */
  bool (*execute_then)(const smartflow_request *request, void (*done)(const smartflow_call *call, void *user), void *user);
  /* Gets on until no call is under way. */
  void (*drain)(void);
} ways;

/* One line for each case, over one connection but the one whose frame is made by hand. */
void run_cases(const ways *ways, const char *path);

#ifdef __cplusplus
}
#endif

#endif
