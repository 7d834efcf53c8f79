#include "app/program.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void dw_program_path(char *path, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", path, size - 1);
  path[length > 0 ? length : 0] = '\0';
}

void dw_program_wait_briefly(char **argv) {
  const char *threads = getenv("OMP_NUM_THREADS");
  char path[4096];
  if (getenv("GOMP_SPINCOUNT") != NULL || getenv("OMP_WAIT_POLICY") != NULL ||
      (threads != NULL && strcmp(threads, "1") == 0)) {
    return;
  }
  dw_program_path(path, sizeof path);
  if (path[0] != '\0' && setenv("GOMP_SPINCOUNT", "5000", 1) == 0) {
    (void)execv(path, argv);
  }
}
