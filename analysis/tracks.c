#include "analysis/tracks.h"

#include <math.h>
#include <string.h>

#include "analysis/tracks_sample.h"
#include "base/constants.h"
#include "base/memory.h"
#include "gw/spectrum.h"
#include "lattice/file.h"

enum { PARTS = 4, ATTRIBUTE_BYTES = 1 << 17 };

struct dw_tracks {
  const dw_coarse *coarse;
  dw_tracks_choice choice;
  dw_track *sample;  /* (M), owned */
  int64_t count;     /* M */
  int64_t last;      /* step of the last sample; -1: none */
  uint64_t *bits;    /* (M,4), owned: one sample on its way to process 0 */
  int64_t samples;   /* S; what follows is on process 0 */
  int64_t capacity;  /* samples there is room for */
  int64_t *step;     /* (capacity), owned */
  double *tau;       /* (capacity), owned */
  double *a;         /* (capacity), owned */
  double *amplitude; /* (capacity, M, 4), owned */
};

static bool holds(const dw_tracks *tracks) { return dw_comm_rank(tracks->coarse->lattice->comm) == 0; }

/* --- memory --- */

/* A new block takes over the first `held` bytes of the old one. */
static dw_status grow(void **block, size_t held, size_t count, size_t size) {
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, count, size, "mode tracks"));
  if (held > 0) {
    memcpy(larger, *block, held);
  }
  dw_free(*block);
  *block = larger;
  return DW_OK;
}

static dw_status grow_reals(double **reals, int64_t held, int64_t capacity) {
  void *block = *reals;
  const dw_status status = grow(&block, (size_t)held * sizeof(double), (size_t)capacity, sizeof(double));
  *reals = block;
  return status;
}

/* On process 0. */
static dw_status reserve(dw_tracks *tracks, int64_t capacity) {
  if (capacity <= tracks->capacity) {
    return DW_OK;
  }
  const int64_t held = tracks->samples;
  const int64_t width = PARTS * tracks->count;
  void *steps = tracks->step;
  const dw_status status = grow(&steps, (size_t)held * sizeof(int64_t), (size_t)capacity, sizeof(int64_t));
  tracks->step = steps;
  DW_TRY(status);
  DW_TRY(grow_reals(&tracks->tau, held, capacity));
  DW_TRY(grow_reals(&tracks->a, held, capacity));
  DW_TRY(grow_reals(&tracks->amplitude, held * width, capacity * width));
  tracks->capacity = capacity;
  return DW_OK;
}

static dw_status allocate(dw_tracks *tracks) {
  const dw_tracks_choice *choice = &tracks->choice;
  DW_TRY(dw_tracks_sample(tracks->coarse, choice->shells, choice->modes, &tracks->sample, &tracks->count));
  void *bits = NULL;
  DW_TRY(dw_alloc(&bits, PARTS * (size_t)tracks->count, sizeof(uint64_t), "mode tracks"));
  tracks->bits = bits;
  return holds(tracks) ? reserve(tracks, choice->samples) : DW_OK;
}

dw_status dw_tracks_create(dw_tracks **tracks, const dw_coarse *coarse, const dw_tracks_choice *choice) {
  *tracks = NULL;
  const dw_comm *comm = coarse->lattice->comm;
  void *block = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof(dw_tracks), "mode tracks"));
  dw_tracks *draft = block;
  *draft = (dw_tracks){.coarse = coarse, .choice = *choice, .last = -1};
  const dw_status status = dw_comm_agree(comm, allocate(draft));
  if (status != DW_OK) {
    dw_tracks_destroy(draft);
    return status;
  }
  *tracks = draft;
  return DW_OK;
}

void dw_tracks_destroy(dw_tracks *tracks) {
  if (tracks != NULL) {
    dw_free(tracks->sample);
    dw_free(tracks->bits);
    dw_free(tracks->step);
    dw_free(tracks->tau);
    dw_free(tracks->a);
    dw_free(tracks->amplitude);
    dw_free(tracks);
  }
}

size_t dw_tracks_bytes(const dw_tracks_choice *choice, bool holds_samples) {
  if (choice->modes == 0) {
    return 0;
  }
  const size_t modes = (size_t)dw_tracks_most(choice->shells, choice->modes);
  const size_t sample = modes * PARTS * sizeof(double) + 3 * sizeof(double);
  return modes * (sizeof(dw_track) + PARTS * sizeof(uint64_t)) + (holds_samples ? (size_t)choice->samples * sample : 0);
}

/* --- recording --- */

bool dw_tracks_due(const dw_tracks *tracks) {
  const int64_t step = tracks->coarse->state->step;
  return (step % tracks->choice.every == 0 || step == tracks->choice.last) && step > tracks->last;
}

