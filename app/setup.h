/* From the command line to parameters, and from parameters to the parts of a run. */
#ifndef DW_APP_SETUP_H
#define DW_APP_SETUP_H

#include "analysis/emission.h"
#include "app/options.h"
#include "app/plan.h"
#include "fields/initial.h"
#include "fields/model.h"
#include "lattice/comm.h"
#include "params/params.h"

/* Collective. Process 0 reads the file and --set, prints every problem to stderr, and sends the rest the result.
 * Errors: DW_ERR_PARAM, DW_ERR_FILE. */
dw_status dw_setup_params(dw_params *params, const dw_options *options, const dw_comm *comm);

/* Points into params. */
dw_initial dw_setup_initial(const dw_params *params);

/* Points into params and plan. NULL for the plan where only the grids matter. One unit of waves in a pass: see
 * dw_setup_division. */
dw_emission_choice dw_setup_emission(const dw_params *params, const dw_plan *plan);

/* How the lattice is divided: for blocks that suit the field and the coarse grids. */
typedef struct dw_setup_division {
  int align;    /* blocks are multiples of this */
  int grid[2];  /* processes along x and y: those asked for, or the best */
  int halo;     /* as wide as several steps in one pass need, where blocks are large enough */
  int together; /* units of the waves that share a pass */
} dw_setup_division;

/* Not collective. Errors: DW_ERR_PARAM. */
dw_status dw_setup_divide(dw_setup_division *division, const dw_params *params, const dw_model *model, int processes);

dw_precision dw_setup_precision(const dw_params *params);

/* Contradictions that show only with background and integrator: a step that is unstable by the end of the run, or that
 * reaches back to before tau = 0. DW_ERR_PARAM. */
dw_status dw_setup_check_step(const dw_model *model, const dw_params *params, double dtau, double tau_end);

/* Whether the start that is asked for exists: a potential with walls for those that are made of walls, and for
 * a snapshot a readable file of this lattice. Collective. Errors: DW_ERR_PARAM, DW_ERR_FILE. */
dw_status dw_setup_check_start(const dw_model *model, const dw_params *params, const dw_comm *comm);

/* Threads of this process: OMP_NUM_THREADS, else the cores of the machine divided by the processes on it, or
 * the cores this process is bound to. Collective. */
int dw_setup_threads(void);

#endif
