#include "analysis/tracks_sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/random.h"

/* The sample is the same in every run, so no run's seed decides it. */
static const int64_t SEED = 0;

/* The pool of one shell: a heap, the largest key at the top. */
typedef struct pool {
  dw_track *track;
  int64_t used;
} pool;

/* Pairs k, -k of shell n, about 2 pi n^2; a bound. */
static int64_t shell_bound(int64_t n) { return 2 * (4 * n * n + 4 * n + 4); }

static int64_t room(int64_t shell, int64_t modes) {
  const int64_t bound = shell_bound(shell);
  return modes < bound ? modes : bound;
}

int64_t dw_tracks_most(int64_t shells, int64_t modes) {
  int64_t most = 0;
  for (int64_t n = 1; n <= shells; n++) {
    most += room(n, modes);
  }
  return most;
}

/* Lower keys first; keys that are equal, which hardly happens, in the order of n. */
static bool is_before(const dw_track *a, const dw_track *b) {
  if (a->key != b->key) {
    return a->key < b->key;
  }
  return memcmp(a->n, b->n, sizeof a->n) < 0;
}

static void swap(dw_track *a, dw_track *b) {
  const dw_track t = *a;
  *a = *b;
  *b = t;
}

static void sift_up(dw_track *heap, int64_t at) {
  while (at > 0 && is_before(&heap[(at - 1) / 2], &heap[at])) {
    swap(&heap[(at - 1) / 2], &heap[at]);
    at = (at - 1) / 2;
  }
}

static void sift_down(dw_track *heap, int64_t used) {
  int64_t at = 0;
  for (;;) {
    int64_t child = 2 * at + 1;
    if (child >= used) {
      return;
    }
    if (child + 1 < used && is_before(&heap[child], &heap[child + 1])) {
      child++;
    }
    if (!is_before(&heap[at], &heap[child])) {
      return;
    }
    swap(&heap[at], &heap[child]);
    at = child;
  }
}

static void offer(pool *to, int64_t most, const dw_track *track) {
  if (to->used < most) {
    to->track[to->used] = *track;
    sift_up(to->track, to->used++);
  } else if (is_before(track, &to->track[0])) {
    to->track[0] = *track;
    sift_down(to->track, to->used);
  }
}

/* Of n and -n one; not the zero mode; with a direction, and not on a plane where n = N/2 and -N/2 are one. */
static bool is_eligible(const dw_coarse *coarse, const int64_t n[3]) {
  const int64_t side = coarse->modes->side;
  if (n[2] == 0 && (n[1] < 0 || (n[1] == 0 && n[0] <= 0))) {
    return false;
  }
  bool has_direction = false;
  for (int i = 0; i < 3; i++) {
    if (2 * llabs(n[i]) == side) {
      return false;
    }
    has_direction = has_direction || coarse->momenta->derivative[n[i] < 0 ? n[i] + side : n[i]] != 0.0;
  }
  return has_direction;
}

static void fill(const dw_coarse *coarse, int64_t shells, int64_t modes, pool *pools) {
  for (int64_t x = -shells; x <= shells; x++) {
    for (int64_t y = -shells; y <= shells; y++) {
      for (int64_t z = 0; z <= shells; z++) {
        dw_track track = {.n = {x, y, z}, .shell = dw_shell_of(x * x + y * y + z * z)};
        if (track.shell >= 1 && track.shell <= shells && is_eligible(coarse, track.n)) {
          track.key = dw_random_bits(SEED, DW_STREAM_SAMPLE, track.n);
          offer(&pools[track.shell - 1], room(track.shell, modes), &track);
        }
      }
    }
  }
}

static int by_place(const void *left, const void *right) {
  const dw_track *a = left;
  const dw_track *b = right;
  const int64_t keys[4][2] = {{a->shell, b->shell}, {a->n[0], b->n[0]}, {a->n[1], b->n[1]}, {a->n[2], b->n[2]}};
  for (int i = 0; i < 4; i++) {
    if (keys[i][0] != keys[i][1]) {
      return keys[i][0] < keys[i][1] ? -1 : 1;
    }
  }
  return 0;
}

dw_status dw_tracks_sample(const dw_coarse *coarse, int64_t shells, int64_t modes, dw_track **tracks, int64_t *count) {
  void *block = NULL;
  void *heads = NULL;
  *tracks = NULL;
  *count = 0;
  DW_TRY(dw_alloc(&heads, (size_t)shells, sizeof(pool), "mode tracks"));
  const dw_status status = dw_alloc(&block, (size_t)dw_tracks_most(shells, modes), sizeof(dw_track), "mode tracks");
  if (status != DW_OK) {
    dw_free(heads);
    return status;
  }
  pool *pools = heads;
  dw_track *all = block;
  int64_t at = 0;
  for (int64_t n = 1; n <= shells; n++) {
    pools[n - 1] = (pool){.track = all + at};
    at += room(n, modes);
  }
  fill(coarse, shells, modes, pools);
  for (int64_t n = 0; n < shells; n++) { /* close the gaps */
    memmove(all + *count, pools[n].track, (size_t)pools[n].used * sizeof *all);
    *count += pools[n].used;
  }
  dw_free(heads);
  qsort(all, (size_t)*count, sizeof *all, by_place);
  *tracks = all;
  return DW_OK;
}
