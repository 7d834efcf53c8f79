/* Models of the coherence C(x1, x2) of a source, x = k tau, as rows of a table.
 *
 *   "coherent"    C = 1
 *   "incoherent"  C = x_c delta(x1 - x2): of samples, 0 between different times. x_c, the weight of the delta, is the
 *                 coherence time in units of 1/k; it is measured as int C d(x1 - x2), not fitted
 *   "top-hat"     C = 1 for |x1 - x2| < x_c, else 0. No process has it: it isn't positive semidefinite, so spectra
 *                 from it can go negative
 *   "gaussian"    C = exp(-(x1 - x2)^2/(2 x_c^2)), with weight sqrt(2 pi) x_c
 *
 * as assumed for unequal times in arXiv:2511.16649 and of other sources in arXiv:0901.1661. To add one, add a row in
 * coherence_models.c. Not collective; pure functions. */
#ifndef DW_ANALYSIS_POST_COHERENCE_MODELS_H
#define DW_ANALYSIS_POST_COHERENCE_MODELS_H

/* Where the scale x_c of a model comes from. */
typedef enum dw_coherence_scale {
  DW_SCALE_NONE,   /* it has none */
  DW_SCALE_WEIGHT, /* measured: the integral of the coherence over the lag */
  DW_SCALE_SMOOTH, /* fitted; C is a smooth function of it */
  DW_SCALE_STEPPED /* fitted; C steps where x_c equals |x1 - x2| and is constant in x_c between */
} dw_coherence_scale;

typedef struct dw_coherence_model {
  const char *name;
  double (*value)(double x1, double x2, double scale);
  int parameters; /* fitted ones: 0, or 1 for the scale */
  dw_coherence_scale scale;
} dw_coherence_model;

enum { DW_COHERENCE_MODELS = 4 };

extern const dw_coherence_model dw_coherence_models[DW_COHERENCE_MODELS];

/* NULL if there is none of that name. */
const dw_coherence_model *dw_coherence_model_find(const char *name);

/* Fits of measured shells are done in z = artanh((1 - f) C), whose error, 1/sqrt(n), hardly depends on C and is nearly
 * normal (Fisher 1915); f keeps C = 1 finite. An error of this size in C, the floor, is added to each entry: what
 * differs from a model by less isn't held against it, and the errors of a frozen field aren't zero. */
#define DW_COHERENCE_FLOOR 1e-4

double dw_coherence_z(double coherence);

/* dz/dC. */
double dw_coherence_z_slope(double coherence);

#endif
