/* The table of a background; the first byte chooses its columns. */
#include "cosmology/background.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static dw_background background;
  const char *path = dw_fuzz_path("table.txt");
  if (size == 0) {
    return 0;
  }
  dw_fuzz_write(path, data + 1, size - 1);
  if (dw_background_table(&background, path, data[0] & 1 ? "tau-a" : "a-hubble") == DW_OK) {
    const double end = dw_background_end(&background);
    volatile double sum = dw_background_scale_factor(&background, 1.0);
    sum += dw_background_scale_factor(&background, end < 1e300 ? 0.5 * (1.0 + end) : 2.0);
    (void)sum;
  }
  return 0;
}
