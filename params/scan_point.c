/* Parameters of one run of a scan. */
#include <stdio.h>
#include <string.h>

#include "params/check.h"
#include "params/read.h"
#include "params/scan.h"
#include "params/value.h"

enum { PROBLEM_LENGTH = 1024 };

bool dw_scan_key_is_integer(const dw_scan_key *key) {
  const dw_param_entry *entry = dw_table_find(key->key);
  return entry != NULL && entry->type == DW_PARAM_INT64;
}

static void take_value(const dw_scan_key *key, double value, dw_params *params, dw_report *report) {
  const dw_param_entry *entry = dw_table_find(key->key);
  char problem[PROBLEM_LENGTH];
  const dw_given given = entry->type == DW_PARAM_INT64 ? (dw_given){.kind = DW_GIVEN_INTEGER, .integer = (int64_t)value}
                                                       : (dw_given){.kind = DW_GIVEN_REAL, .real = value};
  if (!dw_param_assign(entry, params, &given, problem, sizeof problem)) {
    dw_report_add(report, entry->key, "%s: %s", entry->key, problem);
  }
}

/* Half the points, the same box, differences of order 4; then what the scan sets. */
static void make_cheap(const dw_scan *scan, dw_params *params, dw_report *report) {
  params->lattice.points = scan->cheap.points > 0 ? scan->cheap.points : params->lattice.points / 2;
  params->lattice.stencil = 4;
  for (int64_t i = 0; i < scan->cheap.set.count; i++) {
    (void)dw_params_set(params, scan->cheap.set.text[i], report);
  }
}

int64_t dw_scan_first_seed(const dw_scan *scan, const dw_params *base, int64_t point, bool blind) {
  const bool by_design = strcmp(scan->design, "grid") == 0 || strcmp(scan->design, "list") == 0;
  const bool common = strcmp(scan->realisations, "auto") == 0 ? by_design : strcmp(scan->realisations, "common") == 0;
  return base->seed + (common && !blind ? 0 : point * DW_SCAN_SEEDS);
}

dw_status dw_scan_point(const dw_scan *scan, const dw_params *base, bool cheap, const double *values, int64_t seed,
                        dw_params *params, dw_report *report) {
  const size_t before = report->count;
  *params = *base;
  params->seed = seed;
  for (int64_t i = 0; i < scan->keys; i++) {
    take_value(&scan->key[i], values[i], params, report);
  }
  if (cheap) {
    make_cheap(scan, params, report);
  }
  (void)dw_params_validate(params, report);
  return report->count == before ? DW_OK
                                 : dw_fail(DW_ERR_PARAM, "%.*s", (int)strcspn(report->text, "\n"), report->text);
}
