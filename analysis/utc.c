#include "analysis/utc.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "gw/spectrum.h"

enum { VALUES = 2, PATH_LENGTH = 64, MOST_STATES = 1 << 20 };

/* Amplitudes at one time. */
typedef struct stored {
  int64_t step; /* -1: none */
  dw_modes *part[DW_POLARISATIONS];
} stored;

struct dw_utc {
  const dw_coarse *coarse;
  dw_utc_choice choice;
  dw_shells *shells;
  stored now;    /* the state at hand */
  stored *state; /* (capacity), owned; the first ones are in use */
  int64_t capacity;
  int64_t used;
  double *value[VALUES]; /* (K) each; value[0] owns the memory */
};

/* --- memory --- */

static dw_status hold(dw_utc *utc, stored *one) {
  one->step = -1;
  for (int p = 0; p < DW_POLARISATIONS; p++) {
    DW_TRY(dw_modes_hold_within(&one->part[p], utc->coarse->modes, utc->choice.shells));
  }
  return DW_OK;
}

static void release(stored *one) {
  for (int p = 0; p < DW_POLARISATIONS; p++) {
    dw_modes_destroy(one->part[p]);
  }
}

/* Not collective. Room for so many states. */
static dw_status reserve(dw_utc *utc, int64_t states) {
  if (states <= utc->capacity) {
    return DW_OK;
  }
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, (size_t)states, sizeof(stored), "unequal-time correlator"));
  memset(larger, 0, (size_t)states * sizeof(stored));
  if (utc->capacity > 0) {
    memcpy(larger, utc->state, (size_t)utc->capacity * sizeof(stored));
  }
  dw_free(utc->state);
  utc->state = larger;
  const int64_t before = utc->capacity;
  utc->capacity = states; /* what isn't held below is NULL */
  for (int64_t i = before; i < states; i++) {
    DW_TRY(hold(utc, &utc->state[i]));
  }
  return DW_OK;
}

static dw_status allocate(dw_utc *utc) {
  void *values = NULL;
  DW_TRY(dw_alloc(&values, VALUES * (size_t)utc->choice.shells, sizeof(double), "unequal-time correlator"));
  utc->value[0] = values;
  utc->value[1] = utc->value[0] + utc->choice.shells;
  DW_TRY(hold(utc, &utc->now));
  return reserve(utc, utc->choice.states);
}

/* The shells of the modes within the limit: the same numbers as the first ones of the grid. */
static dw_status make_shells(dw_utc *utc) {
  const dw_coarse *coarse = utc->coarse;
  const dw_comm *comm = coarse->lattice->comm;
  const dw_modes *within = utc->now.part[0];
  dw_momenta *momenta = NULL;
  dw_status status =
      dw_momenta_create(&momenta, within, coarse->coarsening, coarse->state->model->stencil, DW_WAVE_ORDER);
  status = dw_comm_agree(comm, status);
  if (status == DW_OK) {
    status = dw_shells_create(&utc->shells, within, dw_momenta_counted, momenta);
  }
  dw_momenta_destroy(momenta);
  return status;
}

dw_status dw_utc_create(dw_utc **utc, const dw_coarse *coarse, const dw_utc_choice *choice) {
  *utc = NULL;
  const dw_comm *comm = coarse->lattice->comm;
  void *block = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof(dw_utc), "unequal-time correlator"));
  dw_utc *draft = block;
  *draft = (dw_utc){.coarse = coarse, .choice = *choice};
  dw_status status = dw_comm_agree(comm, allocate(draft));
  if (status == DW_OK) {
    status = make_shells(draft);
  }
  if (status != DW_OK) {
    dw_utc_destroy(draft);
    return status;
  }
  *utc = draft;
  return DW_OK;
}

void dw_utc_destroy(dw_utc *utc) {
  if (utc == NULL) {
    return;
  }
  release(&utc->now);
  for (int64_t i = 0; i < utc->capacity; i++) {
    release(&utc->state[i]);
  }
  dw_free(utc->state);
  dw_free(utc->value[0]);
  dw_shells_destroy(utc->shells);
  dw_free(utc);
}

size_t dw_utc_bytes(const dw_utc_choice *choice, const dw_share *share, int coarsening, dw_precision precision) {
  if (choice->references == 0) {
    return 0;
  }
  const dw_share at = dw_share_coarsen(share, coarsening);
  const int64_t limit = dw_coarse_limit(share->points, coarsening);
  return (size_t)(choice->states + 1) *
         (DW_POLARISATIONS * dw_modes_within_bytes(&at, limit, choice->shells, precision) +
          DW_POLARISATIONS * sizeof(dw_modes) + sizeof(stored));
}

