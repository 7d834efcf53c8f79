/* A parameter file. */
#include <stdlib.h>

#include "params/check.h"
#include "params/read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static dw_params params;
  static dw_report report;
  char *text = dw_fuzz_text(data, size);
  dw_report_init(&report);
  if (dw_params_defaults(&params) == DW_OK) {
    (void)dw_params_from_text(&params, text, "fuzz", &report);
    (void)dw_params_validate(&params, &report);
  }
  free(text);
  return 0;
}
