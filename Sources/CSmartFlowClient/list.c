#include "client.h"

void sf_append(sf_list *list, smartflow_call *call) {
  call->next = NULL;
  call->previous = list->last;
  if (list->last) {
    list->last->next = call;
  } else {
    list->first = call;
  }
  list->last = call;
}

void sf_prepend(sf_list *list, smartflow_call *call) {
  call->previous = NULL;
  call->next = list->first;
  if (list->first) {
    list->first->previous = call;
  } else {
    list->last = call;
  }
  list->first = call;
}

void sf_remove(sf_list *list, smartflow_call *call) {
  if (call->previous) {
    call->previous->next = call->next;
  } else {
    list->first = call->next;
  }
  if (call->next) {
    call->next->previous = call->previous;
  } else {
    list->last = call->previous;
  }
  call->previous = call->next = NULL;
}
