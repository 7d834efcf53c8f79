#include "surrogate/operator/adam.h"

#include <math.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"

static const double FIRST = 0.9;    /* memory of the mean */
static const double SECOND = 0.99;  /* and of the square */
static const double SMALL = 1e-12;  /* beside the root of the square */
static const double RISE = 0.05;    /* share of the steps */
static const double END = 0.01;     /* of the rate */
static const double LONGEST = 10.0; /* of the mean length */
static const double LENGTHS = 0.95; /* memory of the mean length */

struct dw_adam {
  size_t count;
  double rate;
  int64_t steps;
  int64_t done;
  double length;
  double *mean; /* (2 count): and square */
};

dw_status dw_adam_create(dw_adam **adam, size_t count, double rate, int64_t steps) {
  *adam = NULL;
  void *block = NULL;
  void *mean = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_adam), "Adam"));
  const dw_status status = dw_alloc(&mean, 2 * count, sizeof(double), "Adam");
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  memset(mean, 0, 2 * count * sizeof(double));
  *adam = block;
  **adam = (dw_adam){.count = count, .rate = rate, .steps = steps, .mean = mean};
  return DW_OK;
}

void dw_adam_destroy(dw_adam *adam) {
  if (adam != NULL) {
    dw_free(adam->mean);
    dw_free(adam);
  }
}

static double rate_of(const dw_adam *adam) {
  const double share = ((double)adam->done + 0.5) / (double)adam->steps;
  if (share < RISE) {
    return adam->rate * share / RISE;
  }
  const double fall = fmin((share - RISE) / (1.0 - RISE), 1.0);
  return adam->rate * (END + (1.0 - END) * 0.5 * (1.0 + cos(DW_PI * fall)));
}

/* The factor that cuts the gradient; follows its length. */
static double cut(dw_adam *adam, const double *gradient) {
  double square = 0.0;
  for (size_t i = 0; i < adam->count; i++) {
    square += gradient[i] * gradient[i];
  }
  const double length = sqrt(square);
  const double most = LONGEST * adam->length;
  const double kept = adam->done > 0 && length > most ? most : length;
  adam->length = adam->done > 0 ? LENGTHS * adam->length + (1.0 - LENGTHS) * kept : length;
  return length > 0.0 ? kept / length : 0.0;
}

void dw_adam_step(dw_adam *adam, const double *gradient, float *weight) {
  double *mean = adam->mean;
  double *square = adam->mean + adam->count;
  const double factor = cut(adam, gradient);
  const double rate = rate_of(adam);
  adam->done++;
  const double first = 1.0 - pow(FIRST, (double)adam->done);
  const double second = 1.0 - pow(SECOND, (double)adam->done);
  for (size_t i = 0; i < adam->count; i++) {
    const double g = factor * gradient[i];
    mean[i] = FIRST * mean[i] + (1.0 - FIRST) * g;
    square[i] = SECOND * square[i] + (1.0 - SECOND) * g * g;
    weight[i] -= (float)(rate * (mean[i] / first) / (sqrt(square[i] / second) + SMALL));
  }
}
