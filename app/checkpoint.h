/* Checkpoints: phi and pi as they are between steps, the waves, and what is needed to go on with the same bits.
 *
 * Two files take turns, checkpoints/checkpoint_0.h5 and _1.h5; each is written beside and renamed, so
 * one of them is always valid. Fields and modes carry a fingerprint that is checked when they are read. A
 * checkpoint may be read by any number of processes. Collective. */
#ifndef DW_APP_CHECKPOINT_H
#define DW_APP_CHECKPOINT_H

#include "analysis/balance.h"
#include "analysis/emission.h"
#include "analysis/record.h"
#include "app/directory.h"
#include "fields/state.h"

typedef struct dw_checkpoint {
  int slot; /* 0 or 1; -1 = none */
  int64_t step;
  double tau;     /* 1/m, of the step */
  double dtau;    /* 1/m */
  double pending; /* see fields/state.h */
  int64_t points;
  int64_t row; /* the step of the last row of the time series, and of the last spectra, without which it is of */
  int64_t row_spectra; /* no use; -1: not known */
} dw_checkpoint;

/* What is written and read; not owned. */
typedef struct dw_run_parts {
  dw_state *state;
  dw_emission *emission;
  const dw_emission_choice *choice;
  dw_balance *balance;
  int64_t row; /* as in dw_checkpoint */
  int64_t row_spectra;
} dw_run_parts;

/* Bytes of one checkpoint. */
uint64_t dw_checkpoint_bytes(const dw_emission_choice *choice, int64_t points, int components, dw_precision precision);

/* Writes the state into the slot after `last` and updates it. Errors: DW_ERR_FILE, DW_ERR_MEMORY; `last` and its
 * file stay as they were. */
dw_status dw_checkpoint_write(const dw_directory *directory, const dw_run_parts *parts, const dw_record *record,
                              dw_checkpoint *last);

/* Finds the newest checkpoint whose header is sound by itself, newest[0], and the other, newest[1] (slot -1: none).
 * Damaged files are left out; `notes` says why, on one line. Errors: DW_ERR_FILE when there is none. */
dw_status dw_checkpoint_find(const dw_directory *directory, const dw_comm *comm, dw_checkpoint newest[2], char *notes,
                             size_t notes_size);

/* Whether its time is that of its step in a run that begins at tau_start. Not collective. Errors: DW_ERR_FILE. */
dw_status dw_checkpoint_check_time(const dw_directory *directory, const dw_checkpoint *checkpoint, double tau_start);

/* The parameters of the run that wrote it. */
dw_status dw_checkpoint_params(const dw_directory *directory, const dw_comm *comm, const dw_checkpoint *checkpoint,
                               dw_params *params);

/* Fills the fields, the waves, the balance of the energy, step and pending. Errors: DW_ERR_FILE, also when something
 * doesn't have its fingerprint. */
dw_status dw_checkpoint_read(const dw_directory *directory, const dw_checkpoint *checkpoint, const dw_run_parts *parts);

#endif
