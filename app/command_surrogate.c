/* `dwell surrogate`: learned models. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/surrogate_field.h"
#include "lattice/comm.h"

static dw_status dispatch(int argc, char **argv, int whole_count, char **whole, int *code) {
  if (argc >= 1 && strcmp(argv[0], "train") == 0) {
    return dw_surrogate_field_train(argc - 1, argv + 1, whole_count, whole);
  }
  if (argc >= 1 && strcmp(argv[0], "evaluate") == 0) {
    return dw_surrogate_field_evaluate(argc - 1, argv + 1);
  }
  if (argc >= 1 && strcmp(argv[0], "predict") == 0) {
    return dw_surrogate_field_predict(argc - 1, argv + 1, code);
  }
  return dw_fail(DW_ERR_PARAM, "usage: dwell surrogate train CONFIG --output MODEL | evaluate MODEL | "
                               "predict MODEL [--set key=value]...");
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
