#include "params/scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "params/value.h"

/* As in table.c: key and member have the same name, and a row whose type isn't that of the member doesn't compile. */
#define OFFSET_IN(owner, member, type) \
  (offsetof(owner, member) + 0 * sizeof(char[_Generic(((owner *)0)->member, type : 1)]))
#define ROW(owner, member, kind, type) #member, kind, OFFSET_IN(owner, member, type), 1

#define BOOL(member) ROW(dw_scan, member, DW_PARAM_BOOL, bool)
#define INT64(member) ROW(dw_scan, member, DW_PARAM_INT64, int64_t)
#define REAL(member) ROW(dw_scan, member, DW_PARAM_REAL, double)
#define TEXT(member) ROW(dw_scan, member, DW_PARAM_TEXT, char *)
#define CHOICE(member) ROW(dw_scan, member, DW_PARAM_CHOICE, char *)
#define OF_KEY(member, kind, type) ROW(dw_scan_key, member, kind, type)

#define ANY -(double)INFINITY, (double)INFINITY, false, false, NULL
#define RANGE(low, high) low, high, false, false, NULL
#define ABOVE(low) low, (double)INFINITY, true, false, NULL
#define NOT_EMPTY 1, (double)INFINITY, false, false, NULL
#define OF(choices) -(double)INFINITY, (double)INFINITY, false, false, choices
#define FREE DW_RESTART_FREE

static const dw_param_entry table[] = {
    {TEXT(base), "base.cfg", NOT_EMPTY, FREE, "", "parameter file of the base run"},
    {TEXT(output), "scans/scan", NOT_EMPTY, FREE, "", "directory of the scan; made if it doesn't exist"},
    {BOOL(overwrite), "false", ANY, FREE, "", "replace an existing scan in that directory"},
    {CHOICE(design), "list", OF("grid|list|sobol|random|active"), FREE, "", "how the points are laid"},
    {INT64(points), "0", RANGE(0, 1000000), FREE, "",
     "points of the design; active: of its start; a grid's and a list's follow from their parameters"},
    {INT64(seeds), "1", RANGE(1, DW_SCAN_SEEDS), FREE, "", "realisations of each point"},
    {CHOICE(realisations), "auto", OF("auto|common|own"), FREE, "",
     "the same seeds for all points, or each its own; auto: common for a grid and a list"},
    {INT64(processes_per_run), "1", RANGE(1, 1048576), FREE, "", "processes that share a run"},
    {INT64(threads), "0", RANGE(0, 1048576), FREE, "", "threads of each process; 0: as for a run"},
    {INT64(blind_every), "-1", RANGE(-1, 1000000), FREE, "",
     "every so many points one is a check; 0: none; -1: 5 for an active scan, else none"},
    {BOOL(keep_runs), "false", ANY, FREE, "", "keep the directories of finished runs"},
    {INT64(batch), "8", RANGE(1, 1000000), FREE, "", "active: points between two decisions"},
    {REAL(target), "0.1", ABOVE(0), FREE, "", "active: rms error of the logarithms at which it stops"},
    {INT64(budget), "0", RANGE(0, 1000000000), FREE, "", "active: fine runs at most; 0: no limit but target"},
    {INT64(cheap.points), "0", RANGE(0, 65536), FREE, "", "lattice points a side of the cheap twin; 0: half"},
    {INT64(cheap.seeds), "16", RANGE(1, DW_SCAN_SEEDS), FREE, "", "realisations of the cheap twin of each point"},
};

static const dw_param_entry key_table[] = {
    {OF_KEY(key, DW_PARAM_TEXT, char *), "cosmology.w", NOT_EMPTY, FREE, "", "the parameter"},
    {OF_KEY(min, DW_PARAM_REAL, double), "0.0", ANY, FREE, "", "lower end"},
    {OF_KEY(max, DW_PARAM_REAL, double), "1.0", ANY, FREE, "", "upper end"},
    {OF_KEY(scale, DW_PARAM_CHOICE, char *), "linear", OF("linear|log"), FREE, "", "of designs and emulators"},
    {OF_KEY(points, DW_PARAM_INT64, int64_t), "4", RANGE(1, 1000000), FREE, "", "points of a grid"},
    {OF_KEY(values, DW_PARAM_REAL_LIST, dw_real_list), "[0.0, 1.0]", ANY, FREE, "", "values of a list or grid"},
};

size_t dw_scan_table_size(void) { return sizeof table / sizeof table[0]; }

const dw_param_entry *dw_scan_table_entry(size_t index) { return &table[index]; }

const dw_param_entry *dw_scan_table_find(const char *key) {
  for (size_t i = 0; i < dw_scan_table_size(); i++) {
    if (strcmp(table[i].key, key) == 0) {
      return &table[i];
    }
  }
  return NULL;
}

size_t dw_scan_key_table_size(void) { return sizeof key_table / sizeof key_table[0]; }

const dw_param_entry *dw_scan_key_table_entry(size_t index) { return &key_table[index]; }

dw_status dw_scan_defaults(dw_scan *scan) {
  memset(scan, 0, sizeof *scan);
  for (size_t i = 0; i < dw_scan_table_size(); i++) {
    char problem[1024];
    if (!dw_param_parse(&table[i], scan, table[i].initial, problem, sizeof problem)) {
      return dw_fail(DW_ERR_INTERNAL, "default of %s: %s", table[i].key, problem);
    }
  }
  scan->base[0] = '\0'; /* must be given */
  return DW_OK;
}
