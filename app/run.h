/* A run: its parts, its life from start or restart to the end. Everything is collective. */
#ifndef DW_APP_RUN_H
#define DW_APP_RUN_H

#include "analysis/balance.h"
#include "analysis/domains_file.h"
#include "analysis/emission.h"
#include "analysis/measure.h"
#include "analysis/model.h"
#include "analysis/record.h"
#include "analysis/sectors_file.h"
#include "analysis/spectra.h"
#include "analysis/timeseries.h"
#include "app/checkpoint.h"
#include "app/directory.h"
#include "app/log.h"
#include "app/options.h"
#include "app/plan.h"
#include "app/progress.h"
#include "app/run_lock.h"
#include "lattice/provenance.h"
#include "fields/expansion.h"
#include "fields/step.h"
#include "lattice/shells.h"

/* What the time of a run goes into. */
typedef enum dw_run_part {
  DW_RUN_EVOLUTION,
  DW_RUN_SERIES, /* rows of the time series */
  DW_RUN_SPECTRA,
  DW_RUN_WALLS, /* domains and walls */
  DW_RUN_FILES, /* snapshots, slices, checkpoints */
  DW_RUN_PARTS
} dw_run_part;

typedef struct dw_run {
  const dw_comm *comm;
  dw_params params;
  dw_plugin *plugin; /* of fields.potential_file; NULL without one */
  dw_model model;
  dw_plan plan;
  dw_directory directory;
  dw_run_lock lock;
  dw_lattice *lattice;
  dw_state *state;
  dw_expansion *expansion; /* NULL where the background is given */
  dw_modes *modes;         /* scratch for transforms */
  dw_shells *shells;
  dw_measure *measure;
  dw_balance balance;
  double broken; /* the worst of it so far, that of the end too */
  dw_emission_choice choice;
  dw_emission *emission;
  double *power; /* (4 K): field power and its error, and those of one component */
  dw_timeseries *series;
  dw_spectra *spectra;
  dw_domains_file *walls;   /* NULL where domains aren't looked for */
  dw_sectors_file *sectors; /* NULL where there are none */
  dw_provenance provenance;
  char *config; /* text of config.cfg, on process 0 */
  char *table;  /* text of cosmology.table until its copy is made, on process 0; NULL without one */
  dw_record record;
  dw_checkpoint checkpoint; /* the last one written or read */
  dw_log log;
  dw_progress progress;
  double started;             /* seconds */
  double last_checkpoint;     /* seconds */
  double longest_pass;        /* seconds of this process, outputs included */
  double longest_checkpoint;  /* seconds of this process */
  double spent[DW_RUN_PARTS]; /* seconds of this process */
  double area_parameter;      /* the last A_t */
  double volume_walls;        /* of the last row */
  int64_t measured;           /* the last step found finite; -1 = none */
  int64_t row;                /* the step of the last row of the time series; -1 = none */
  int64_t row_spectra;        /* of the last spectra */
  int64_t written;            /* row_spectra when spectra and lists were last written; -2 = not by this process */
  int64_t history;            /* the step up to which tracks and expansion are in their files; -2 as above */
  double last_files;          /* seconds, when */
  double took_files;          /* seconds, for how long */
  bool warned_resolution;
  bool warned_horizon;
  bool warned_constraint;
  bool warned_balance;
  bool finished;                /* a restart of a run that is done */
  bool restored;                /* a restart has read all it needs: what fails now won't be helped by a new run */
  bool passing;                 /* its directory goes once it is done: no checkpoint at the end */
  bool late;                    /* spectra and lists are written with checkpoints and at the end, not at each time */
  void (*pulse)(void *context); /* called between steps, on this process; NULL: nothing */
  void *pulse_context;
} dw_run;

/* Validates everything, takes the memory, sets or reads the fields, then prepares the run directory. Nothing is
 * written before all of the configuration is known to be good. */
dw_status dw_run_create(dw_run *run, const dw_options *options, const dw_comm *comm, int argc, char *const *argv);

/* The same with parameters that are known already, validated and equal on all processes. `quiet`: nothing on the
 * terminal. `late`: see dw_run; passing and pulse may be
 * set afterwards. */
dw_status dw_run_create_from(dw_run *run, const dw_params *params, bool restart, bool quiet, bool late,
                             const dw_comm *comm, int argc, char *const *argv);

/* To the end, or to a stop: DW_STOPPED after a signal or at the wall-clock limit, with a checkpoint written. */
dw_status dw_run_evolve(dw_run *run);

void dw_run_destroy(dw_run *run);

/* The pieces that a start and a restart share (app/restart.c is the latter). */
dw_status dw_run_restart(dw_run *run);

dw_run_parts dw_run_parts_of(dw_run *run);

/* The time since `begun` (dw_seconds) went into this. */
void dw_run_spend(dw_run *run, dw_run_part part, double begun);

/* The plug-in, from the copy in the directory of the run that goes on. Refused where the user's file, if it is still
 * there, isn't the same. */
dw_status dw_run_restart_plugin(dw_run *run);

/* Lattice, state and scratch for the parameters of the run. */
dw_status dw_run_allocate(dw_run *run);

/* The text of config.cfg, the record that goes into each file, and empty spectra: all in memory. */
dw_status dw_run_make_records(dw_run *run);

/* config.cfg, the copy of fields.potential_file; opens run.log. */
dw_status dw_run_write_records(dw_run *run);

/* Into the log (app/run_say.c): provenance, lattice, time grid and notices; constraint, balance and fingerprint; the
 * time that this stretch took, the start and all files included, which scans add up; that and all that was written. */
void dw_run_say_start(dw_run *run);
void dw_run_say_restart(dw_run *run); /* what holds there already has been warned of */
void dw_run_say_result(dw_run *run);
void dw_run_say_took(dw_run *run);
void dw_run_say_end(dw_run *run);

/* Whether anything is written or looked at at a step; the end counts. */
bool dw_run_output_due(const dw_run *run, int64_t step);

/* What is due at the current step: time series, spectra, snapshot, slice (app/outputs.c). */
dw_status dw_run_output(dw_run *run);

/* Spectra, and lists of walls and sectors, as far as they go, unless the files have all. */
dw_status dw_run_write_files(dw_run *run);

/* The tracks, and the scale factor so far, which nobody could compute again without the run. */
dw_status dw_run_write_history(dw_run *run);

/* Warn, each once: walls too thin, a horizon too large, a violated constraint; energy that isn't conserved. */
void dw_run_warn_validity(dw_run *run);
void dw_run_warn_balance(dw_run *run);

/* Errors: DW_ERR_INVALID if the field isn't finite, or its energy isn't conserved. */
dw_status dw_run_check_finite(dw_run *run);

#endif
