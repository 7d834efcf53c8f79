/* What contradicts in a scan. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/check.h"
#include "params/read.h"
#include "params/scan.h"
#include "params/suggest.h"
#include "params/uses.h"
#include "params/value.h"

enum { PROBLEM_LENGTH = 1024 };

static void complain(const dw_scan *scan, const dw_scan_key *key, dw_report *report, const char *problem) {
  dw_report_add(report, NULL, "%s:%" PRId64 ": %s: %s", scan->path, key->line, key->key, problem);
}

static bool design_is(const dw_scan *scan, const char *design) { return strcmp(scan->design, design) == 0; }

/* --- the base run and its cheap twin --- */

static void apply(const dw_scan *scan, const dw_scan_sets *sets, const char *name, dw_params *params,
                  dw_report *report) {
  for (int64_t i = 0; i < sets->count; i++) {
    dw_report *own = report;
    const size_t before = own->count;
    (void)dw_params_set(params, sets->text[i], own);
    if (own->count > before) {
      dw_report_add(report, NULL, "%s: the line above is about element %" PRId64 " of %s, or --set base.KEY",
                    scan->path, i + 1, name);
    }
  }
}

static dw_status read_base(const dw_scan *scan, dw_params *base, dw_report *report) {
  DW_TRY(dw_params_defaults(base));
  if (scan->base[0] == '\0') {
    dw_report_add(report, NULL, "%s: base: isn't given; write base = \"FILE\", the parameter file of the base run",
                  scan->path);
    return DW_OK;
  }
  const dw_status status = dw_params_read(base, scan->base, report);
  if (status != DW_OK && status != DW_ERR_PARAM) {
    return status;
  }
  apply(scan, &scan->set, "set", base, report);
  (void)dw_params_validate(base, report);
  return DW_OK;
}

static void check_cheap(const dw_scan *scan, const dw_params *base, dw_params *cheap, dw_report *report) {
  static const char *const changed[] = {"lattice.points", "lattice.stencil"};
  *cheap = *base;
  if (!scan->cheap.enabled) {
    return;
  }
  if (scan->cheap.points == 0 && base->lattice.points % 2 != 0) {
    dw_report_add(report, NULL, "%s: cheap.points: half of %" PRId64 " isn't an integer; give cheap.points", scan->path,
                  base->lattice.points);
  }
  if (scan->cheap.points > base->lattice.points) {
    dw_report_add(report, NULL, "%s: cheap.points: %" PRId64 " are more than the base's %" PRId64 "; give fewer",
                  scan->path, scan->cheap.points, base->lattice.points);
  }
  if (scan->cheap.seeds < scan->seeds) {
    dw_report_add(report, NULL,
                  "%s: cheap.seeds: %" PRId64 " are fewer than seeds = %" PRId64
                  ", each of which needs its twin; give as many or more",
                  scan->path, scan->cheap.seeds, scan->seeds);
  }
  for (int64_t i = 0; i < scan->keys; i++) {
    for (size_t n = 0; n < sizeof changed / sizeof changed[0]; n++) {
      if (strcmp(scan->key[i].key, changed[n]) == 0) {
        complain(scan, &scan->key[i], report, "the cheap twin changes it; scan it without cheap");
      }
    }
  }
  cheap->lattice.points = scan->cheap.points > 0 ? scan->cheap.points : base->lattice.points / 2;
  cheap->lattice.stencil = 4;
  apply(scan, &scan->cheap.set, "cheap.set", cheap, report);
  if (dw_params_validate(cheap, report) == DW_ERR_PARAM) {
    dw_report_add(report, NULL,
                  "%s: cheap: some lines above are about the cheap twin; change cheap.points or cheap.set", scan->path);
  }
}

/* --- one parameter --- */

/* Whether the base looks at it: its selecting keys are texts, which aren't scanned. */
static bool check_use(const dw_scan *scan, const dw_params *base, const dw_scan_key *key, dw_report *report) {
  char problem[PROBLEM_LENGTH];
  const dw_param_use *use = dw_param_unused(base, key->key);
  if (use == NULL || scan->base[0] == '\0' || dw_report_has(report, use->by)) { /* what the base is isn't known */
    return true;
  }
  (void)snprintf(problem, sizeof problem, "has no effect on the base, whose %s is \"%s\"; it needs %s = %s", use->by,
                 (const char *)dw_param_at(dw_table_find(use->by), base), use->by, use->values);
  complain(scan, key, report, problem);
  return false;
}

