/* The same output, bit for bit, on any number of processes and threads and on each process grid. */
#include <omp.h>

#include "nets.h"

static const double q[2] = {0.3, -0.7};
static const int64_t here[3] = {0, 0, 0};

static void outcome(const dw_comm *comm, const int64_t *grid, int64_t points, int halo, const dw_net_shape *shape,
                    uint64_t print[DW_NET_INPUTS]) {
  dw_lattice *lattice = NULL;
  dw_net *net = NULL;
  dw_net_pass *pass = NULL;
  assert_all_ok(dw_lattice_create(&lattice, comm, points, (double)points, halo, 1, grid));
  assert_all_ok(dw_net_create(&net, shape, 5));
  nets_shake(net);
  assert_all_ok(dw_net_pass_create(&pass, lattice, shape, false));
  nets_fill(pass, here, 1.0);
  dw_net_apply(pass, net, q);
  for (int o = 0; o < shape->outputs; o++) {
    print[o] = dw_field_fingerprint(pass->output[o]);
  }
  dw_net_pass_destroy(pass);
  dw_net_destroy(net);
  dw_lattice_destroy(lattice);
}

/* Catches halos without corners or of the wrong layer, and arithmetic that depends on where a row lies. */
static void test_same_bits(void **state) {
  (void)state;
  const int threads = omp_get_max_threads();
  const int64_t processes = dw_comm_size(dw_comm_world());
  const struct {
    int64_t points;
    int halo;
    dw_net_shape shape;
  } cases[] = {{12, 1, {.inputs = 2, .outputs = 2, .hidden = 5, .layers = 4, .factors = 2, .from = {0, 1}}},
               {13, 3, {.inputs = 1, .outputs = 1, .hidden = 9, .layers = 3, .factors = 0}},
               {40, 1, {.inputs = 2, .outputs = 2, .hidden = 8, .layers = 2, .factors = 1, .from = {0, 0}}}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint64_t expected[DW_NET_INPUTS] = {0};
    uint64_t found[DW_NET_INPUTS] = {0};
    omp_set_num_threads(1);
    outcome(dw_comm_self(), NULL, cases[i].points, 1, &cases[i].shape, expected);
    omp_set_num_threads(threads);
    for (int64_t across = 1; across <= processes; across++) {
      const int64_t grid[2] = {across, processes / across};
      if (processes % across == 0) {
        outcome(dw_comm_world(), grid, cases[i].points, cases[i].halo, &cases[i].shape, found);
        assert_all(memcmp(found, expected, sizeof found) == 0);
      }
    }
    assert_all(expected[0] != 0 && (cases[i].shape.outputs == 1 || expected[0] != expected[1]));
  }
}

/* Catches a shape that would write beyond its arrays. */
static void test_shapes(void **state) {
  (void)state;
  const dw_net_shape bad[] = {{.inputs = 0, .outputs = 1, .hidden = 4, .layers = 3},
                              {.inputs = 1, .outputs = 1, .hidden = 4, .layers = 1},
                              {.inputs = 1, .outputs = 1, .hidden = 33, .layers = 3},
                              {.inputs = 1, .outputs = 1, .hidden = 4, .layers = 9},
                              {.inputs = 1, .outputs = 1, .hidden = 4, .layers = 3, .factors = 5},
                              {.inputs = 1, .outputs = 2, .hidden = 4, .layers = 3, .from = {0, 1}}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    dw_net *net = NULL;
    assert_all_status(dw_net_create(&net, &bad[i], 1), DW_ERR_PARAM);
    assert_all(net == NULL);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bits), cmocka_unit_test(test_shapes)};
  if (dw_comm_start(&argc, &argv) != DW_OK) {
    return 1;
  }
  dw_test_quieten();
  int64_t failed = (int64_t)cmocka_run_group_tests(tests, NULL, NULL);
  dw_comm_max_int64(dw_comm_world(), &failed, 1);
  dw_comm_stop();
  return failed != 0;
}
