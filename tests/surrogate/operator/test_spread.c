/* What the scatter of several nets says. */
#include "surrogate/operator/spread.h"

#include <math.h>
#include <string.h>

#include "lesson.h"
#include "tests/dw_test.h"

enum { SHELLS = 6 };

static bool near(double a, double b) { return fabs(a - b) <= 1e-12 * fabs(b) + 1e-15; }

/* Logs of three nets: -1, 0, 4 about a shell's own, times its size. */
static void fill(dw_observed found[3], double size) {
  static const double off[3] = {-1.0, 0.0, 4.0};
  for (int i = 0; i < 3; i++) {
    memset(&found[i], 0, sizeof found[i]);
    found[i].area = exp(0.5 + size * off[i]);
    for (int k = 0; k < SHELLS; k++) {
      found[i].field[k] = exp(1.0 + k + size * (1 + k) * off[i]);
      found[i].stress[k] = exp(-2.0 + 2.0 * size * off[i]);
    }
  }
}

/* Catches a mean or a standard deviation of numbers instead of logs, of n instead of n - 1. */
static void mean_and_scatter_are_of_logs(void **state) {
  (void)state;
  dw_observed found[3];
  dw_observed mean;
  dw_observed spread;
  fill(found, 0.1);
  dw_observed_mean(found, 3, SHELLS, &mean, &spread);
  assert_true(near(mean.area, exp(0.6)) && near(spread.area, 0.1 * sqrt(7.0)));
  for (int k = 0; k < SHELLS; k++) {
    assert_true(near(mean.field[k], exp(1.0 + k + 0.1 * (1 + k))));
    assert_true(near(spread.field[k], 0.1 * (1 + k) * sqrt(7.0)));
    assert_true(near(spread.stress[k], 0.2 * sqrt(7.0)));
  }
  dw_observed_mean(found, 1, SHELLS, &mean, &spread);
  assert_true(near(mean.area, found[0].area) && spread.area == 0.0 && spread.field[3] == 0.0);
}

/* Catches errors that count twice what nets always differ by, or don't grow with what they exceed it by. */
static void errors_grow_with_the_scatter(void **state) {
  (void)state;
  static dw_corrector c;
  dw_observed found[3];
  dw_observed mean;
  dw_observed spread;
  dw_observed error;
  c.config.shells = SHELLS;
  c.nets = 3;
  c.error.area = 0.03;
  fill(found, 0.01);
  dw_observed_mean(found, 3, SHELLS, &mean, &spread);
  for (int run = 0; run < 2; run++) {
    dw_spread_add(&c, &spread, 2);
  }
  dw_spread_finish(&c);
  assert_true(near(c.spread.area, spread.area) && near(c.spread.field[2], spread.field[2]));
  assert_true(near(dw_spread_apart(&c, &spread), 1.0));
  dw_spread_claim(&c, &spread, &error);
  assert_true(near(error.area, 0.03) && fabs(error.field[1]) < 1e-8);
  fill(found, 0.05);
  dw_observed_mean(found, 3, SHELLS, &mean, &spread);
  assert_true(near(dw_spread_apart(&c, &spread), 5.0));
  dw_spread_claim(&c, &spread, &error);
  assert_true(near(error.area, sqrt(0.03 * 0.03 + 24.0 * 7.0 * 1e-4)));
  assert_true(near(error.stress[0], sqrt(24.0 * 7.0 * 4e-4)));
}

/* Catches a model without the scatter of its test runs, and a net gone astray that isn't noticed. */
static void a_net_astray_is_noticed(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  dw_corrector_work *w = NULL;
  dw_observed raw;
  dw_observed found;
  double square = 0.0;
  lesson_make("runs = 8; steps = 60; rate = 0.03;");
  assert_ok(dw_corrector_train(&c, &lesson_config, &lesson_base, NULL, NULL));
  assert_ok(dw_corrector_work_create(&w, c, dw_comm_self()));
  for (int64_t i = 0; i < c->config.test.runs; i++) {
    assert_ok(dw_corrector_run(w, c->config.test.first + i, &raw, &found));
    square += w->spread.stress[2] * w->spread.stress[2] / (double)c->config.test.runs;
    assert_true(dw_spread_apart(c, &w->spread) > 0.1 && dw_spread_apart(c, &w->spread) < 3.0);
  }
  assert_true(square > 0.0 && fabs(c->spread.stress[2] - sqrt(square)) <= 1e-9 * sqrt(square));
  for (size_t i = 0; i < c->net[1]->count; i++) {
    c->net[1]->weight[i] *= 1.5F;
  }
  assert_ok(dw_corrector_run(w, c->config.test.first, &raw, &found));
  print_message("apart by %.1f\n", dw_spread_apart(c, &w->spread));
  assert_true(dw_spread_apart(c, &w->spread) > 3.0);
  dw_corrector_work_destroy(w);
  dw_corrector_destroy(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mean_and_scatter_are_of_logs),
      cmocka_unit_test(errors_grow_with_the_scatter),
      cmocka_unit_test(a_net_astray_is_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
