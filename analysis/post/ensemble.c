#include "analysis/post/ensemble.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "base/memory.h"

static const double same = 1e-9; /* relative */

dw_status dw_ensemble_check(const char *what, int64_t members, const dw_ensemble_axis *axis) {
  for (int64_t m = 1; m < members; m++) {
    if (axis[m].points != axis[0].points) {
      return dw_fail(DW_ERR_PARAM,
                     "%s: member %lld has %lld points, the first %lld; members may differ in the seed only", what,
                     (long long)m + 1, (long long)axis[m].points, (long long)axis[0].points);
    }
    for (int64_t i = 0; i < axis[0].points; i++) {
      const double first = axis[0].value[i];
      const double other = axis[m].value[i];
      if (!(fabs(other - first) <= same * fabs(first))) {
        return dw_fail(DW_ERR_PARAM,
                       "%s: point %lld is %.10g in member %lld and %.10g in the first; members may differ in the seed "
                       "only",
                       what, (long long)i + 1, other, (long long)m + 1, first);
      }
    }
  }
  return DW_OK;
}

static dw_estimate average(int64_t members, const double *value) {
  dw_estimate all = {.value = 0.0, .error = (double)NAN, .members = 0};
  for (int64_t m = 0; m < members; m++) {
    if (isfinite(value[m])) {
      all.value += value[m];
      all.members++;
    }
  }
  all.value = all.members > 0 ? all.value / (double)all.members : (double)NAN;
  if (all.members > 1) {
    double squares = 0.0;
    for (int64_t m = 0; m < members; m++) {
      squares += isfinite(value[m]) ? (value[m] - all.value) * (value[m] - all.value) : 0.0;
    }
    all.error = sqrt(squares / (double)(all.members * (all.members - 1)));
  }
  return all;
}

dw_estimate dw_ensemble_scalar(int64_t members, const double *value, const double *own_error) {
  dw_estimate all = average(members, value);
  for (int64_t m = 0; m < members && all.members == 1 && own_error != NULL; m++) {
    all.error = isfinite(value[m]) ? own_error[m] : all.error;
  }
  return all;
}

/* One point of all curves; a curve that isn't there (NULL) gives NAN. */
static void take_point(int64_t members, int64_t point, const double *const *curve, double *column) {
  for (int64_t m = 0; m < members; m++) {
    column[m] = curve != NULL && curve[m] != NULL ? curve[m][point] : (double)NAN;
  }
}

dw_status dw_ensemble_curve(int64_t members, int64_t points, const double *const *value, const double *const *own_error,
                            dw_estimate *mean) {
  double *column = NULL;
  DW_TRY(dw_alloc((void **)&column, 2 * (size_t)members, sizeof *column, "one point of all members"));
  double *own = column + members;
  for (int64_t i = 0; i < points; i++) {
    take_point(members, i, value, column);
    take_point(members, i, own_error, own);
    mean[i] = dw_ensemble_scalar(members, column, own);
  }
  dw_free(column);
  return DW_OK;
}

/* The mean over all members but one. */
static double mean_without(int64_t members, int64_t left_out, const double *const *value, int64_t point) {
  double sum = 0.0;
  int64_t present = 0;
  for (int64_t m = 0; m < members; m++) {
    if (m != left_out && isfinite(value[m][point])) {
      sum += value[m][point];
      present++;
    }
  }
  return present > 0 ? sum / (double)present : (double)NAN;
}

dw_status dw_ensemble_jackknife(int64_t members, int64_t points, const double *const *value,
                                dw_ensemble_function function, void *context, dw_estimate *estimate) {
  double *curve = NULL;
  double *derived = NULL;
  dw_status status = dw_alloc((void **)&curve, (size_t)points, sizeof *curve, "a mean curve");
  if (status == DW_OK) {
    status = dw_alloc((void **)&derived, (size_t)members, sizeof *derived, "derived numbers");
  }
  *estimate = (dw_estimate){.value = (double)NAN, .error = (double)NAN, .members = members};
  for (int64_t left_out = -1; left_out < (members > 1 ? members : 0) && status == DW_OK; left_out++) {
    for (int64_t i = 0; i < points; i++) {
      curve[i] = mean_without(members, left_out, value, i);
    }
    *(left_out < 0 ? &estimate->value : &derived[left_out]) = function(context, points, curve);
  }
  if (status == DW_OK && members > 1) {
    const dw_estimate spread = average(members, derived);
    /* average() divides by n(n-1), the jackknife multiplies by (n-1)/n. */
    estimate->error = spread.members == members ? spread.error * (double)(members - 1) : (double)NAN;
  }
  dw_free(derived);
  dw_free(curve);
  return status;
}

double dw_estimate_range(double error, double freedom) {
  gsl_set_error_handler_off();
  return freedom > 0.0 ? error * gsl_cdf_tdist_Pinv(0.975, freedom) : (double)NAN;
}
