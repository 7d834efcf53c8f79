/* A scan file; its base is always the same. */
#include <stdio.h>
#include <string.h>

#include "params/scan.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static dw_scan scan;
  static dw_params base;
  static dw_params cheap;
  static dw_report report;
  const char *path = dw_fuzz_path("scan.cfg");
  dw_fuzz_write(path, data, size);
  dw_report_init(&report);
  if (dw_scan_defaults(&scan) == DW_OK && dw_scan_read(&scan, path, &report) != DW_ERR_MEMORY) {
    (void)snprintf(scan.base, sizeof scan.base, "%s", dw_fuzz_base("run/config.cfg"));
    if (dw_scan_check(&scan, &base, &cheap, &report) == DW_OK && report.count == 0) {
      double values[DW_SCAN_KEYS] = {0.0};
      for (int64_t i = 0; i < scan.keys; i++) {
        values[i] = scan.key[i].values.count > 0 ? scan.key[i].values.value[0] : scan.key[i].max;
      }
      (void)dw_scan_point(&scan, &base, scan.cheap.enabled, values, 1, &cheap, &report);
    }
  }
  return 0;
}
