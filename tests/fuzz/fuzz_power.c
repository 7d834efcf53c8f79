/* The spectra of a start. */
#include "base/memory.h"
#include "fields/power_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_power_file *file = NULL;
  const char *path = dw_fuzz_path("power.txt");
  dw_fuzz_write(path, data, size);
  if (dw_power_file_read(&file, path, dw_comm_self()) == DW_OK) {
    volatile double sum = dw_power_file_at(file, 0, 1.0);
    sum += dw_power_file_at(file, 1, 1e-3);
    (void)sum;
    dw_power_file_destroy(file);
  }
  return 0;
}
