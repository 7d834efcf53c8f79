/* The gradient against finite differences, for both losses, and that training lowers them. */
#include <math.h>
#include <omp.h>

#include "nets.h"
#include "surrogate/operator/adam.h"
#include "surrogate/operator/gradient.h"
#include "surrogate/operator/loss.h"
#include "tests/dw_test.h"

enum { POINTS = 12, SHELLS = 4 };

static const dw_net_shape SHAPE = {.inputs = 2, .outputs = 2, .hidden = 5, .layers = 4, .factors = 2, .from = {0, 0}};
static const double Q[2] = {0.3, -0.5};

typedef struct problem {
  dw_lattice *lattice;
  dw_net *net;
  dw_net_gradient *gradient;
  dw_loss *loss;
  dw_field *target;
  dw_modes *product[DW_LOSS_PRODUCTS];
} problem;

/* Waves in all shells, and what a step makes of them. */
static void fill_waves(dw_field *field, double sharp) {
  const double unit = 2.0 * acos(-1.0) / POINTS;
  for (int64_t s = 0; s < POINTS * POINTS * POINTS; s++) {
    const int64_t at[3] = {s / POINTS / POINTS, s / POINTS % POINTS, s % POINTS};
    const double x = unit * (double)at[0];
    const double y = unit * (double)at[1];
    const double z = unit * (double)at[2];
    const double wave = sin(x + y) + 0.7 * cos(z - 2.0 * y) + 0.6 * sin(z + 1.0) + 0.3 * cos(3.0 * x + y) +
                        0.2 * sin(4.0 * z + x - y) + 0.3 * cos(2.0 * x + 0.5);
    dw_field_set(field, at[0], at[1], at[2], tanh(sharp * wave));
  }
  dw_field_touch(field);
}

static void open_problem(problem *p, bool shake) {
  const int64_t shift[3] = {1, 2, 3};
  dw_halo *halo = NULL;
  memset(p, 0, sizeof *p);
  assert_ok(dw_lattice_create(&p->lattice, dw_comm_self(), POINTS, 3.0, 1, 1, NULL));
  assert_ok(dw_net_create(&p->net, &SHAPE, 3));
  assert_ok(dw_net_gradient_create(&p->gradient, p->lattice, &SHAPE));
  assert_ok(dw_loss_create(&p->loss, p->lattice, SHELLS));
  assert_ok(dw_field_create(&p->target, p->lattice, DW_SINGLE));
  assert_ok(dw_halo_create(&halo, p->lattice, DW_SINGLE));
  fill_waves(p->target, 2.0);
  dw_halo_exchange(halo, p->target);
  assert_ok(dw_loss_products(p->target, p->loss->few, p->lattice->spacing, p->product));
  assert_ok(dw_loss_add(p->loss, p->target, p->product));
  dw_loss_weigh(p->loss);
  fill_waves(p->gradient->pass->input[0], 0.7);
  fixture_fill_shifted(p->gradient->pass->input[1], shift, 0.5);
  if (shake) {
    nets_shake(p->net);
  }
  dw_halo_destroy(halo);
}

static void close_problem(problem *p) {
  for (int i = 0; i < DW_LOSS_PRODUCTS; i++) {
    dw_modes_destroy(p->product[i]);
  }
  dw_field_destroy(p->target);
  dw_loss_destroy(p->loss);
  dw_net_gradient_destroy(p->gradient);
  dw_net_destroy(p->net);
  dw_lattice_destroy(p->lattice);
}

static double value_of(problem *p) {
  dw_net_gradient *g = p->gradient;
  dw_net_apply(g->pass, p->net, Q);
  return dw_loss_field(p->loss, g->pass->output[0], p->target, g->d_output[0]) +
         dw_loss_stress(p->loss, g->pass->output[1], p->product, g->d_output[1]);
}

/* A direction in one part of the list. */
static double along(int i, size_t from, size_t to, size_t at) {
  return at >= from && at < to ? fixture_random(1000 * (uint64_t)i + at) : 0.0;
}

/* Catches any slip in what goes back: <= 1e-3 in each layer's mixing and gains. */
static void test_gradient(void **state) {
  (void)state;
  problem p;
  open_problem(&p, true);
  (void)value_of(&p);
  dw_net_gradient_add(p.gradient, p.net, Q);
  for (int part = 0; part < 2 * SHAPE.layers; part++) {
    const int layer = part / 2;
    const size_t from = part % 2 == 0 ? dw_net_mixing(&SHAPE, layer) : dw_net_gains(&SHAPE, layer);
    const size_t to = part % 2 == 0 ? dw_net_gains(&SHAPE, layer) : dw_net_mixing(&SHAPE, layer + 1);
    const double step = 4e-3;
    double value[4];
    double expected = 0.0;
    for (size_t i = 0; i < p.net->count; i++) {
      expected += along(part + 1, from, to, i) * p.gradient->gradient[i];
    }
    for (int side = 0; side < 4; side++) { /* -2, -1, 1, 2 steps: of fourth order */
      const double far = step * (double)(side < 2 ? side - 2 : side - 1);
      float kept[4096];
      assert_true(p.net->count <= 4096);
      memcpy(kept, p.net->weight, p.net->count * sizeof(float));
      for (size_t i = 0; i < p.net->count; i++) {
        p.net->weight[i] += (float)(far * along(part + 1, from, to, i));
      }
      value[side] = value_of(&p);
      memcpy(p.net->weight, kept, p.net->count * sizeof(float));
    }
    const double found = (8.0 * (value[2] - value[1]) - (value[3] - value[0])) / (12.0 * step);
    assert_true(fabs(expected) > 1e-3);
    assert_close(found, expected, 1e-3, 0.0);
  }
  close_problem(&p);
}

static void train(problem *p, int steps, double loss[2]) {
  dw_adam *adam = NULL;
  assert_ok(dw_adam_create(&adam, p->net->count, 0.02, steps));
  for (int i = 0; i < steps; i++) {
    loss[i == 0 ? 0 : 1] = value_of(p);
    memset(p->gradient->gradient, 0, p->net->count * sizeof(double));
    dw_net_gradient_add(p->gradient, p->net, Q);
    dw_adam_step(adam, p->gradient->gradient, p->net->weight);
  }
  dw_adam_destroy(adam);
}

/* Catches steps that go nowhere: a fiftieth of the loss is left after 150 of them. */
static void test_training(void **state) {
  (void)state;
  problem p;
  double loss[2];
  open_problem(&p, false);
  train(&p, 150, loss);
  print_message("loss %.4f, then %.5f\n", loss[0], loss[1]);
  assert_true(loss[0] > 0.1);
  assert_true(loss[1] < 0.02 * loss[0]);
  close_problem(&p);
}

/* Catches sums whose order depends on the threads: the same weights bit for bit. */
static void test_threads(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  problem p[2];
  double loss[2];
  for (int i = 0; i < 2; i++) {
    omp_set_num_threads(1 + 2 * i);
    open_problem(&p[i], true);
    train(&p[i], 4, loss);
  }
  omp_set_num_threads(before);
  assert_memory_equal(p[0].net->weight, p[1].net->weight, p[0].net->count * sizeof(float));
  close_problem(&p[0]);
  close_problem(&p[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradient), cmocka_unit_test(test_training),
                                     cmocka_unit_test(test_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
