#ifndef CASES_H
#define CASES_H

#include "describe.h"

/* One line for each case, over one connection but the one whose frame is made by hand. */
void run_cases(smartflow_client *client, const char *path);

#endif
