#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "base/status.h"
#include "base/version.h"
#include "lattice/provenance.h"
#include "params/print.h"

int dw_command_params(int argc, char **argv) {
  const int markdown = argc == 1 && strcmp(argv[0], "--markdown") == 0;
  if (argc > 1 || (argc == 1 && !markdown)) {
    (void)fprintf(stderr, "dwell: usage: dwell params [--markdown]\n");
    return 2;
  }
  const dw_status status = dw_params_reference(stdout, markdown != 0);
  if (status != DW_OK) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  return dw_exit_code(status);
}

int dw_command_version(void) {
  dw_provenance libraries;
  dw_provenance_collect(&libraries, dw_comm_self(), 0, NULL, 0, 1);
  (void)printf("dwell %s\n", dw_version());
  static const char *const names[] = {"git", "git_clean", "compiler", "flags", "mpi", "fftw", "hdf5"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    (void)printf("%-10s %s\n", names[i], dw_provenance_text(&libraries, names[i]));
  }
  return 0;
}
