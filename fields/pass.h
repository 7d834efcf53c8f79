/* One kick of momenta p and the drift of their fields q that follows it, in one sweep over memory, in place.
 *
 * A row is drifted as soon as all rows that need its old value have been kicked, one stencil width behind, while it is
 * still in cache. Planes are divided over threads; y is cut into tiles so that the planes in flight fit into the
 * cache. The exchange of the halos of q runs while the interior is swept. Every site is updated by the same expression
 * whatever the order.
 *
 * Whoever needs the old q as well may watch: it is shown each block of align x align rows (lattice->align) once, before
 * any row of the block or of its neighbours within the reach has been drifted. One thread handles a block, so what is
 * summed over its rows has a fixed order. */
#ifndef DW_FIELDS_PASS_H
#define DW_FIELDS_PASS_H

#include "fields/kernel_rows.h"
#include "lattice/field.h"
#include "lattice/halo.h"

/* Called by several threads at once; (x, y) is the first row of the block, local indices. */
typedef struct dw_watcher {
  void (*block)(void *context, int thread, int64_t x, int64_t y);
  void *context;
} dw_watcher;

typedef struct dw_pass {
  int fields; /* they may act on each other where the rows are the same */
  dw_field *const *q;
  dw_field *const *p;
  dw_halo *const *halo; /* one for each q */
  int64_t reach;        /* stencil radius, rows */
  /* Kicks row (x, y) of all p; called by several threads at once. */
  void (*kick)(const void *context, int64_t x, int64_t y);
  const void *context;
  dw_drift_row drift;
  double drift_factor;       /* q += drift_factor p */
  const dw_watcher *watcher; /* NULL: nobody */
} dw_pass;

/* Collective. Afterwards the halos of q are stale. */
void dw_pass_run(const dw_pass *pass);

#endif
