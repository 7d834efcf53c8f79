/* What an emulator consists of; shared by training, predictions and files. Not collective. */
#ifndef DW_SURROGATE_EMULATOR_EMULATOR_PRIVATE_H
#define DW_SURROGATE_EMULATOR_EMULATOR_PRIVATE_H

#include "surrogate/emulator/emulator.h"
#include "surrogate/emulator/layer.h"

enum { DW_EMULATOR_LEVELS = 2 };

/* A quantity: M = T K outputs. */
typedef struct dw_emulator_part {
  char name[DW_DATASET_KEY];
  dw_emulator_quantity about; /* its pointers are those below */
  double *tau;                /* (T); owns the others */
  double *k;                  /* (K) */
  double *count;              /* (K) */
  double *seed;               /* (M) variance of one seed, at f = 1 */
  double *slope;              /* (D) of f, see sample.h */
  double *check;              /* (n, 2) of each point, left out: rms of the error, and what was expected */
  double *rho;                /* (M) with two layers the second one is log fine - rho log cheap; NAN where unknown */
  bool is_spectrum;
  int64_t layers; /* 1, or 2 with a correction */
  dw_layer layer[DW_EMULATOR_LEVELS];
} dw_emulator_part;

struct dw_emulator {
  int64_t dims; /* D */
  dw_dataset_key *key;
  char *base;
  int64_t runs;
  char (*id)[DW_DATASET_TEXT];
  dw_emulator_kernel kernel;
  dw_emulator_trend trend;
  double bound;
  int64_t levels;
  int64_t components; /* of a quantity, at most */
  int64_t points;     /* n, of the fine level */
  int64_t *design;    /* (n) */
  double reach;       /* largest distance to the nearest point, coordinates -1 ... 1 */
  int64_t quantities;
  int64_t outputs; /* M, all */
  dw_emulator_part part[DW_EMULATOR_QUANTITIES];
};

/* An empty one for D parameters, `runs` runs, `points` points and a text; arrays are to be filled in. */
dw_status dw_emulator_create(dw_emulator **emulator, int64_t dims, int64_t runs, int64_t points, const char *base);

/* Arrays of a part with times, bins and points; layers are empty. */
dw_status dw_emulator_part_init(dw_emulator_part *part, const char *name, bool is_spectrum, int64_t dims,
                                int64_t points, int64_t times, int64_t bins);

void dw_emulator_part_finalize(dw_emulator_part *part);

/* Numbers of outputs and first ones, from the parts. */
void dw_emulator_count(dw_emulator *emulator);

/* Coordinates -1 ... 1 of a parameter within its range; slope: dx/dparameter. */
double dw_emulator_coordinate(const dw_dataset_key *key, double parameter, double *slope);

/* The farthest that a training point lies from the nearest other one, and half as much again. */
double dw_emulator_reach(int64_t dims, int64_t points, const double *x);

/* The layer whose points decide where something is known: of the quantity that has the fewest. */
const dw_layer *dw_emulator_support(const dw_emulator *emulator);

/* The verdict on the place alone: OK or OUT, with a reason. x (D) is filled in. */
dw_emulator_verdict dw_emulator_place(const dw_emulator *emulator, const double *parameter, double *x, char *reason,
                                      size_t size);

/* Factors of the errors, from what was left out: error, variance and noise (count) as in layer.h. */
void dw_emulator_calibrate(int64_t points, int64_t count, const double *error, const double *variance,
                           const double *noise, double *sorted, dw_emulator_quantity *about);

#endif
