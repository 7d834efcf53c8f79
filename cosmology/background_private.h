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

#endif
