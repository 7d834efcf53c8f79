#include <stdio.h>
#include <string.h>

#include "app/commands.h"

static const char usage[] =
    "dwell evolves domain-wall networks on a lattice\n"
    "\n"
    "  dwell run CONFIG [--set group.key=value]... [--restart] [--quiet]\n"
    "                       evolve; mpirun -n P dwell run ... for P processes\n"
    "  dwell check CONFIG [--set group.key=value]...\n"
    "                       validate, and say what a run would take\n"
    "  dwell analyse RUN_DIR... [--output DIR] [--from TAU] [--to TAU]\n"
    "                       [--only SECTION,...] [--skip SECTION,...] [--unfinished]\n"
    "                       [--eta GEV] [--lambda X | --sigma GEV3] [--temperature GEV]\n"
    "                       post-process finished runs; several: seeds of one set-up\n"
    "  dwell scan SCAN_CONFIG [--set key=value]... [--set base.key=value]... [--restart]\n"
    "                       [--dry-run | --jobs DIR | --collect] [--quiet]\n"
    "                       an ensemble or a parameter scan; mpirun -n P for P runs at once\n"
    "  dwell surrogate train DATASET --output MODEL\n"
    "  dwell surrogate predict [MODEL] [--set group.key=value]...\n"
    "  dwell surrogate evaluate MODEL DATASET\n"
    "                       learn from a scan, and answer without running\n"
    "  dwell surrogate query MODEL --dataset SCAN_DIR|DATASET [--set group.key=value]... [--seeds N]\n"
    "                       [--output DIR] [--csv FILE] [--hdf5 FILE] [--dry-run] [--quiet]\n"
    "                       answer by the model, a corrected cheap run or a full run, whichever it takes\n"
    "  dwell surrogate train CONFIG --output MODEL | evaluate MODEL | predict MODEL [--set group.key=value]...\n"
    "                       the same for field operators, which correct cheap runs (docs/operator.md)\n"
    "  dwell params [--markdown]\n"
    "                       the parameter reference\n"
    "  dwell --version      version and libraries\n"
    "\n"
    "Exit codes: 0 done, 2 wrong parameter or command line, 3 file, 4 evolution invalid,\n"
    "5 memory, MPI or internal, 75 stopped with a checkpoint; surrogate predict: 10 DEGRADED, 11 OUT.\n";

int main(int argc, char **argv) {
  if (argc < 2) {
    (void)fputs(usage, stderr);
    return 2;
  }
  const char *command = argv[1];
  if (strcmp(command, "run") == 0) {
    return dw_command_run(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "check") == 0) {
    return dw_command_check(argc - 2, argv + 2);
  }
  if (strcmp(command, "analyse") == 0) {
    return dw_command_analyse(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "scan") == 0) {
    return dw_command_scan(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "surrogate") == 0) {
    return dw_command_surrogate(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "params") == 0) {
    return dw_command_params(argc - 2, argv + 2);
  }
  if (strcmp(command, "--version") == 0) {
    return dw_command_version();
  }
  if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 || strcmp(command, "help") == 0) {
    (void)fputs(usage, stdout);
    return 0;
  }
  (void)fprintf(stderr, "dwell: unknown command %s\n\n%s", command, usage);
  return 2;
}
