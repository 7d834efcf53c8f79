/* Scans: a file that names a base run, the parameters that vary and how the points are laid.
 *
 * Read like a parameter file (params/read.h): strict, all problems at once with file and line. The keys have a table of
 * their own (scan_table.c). The order of a program:
 *
 *   dw_report_init(&report);
 *   dw_scan_defaults(&scan);
 *   dw_scan_read(&scan, path, &report);             // and dw_scan_set for each --set
 *   dw_scan_check(&scan, &base, &cheap, &report);
 *
 * going on after DW_ERR_PARAM, so that the user sees everything at once, and giving up on any other failure.
 * A dw_scan is plain data: one process reads and sends the others its bytes.
 *
 * Not collective. */
#ifndef DW_PARAMS_SCAN_H
#define DW_PARAMS_SCAN_H

#include "params/params.h"
#include "params/report.h"
#include "params/table.h"

/* The key of the design, in reports. */
#define DW_SCAN_DESIGN "design"

enum { DW_SCAN_KEYS = 16, DW_SCAN_SETS = 64, DW_SCAN_SET_LENGTH = 640, DW_SCAN_QUANTITIES = 8 };

/* One scanned parameter. */
typedef struct dw_scan_key {
  char key[DW_TEXT_LENGTH]; /* "cosmology.w" */
  double min;
  double max;
  char scale[DW_TEXT_LENGTH]; /* "linear" | "log" */
  int64_t points;             /* of a grid along this parameter; 0 = not given */
  dw_real_list values;        /* of a list or along a grid; count 0 = not given */
  bool has_range;             /* min and max were given */
  int64_t line;               /* of the scan file */
} dw_scan_key;

/* Texts; of set, assignments "key=value" as for --set. */
typedef struct dw_scan_sets {
  int64_t count;
  char text[DW_SCAN_SETS][DW_SCAN_SET_LENGTH];
} dw_scan_sets;

typedef struct dw_scan {
  char base[DW_TEXT_LENGTH];   /* parameter file; from the program's own directory */
  char output[DW_TEXT_LENGTH]; /* directory of the scan */
  bool overwrite;
  char design[DW_TEXT_LENGTH];       /* "grid" | "list" | "sobol" | "random" | "active" */
  int64_t points;                    /* 0 = not given */
  int64_t seeds;                     /* of each point, one after the other from dw_scan_first_seed on */
  char realisations[DW_TEXT_LENGTH]; /* "auto" | "common" | "own" */
  int64_t processes_per_run;
  int64_t threads;     /* of each process; 0 = as for a run */
  int64_t blind_every; /* every n-th point is a check; 0 = none; -1 = not given */
  bool keep_runs;
  int64_t batch;           /* active: points between two decisions */
  double target;           /* active: rms error of the logarithms to reach */
  int64_t budget;          /* active: fine runs at most; 0 = not given */
  dw_scan_sets quantities; /* active: what the emulator learns, "etc/value", ...; none = all */
  struct {
    bool enabled;
    int64_t points; /* N of the cheap twin; 0 = half of the base's */
    int64_t seeds;
    dw_scan_sets set;
  } cheap;
  dw_scan_sets set; /* of the base */
  int64_t keys;
  dw_scan_key key[DW_SCAN_KEYS];
  char path[DW_TEXT_LENGTH]; /* of the scan file, for messages */
} dw_scan;

/* The table of the keys outside `parameters`, and of those of one parameter. */
size_t dw_scan_table_size(void);
const dw_param_entry *dw_scan_table_entry(size_t index);
const dw_param_entry *dw_scan_table_find(const char *key);
size_t dw_scan_key_table_size(void);
const dw_param_entry *dw_scan_key_table_entry(size_t index);

/* Errors: DW_ERR_INTERNAL, a default of the table is not an allowed value. */
dw_status dw_scan_defaults(dw_scan *scan);

/* Takes what the file gives. A relative `base` is taken from the scan file's directory. Errors: DW_ERR_PARAM, lines
 * were added to the report; DW_ERR_FILE; DW_ERR_MEMORY. */
dw_status dw_scan_read(dw_scan *scan, const char *path, dw_report *report);

/* Takes one "key=value" of the command line: a key of the scan's own, or base.KEY of the base run, which comes after
 * those in the file. Errors: DW_ERR_PARAM, a line was added to the report. */
dw_status dw_scan_set(dw_scan *scan, const char *assignment, dw_report *report);

/* Reads the base run, completes the scan (points of a grid or a list, blind_every), and looks for all that contradicts.
 * *base and *cheap: resolved; *cheap is *base without a cheap twin. Errors: as dw_scan_read. */
dw_status dw_scan_check(dw_scan *scan, dw_params *base, dw_params *cheap, dw_report *report);

/* Whether the scanned parameter takes integers only. */
bool dw_scan_key_is_integer(const dw_scan_key *key);

/* Most seeds of a point. */
enum { DW_SCAN_SEEDS = 1000000 };

/* The first of the seeds of a point: the base's, the same for all points, where realisations are common; else the
 * base's + DW_SCAN_SEEDS times the point's number, so that no two points share one. Checks always have their own: an
 * emulator that has seen their noise at other points would look better than it is. */
int64_t dw_scan_first_seed(const dw_scan *scan, const dw_params *base, int64_t point, bool blind);

/* Parameters of one run: the base's with these values of the scanned parameters (keys) and this seed; for a cheap twin
 * with its changes after that. Errors: DW_ERR_PARAM, lines were added to the report. */
dw_status dw_scan_point(const dw_scan *scan, const dw_params *base, bool cheap, const double *values, int64_t seed,
                        dw_params *params, dw_report *report);

#endif
