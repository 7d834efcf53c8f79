#include "analysis/post/coherence_models.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static double coherent(double x1, double x2, double scale) {
  (void)x1;
  (void)x2;
  (void)scale;
  return 1.0;
}

static double incoherent(double x1, double x2, double scale) {
  (void)scale;
  return x1 == x2 ? 1.0 : 0.0;
}

static double top_hat(double x1, double x2, double scale) { return fabs(x1 - x2) < scale ? 1.0 : 0.0; }

static double gaussian(double x1, double x2, double scale) {
  const double lag = (x1 - x2) / scale;
  return exp(-0.5 * lag * lag);
}

const dw_coherence_model dw_coherence_models[DW_COHERENCE_MODELS] = {
    {"coherent", coherent, 0, DW_SCALE_NONE},
    {"incoherent", incoherent, 0, DW_SCALE_WEIGHT},
    {"top-hat", top_hat, 1, DW_SCALE_STEPPED},
    {"gaussian", gaussian, 1, DW_SCALE_SMOOTH},
};

const dw_coherence_model *dw_coherence_model_find(const char *name) {
  for (int i = 0; i < DW_COHERENCE_MODELS; i++) {
    if (strcmp(dw_coherence_models[i].name, name) == 0) {
      return &dw_coherence_models[i];
    }
  }
  return NULL;
}

double dw_coherence_z(double coherence) { return atanh((1.0 - DW_COHERENCE_FLOOR) * coherence); }

double dw_coherence_z_slope(double coherence) {
  const double shrunk = (1.0 - DW_COHERENCE_FLOOR) * coherence;
  return (1.0 - DW_COHERENCE_FLOOR) / (1.0 - shrunk * shrunk);
}
