#include "surrogate/operator/box.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/operator/jump.h"

static int64_t larger(int64_t points) { return points / 4 * 5; }

bool dw_box_fits(const dw_corrector *c) {
  const int64_t align = dw_params_stress_coarsening(&c->base);
  return c->base.lattice.points % 4 == 0 && c->config.cheap.points % 4 == 0 &&
         larger(c->base.lattice.points) % align == 0 && larger(c->config.cheap.points) % align == 0 &&
         larger(c->config.shells) <= DW_SHELLS_MOST;
}

/* The factor of a shell of the larger box, from those of shells around its momentum. */
static double between(const double *factor, int64_t shells, int64_t shell) {
  const double place = fmin(fmax(0.8 * (double)(shell + 1) - 1.0, 0.0), (double)(shells - 1));
  const int64_t below = (int64_t)place;
  const int64_t above = below + 1 < shells ? below + 1 : below;
  const double share = place - (double)below;
  return (1.0 - share) * factor[below] + share * factor[above];
}

static void interpolate(const dw_corrector *c, int64_t shells, dw_observed *factor) {
  memset(factor, 0, sizeof *factor);
  factor->area = c->factor.area;
  for (int64_t k = 0; k < shells; k++) {
    factor->field[k] = between(c->factor.field, c->config.shells, k);
    factor->stress[k] = between(c->factor.stress, c->config.shells, k);
  }
}

static dw_status run_jumps(const dw_corrector *c, dw_observed *truth, dw_observed *found) {
  dw_jumper *j = NULL;
  DW_TRY(dw_jumper_create(&j, c));
  dw_status status = DW_OK;
  for (int64_t i = 0; i < c->config.test.runs && status == DW_OK; i++) {
    dw_observed raw;
    status = dw_jumper_seed(j, c->config.test.first + i, &truth[i], &raw, &found[i]);
  }
  dw_jumper_destroy(j);
  return status;
}

static dw_status run_pair(const dw_corrector *c, dw_twins *t, dw_corrector_work *w, int64_t i, dw_observed *truth,
                          dw_observed *found) {
  dw_observed raw;
  const int64_t seed = c->config.test.first + i;
  DW_TRY(dw_member_run(t->fine, seed));
  DW_TRY(dw_observer_measure(t->see_fine, truth));
  return dw_corrector_run(w, seed, &raw, found);
}

static dw_status run_corrector(const dw_corrector *c, dw_observed *truth, dw_observed *found) {
  dw_twins *t = NULL;
  dw_corrector_work *w = NULL;
  const dw_member_choice cheap = dw_corrector_cheap(&c->config);
  DW_TRY(dw_twins_create(&t, &c->base, &cheap, c->config.shells));
  dw_status status = dw_corrector_work_create(&w, c, dw_comm_self());
  for (int64_t i = 0; i < c->config.test.runs && status == DW_OK; i++) {
    status = run_pair(c, t, w, i, &truth[i], &found[i]);
  }
  dw_corrector_work_destroy(w);
  dw_twins_destroy(t);
  return status;
}

/* `large` shares its nets with the corrector. */
static dw_status measure(const dw_corrector *c, const dw_corrector *large, dw_observed *error) {
  const int64_t runs = large->config.test.runs;
  dw_observed factor;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 2 * (size_t)runs, sizeof(dw_observed), "a larger box"));
  dw_observed *truth = block;
  dw_observed *found = truth + runs;
  const dw_status status =
      dw_corrector_jumps(&c->config) ? run_jumps(large, truth, found) : run_corrector(large, truth, found);
  if (status == DW_OK) {
    interpolate(c, large->config.shells, &factor);
    dw_observed_errors(truth, found, runs, large->config.shells, &factor, error);
  }
  dw_free(block);
  return status;
}

dw_status dw_box_errors(const dw_corrector *c, dw_observed *error, int64_t *shells) {
  void *block = NULL;
  if (!dw_box_fits(c)) {
    return dw_fail(DW_ERR_PARAM, "a larger box needs points a side that are multiples of 4 and of the coarsening");
  }
  DW_TRY(dw_alloc(&block, 1, sizeof *c, "a larger box"));
  dw_corrector *large = block;
  *large = *c;
  large->base.lattice.length *= 1.25;
  large->base.lattice.points = larger(c->base.lattice.points);
  large->config.cheap.points = larger(c->config.cheap.points);
  large->config.shells = c->config.shells * 5 / 4;
  *shells = large->config.shells;
  const dw_status status = measure(c, large, error);
  dw_free(block);
  return status;
}
