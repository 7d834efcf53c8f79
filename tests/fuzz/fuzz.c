#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[DW_FUZZ_PATH];

static void remove_folder(void) {
  char command[DW_FUZZ_PATH + 16];
  (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
  (void)!system(command);
}

static void make_folder(void) {
  (void)snprintf(folder, sizeof folder, "%s/dwell-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0) {
    abort();
  }
}

const char *dw_fuzz_path(const char *name) {
  static char path[2][DW_FUZZ_PATH + 64];
  static int turn;
  if (folder[0] == '\0') {
    make_folder();
  }
  turn = !turn;
  (void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
  return path[turn];
}

const char *dw_fuzz_base(const char *name) {
  static char path[DW_FUZZ_PATH];
  const char *bases = getenv("DWELL_FUZZ_BASES");
  (void)snprintf(path, sizeof path, "%s/%s", bases == NULL ? "." : bases, name);
  if (access(path, R_OK) != 0) {
    (void)fprintf(stderr, "%s isn't there; set DWELL_FUZZ_BASES to the folder that make_bases filled\n", path);
    exit(2);
  }
  return path;
}

void dw_fuzz_write(const char *path, const uint8_t *data, size_t size) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
    abort();
  }
}

char *dw_fuzz_text(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (text == NULL) {
    abort();
  }
  if (size > 0) {
    memcpy(text, data, size);
  }
  text[size] = '\0';
  return text;
}
