/* A small corrector: what the tests of training, files and commands share. */
#ifndef DW_TEST_SURROGATE_OPERATOR_LESSON_H
#define DW_TEST_SURROGATE_OPERATOR_LESSON_H

#include <stdio.h>

#include "params/read.h"
#include "surrogate/operator/corrector.h"
#include "tests/dw_test.h"

static dw_params lesson_base;
static dw_operator_config lesson_config;

/* Fine runs of 32^3 whose walls are two points wide at the end, cheap ones of 20^3. */
static inline void lesson_make_kind(const char *kind, const char *train) {
  static dw_report report;
  static const char *const sets[] = {"lattice.points=32", "lattice.length=8", "time.end=2.8", "gw.coarsening=1"};
  char text[1024];
  dw_report_init(&report);
  assert_ok(dw_params_defaults(&lesson_base));
  for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
    assert_ok(dw_params_set(&lesson_base, sets[i], &report));
  }
  (void)snprintf(text, sizeof text,
                 "kind = \"%s\"; base = \"none.cfg\"; shells = 6; cheap = { points = 20; s = 0; fat_from = 2.0; };\n"
                 "net = { channels = 4; layers = 3; nets = 2; seed = 3; };\n"
                 "test = { first = 500; runs = 8; }; train = { first = 1; %s };\n",
                 kind, train);
  assert_ok(dw_operator_config_from_text(&lesson_config, text, "lesson.cfg", &report));
}

static inline void lesson_make(const char *train) { lesson_make_kind("corrector", train); }

#endif
