/* The search for the hyperparameters: L-BFGS of NLopt within bounds (D. Liu & J. Nocedal, Math. Programming 45 (1989)
 * 503), from starts that are always the same. */
#include <math.h>
#include <string.h>

#include <nlopt.h>

#include "base/memory.h"
#include "surrogate/emulator/process.h"

enum { STARTS = 2, MOST_STEPS = 60 };

/* Logarithms: bounds, and centre and width of the Gaussian that keeps a hyperparameter where the data say little. */
typedef struct range {
  double low;
  double high;
  double centre;
  double width;
} range;

static range range_of(int64_t h, int64_t dims) {
  if (h < dims) {
    return (range){log(0.05), log(100.0), log(2.0), 1.5};
  }
  if (h == dims) {
    return (range){log(1e-3), log(30.0), 0.0, 2.0};
  }
  return h == dims + 1 ? (range){log(1e-3), log(30.0), log(0.5), 2.0} : (range){log(1e-4), log(1.0), log(0.01), 2.0};
}

typedef struct search {
  const dw_process *process;
  double *scratch;
} search;

static double objective(unsigned count, const double *hyper, double *gradient, void *context) {
  const search *s = context;
  double value = 0.0;
  double own[DW_KERNEL_DIMS + 3];
  if (dw_process_likelihood(s->process, hyper, &value, own, s->scratch) != DW_OK) {
    if (gradient != NULL) {
      memset(gradient, 0, count * sizeof *gradient);
    }
    return HUGE_VAL;
  }
  for (unsigned h = 0; h < count; h++) {
    const range r = range_of(h, s->process->dims);
    const double off = (hyper[h] - r.centre) / r.width;
    value += 0.5 * off * off;
    if (gradient != NULL) {
      gradient[h] = own[h] + off / r.width;
    }
  }
  return value;
}

static void make_start(const dw_process *process, int start, double *hyper) {
  static const double length[STARTS] = {2.0, 0.7};
  static const double nugget[STARTS] = {0.01, 0.1};
  for (int64_t d = 0; d < process->dims; d++) {
    hyper[d] = log(length[start]);
  }
  hyper[process->dims] = 0.0;
  hyper[process->dims + 1] = log(0.5);
  hyper[process->dims + 2] = log(nugget[start]);
}

static nlopt_opt make_search(search *s) {
  const unsigned count = (unsigned)dw_kernel_hypers(s->process->dims);
  nlopt_opt opt = nlopt_create(NLOPT_LD_LBFGS, count);
  if (opt == NULL) {
    return NULL;
  }
  double low[DW_KERNEL_DIMS + 3];
  double high[DW_KERNEL_DIMS + 3];
  for (unsigned h = 0; h < count; h++) {
    low[h] = range_of(h, s->process->dims).low;
    high[h] = range_of(h, s->process->dims).high;
  }
  (void)nlopt_set_min_objective(opt, objective, s);
  (void)nlopt_set_lower_bounds(opt, low);
  (void)nlopt_set_upper_bounds(opt, high);
  (void)nlopt_set_maxeval(opt, MOST_STEPS);
  (void)nlopt_set_ftol_abs(opt, 1e-3);
  (void)nlopt_set_vector_storage(opt, 8);
  return opt;
}

/* The best of the starts; *found is false if none has a finite likelihood. */
static void run_search(nlopt_opt opt, dw_process *process, bool keep, bool *found) {
  double best = HUGE_VAL;
  double kept[DW_KERNEL_DIMS + 3];
  memcpy(kept, process->hyper, sizeof kept);
  for (int start = 0; start < (keep ? 1 : STARTS); start++) {
    double hyper[DW_KERNEL_DIMS + 3];
    double value = HUGE_VAL;
    memcpy(hyper, kept, sizeof hyper);
    if (!keep) {
      make_start(process, start, hyper);
    }
    (void)nlopt_optimize(opt, hyper, &value); /* a search that stops early still leaves its best */
    if (isfinite(value) && value < best) {
      best = value;
      memcpy(process->hyper, hyper, sizeof hyper);
    }
  }
  *found = isfinite(best);
}

dw_status dw_process_fit(dw_process *process, bool keep) {
  const size_t n = (size_t)process->points;
  search s = {.process = process};
  bool found = false;
  DW_TRY(dw_alloc((void **)&s.scratch, n * n + n, sizeof(double), "search of hyperparameters"));
  nlopt_opt opt = make_search(&s);
  if (opt == NULL) {
    dw_free(s.scratch);
    return dw_fail(DW_ERR_MEMORY, "no memory for the search of hyperparameters");
  }
  run_search(opt, process, keep, &found);
  nlopt_destroy(opt);
  dw_free(s.scratch);
  return found ? dw_process_condition(process)
               : dw_fail(DW_ERR_INVALID, "a Gaussian process through %lld points has no finite likelihood",
                         (long long)process->points);
}
