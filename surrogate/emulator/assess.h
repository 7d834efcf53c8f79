/* How good an emulator is: its predictions against runs it never saw, beside the simple ways of doing it.
 *
 * Errors are differences of logarithms, rms over points and outputs; the noise that the seeds leave in the test means
 * is subtracted (from the scatter of the test's own seeds where a point has several, else from what the emulator
 * knows). z is the error over the root of the predicted variance and that noise. Not collective. Errors: those of
 * training; DW_ERR_PARAM, nothing to compare with. */
#ifndef DW_SURROGATE_EMULATOR_ASSESS_H
#define DW_SURROGATE_EMULATOR_ASSESS_H

#include "surrogate/emulator/assess_record.h"
#include "surrogate/emulator/emulator.h"

typedef enum dw_method {
  DW_METHOD_EMULATOR,
  DW_METHOD_NEAREST,   /* the nearest point of the scan */
  DW_METHOD_LINEAR,    /* linear regression */
  DW_METHOD_SIMPLEX,   /* linear in the simplices of a Delaunay triangulation; outside the hull the nearest point */
  DW_METHOD_QUADRATIC, /* quadratic regression */
  DW_METHOD_VOS,       /* the one-scale model with published parameters from the measured first time on; areas only */
  DW_METHODS
} dw_method;

/* Of one quantity; sums grow with each call. */
typedef struct dw_assessment {
  double square[DW_METHODS]; /* sum of error^2 - noise */
  double count[DW_METHODS];
  double z_square; /* sums over the emulator's values */
  double within68;
  double within95;
  double values;
} dw_assessment;

typedef struct dw_assessments {
  dw_assessment quantity[DW_EMULATOR_QUANTITIES];
  int64_t verdict[3];       /* test points that were OK, DEGRADED, OUT */
  int64_t outside;          /* of the hull of the training points */
  dw_assess_record *record; /* gets each comparison; NULL: none is kept */
} dw_assessments;

/* rms of the logarithm; 0 where noise exceeds it, NAN where the method has no values. */
double dw_assessment_error(const dw_assessment *assessment, dw_method method);
const char *dw_method_name(dw_method method);

/* rms of z, and `within` (a member of the assessment) as a share of the values; 0 without values. */
double dw_assessment_z(const dw_assessment *assessment);
double dw_assessment_within(const dw_assessment *assessment, double within);

/* learned (R): runs of the data set that the emulator learned from. */
void dw_assess_learned(const dw_emulator *emulator, const dw_dataset *dataset, bool *learned);

/* Adds the fine runs in test (R). Without any in `learned` there are no numbers for the simple ways. */
dw_status dw_assess(const dw_emulator *emulator, const dw_dataset *dataset, const bool *learned, const bool *test,
                    dw_assessments *assessments);

/* Cross-validation: the points of `pool` (R) are dealt into folds, each predicted by an emulator that learned from the
 * others. */
dw_status dw_assess_folds(const dw_dataset *dataset, const dw_emulator_options *options, const bool *pool,
                          int64_t folds, dw_assessments *assessments);

/* Trains on the fine runs of the first `points` design points of `pool`, with `both` also on all cheap runs that aren't
 * blind where they help, and adds the runs of test; the wall time of the training goes to *seconds. */
dw_status dw_assess_first(const dw_dataset *dataset, const dw_emulator_options *options, const bool *pool,
                          int64_t points, bool both, const bool *test, dw_assessments *assessments, double *seconds);

#endif
