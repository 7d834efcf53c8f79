/* The measurements of a simulation at its present step; for tests that link dwell_analysis. */
#ifndef DW_TESTS_FIELDS_MEASURED_H
#define DW_TESTS_FIELDS_MEASURED_H

#include "analysis/measure.h"
#include "tests/fields/simulation.h"

static inline dw_measurement simulation_measure(simulation *sim) {
  dw_measure *measure = NULL;
  dw_measurement result;
  assert_ok(dw_measure_create(&measure, sim->state));
  assert_ok(dw_measure_state(measure, sim->state, &result));
  dw_measure_destroy(measure);
  return result;
}

#endif
