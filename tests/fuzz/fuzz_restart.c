/* A run that goes on: the first byte chooses which of its files is spoiled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/run.h"
#include "params/read.h"
#include "tests/fuzz/fuzz.h"

static const char *const files[] = {"checkpoints/checkpoint_0.h5", "spectra.h5", "walls.h5", "timeseries.csv",
                                    "config.cfg"};
enum { FILES = 5, HDF5_FILES = 3 };

static void copy(const char *name, const char *to) {
  static uint8_t bytes[1 << 22];
  FILE *file = fopen(dw_fuzz_base(name), "rb");
  if (file != NULL) {
    dw_fuzz_write(to, bytes, fread(bytes, 1, sizeof bytes, file));
    (void)fclose(file);
  }
}

static void spoil(const uint8_t *data, size_t size) {
  const int victim = data[0] % 8 < FILES ? data[0] % 8 : 0;
  (void)mkdir(dw_fuzz_path("run"), 0777);
  (void)mkdir(dw_fuzz_path("run/checkpoints"), 0777);
  (void)remove(dw_fuzz_path("run/checkpoints/checkpoint_1.h5"));
  for (int i = 0; i < FILES; i++) {
    char name[64];
    char path[DW_FUZZ_PATH];
    (void)snprintf(name, sizeof name, "run/%s", files[i]);
    (void)snprintf(path, sizeof path, "%s", dw_fuzz_path(name));
    if (i != victim) {
      copy(name, path);
    } else if (i < HDF5_FILES) {
      dw_fuzz_edit(dw_fuzz_base(name), path, data + 1, size - 1);
    } else {
      dw_fuzz_write(path, data + 1, size - 1);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static dw_run run;
  static dw_params params;
  static dw_report report;
  if (size == 0) {
    return 0;
  }
  spoil(data, size);
  dw_report_init(&report);
  if (dw_params_defaults(&params) != DW_OK ||
      dw_params_read(&params, dw_fuzz_base("run/config.cfg"), &report) != DW_OK) {
    abort();
  }
  (void)snprintf(params.output, sizeof params.output, "%s", dw_fuzz_path("run"));
  params.time.end = 1.3; /* a step more than it has */
  char *const words[] = {(char *)(uintptr_t) "fuzz"};
  if (dw_run_create_from(&run, &params, true, true, false, dw_comm_self(), 1, words) == DW_OK) {
    (void)dw_run_evolve(&run);
  }
  dw_run_destroy(&run);
  return 0;
}
