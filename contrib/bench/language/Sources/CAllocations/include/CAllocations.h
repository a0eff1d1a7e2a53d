#pragma once
#include <stdint.h>

/* Calls of malloc, calloc, realloc and aligned allocators that this process has made. */
uint64_t allocation_count(void);
