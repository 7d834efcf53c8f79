/* The data set of a scan, from which a small emulator is learned. */
#include "surrogate/emulator/emulator.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_dataset *dataset = NULL;
  const char *path = dw_fuzz_path("dataset.h5");
  dw_fuzz_edit(dw_fuzz_base("dataset.h5"), path, data, size);
  if (dw_dataset_read(&dataset, path) == DW_OK) {
    for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
      (void)dw_dataset_same_bins(dataset, (dw_dataset_spectrum)i);
    }
    dw_emulator *emulator = NULL;
    const dw_emulator_options options = dw_emulator_defaults();
    if (dw_emulator_train(&emulator, dataset, &options) == DW_OK) {
      dw_emulator_destroy(emulator);
    }
    dw_dataset_destroy(dataset);
  }
  return 0;
}
