/* The progress of a run: step, tau, area parameter, rate and time left. A bar on a terminal, a plain line now and
 * then elsewhere. */
#ifndef DW_APP_PROGRESS_H
#define DW_APP_PROGRESS_H

#include "app/log.h"
#include "app/plan.h"

typedef struct dw_progress {
  dw_log *log;
  const dw_plan *plan;
  double sites;   /* of the lattice */
  double started; /* seconds */
  int64_t first_step;
  double shown; /* seconds, last time something was printed */
  bool terminal;
} dw_progress;

/* Seconds of a clock that never goes back. */
double dw_seconds(void);

/* "1.234 GiB", or MiB where that is less than one; returns text. */
const char *dw_format_bytes(double bytes, char *text, size_t size);

/* Not collective. */
void dw_progress_init(dw_progress *progress, dw_log *log, const dw_plan *plan, int64_t first_step);

/* After each step; prints when it is time to. `area_parameter` is the last A_t measured, NAN before. */
void dw_progress_show(dw_progress *progress, int64_t step, double area_parameter);

/* Rate since the start of this run, sites per second. */
double dw_progress_rate(const dw_progress *progress, int64_t step);

#endif