uint64_t dw_utc_file_bytes(const dw_utc_choice *choice, dw_precision precision) {
  if (choice->references == 0) {
    return 0;
  }
  return (uint64_t)choice->states * DW_POLARISATIONS * dw_file_modes_bytes(2 * choice->shells + 1, precision);
}

/* --- measuring --- */

dw_status dw_utc_declare(const dw_utc *utc, dw_spectra *spectra) {
  const dw_utc_choice *choice = &utc->choice;
  const dw_coarse *coarse = utc->coarse;
  void *times = NULL;
  DW_TRY(dw_comm_alloc(coarse->lattice->comm, &times, (size_t)choice->references, sizeof(double), "reference times"));
  double *tau = times;
  for (int64_t r = 0; r < choice->references; r++) {
    tau[r] = coarse->state->tau_start + (double)choice->step[r] * coarse->state->dtau;
  }
  dw_status status = dw_spectra_declare(spectra, "utc", utc->shells->shells, utc->shells->k, utc->shells->count,
                                        choice->references, tau);
  dw_free(times);
  if (status == DW_OK) {
    status = dw_spectra_note_grid(spectra, "utc", coarse->lattice->spacing,
                                  dw_coarse_end(coarse->lattice->length, utc->shells->shells), coarse->coarsening);
  }
  return status;
}

/* The reference at a step; -1 where there is none. */
static int64_t reference_of(const dw_utc *utc, int64_t step) {
  for (int64_t r = 0; r < utc->choice.references; r++) {
    if (utc->choice.step[r] == step) {
      return r;
    }
  }
  return -1;
}

static bool is_over(const dw_utc *utc, int64_t step) { return step >= utc->choice.step[utc->choice.references - 1]; }

/* Correlates the state at hand with a stored one; the result belongs to row `row` and reference r. */
static dw_status correlate(dw_utc *utc, dw_spectra *spectra, const stored *old, const stored *now, int64_t row,
                           int64_t r) {
  DW_TRY(dw_stress_correlate(utc->coarse, utc->shells, DW_POLARISATIONS, old->part, now->part, utc->value[0],
                             utc->value[1]));
  dw_spectra_amend(spectra, "utc", row, r, (const double *const *)utc->value);
  return DW_OK;
}

static bool has(const dw_utc *utc, int64_t step) {
  for (int64_t i = 0; i < utc->used; i++) {
    if (utc->state[i].step == step) {
      return true;
    }
  }
  return false;
}

/* The state at hand joins the stored ones; its modes change places with those of a free one. */
static dw_status keep(dw_utc *utc, int64_t step) {
  if (has(utc, step)) {
    return DW_OK;
  }
  DW_TRY(dw_comm_agree(utc->coarse->lattice->comm, reserve(utc, utc->used + 1)));
  stored *free_one = &utc->state[utc->used++];
  const stored swap = *free_one;
  *free_one = utc->now;
  free_one->step = step;
  utc->now = swap;
  return DW_OK;
}

/* States that only wait for references to come are of no use after the last one. */
static void forget(dw_utc *utc) {
  int64_t used = 0;
  for (int64_t i = 0; i < utc->used; i++) {
    if (reference_of(utc, utc->state[i].step) >= 0) {
      const stored swap = utc->state[used];
      utc->state[used++] = utc->state[i];
      utc->state[i] = swap;
    }
  }
  utc->used = used;
}

dw_status dw_utc_measure(dw_utc *utc, dw_spectra *spectra, dw_modes *const stress[DW_POLARISATIONS]) {
  const dw_state *state = utc->coarse->state;
  const int64_t step = state->step;
  const int64_t here = reference_of(utc, step);
  const stored *now = &utc->now;
  for (int p = 0; p < DW_POLARISATIONS; p++) {
    dw_modes_copy_within(now->part[p], stress[p]);
  }
  DW_TRY(dw_spectra_append(spectra, "utc", step, dw_state_tau(state), dw_state_scale_factor(state), NULL));
  for (int64_t i = 0; i < utc->used; i++) {
    const stored *old = &utc->state[i];
    const int64_t r = reference_of(utc, old->step);
    if (r >= 0) {
      DW_TRY(correlate(utc, spectra, old, now, step, r));
    }
    if (here >= 0 && utc->choice.earlier) {
      DW_TRY(correlate(utc, spectra, now, old, old->step, here));
    }
  }
  if (here >= 0) {
    DW_TRY(correlate(utc, spectra, now, now, step, here));
  }
  if (here >= 0 || (utc->choice.earlier && !is_over(utc, step))) {
    DW_TRY(keep(utc, step));
  }
  if (is_over(utc, step)) {
    forget(utc);
  }
  return DW_OK;
}

