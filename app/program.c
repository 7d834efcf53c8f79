#include "app/program.h"

#include <unistd.h>

void dw_program_path(char *path, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", path, size - 1);
  path[length > 0 ? length : 0] = '\0';
}
