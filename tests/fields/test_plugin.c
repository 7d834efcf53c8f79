/* Potentials of the user's own, on one process: the same bits as built-in rows, several at once, several components. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields/plugin.h"
#include "fields/model.h"
#include "tests/dw_test.h"

static const char HEAD[] = "#define DWELL_INTERFACE 1\n#include \"dwell_potential.h\"\n";

static const char WELL[] =
    "static double v0(const dwell_numbers *at, double phi) { return (phi * phi - 1) * (phi * phi - 1) / 4; }\n"
    "static double vb(const dwell_numbers *at, double phi) { return phi * (phi * phi / 3 - 1); }\n"
    "static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {\n"
    "  return (phi * phi - 1) * (c0 * phi + cb);\n"
    "}\n"
    "DWELL_POTENTIAL(slope, v0, vb)\n";

/* A hat (phi_1^2 + phi_2^2 - 1)^2/4 + value phi_2^2/2. */
static const char HAT[] = "static double v0(const dwell_numbers *at, const double *phi) {\n"
                          "  const double r = phi[0] * phi[0] + phi[1] * phi[1] - 1;\n"
                          "  return r * r / 4 + at->value[0] * phi[1] * phi[1] / 2;\n"
                          "}\n"
                          "static double vb(const dwell_numbers *at, const double *phi) { return phi[0]; }\n"
                          "static void slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, const dwell_real "
                          "*phi, dwell_real *out) {\n"
                          "  const dwell_real r = phi[0] * phi[0] + phi[1] * phi[1] - 1;\n"
                          "  out[0] = c0 * r * phi[0] + cb;\n"
                          "  out[1] = c0 * (r + (dwell_real)at->value[0]) * phi[1];\n"
                          "}\n"
                          "DWELL_POTENTIAL_OF(2, slope, v0, vb)\n";

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(HEAD, file) >= 0 && fputs(text, file) >= 0 && fclose(file) == 0);
}

static dw_plugin *load(const char *path) {
  dw_plugin *plugin = NULL;
  assert_ok(dw_plugin_load(&plugin, dw_comm_self(), path, path));
  return plugin;
}

enum { POINTS = 77 };

/* Catches a plug-in whose force rounds unlike the same expressions of the table, anywhere in a row of any length. */
static void same_bits(void **state) {
  (void)state;
  write_file("well.c", WELL);
  dw_plugin *plugin = load("well.c");
  const dw_potential *own = dw_plugin_potential(plugin);
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "double-well"));
  const dw_potential_values values = {.bias = 0.037, .plugin = plugin};
  float single[POINTS];
  double twice[POINTS];
  for (int i = 0; i < POINTS; i++) {
    twice[i] = -1.3 + 0.0371 * i;
    single[i] = (float)twice[i];
  }
  const void *const fields[2][1] = {{single}, {twice}};
  for (int p = 0; p < 2; p++) {
    for (ptrdiff_t n = 1; n <= POINTS; n++) {
      double out[2][POINTS];
      void *const first[1] = {out[0]};
      void *const second[1] = {out[1]};
      memset(out, 0, sizeof out);
      row->derivative[p](&values, &dw_instant_start, 0.731, 0.219, fields[p], first, n);
      own->derivative[p](&values, &dw_instant_start, 0.731, 0.219, fields[p], second, n);
      assert_memory_equal(out[0], out[1], sizeof out[0]);
    }
    double v[4][POINTS];
    row->value[p](&values, &dw_instant_start, fields[p], v[0], v[1], POINTS);
    own->value[p](&values, &dw_instant_start, fields[p], v[2], v[3], POINTS);
    for (int i = 0; i < POINTS; i++) {
      assert_close(v[2][i], v[0][i], 1e-15, 0.0);
      assert_close(v[3][i], v[1][i], 1e-15, 0.0);
    }
  }
  dw_plugin_unload(plugin);
}

static double slope_of(const dw_plugin *plugin, double phi) {
  const dw_potential_values values = {.plugin = plugin};
  return dw_potential_slope(dw_plugin_potential(plugin), &values, &dw_instant_start, 1.0, 0.0, phi);
}

/* Catches one plug-in taken for another: loaded side by side, and after one was released. */
static void several(void **state) {
  (void)state;
  write_file("well.c", WELL);
  write_file("scaled.c",
             "static double v0(const dwell_numbers *at, double phi) { return (phi * phi - 1) * (phi * phi - 1); }\n"
             "static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {\n"
             "  return 4 * (phi * phi - 1) * (c0 * phi);\n"
             "}\n"
             "DWELL_POTENTIAL(slope, v0, dwell_no_bias)\n");
  for (int round = 0; round < 2; round++) {
    dw_plugin *one = load("well.c");
    dw_plugin *other = load("scaled.c");
    assert_close(slope_of(one, 0.5), -0.375, 1e-15, 0.0);
    assert_close(slope_of(other, 0.5), -1.5, 1e-15, 0.0);
    assert_string_not_equal(dw_plugin_fingerprint(one), dw_plugin_fingerprint(other));
    dw_plugin_unload(one);
    one = load("scaled.c");
    assert_close(slope_of(one, 0.5), -1.5, 1e-15, 0.0);
    assert_string_equal(dw_plugin_fingerprint(one), dw_plugin_fingerprint(other));
    dw_plugin_unload(one);
    dw_plugin_unload(other);
  }
}