/* Writes the bits of the amplitudes of a mode that this process holds; the others' stay 0. */
static void take(const dw_modes *part, const int64_t n[3], double factor, uint64_t bits[2]) {
  const int64_t x = n[0] < 0 ? n[0] + part->side : n[0];
  const int64_t y = (n[1] < 0 ? n[1] + part->side : n[1]) - part->start[0];
  const int64_t z = n[2] - part->start[1];
  if (y < 0 || y >= part->count[0] || z < 0 || z >= part->count[1]) {
    return;
  }
  double value[2];
  dw_modes_get(part, x, y, z, value);
  value[0] *= factor;
  value[1] *= factor;
  memcpy(bits, value, sizeof value);
}

static dw_status append(dw_tracks *tracks) {
  const dw_state *state = tracks->coarse->state;
  if (tracks->samples == tracks->capacity) {
    DW_TRY(reserve(tracks, 2 * tracks->capacity));
  }
  const int64_t s = tracks->samples++;
  const int64_t width = PARTS * tracks->count;
  tracks->step[s] = state->step;
  tracks->tau[s] = dw_state_tau(state);
  tracks->a[s] = dw_state_scale_factor(state);
  memcpy(tracks->amplitude + s * width, tracks->bits, (size_t)width * sizeof(double));
  return DW_OK;
}

/* Each mode lies on one process, so the sum of the bits over processes is that process's. */
dw_status dw_tracks_record(dw_tracks *tracks, dw_modes *const stress[DW_POLARISATIONS]) {
  const dw_comm *comm = tracks->coarse->lattice->comm;
  const double factor = dw_stress_amplitude_factor(tracks->coarse);
  memset(tracks->bits, 0, PARTS * (size_t)tracks->count * sizeof *tracks->bits);
  for (int64_t m = 0; m < tracks->count; m++) {
    for (int p = 0; p < DW_POLARISATIONS; p++) {
      take(stress[p], tracks->sample[m].n, factor, tracks->bits + PARTS * m + 2 * p);
    }
  }
  dw_comm_sum_uint64(comm, tracks->bits, PARTS * (size_t)tracks->count);
  tracks->last = tracks->coarse->state->step;
  return dw_comm_agree(comm, holds(tracks) ? append(tracks) : DW_OK);
}

/* --- files --- */

typedef struct table {
  const char *name;
  const char *unit;
  const char *description;
} table;

static const table datasets[] = {
    {"step", "1", "number of steps taken (S)"},
    {"tau", "1/m", "conformal time (S)"},
    {"a", "1", "scale factor, 1 at the start of the run (S)"},
    {"n", "1", "mode numbers, k = 2 pi n/L, along x, y and z (M,3)"},
    {"shell", "1", "shell of the mode, 1 for the first (M)"},
    {"k", "m", "comoving |k| of the mode (M)"},
    {"shell_k", "m", "mean comoving |k| of all modes of each shell (K)"},
    {"shell_count", "1", "number of modes of each shell, of the full Hermitian cube (K)"},
    {"amplitude", "m^(1/2) eta^2",
     "TT stress of the mode, real and imaginary part of plus and of cross; the squares add up to "
     "sum_ij |Pi_ij(k)|^2/L^3 (S,M,4)"},
};

static dw_status describe(dw_file *file) {
  for (size_t i = 0; i < sizeof datasets / sizeof datasets[0]; i++) {
    char path[DW_FILE_NAME] = "/tracks/";
    (void)strncat(path, datasets[i].name, sizeof path - 16);
    DW_TRY(dw_attribute_describe(file, path, datasets[i].unit, datasets[i].description));
  }
  return DW_OK;
}

/* Room for the modes as columns of whole numbers and of reals. */
typedef struct columns {
  int64_t *n;     /* (M,3) */
  int64_t *shell; /* (M) */
  double *k;      /* (M) */
} columns;

static dw_status columns_make(columns *c, const dw_tracks *tracks) {
  void *block = NULL;
  const size_t count = (size_t)tracks->count;
  DW_TRY(dw_alloc(&block, 5 * count, sizeof(int64_t), "mode tracks"));
  c->n = block;
  c->shell = c->n + 3 * count;
  c->k = (double *)(c->shell + count);
  const double unit = DW_TWO_PI / tracks->coarse->lattice->length;
  for (size_t m = 0; m < count; m++) {
    const int64_t *n = tracks->sample[m].n;
    memcpy(c->n + 3 * m, n, 3 * sizeof *n);
    c->shell[m] = tracks->sample[m].shell;
    c->k[m] = unit * sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
  }
  return DW_OK;
}