/* Whether it is a number that may vary. */
static bool check_kind(const dw_scan *scan, const dw_scan_key *key, dw_report *report) {
  const dw_param_entry *entry = dw_table_find(key->key);
  char problem[PROBLEM_LENGTH];
  char near[256];
  if (entry == NULL) {
    const bool found = dw_suggest_path(key->key, 0, near, sizeof near) != NULL;
    (void)snprintf(problem, sizeof problem, found ? "unknown key; did you mean %s?" : "unknown key%s",
                   found ? near : "; `dwell params` lists all keys");
  } else if (strcmp(key->key, "seed") == 0) {
    (void)snprintf(problem, sizeof problem, "seeds aren't scanned; give their number as seeds");
  } else if (entry->type != DW_PARAM_REAL && entry->type != DW_PARAM_INT64) {
    char type[32];
    (void)snprintf(problem, sizeof problem, "isn't a number but %s; only reals and integers can be scanned",
                   dw_param_type_name(entry, type, sizeof type));
  } else if (strncmp(key->key, "store.", 6) == 0) {
    (void)snprintf(problem, sizeof problem, "doesn't change a run's results; scan something else");
  } else {
    return true;
  }
  complain(scan, key, report, problem);
  return false;
}

static void check_value(const dw_scan *scan, const dw_scan_key *key, const char *what, double value, dw_params *scratch,
                        dw_report *report) {
  const dw_param_entry *entry = dw_table_find(key->key);
  char reason[PROBLEM_LENGTH - 64];
  char problem[PROBLEM_LENGTH];
  const bool integer = entry->type == DW_PARAM_INT64;
  if (integer && (value != floor(value) || fabs(value) > 1e15)) {
    (void)snprintf(problem, sizeof problem, "%s = %.17g isn't an integer, which this parameter must be", what, value);
    complain(scan, key, report, problem);
    return;
  }
  const dw_given given = integer ? (dw_given){.kind = DW_GIVEN_INTEGER, .integer = (int64_t)value}
                                 : (dw_given){.kind = DW_GIVEN_REAL, .real = value};
  if (!dw_param_assign(entry, scratch, &given, reason, sizeof reason)) {
    (void)snprintf(problem, sizeof problem, "%s: %s", what, reason);
    complain(scan, key, report, problem);
  }
}

static void check_range(const dw_scan *scan, const dw_scan_key *key, dw_params *scratch, dw_report *report) {
  char problem[PROBLEM_LENGTH];
  const double low = key->values.count > 0 ? key->values.value[0] : key->min;
  if (key->values.count == 0 && !(key->min < key->max)) {
    (void)snprintf(problem, sizeof problem, "the range from %.17g to %.17g is empty; give min below max", key->min,
                   key->max);
    complain(scan, key, report, problem);
    return;
  }
  bool positive = low > 0.0;
  if (key->values.count == 0) {
    check_value(scan, key, "min", key->min, scratch, report);
    check_value(scan, key, "max", key->max, scratch, report);
  }
  for (int64_t i = 0; i < key->values.count; i++) {
    char what[48];
    (void)snprintf(what, sizeof what, "element %" PRId64 " of values", i + 1);
    check_value(scan, key, what, key->values.value[i], scratch, report);
    positive = positive && key->values.value[i] > 0.0;
  }
  if (strcmp(key->scale, "log") == 0 && !positive) {
    complain(scan, key, report, "scale = \"log\" needs values above 0; give a larger min, or scale = \"linear\"");
  }
}

