#include "fields/wavefront.h"

#include <stddef.h>

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/* Moves of stage s: places in the list. */
typedef struct places {
  int kick, drift;
  int companion_kick, companion_drift; /* -1: no unit begins here */
} places;

static int add(dw_front *front, dw_move move) {
  front->move[front->moves] = move;
  return front->moves++;
}

static void list_moves(const dw_front_shape *shape, dw_front *front, places *at) {
  for (int s = 0; s < shape->stages; s++) {
    const int unit = shape->units > 0 && s % shape->unit_stages == 0 ? s / shape->unit_stages : shape->units;
    const dw_move companion = {.companion = true, .index = unit, .unit = shape->coarsening};
    at[s] = (places){.companion_kick = -1, .companion_drift = -1};
    if (unit < shape->units) {
      at[s].companion_kick = add(front, companion);
    }
    at[s].kick = add(front, (dw_move){.index = s, .unit = 1});
    at[s].drift = add(front, (dw_move){.drift = true, .index = s, .unit = 1});
    front->move[at[s].kick].partner = at[s].drift;
    if (unit < shape->units) {
      at[s].companion_drift = add(front, companion);
      front->move[at[s].companion_drift].drift = true;
      front->move[at[s].companion_kick].partner = at[s].companion_drift;
    }
  }
}

static void lean(const dw_front_shape *shape, dw_front *front, const places *at) {
  const int64_t r = shape->reach;
  const int64_t across = shape->coarsening * shape->companion_reach;
  dw_move *move = front->move;
  const dw_move *unit_before = NULL;
  for (int s = 0; s < shape->stages; s++) {
    const int64_t drifted = s == 0 ? -r : move[at[s - 1].drift].lean;
    int64_t kicked = drifted + r;
    if (at[s].companion_kick >= 0) {
      const int64_t seen = s == 0 ? 0 : kicked + shape->coarsening - 1;
      const int64_t companion =
          round_up(most(seen, unit_before == NULL ? 0 : unit_before->lean + across), shape->coarsening);
      move[at[s].companion_kick].lean = companion;
      move[at[s].companion_drift].lean = companion + across;
      unit_before = &move[at[s].companion_drift];
      kicked = most(kicked, companion);
    }
    move[at[s].kick].lean = kicked;
    move[at[s].drift].lean = kicked + r;
  }
}

static void widen(const dw_front_shape *shape, dw_front *front, const places *at) {
  const int64_t r = shape->reach;
  const int64_t across = shape->coarsening * shape->companion_reach;
  dw_move *move = front->move;
  int64_t wanted = 0;           /* rows of q that the moves after this stage need */
  int64_t companion_wanted = 0; /* of the companion's q */
  int64_t kicked = 0;
  for (int s = shape->stages - 1; s >= 0; s--) {
    move[at[s].drift].wide = wanted;
    move[at[s].kick].wide = wanted;
    kicked = wanted;
    wanted += r;
    if (at[s].companion_kick >= 0) {
      move[at[s].companion_drift].wide = companion_wanted;
      move[at[s].companion_kick].wide = companion_wanted;
      wanted = most(wanted, companion_wanted + r);
      companion_wanted += across;
    }
  }
  front->depth = (dw_front_depth){.q = (int)wanted, .p = (int)kicked};
  if (shape->units > 0) {
    front->depth.companion_q = (int)(companion_wanted / shape->coarsening);
    front->depth.companion_p = (int)((companion_wanted - across) / shape->coarsening);
  }
}

dw_front dw_front_make(const dw_front_shape *shape) {
  places at[DW_MOST_PASS_STAGES];
  dw_front front = {.moves = 0};
  list_moves(shape, &front, at);
  lean(shape, &front, at);
  widen(shape, &front, at);
  return front;
}
