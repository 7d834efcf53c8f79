/* A model of the field operator. */
#include "surrogate/operator/model_file.h"
#include "tests/fuzz/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_corrector *corrector = NULL;
  const char *path = dw_fuzz_path("operator.h5");
  dw_fuzz_edit(dw_fuzz_base("operator.h5"), path, data, size);
  dw_fuzz_seal(path);
  if (dw_corrector_read(&corrector, path, dw_comm_self()) == DW_OK) {
    dw_corrector_destroy(corrector);
  }
  return 0;
}
