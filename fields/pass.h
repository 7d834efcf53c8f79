/* Kicks of momenta p and drifts of their fields q, several of each one after the other, in one sweep over memory, in
 * place; and with them those of a companion on a coarser lattice that the field drives.
 *
 * A stage is a kick of all p, p += f(q and its neighbours), and the drift that follows it, q += factor p. A row is
 * drifted as soon as all rows that need its old value have been kicked (by the kick of the last of them, which has it
 * at hand), and kicked again as soon as its neighbours are drifted: at each position of the sweep along x every kick
 * and drift has a plane of its own, as far behind the first as it must be, while all of them are still in cache
 * (wavefronts: Lamport, CACM 17 (1974) 83; Wonnacott, IPDPS 2000; fields/wavefront.h). y is cut into tiles that lean
 * likewise, so that the planes in flight fit into the cache; threads sweep neighbouring tiles, each one position behind
 * the one before.
 *
 * The companion has q and p of its own, on a lattice of blocks of c^3 sites. Its unit is a kick, in which it may read
 * the field's q as it is before one of the stages, and a drift.
 *
 * Edges: a stage needs a layer of `reach` more on either side than the next one. So halos of q and p are as deep as all
 * stages need, corners included, and what lies in them is computed a second time instead of being exchanged between
 * stages. Messages travel while the interior, as far as it doesn't depend on them, is swept.
 * Every site is updated by the same expression whatever the order, the number of stages, and on whichever process. */
#ifndef DW_FIELDS_PASS_H
#define DW_FIELDS_PASS_H

#include "fields/kernel_rows.h"
#include "fields/wavefront.h"
#include "lattice/field.h"
#include "lattice/halo.h"

/* Rows y0 to y1 - 1 of plane x that are kicked, local indices; rows in the halo too. */
typedef struct dw_pass_rows {
  int64_t x, y0, y1;
  bool drifts; /* then those of plane x - reach drift by this factor */
  double drift_factor;
  dwell_ahead ahead; /* what this thread needs next */
} dw_pass_rows;

/* Fields with their momenta, and what moves them. */
typedef struct dw_moving {
  int fields; /* on one lattice, in one precision */
  dw_field *const *q;
  dw_field *const *p;
  dw_halo *const *halo; /* two for each field, of q and then of p; that of p may be NULL where its depth is 0 */
  int64_t reach;        /* stencil radius, rows */
  /* Kicks these rows of all p; called by several threads at once. `index` is that of the stage or unit, from `first`
   * on. */
  void (*kick)(const void *context, int index, const dw_pass_rows *rows);
  const void *context;
  bool drifts_behind; /* kick can drift too; else it is never asked to */
  int first;
  dw_drift_row drift;         /* NULL: no drift, where a companion has one unit in the pass */
  const double *drift_factor; /* of each index, from 0 on */
} dw_moving;

typedef struct dw_pass {
  dw_moving field;
  int stages;
  const dw_moving *companion; /* NULL: none. On blocks of the field's lattice */
  int units;                  /* of the companion, the first before the first stage */
  int unit_stages;            /* stages from one to the next */
} dw_pass;

/* Collective. Afterwards the halos are stale. The halos of the lattices are as deep as dw_pass_fits wants. */
void dw_pass_run(const dw_pass *pass);

/* Not collective. Whether the halos of the lattices are deep enough. */
bool dw_pass_fits(const dw_pass *pass);

/* Hands on to a kernel what else a kick is to do. */
static inline void dw_pass_behind(const dw_pass_rows *from, dwell_rows *rows) {
  rows->drifts = from->drifts;
  rows->drift = from->drift_factor;
  rows->ahead = from->ahead;
}

#endif
