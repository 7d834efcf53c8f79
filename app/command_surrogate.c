/* `dwell surrogate`: spectrum emulators are process 0's work, others wait; field operators have entries of their own,
 * and so have queries, which may run. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/surrogate_commands.h"
#include "app/surrogate_field.h"
#include "app/surrogate_model.h"
#include "app/surrogate_query.h"
#include "surrogate/seal.h"

enum { EXIT_DEGRADED = 10, EXIT_OUT = 11 };

static const char usage[] =
    "dwell surrogate train DATASET|CONFIG --output MODEL | predict [MODEL] [--set key=value]... | "
    "evaluate MODEL [DATASET] | query MODEL --dataset SCAN_DIRECTORY|DATASET [--set key=value]...";

static dw_status find_action(int argc, char *const *argv, dw_surrogate_action *action) {
  static const char *const names[] = {"train", "predict", "evaluate", "query"};
  for (int i = 0; argc > 0 && i < 4; i++) {
    if (strcmp(argv[0], names[i]) == 0) {
      *action = (dw_surrogate_action)i;
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_PARAM, "surrogate: %s%s\nusage: %s", argc > 0 ? "unknown action " : "no action is given",
                 argc > 0 ? argv[0] : "", usage);
}

static dw_status train(const dw_surrogate_options *o, const dw_provenance *provenance) {
  bool is_hdf5 = false;
  char path[DW_SURROGATE_PATH];
  DW_TRY(dw_surrogate_dataset(o->file[0], path));
  DW_TRY(dw_surrogate_is_hdf5(path, &is_hdf5));
  return is_hdf5
             ? dw_surrogate_train(o, provenance)
             : dw_fail(DW_ERR_FILE, "%s is no HDF5 file; give the dataset.h5 that dwell scan has written", o->file[0]);
}

static dw_status work(dw_surrogate_action action, int argc, char **argv, int whole_count, char **whole, int *code) {
  dw_emulator_verdict verdict = DW_EMULATOR_GOOD;
  dw_provenance provenance;
  char model[DW_SURROGATE_PATH];
  dw_surrogate_options *o = calloc(1, sizeof *o);
  dw_status status = o != NULL ? dw_surrogate_options_parse(o, action, argc, argv)
                               : dw_fail(DW_ERR_MEMORY, "no memory for the options");
  dw_provenance_collect(&provenance, dw_comm_self(), whole_count, whole, 0, omp_get_max_threads());
  if (status == DW_OK && action == DW_SURROGATE_TRAIN) {
    status = train(o, &provenance);
  } else if (status == DW_OK && action == DW_SURROGATE_EVALUATE) {
    status = dw_surrogate_evaluate(o, &provenance);
  } else if (status == DW_OK) {
    status = dw_surrogate_find(o->file[0], model);
    if (status == DW_OK) {
      status = o->places != NULL ? dw_surrogate_predict_places(o, model, &provenance, &verdict)
                                 : dw_surrogate_predict(o, model, &provenance, &verdict);
    }
  }
  free(o);
  *code = verdict == DW_EMULATOR_OUT ? EXIT_OUT : verdict == DW_EMULATOR_DEGRADED ? EXIT_DEGRADED : 0;
  return status;
}

/* Looked up by HDF5, so only where the seal is right; without one it may be a model of an older version. */
static bool holds_field(const char *file) {
  const bool spoiled = dw_seal_has(file) && dw_seal_check(file, NULL) != DW_OK;
  dw_message_clear();
  return !spoiled && dw_surrogate_field_owns(file);
}

static bool is_field(dw_surrogate_action action, int argc, char **argv) {
  const char *file = dw_surrogate_first_file(argc, argv);
  if (file == NULL) {
    return false;
  }
  return action == DW_SURROGATE_TRAIN ? dw_surrogate_field_trains(file) : holds_field(file);
}

static dw_status do_field(dw_surrogate_action action, int argc, char **argv, int whole_count, char **whole, int *code) {
  if (action == DW_SURROGATE_TRAIN) {
    return dw_surrogate_field_train(argc, argv, whole_count, whole);
  }
  return action == DW_SURROGATE_EVALUATE ? dw_surrogate_field_evaluate(argc, argv)
                                         : dw_surrogate_field_predict(argc, argv, code);
}

/* Process 0 looks which kind it is. */
static dw_status dispatch(int argc, char **argv, int whole_count, char **whole, int *code) {
  const dw_comm *comm = dw_comm_world();
  const bool first = dw_comm_rank(comm) == 0;
  dw_surrogate_action action = DW_SURROGATE_TRAIN;
  DW_TRY(find_action(argc, argv, &action));
  if (action == DW_SURROGATE_QUERY) {
    return dw_surrogate_query(argc - 1, argv + 1, whole_count, whole);
  }
  bool field = first && is_field(action, argc - 1, argv + 1);
  dw_comm_broadcast(comm, &field, sizeof field);
  if (field) {
    return do_field(action, argc - 1, argv + 1, whole_count, whole, code);
  }
  DW_TRY(dw_comm_agree(comm, first ? work(action, argc - 1, argv + 1, whole_count, whole, code) : DW_OK));
  dw_comm_broadcast(comm, code, sizeof *code);
  return DW_OK;
}

int dw_command_surrogate(int argc, char **argv, int whole_count, char **whole) {
  int code = 0;
  dw_status status = dw_comm_start(NULL, NULL);
  if (status == DW_OK) {
    status = dispatch(argc, argv, whole_count, whole, &code);
  }
  if (status != DW_OK && dw_comm_rank(dw_comm_world()) == 0) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  dw_comm_stop();
  return status == DW_OK ? code : dw_exit_code(status);
}