static dw_status write_modes(const dw_tracks *tracks, dw_file *file) {
  columns c;
  const int64_t m = tracks->count;
  DW_TRY(columns_make(&c, tracks));
  dw_status status = dw_file_write_ints(file, "/tracks/n", 2, (const int64_t[]){m, 3}, c.n);
  if (status == DW_OK) {
    status = dw_file_write_ints(file, "/tracks/shell", 1, &m, c.shell);
  }
  if (status == DW_OK) {
    status = dw_file_write_reals(file, "/tracks/k", 1, &m, c.k);
  }
  dw_free(c.n);
  DW_TRY(status);
  const dw_shells *shells = tracks->coarse->shells;
  DW_TRY(dw_file_write_reals(file, "/tracks/shell_k", 1, &tracks->choice.shells, shells->k));
  return dw_file_write_ints(file, "/tracks/shell_count", 1, &tracks->choice.shells, shells->count);
}

static dw_status write_samples(const dw_tracks *tracks, dw_file *file) {
  const int64_t s = tracks->samples;
  DW_TRY(dw_file_write_ints(file, "/tracks/step", 1, &s, tracks->step));
  DW_TRY(dw_file_write_reals(file, "/tracks/tau", 1, &s, tracks->tau));
  DW_TRY(dw_file_write_reals(file, "/tracks/a", 1, &s, tracks->a));
  const int64_t shape[3] = {s, tracks->count, PARTS};
  return dw_file_write_reals(file, "/tracks/amplitude", 3, shape, tracks->amplitude);
}

static dw_status write_all(const dw_tracks *tracks, dw_file *file, const dw_record *record) {
  const dw_coarse *coarse = tracks->coarse;
  DW_TRY(dw_record_write(file, record));
  DW_TRY(write_modes(tracks, file));
  DW_TRY(write_samples(tracks, file));
  DW_TRY(dw_attribute_write_int(file, "/tracks", "coarsening", coarse->coarsening));
  DW_TRY(dw_attribute_write_real(file, "/tracks", "grid_spacing", coarse->lattice->spacing));
  DW_TRY(dw_attribute_write_int(file, "/tracks", "every", tracks->choice.every));
  return describe(file);
}

static dw_status write_file(const dw_tracks *tracks, const char *path, const dw_record *record) {
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, ATTRIBUTE_BYTES + dw_tracks_bytes(&tracks->choice, true)));
  const dw_status status = write_all(tracks, file, record);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_tracks_write(const dw_tracks *tracks, const char *path, const dw_record *record) {
  return dw_comm_agree(tracks->coarse->lattice->comm, holds(tracks) ? write_file(tracks, path, record) : DW_OK);
}

/* --- going on with an earlier file --- */

static dw_status check_modes(const dw_tracks *tracks, dw_file *file, const char *path) {
  columns own = {.n = NULL};
  void *numbers = NULL;
  const int64_t shape[2] = {tracks->count, 3};
  const size_t size = 3 * (size_t)tracks->count;
  DW_TRY(dw_alloc(&numbers, size, sizeof(int64_t), "mode tracks"));
  dw_status status = dw_file_read_ints(file, "/tracks/n", 2, shape, numbers);
  if (status == DW_OK) {
    status = columns_make(&own, tracks);
    if (status == DW_OK && memcmp(own.n, numbers, size * sizeof(int64_t)) != 0) {
      status = dw_fail(DW_ERR_FILE, "%s: its modes aren't those that this run tracks", path);
    }
    dw_free(own.n);
  }
  dw_free(numbers);
  return status;
}

/* Those up to `step` are kept. */
static dw_status read_samples(dw_tracks *tracks, dw_file *file, const char *path, int64_t step) {
  int64_t samples = 0;
  DW_TRY(dw_file_length(file, "/tracks/step", &samples));
  DW_TRY(reserve(tracks, samples));
  DW_TRY(dw_file_read_ints(file, "/tracks/step", 1, &samples, tracks->step));
  DW_TRY(dw_file_read_reals(file, "/tracks/tau", 1, &samples, tracks->tau));
  DW_TRY(dw_file_read_reals(file, "/tracks/a", 1, &samples, tracks->a));
  const int64_t all[3] = {samples, tracks->count, PARTS};
  DW_TRY(dw_file_read_reals(file, "/tracks/amplitude", 3, all, tracks->amplitude));
  while (tracks->samples < samples && tracks->step[tracks->samples] <= step) {
    tracks->samples++;
  }
  const int64_t expected = step / tracks->choice.every;
  if (tracks->samples == 0 || tracks->step[tracks->samples - 1] < expected * tracks->choice.every) {
    return dw_fail(DW_ERR_FILE, "%s: the samples up to step %lld aren't all there", path, (long long)step);
  }
  return DW_OK;
}

static dw_status read_file(dw_tracks *tracks, const char *path, int64_t step) {
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, dw_comm_self(), path));
  dw_status status = check_modes(tracks, file, path);
  if (status == DW_OK) {
    status = read_samples(tracks, file, path, step);
  }
  dw_file_close(file);
  return status;
}

dw_status dw_tracks_restore(dw_tracks *tracks, const char *path, int64_t step) {
  tracks->last = step;
  return dw_comm_agree(tracks->coarse->lattice->comm, holds(tracks) ? read_file(tracks, path, step) : DW_OK);
}