/* Catches components that are mixed up, and numbers that aren't those of the line on which the second is 0. */
static void two_components(void **state) {
  (void)state;
  write_file("hat.c", HAT);
  dw_plugin *plugin = load("hat.c");
  dw_model model = {.values = {.bias = 0.1, .own = {0.4}, .plugin = plugin}};
  assert_ok(dw_model_set_potential(&model, "plugin"));
  assert_int_equal(model.potential->components, 2);
  assert_close(model.potential->tension, sqrt(8.0) / 3.0, 1e-10, 0.0);
  assert_close(model.potential->width, sqrt(2.0), 1e-10, 0.0);
  enum { N = 40 };
  double phi[2][N];
  double out[2][N];
  double v[2][N];
  for (int i = 0; i < N; i++) {
    phi[0][i] = -1.2 + 0.07 * i;
    phi[1][i] = 0.9 - 0.05 * i;
  }
  const void *const fields[2] = {phi[0], phi[1]};
  void *const slopes[2] = {out[0], out[1]};
  model.potential->derivative[1](&model.values, &dw_instant_start, 2.0, 3.0, fields, slopes, N);
  model.potential->value[1](&model.values, &dw_instant_start, fields, v[0], v[1], N);
  for (int i = 0; i < N; i++) {
    const double r = phi[0][i] * phi[0][i] + phi[1][i] * phi[1][i] - 1.0;
    assert_close(out[0][i], 2.0 * r * phi[0][i] + 0.3, 1e-15, 1e-15);
    assert_close(out[1][i], 2.0 * (r + 0.4) * phi[1][i], 1e-15, 1e-15);
    assert_close(v[0][i], 0.25 * r * r + 0.2 * phi[1][i] * phi[1][i], 1e-15, 1e-15);
    assert_close(v[1][i], 0.1 * phi[0][i], 1e-15, 0.0);
  }
  dw_plugin_unload(plugin);
}

static void refused(const char *text, const char *message) {
  write_file("wrong.c", text);
  dw_plugin *plugin = load("wrong.c");
  dw_model model = {.values = {.bias = 0.1, .own = {0.4}, .plugin = plugin}};
  assert_status(dw_model_set_potential(&model, "plugin"), DW_ERR_PARAM);
  if (strstr(dw_message(), message) == NULL) {
    fail_msg("\"%s\" doesn't say \"%s\"", dw_message(), message);
  }
  dw_plugin_unload(plugin);
}

/* *text with the first `from` replaced. */
static const char *changed(const char *text, const char *from, const char *to) {
  static char result[2048];
  const char *at = strstr(text, from);
  assert_non_null(at);
  (void)snprintf(result, sizeof result, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  return result;
}

/* Catches a slope of the second component that isn't checked, or only where the first is 0; a bias that isn't there; a
 * direction in which v0 falls below the vacua. */
static void wrong_components(void **state) {
  (void)state;
  refused(changed(HAT, "at->value[0]) * phi[1]", "at->value[0]) * 2 * phi[1]"), "the slope isn't the derivative of v0");
  char constant[2048];
  (void)snprintf(constant, sizeof constant, "%s", changed(HAT, "return phi[0];", "return 0.5;"));
  refused(changed(constant, "phi[0] + cb;", "phi[0];"), "vb of wrong.c is constant");
  refused(changed(HAT, "(r + ", "(r - phi[0] * phi[0] + "), "the slope isn't the derivative of v0");
  (void)snprintf(constant, sizeof constant, "%s", changed(HAT, "/ 4 + at->value[0]", "/ 4 - 0.5"));
  refused(changed(constant, "(r + (dwell_real)at->value[0])", "(r - (dwell_real)0.5)"), "lower than in the vacua");
}

/* Catches numbers of the worked example that aren't those of its formula: with c = 1 the tension is
 * (3 asinh 1 - sqrt 2)/sqrt 2, the width sqrt 2, the curvature 2/(1 + c). */
static void example(void **state) {
  (void)state;
  dw_plugin *plugin = load(EXAMPLE);
  dw_model model = {.values = {.bias = 0.1, .own = {1.0}, .plugin = plugin}};
  assert_ok(dw_model_set_potential(&model, "plugin"));
  assert_close(model.potential->minimum[0], -1.0, 0.0, 1e-14);
  assert_close(model.potential->minimum[1], 1.0, 0.0, 1e-14);
  assert_close(model.potential->tension, (3.0 * asinh(1.0) - sqrt(2.0)) / sqrt(2.0), 1e-10, 0.0);
  assert_close(model.potential->width, sqrt(2.0), 1e-10, 0.0);
  assert_close(model.potential->curvature, 1.0, 1e-10, 0.0);
  dw_plugin_unload(plugin);
}

/* Catches a compilation that goes on without a place for its files. */
static void no_room(void **state) {
  (void)state;
  dw_plugin *plugin = NULL;
  char other[sizeof WELL + 16];
  (void)snprintf(other, sizeof other, "%s/* other */\n", WELL); /* not the last one, whose objects are kept */
  write_file("well.c", other);
  assert_int_equal(setenv("TMPDIR", "/proc/self/none", 1), 0);
  assert_status(dw_plugin_load(&plugin, dw_comm_self(), "well.c", "well.c"), DW_ERR_FILE);
  assert_null(plugin);
  assert_non_null(strstr(dw_message(), "set TMPDIR"));
  assert_int_equal(unsetenv("TMPDIR"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(same_bits),        cmocka_unit_test(several), cmocka_unit_test(two_components),
      cmocka_unit_test(wrong_components), cmocka_unit_test(example), cmocka_unit_test(no_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
