/* The program, with a call that fails:
 *
 *   DWELL_FAULT="KIND PROCESS N"   the N-th call of that kind fails on that process; N = 0: none
 *   DWELL_FAULT_COUNTS=FILE        process P writes the calls it made of each kind to FILE.P, "KIND COUNT", at the end
 *
 * Kinds: memory, hdf5, write, rename, open, mpi. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "tests/faults/faults.h"

/* The launcher tells each process its rank before MPI does. */
static int rank_here(void) {
  const char *text = getenv("OMPI_COMM_WORLD_RANK");
  return text == NULL ? 0 : atoi(text);
}

static void arm(void) {
  char kind[16];
  int process = 0;
  long long n = 0;
  const char *text = getenv("DWELL_FAULT");
  if (text == NULL || sscanf(text, "%15s %d %lld", kind, &process, &n) != 3 || process != rank_here()) {
    return;
  }
  for (int i = 0; i < DW_FAULT_KINDS; i++) {
    if (strcmp(kind, dw_fault_kind_name((dw_fault_kind)i)) == 0) {
      dw_faults_arm((dw_fault_kind)i, n);
    }
  }
}

static void write_counts(void) {
  char path[1024];
  const char *name = getenv("DWELL_FAULT_COUNTS");
  if (name == NULL) {
    return;
  }
  (void)snprintf(path, sizeof path, "%s.%d", name, rank_here());
  dw_faults_disarm();
  FILE *file = fopen(path, "w");
  for (int i = 0; file != NULL && i < DW_FAULT_KINDS; i++) {
    (void)fprintf(file, "%s %lld\n", dw_fault_kind_name((dw_fault_kind)i),
                  (long long)dw_faults_count((dw_fault_kind)i));
  }
  if (file != NULL) {
    (void)fclose(file);
  }
}

int main(int argc, char **argv) {
  arm();
  const int code = dw_commands_do(argc, argv);
  write_counts();
  return code;
}
