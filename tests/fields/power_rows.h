/* A spectrum file of two bands with a gap between them, and what it stands for. */
#ifndef DW_TEST_FIELDS_POWER_ROWS_H
#define DW_TEST_FIELDS_POWER_ROWS_H

#include <math.h>
#include <stdio.h>

#include "tests/dw_test.h"

/* P of phi (0) and phi' (1): phi' has its own band. Power laws, which the cubic meets exactly. */
static inline double banded_power(double k, int which) {
  if (which == 1) {
    return k >= 0.9 && k <= 4.0 ? 0.3 * pow(k, 1.5) : 0.0;
  }
  return k >= 0.3 && k <= 1.7 ? 0.2 / (k * k) : (k >= 2.3 && k <= 4.0 ? 0.01 * k : 0.0);
}

/* On process 0; two columns with `still`. */
static inline bool write_bands(const char *path, bool still) {
  static const double k[] = {0.3, 0.5, 0.9, 1.3, 1.7, 2.0, 2.3, 2.4, 3.0, 4.0};
  FILE *file = fopen(path, "w");
  if (file == NULL) {
    return false;
  }
  (void)fprintf(file, "# k in m, then powers\n\n   # indented\n");
  for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
    (void)fprintf(file, "%.17g\t%.17g", k[i], banded_power(k[i], 0));
    if (!still) {
      (void)fprintf(file, " %.17g", banded_power(k[i], 1));
    }
    (void)fprintf(file, i % 2 == 0 ? "\n" : "   # row %zu\r\n", i);
  }
  return fclose(file) == 0;
}

#endif
