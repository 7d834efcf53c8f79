/* The kicks and drifts of a pass (fields/pass.h) as moves of one wavefront: their order, how far behind the first one
 * each stays, and how far into the halo it reaches. Private to fields/. Not collective.
 *
 * At a position of the sweep along x each move works on the plane `lean` behind it; its tiles of y lean as much. With
 * r the stencil's radius, R that of the companion on blocks of c sites (rows of its own), kick k_s and drift d_s of
 * stage s, and K_u, D_u those of the companion's unit u, which begins with stage s:
 *
 *   k_s >= d_{s-1} + r            a kick needs its neighbours drifted by the stage before
 *   d_s >= k_s + r, K_u + r       a drift waits until all who need the old value have had it
 *   d_s  = k_s + r                and goes with the last of these kicks, which waits where K_u makes it
 *   K_u >= d_{s-1} + r + c - 1    the same for a block and its neighbours
 *   K_u >= D_{u-1} + c R          and for the companion's own
 *   D_u  = K_u + c R
 *
 * K and D in whole blocks. In the halo the same holds in reverse: what the last move updates is the interior, and each
 * move before it updates what those after it need. */
#ifndef DW_FIELDS_WAVEFRONT_H
#define DW_FIELDS_WAVEFRONT_H

#include <stdbool.h>
#include <stdint.h>

enum { DW_MOST_PASS_STAGES = 8, DW_MOST_MOVES = 4 * DW_MOST_PASS_STAGES };

typedef struct dw_front_shape {
  int64_t reach; /* r, rows */
  int stages;
  int64_t coarsening;      /* c; 1 without a companion */
  int64_t companion_reach; /* R, its rows */
  int units;               /* of the companion; 0 without one */
  int unit_stages;         /* from the beginning of one to that of the next */
} dw_front_shape;

typedef struct dw_move {
  bool companion;
  bool drift;
  int index;    /* stage, or unit */
  int partner;  /* of a kick: the place of its drift in the list */
  int64_t unit; /* rows that go together: 1, or c */
  int64_t lean; /* rows; a multiple of the unit */
  int64_t wide; /* rows of the halo that are updated too; a multiple of the unit */
} dw_move;

/* Layers of the halo that have to be there before, each in its own rows. */
typedef struct dw_front_depth {
  int q, p;
  int companion_q, companion_p;
} dw_front_depth;

typedef struct dw_front {
  int moves;
  dw_move move[DW_MOST_MOVES]; /* in the order in which they are made at one position */
  dw_front_depth depth;
} dw_front;

dw_front dw_front_make(const dw_front_shape *shape);

#endif