/* Which of range, points and values the design asks for. */
static bool check_given(const dw_scan *scan, const dw_scan_key *key, dw_report *report) {
  const bool listed = key->values.count > 0;
  const char *problem = NULL;
  if (dw_report_has(report, DW_SCAN_DESIGN)) {
    return listed || key->has_range; /* unless it isn't known */
  }
  if (design_is(scan, "list")) {
    problem = !listed ? "design = \"list\" needs values = [ ... ] of each parameter"
              : key->has_range || key->points > 0
                  ? "design = \"list\" takes values alone; leave out min, max and points"
                  : NULL;
  } else if (design_is(scan, "grid")) {
    problem = listed && (key->has_range || key->points > 0) ? "give values, or min, max and points, not both"
              : !listed && (!key->has_range || key->points == 0)
                  ? "design = \"grid\" needs min, max and points, or values, of each parameter"
              : !listed && key->points < 2 ? "points = 1 along a grid has no place for min and max; give 2 or more, "
                                             "or values = [ x ]"
                                           : NULL;
  } else {
    problem = listed || key->points > 0 ? "this design lays the points itself; leave out values and points"
              : !key->has_range         ? "this design needs min and max of each parameter"
                                        : NULL;
  }
  if (problem != NULL) {
    complain(scan, key, report, problem);
  }
  return problem == NULL;
}

static void check_keys(const dw_scan *scan, dw_params *scratch, dw_report *report) {
  for (int64_t i = 0; i < scan->keys; i++) {
    const dw_scan_key *key = &scan->key[i];
    if (key->key[0] == '\0') {
      continue; /* reported by the reader */
    }
    for (int64_t n = 0; n < i; n++) {
      if (strcmp(scan->key[n].key, key->key) == 0) {
        complain(scan, key, report, "is there twice; give each parameter once");
        break;
      }
    }
    if (check_kind(scan, key, report) && check_use(scan, scratch, key, report) && check_given(scan, key, report)) {
      check_range(scan, key, scratch, report);
    }
  }
}

/* --- the number of points --- */

/* Of a grid, the product; of a list, the common length; -1 where the lengths differ or the product is too large. */
static int64_t count_points(const dw_scan *scan, const dw_scan_key **odd) {
  const bool grid = design_is(scan, "grid");
  int64_t points = 1;
  for (int64_t i = 0; i < scan->keys; i++) {
    const dw_scan_key *key = &scan->key[i];
    const int64_t count = key->values.count > 0 ? key->values.count : key->points;
    *odd = key;
    if (grid) {
      if (count > 0 && points > 1000000 / count) {
        return -1;
      }
      points *= count;
    } else if (i > 0 && count != points) {
      return -1;
    } else {
      points = count;
    }
  }
  return points;
}

static void check_points(dw_scan *scan, dw_report *report) {
  if (dw_report_has(report, DW_SCAN_DESIGN)) {
    return;
  }
  if (!design_is(scan, "grid") && !design_is(scan, "list")) {
    if (scan->keys == 0) {
      dw_report_add(report, NULL,
                    "%s: parameters: there are none, design = \"%s\" needs some; for seeds alone use "
                    "design = \"list\"",
                    scan->path, scan->design);
    }
    if (scan->points == 0) {
      dw_report_add(report, NULL, "%s: points: isn't given; design = \"%s\" needs it", scan->path, scan->design);
    }
    return;
  }
  const dw_scan_key *odd = NULL;
  const int64_t points = count_points(scan, &odd);
  if (points < 0) {
    complain(scan, odd, report,
             design_is(scan, "grid") ? "the grid has more than 1000000 points; give fewer"
                                     : "has another number of values than the parameters before; give as many");
  } else if (scan->points != 0 && scan->points != points) {
    dw_report_add(report, NULL, "%s: points: %" PRId64 " are given, the parameters make %" PRId64 "; leave it out",
                  scan->path, scan->points, points);
  } else {
    scan->points = points;
  }
}

dw_status dw_scan_check(dw_scan *scan, dw_params *base, dw_params *cheap, dw_report *report) {
  const size_t before = report->count;
  DW_TRY(read_base(scan, base, report));
  *cheap = *base; /* scratch */
  check_keys(scan, cheap, report);
  check_points(scan, report);
  check_cheap(scan, base, cheap, report);
  if (scan->quantities.count > DW_SCAN_QUANTITIES) {
    dw_report_add(report, NULL, "%s: quantities: %" PRId64 " are too many; give at most %d", scan->path,
                  scan->quantities.count, DW_SCAN_QUANTITIES);
  }
  if (scan->blind_every < 0) {
    scan->blind_every = design_is(scan, "active") ? 5 : 0;
  }
  if (scan->blind_every == 1) {
    dw_report_add(report, NULL, "%s: blind_every: 1 leaves nothing to learn from; give 2 or more", scan->path);
  }
  return report->count == before ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: there are problems with the scan", scan->path);
}
