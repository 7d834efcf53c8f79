/* Shared by the checks. */
#ifndef DW_PARAMS_CHECK_PRIVATE_H
#define DW_PARAMS_CHECK_PRIVATE_H

#include "params/check.h"
#include "params/value.h"

enum { PROBLEM_LENGTH = 1024 };

static inline dw_status dw_problems_since(const dw_report *report, size_t before, const char *what) {
  if (report->count == before) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM, "%zu problem(s) with the parameters%s; correct them and start again",
                 report->count - before, what);
}

/* Whether a key has the same value in both. */
bool dw_param_same(const dw_param_entry *entry, const dw_params *one, const dw_params *other);

#endif
