/* Kicks of momenta p and drifts of their fields q, several of each one after the other, in one sweep over memory, in
 * place.
 *
 * A stage is a kick of all p, p += f(q and its neighbours), and the drift that follows it, q += factor p. A row is
 * drifted as soon as all rows that need its old value have been kicked, and kicked again as soon as its neighbours are
 * drifted: at each position of the sweep along x stage s kicks the plane 2 s reach behind the first stage, and drifts
 * the one a reach further behind, while all of them are still in cache (wavefronts: Lamport, CACM 17 (1974) 83;
 * Wonnacott, IPDPS 2000). y is cut into tiles, which lean by 2 reach a stage, so that the planes in flight fit into the
 * cache; threads sweep neighbouring tiles, each one position behind the one before.
 *
 * Edges: a stage needs a layer of `reach` more on either side than the next one. So halos of q are reach x stages deep
 * and those of p one reach less, corners included, and what lies in them is computed a second time instead of being
 * exchanged between stages. Messages travel while the interior, as far as it doesn't depend on them, is swept.
 * Every site is updated by the same expression whatever the order, the number of stages, and on whichever process.
 *
 * Whoever needs the q of before the first stage may watch: it is shown each block of align x align rows
 * (lattice->align) once, before any row of the block or of its neighbours within the reach has been drifted. One thread
 * handles a block, so what is summed over its rows has a fixed order. */
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

enum { DW_MOST_PASS_STAGES = 8 };

typedef struct dw_pass {
  int fields; /* they may act on each other where the rows are the same */
  dw_field *const *q;
  dw_field *const *p;
  dw_halo *const *halo;       /* two for each field, of q and then of p; that of p isn't used with one stage */
  int64_t reach;              /* stencil radius, rows */
  int stages;                 /* with reach x stages <= lattice->halo */
  const double *drift_factor; /* of each stage */
  /* Kicks rows y0 to y1 - 1 of plane x of all p; called by several threads at once, for rows in the halo too. */
  void (*kick)(const void *context, int stage, int64_t x, int64_t y0, int64_t y1);
  const void *context;
  dw_drift_row drift;
  const dw_watcher *watcher; /* NULL: nobody */
} dw_pass;

/* Collective. Afterwards the halos are stale. */
void dw_pass_run(const dw_pass *pass);

/* The most stages of this reach that a halo allows, from 1 to DW_MOST_PASS_STAGES. */
int dw_pass_stages(int halo, int64_t reach);

#endif
