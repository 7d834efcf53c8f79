#include "app/analyse_shell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PARTS = 4 };

bool dw_analyse_has_tracks(const dw_analyse_input *input) {
  for (int r = 0; r < input->runs; r++) {
    if (input->run[r]->tracks.samples == 0) {
      return false;
    }
  }
  return true;
}

/* Members of one set-up have the same modes; their times are the same unless one was stopped early. */
static dw_status check_members(const dw_analyse_input *input) {
  const dw_archive_tracks *first = &input->run[0]->tracks;
  for (int r = 1; r < input->runs; r++) {
    const dw_archive_tracks *tracks = &input->run[r]->tracks;
    const bool same = tracks->modes == first->modes && tracks->shells == first->shells &&
                      tracks->samples == first->samples &&
                      memcmp(tracks->n, first->n, 3 * (size_t)first->modes * sizeof *first->n) == 0 &&
                      memcmp(tracks->tau, first->tau, (size_t)first->samples * sizeof *first->tau) == 0;
    if (!same) {
      return dw_fail(DW_ERR_PARAM, "%s and %s don't track the same modes at the same times; analyse them one by one",
                     input->run[0]->path, input->run[r]->path);
    }
  }
  return DW_OK;
}

/* Samples of the window: first, first + stride, ..., last. */
typedef struct choice {
  int64_t first;
  int64_t stride;
  int64_t count;
} choice;

static choice choose(const dw_archive_tracks *tracks, double from, double to, int64_t most) {
  const double slack = 1e-9 * fabs(to);
  int64_t low = 0;
  int64_t high = tracks->samples;
  while (low < high && tracks->tau[low] < from - slack) {
    low++;
  }
  while (high > low && tracks->tau[high - 1] > to + slack) {
    high--;
  }
  const int64_t all = high - low;
  const int64_t stride = most > 0 && all > most ? (all + most - 1) / most : 1;
  const int64_t count = all > 0 ? (all - 1) / stride + 1 : 0;
  return (choice){.first = high - 1 - (count - 1) * stride, .stride = stride, .count = count};
}

static dw_status allocate(dw_analyse_shell *of) {
  const size_t reals = (size_t)(2 * of->samples + of->modes + of->samples * of->modes * PARTS);
  void *block = NULL;
  DW_TRY(dw_alloc(&block, reals, sizeof(double), "mode tracks of a shell"));
  of->tau = block;
  of->x = of->tau + of->samples;
  of->k_mode = of->x + of->samples;
  of->amplitude = of->k_mode + of->modes;
  return DW_OK;
}

/* Mode `from` of all members, side by side from place `at` on. */
static void copy_mode(dw_analyse_shell *of, const dw_analyse_input *input, int64_t from, const choice *chosen,
                      int64_t at) {
  for (int r = 0; r < input->runs; r++) {
    const dw_archive_tracks *tracks = &input->run[r]->tracks;
    of->k_mode[at + r] = tracks->k[from];
    for (int64_t s = 0; s < of->samples; s++) {
      const int64_t sample = chosen->first + s * chosen->stride;
      memcpy(of->amplitude + (s * of->modes + at + r) * PARTS,
             tracks->amplitude + (sample * tracks->modes + from) * PARTS, PARTS * sizeof *of->amplitude);
    }
  }
}

/* A mode and its |k|, to be put in order. */
typedef struct place {
  double k;
  int64_t mode;
} place;

static int by_k(const void *left, const void *right) {
  const place *a = left;
  const place *b = right;
  if (a->k < b->k || a->k > b->k) {
    return a->k < b->k ? -1 : 1;
  }
  return (a->mode > b->mode) - (a->mode < b->mode);
}

static dw_status copy_shell(dw_analyse_shell *of, const dw_analyse_input *input, int64_t shell, const choice *chosen) {
  const dw_archive_tracks *tracks = &input->run[0]->tracks;
  const int64_t first = tracks->first[shell];
  const int64_t modes = tracks->first[shell + 1] - first;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)modes + 1, sizeof(place), "mode tracks of a shell"));
  place *order = block;
  for (int64_t m = 0; m < modes; m++) {
    order[m] = (place){.k = tracks->k[first + m], .mode = first + m};
  }
  qsort(order, (size_t)modes, sizeof *order, by_k);
  for (int64_t m = 0; m < modes; m++) {
    copy_mode(of, input, order[m].mode, chosen, m * input->runs);
  }
  dw_free(block);
  return DW_OK;
}

dw_status dw_analyse_shell_make(dw_analyse_shell *of, const dw_analyse_input *input, int64_t shell, double from,
                                double to, int64_t most) {
  const dw_archive_tracks *tracks = &input->run[0]->tracks;
  memset(of, 0, sizeof *of);
  DW_TRY(check_members(input));
  const choice chosen = choose(tracks, from, to, most);
  const int64_t modes = tracks->first[shell + 1] - tracks->first[shell];
  of->k = tracks->shell_k[shell];
  of->samples = chosen.count;
  of->modes = modes * input->runs;
  DW_TRY(allocate(of));
  for (int64_t s = 0; s < of->samples; s++) {
    of->tau[s] = tracks->tau[chosen.first + s * chosen.stride];
    of->x[s] = of->k * of->tau[s];
  }
  return copy_shell(of, input, shell, &chosen);
}

void dw_analyse_shell_free(dw_analyse_shell *of) {
  dw_free(of->tau);
  memset(of, 0, sizeof *of);
}
