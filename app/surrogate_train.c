/* `dwell surrogate train`: a data set in, a model file out. */
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "app/surrogate_model.h"
#include "app/surrogate_commands.h"
#include "base/memory.h"

static double now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void say(const dw_emulator *e, double seconds) {
  (void)printf("%-12s %lld points, %lld runs, %.2f s\n", "learned", (long long)dw_emulator_points(e),
               (long long)dw_emulator_runs(e), seconds);
  for (int64_t d = 0; d < dw_emulator_parameters(e); d++) {
    const dw_dataset_key *key = dw_emulator_key(e, d);
    (void)printf("  %-26s %.6g to %.6g%s%s\n", key->key, key->low, key->high, dw_surrogate_unit(key),
                 key->logarithmic ? ", logarithmic" : "");
  }
  (void)printf("%-12s times  bins  components  error of the logarithm  factor of the errors\n", "quantity");
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(e, q);
    (void)printf("  %-18s %4lld  %4lld  %10lld  %22.4f  %20.3f\n", about->name, (long long)about->times,
                 (long long)about->bins, (long long)about->components, about->error, about->scale);
  }
  (void)printf("  the errors are those of points left out one by one, without the noise of their seeds\n");
}

static dw_status check_output(const char *path) {
  struct stat state;
  return stat(path, &state) == 0 && !S_ISREG(state.st_mode)
             ? dw_fail(DW_ERR_FILE, "--output: %s is in the way, it isn't a file", path)
             : DW_OK;
}

dw_status dw_surrogate_train(const dw_surrogate_options *options, const dw_provenance *provenance) {
  dw_dataset *dataset = NULL;
  dw_emulator *emulator = NULL;
  char path[DW_SURROGATE_PATH];
  DW_TRY(check_output(options->output));
  DW_TRY(dw_surrogate_dataset(options->file[0], path));
  DW_TRY(dw_dataset_read(&dataset, path));
  const double start = now();
  dw_status status = dw_emulator_train(&emulator, dataset, &options->train);
  const double end = now();
  dw_dataset_destroy(dataset);
  if (status == DW_OK) {
    status = dw_emulator_write(emulator, options->output, provenance);
  }
  if (status == DW_OK) {
    say(emulator, end - start);
    (void)printf("%-12s %s\n", "written", options->output);
  }
  dw_emulator_destroy(emulator);
  return status;
}