/* --- files --- */

static const char *dataset(int polarisation, int64_t step, char path[PATH_LENGTH]) {
  static const char *const polarisations[DW_POLARISATIONS] = {"plus", "cross"};
  (void)snprintf(path, PATH_LENGTH, "/utc/%s_%lld", polarisations[polarisation], (long long)step);
  return path;
}

/* Steps of the stored states, in the order of their use. */
static dw_status write_steps(const dw_utc *utc, dw_file *file) {
  void *block = NULL;
  DW_TRY(dw_comm_alloc(utc->coarse->lattice->comm, &block, (size_t)utc->used + 1, sizeof(int64_t), "reference times"));
  int64_t *steps = block;
  for (int64_t i = 0; i < utc->used; i++) {
    steps[i] = utc->state[i].step;
  }
  const dw_status status = dw_file_write_ints(file, "/utc/steps", 1, &utc->used, steps);
  dw_free(block);
  return status;
}

dw_status dw_utc_write(const dw_utc *utc, dw_file *file) {
  char path[PATH_LENGTH];
  if (utc->used == 0) {
    return DW_OK;
  }
  DW_TRY(write_steps(utc, file));
  for (int64_t i = 0; i < utc->used; i++) {
    for (int p = 0; p < DW_POLARISATIONS; p++) {
      DW_TRY(dw_file_write_checked_modes(file, dataset(p, utc->state[i].step, path), utc->state[i].part[p]));
    }
  }
  return DW_OK;
}

/* State `i` is in the file, before memory is taken for it. */
static dw_status check_state(dw_file *file, const int64_t *steps, int64_t i) {
  char path[PATH_LENGTH];
  bool there = i == 0 || steps[i] > steps[i - 1];
  if (there) {
    DW_TRY(dw_file_find(file, dataset(0, steps[i], path), &there));
  }
  return there ? DW_OK
               : dw_fail(DW_ERR_FILE, "%s: /utc/steps: time %lld has no state; the file is damaged", dw_file_path(file),
                         (long long)i + 1);
}

/* Fills utc->used and the steps. */
static dw_status read_steps(dw_utc *utc, dw_file *file) {
  int rank = 0;
  int64_t shape[DW_FILE_RANK] = {0};
  utc->used = 0;
  bool there = false;
  DW_TRY(dw_file_find(file, "/utc/steps", &there));
  if (!there) {
    return DW_OK;
  }
  DW_TRY(dw_file_shape(file, "/utc/steps", &rank, shape));
  if (rank != 1 || shape[0] > MOST_STATES) {
    return dw_fail(DW_ERR_FILE, "%s: /utc/steps: %lld times are too many; the file is damaged", dw_file_path(file),
                   (long long)shape[0]);
  }
  void *block = NULL;
  DW_TRY(dw_comm_alloc(utc->coarse->lattice->comm, &block, (size_t)shape[0] + 1, sizeof(int64_t), "reference times"));
  const int64_t *steps = block;
  dw_status status = dw_file_read_ints(file, "/utc/steps", 1, shape, block);
  for (int64_t i = 0; status == DW_OK && i < shape[0]; i++) {
    status = check_state(file, steps, i);
  }
  if (status == DW_OK) {
    status = dw_comm_agree(utc->coarse->lattice->comm, reserve(utc, shape[0]));
  }
  for (int64_t i = 0; status == DW_OK && i < shape[0]; i++) {
    utc->state[i].step = steps[i];
  }
  dw_free(block);
  utc->used = status == DW_OK ? shape[0] : 0;
  return status;
}

dw_status dw_utc_read(dw_utc *utc, dw_file *file, int64_t now) {
  char path[PATH_LENGTH];
  DW_TRY(read_steps(utc, file));
  for (int64_t r = 0; r < utc->choice.references; r++) {
    if (utc->choice.step[r] <= now && !has(utc, utc->choice.step[r])) {
      return dw_fail(DW_ERR_FILE, "%s: /utc: the reference state of step %lld is missing; the file is damaged",
                     dw_file_path(file), (long long)utc->choice.step[r]);
    }
  }
  for (int64_t i = 0; i < utc->used; i++) {
    for (int p = 0; p < DW_POLARISATIONS; p++) {
      DW_TRY(dw_file_read_checked_modes(file, dataset(p, utc->state[i].step, path), utc->state[i].part[p]));
    }
  }
  return DW_OK;
}
