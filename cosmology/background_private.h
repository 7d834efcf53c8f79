/* What a background is made of. Private to cosmology/.
 *
 * Not collective. The functions are pure: same background and tau, same bits. */
#ifndef DW_COSMOLOGY_BACKGROUND_PRIVATE_H
#define DW_COSMOLOGY_BACKGROUND_PRIVATE_H

#include "cosmology/background.h"

typedef struct dw_background_functions {
  const char *name;
  bool expands;
  double (*scale_factor)(const dw_background *background, double tau);
  double (*hubble)(const dw_background *background, double tau);
  double (*time)(const dw_background *background, double tau);
  double (*power)(const dw_background *background, double tau);
} dw_background_functions;

/* Sets name and functions, which have to be static, and zeroes all else. */
void dw_background_begin(dw_background *background, const dw_background_functions *functions);

/* What the columns of a table are. */
typedef struct dw_background_columns {
  const char *name;  /* "tau-a" */
  const char *first; /* "tau"; increases */
  const char *second;
  bool second_falls; /* else it increases */
} dw_background_columns;

/* Sets rows, x and y of each to the logarithms of its two numbers, and tau_start to the first of them all. Errors:
 * DW_ERR_FILE; DW_ERR_PARAM, with the line that isn't a row of two positive numbers, or out of order, or too few or too
 * many rows. */
dw_status dw_background_read_rows(dw_background *background, const char *path, const dw_background_columns *columns);

#endif
