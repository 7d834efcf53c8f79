/* The runs of a field: maximal stretches of one sign along the rows of z, periodic. Internal to domains.
 *
 * Rows are this process's own (x, y), row x ny + y, then ghosts: the rows of the halo along the directions that are
 * divided over processes, side by side. A row without a change of sign is one run that begins at z = 0; else run i
 * begins at its i-th change, and the last goes on through z = N up to the first change. A run lies where it begins:
 * its sites may have z >= N. Not collective. Memory: 4 bytes a run, 9 a row, and while they
 * are made a bit a site. */
#ifndef DW_ANALYSIS_DOMAINS_RUNS_H
#define DW_ANALYSIS_DOMAINS_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "lattice/field.h"

/* Side 2 d + 1 is upwards along direction d (0: x, 1: y), 2 d downwards. */
enum { DW_SIDES = 4 };

typedef struct dw_runs {
  const dw_field *phi;
  int64_t own_rows;
  int64_t rows;             /* ghosts included */
  int64_t ghost[DW_SIDES];  /* first ghost row of each side */
  int64_t ghosts[DW_SIDES]; /* how many: 0 where the direction isn't divided */
  int64_t own;              /* runs of the own rows */
  int64_t all;
  int64_t *first;          /* owned: [rows + 1], first run of each row */
  unsigned char *positive; /* owned: [rows], sign of the first run of each row */
  int32_t *start;          /* owned: [all], 0 <= z < N */
} dw_runs;

/* The halo of phi is fresh; phi must outlive the runs. Errors: DW_ERR_MEMORY, nothing is held then. */
dw_status dw_runs_create(dw_runs *runs, const dw_field *phi);
void dw_runs_destroy(dw_runs *runs);

/* First site of a row, own or ghost, in the field. */
const void *dw_runs_row(const dw_runs *runs, int64_t row);

/* The row beside an own row, and the turns round the box (along x and y) on the way there. */
int64_t dw_runs_neighbour(const dw_runs *runs, int64_t row, int side, int32_t turns[3]);

static inline bool dw_run_positive(const dw_runs *runs, int64_t row, int64_t run) {
  return (runs->positive[row] != 0) != (((run - runs->first[row]) & 1) != 0);
}

/* Sites of a run. */
int64_t dw_run_length(const dw_runs *runs, int64_t row, int64_t run);

/* Smallest z of its sites, in [0, N). */
static inline int64_t dw_run_lowest(const dw_runs *runs, int64_t row, int64_t run) {
  const bool goes_on = run == runs->first[row + 1] - 1 && runs->start[runs->first[row]] > 0;
  return goes_on ? 0 : runs->start[run];
}

/* --- two rows side by side: the stretches [from, to) of z on which neither changes its run --- */

typedef struct dw_overlap {
  int64_t from;
  int64_t to;
  int64_t run[2];
  int32_t turns; /* along z: the first run touches the second moved by so many box lengths */
  bool positive; /* the first run */
  bool same;     /* signs */
} dw_overlap;

/* How far a walk has come in each row. */
typedef struct dw_overlaps {
  const int32_t *start[2]; /* the row's changes */
  int64_t first[2];        /* its runs */
  int64_t count[2];
  int64_t at[2];     /* changes passed */
  int64_t change[2]; /* z of the next one, N after the last */
  bool positive[2];  /* sign now */
  int64_t z;
  int64_t points;
} dw_overlaps;

static inline void dw_overlaps_look_ahead(dw_overlaps *walk, int i) {
  walk->change[i] = walk->at[i] < walk->count[i] ? walk->start[i][walk->at[i]] : walk->points;
}

static inline dw_overlaps dw_overlaps_begin(const dw_runs *runs, int64_t row, int64_t other) {
  const int64_t rows[2] = {row, other};
  dw_overlaps walk = {.points = runs->phi->lattice->points};
  for (int i = 0; i < 2; i++) {
    walk.first[i] = runs->first[rows[i]];
    walk.count[i] = runs->first[rows[i] + 1] - walk.first[i];
    walk.start[i] = runs->start + walk.first[i];
    walk.at[i] = walk.start[i][0] == 0 ? 1 : 0;
    walk.positive[i] = (runs->positive[rows[i]] != 0) == (walk.at[i] == 1);
    dw_overlaps_look_ahead(&walk, i);
  }
  return walk;
}

/* Whether there was another one. Below the first change lies the last run, with that part one box length up. */
static inline bool dw_overlaps_next(dw_overlaps *walk, dw_overlap *next) {
  if (walk->z == walk->points) {
    return false;
  }
  next->from = walk->z;
  next->to = walk->change[0] < walk->change[1] ? walk->change[0] : walk->change[1];
  next->turns = (walk->at[0] == 0) - (walk->at[1] == 0);
  next->positive = walk->positive[0];
  next->same = walk->positive[0] == walk->positive[1];
  walk->z = next->to;
  for (int i = 0; i < 2; i++) {
    next->run[i] = walk->first[i] + (walk->at[i] > 0 ? walk->at[i] : walk->count[i]) - 1;
    if (walk->change[i] == next->to) {
      walk->at[i]++;
      walk->positive[i] = !walk->positive[i];
      dw_overlaps_look_ahead(walk, i);
    }
  }
  return true;
}

#endif
