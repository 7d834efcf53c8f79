/* A run that is analysed: the first byte chooses the file that is spoiled. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/post/archive.h"
#include "tests/fuzz/fuzz.h"

static void copy(const char *name, const char *to) {
  static uint8_t bytes[1 << 22];
  FILE *file = fopen(dw_fuzz_base(name), "rb");
  if (file != NULL) {
    dw_fuzz_write(to, bytes, fread(bytes, 1, sizeof bytes, file));
    (void)fclose(file);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = {"config.cfg", "timeseries.csv", "spectra.h5"};
  char path[DW_FUZZ_PATH];
  dw_archive *archive = NULL;
  if (size == 0) {
    return 0;
  }
  (void)mkdir(dw_fuzz_path("run"), 0777);
  for (int i = 0; i < 3; i++) {
    char name[64];
    (void)snprintf(name, sizeof name, "run/%s", names[i]);
    (void)snprintf(path, sizeof path, "%s", dw_fuzz_path(name));
    if (i < 2 && data[0] % 4 == i + 1) {
      dw_fuzz_write(path, data + 1, size - 1);
    } else if (i < 2) {
      copy(name, path);
    } else if (data[0] % 4 == 0 || data[0] % 4 == 3) {
      dw_fuzz_edit(dw_fuzz_base(name), path, data + 1, size - 1);
    } else {
      copy(name, path);
    }
  }
  if (dw_archive_open(&archive, dw_fuzz_path("run")) == DW_OK) {
    dw_archive_close(archive);
  }
  return 0;
}
