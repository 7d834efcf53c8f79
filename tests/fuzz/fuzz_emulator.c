/* A model of the spectrum emulator, which is asked in the middle of its ranges. */
#include "base/memory.h"
#include "surrogate/emulator/emulator.h"
#include "tests/fuzz/sealed.h"

static void correct(const dw_emulator *emulator, const double *parameter) {
  const int64_t outputs = dw_emulator_outputs(emulator);
  double *block = NULL;
  if (dw_alloc((void **)&block, (size_t)(3 * outputs + dw_emulator_scratch(emulator)), sizeof *block, "correction") !=
      DW_OK) {
    return;
  }
  for (int64_t q = 0; q < dw_emulator_quantities(emulator); q++) {
    (void)dw_emulator_correction(emulator, q, parameter, block, block + outputs, block + 2 * outputs,
                                 block + 3 * outputs);
  }
  dw_free(block);
}

static void ask(const dw_emulator *emulator) {
  dw_emulator_prediction *prediction = NULL;
  double parameter[64];
  if (dw_emulator_parameters(emulator) > 64 || dw_emulator_prediction_create(&prediction, emulator, true) != DW_OK) {
    return;
  }
  for (int64_t d = 0; d < dw_emulator_parameters(emulator); d++) {
    const dw_dataset_key *key = dw_emulator_key(emulator, d);
    parameter[d] = 0.5 * (key->low + key->high);
  }
  (void)dw_emulator_predict(emulator, parameter, prediction);
  correct(emulator, parameter);
  dw_emulator_prediction_destroy(prediction);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_emulator *emulator = NULL;
  const char *path = dw_fuzz_path("model.h5");
  dw_fuzz_edit(dw_fuzz_base("emulator.h5"), path, data, size);
  dw_fuzz_seal(path);
  if (dw_emulator_read(&emulator, path) == DW_OK) {
    ask(emulator);
    dw_emulator_destroy(emulator);
  }
  return 0;
}
