/* A model of the spectrum emulator. */
#include <math.h>

#include "surrogate/emulator/emulator.h"
#include "tests/fuzz/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_emulator *emulator = NULL;
  const char *path = dw_fuzz_path("model.h5");
  dw_fuzz_edit(dw_fuzz_base("emulator.h5"), path, data, size);
  dw_fuzz_seal(path);
  if (dw_emulator_read(&emulator, path) == DW_OK) {
    dw_emulator_prediction *prediction = NULL;
    double parameter[64] = {0.0};
    if (dw_emulator_parameters(emulator) <= 64 &&
        dw_emulator_prediction_create(&prediction, emulator, false) == DW_OK) {
      (void)dw_emulator_predict(emulator, parameter, prediction);
      dw_emulator_prediction_destroy(prediction);
    }
    dw_emulator_destroy(emulator);
  }
  return 0;
}
