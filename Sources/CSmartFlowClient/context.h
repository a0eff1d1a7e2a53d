#ifndef SMARTFLOW_CONTEXT_H
#define SMARTFLOW_CONTEXT_H

#include "limits.h"
#include "memory.h"
#include "smartflow.h"

struct smartflow_context {
  /* The members so far; room for all that must be closed, and a zero byte, is always behind them. */
  sf_bytes json;
  /* What is open, the root first: '}' or ']'. */
  char closers[LIMIT_CONTEXT_DEPTH];
  size_t depth;
  /* Whether a comma must stand before the next member. */
  bool has_members;
  smartflow_code code;
  const char *mistake;
};

#endif
