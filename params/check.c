#include "params/check_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/constants.h"
#include "params/uses.h"

static bool is(const char *text, const char *choice) { return strcmp(text, choice) == 0; }

static void check_values(const dw_params *params, dw_report *report) {
  dw_params scratch;
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    const dw_given given = dw_param_given(entry, params);
    char problem[PROBLEM_LENGTH];
    if (!dw_report_has(report, entry->key) && !dw_param_assign(entry, &scratch, &given, problem, sizeof problem)) {
      dw_report_add(report, entry->key, "%s: %s", entry->key, problem);
    }
  }
}

/* Whether all these keys, up to a NULL, have values that were meant. */
static bool sound(const dw_report *report, const char *const *keys) {
  for (; *keys != NULL; keys++) {
    if (dw_report_has(report, *keys)) {
      return false;
    }
  }
  return true;
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A coarse grid needs a point a derivative, and at least one shell below a quarter of its modes. */
static void check_coarsening(const dw_params *p, const char *key, int64_t coarsening, dw_report *report) {
  const int64_t points = p->lattice.points;
  if (points % coarsening != 0) {
    dw_report_add(report, "lattice.points",
                  "lattice.points: %" PRId64 " is not a multiple of %s = %" PRId64 "; make it %" PRId64 " or %" PRId64
                  ", or set %s = 1",
                  points, key, coarsening, points - points % coarsening, points - points % coarsening + coarsening,
                  key);
  } else if (points / coarsening < 4) {
    dw_report_add(report, key,
                  "%s: %" PRId64 " leaves %" PRId64 " of %" PRId64
                  " points a side, too few for a derivative; set %s = 1",
                  key, coarsening, points / coarsening, points, key);
  }
}

static void check_lattice(const dw_params *p, dw_report *report) {
  if (!sound(report, KEYS("lattice.points", "gw.coarsening"))) {
    return;
  }
  if (p->gw.enabled || p->analysis.stress_coarsening == 0) { /* otherwise it sets the time grid only */
    check_coarsening(p, "gw.coarsening", p->gw.coarsening, report);
  }
  if (sound(report, KEYS("analysis.stress_coarsening")) && p->analysis.stress_coarsening > 0) {
    check_coarsening(p, "analysis.stress_coarsening", p->analysis.stress_coarsening, report);
  }
}

/* Leapfrog is stable while (step dx)^2 k2 < 4; the largest eigenvalue k2 dx^2 of minus the Laplacian is 12 at
 * order 2 and 16 at order 4. Limits of other integrators belong to fields/, where they are checked with the mass.
 * The tensors (order 4, always leapfrog) take steps and points larger by the same factor. */
static void check_step(const dw_params *p, dw_report *report) {
  const double step = p->time.step;
  if (sound(report, KEYS("time.step", "time.integrator", "lattice.stencil")) && is(p->time.integrator, "leapfrog")) {
    const double largest = p->lattice.stencil == 2 ? 12.0 : 16.0;
    if (step * step * largest >= 4.0) {
      dw_report_add(report, "time.step",
                    "time.step: leapfrog is unstable at %g with lattice.stencil = %" PRId64 "; stay below %.4g", step,
                    p->lattice.stencil, sqrt(4.0 / largest));
      return;
    }
  }
  if (sound(report, KEYS("time.step", "gw.enabled", "gw.method")) && p->gw.enabled && is(p->gw.method, "lattice") &&
      step * step * 16.0 >= 4.0) {
    dw_report_add(report, "time.step",
                  "time.step: the gravitational waves are unstable at %g; stay below 0.5, or set gw.method = \"modes\"",
                  step);
  }
}

/* Nothing of the chain is meant where there is none. */
static void check_no_chain(const dw_params *p, dw_report *report) {
  if (sound(report, KEYS("cosmology.chain_w")) && p->cosmology.chain_w.count > 0) {
    dw_report_add(report, "cosmology.chain_w",
                  "cosmology.chain_w: belongs to the background \"chain\", not to \"%s\"; set it to [], or "
                  "cosmology.background = \"chain\"",
                  p->cosmology.background);
  }
  if (sound(report, KEYS("cosmology.chain_until")) && p->cosmology.chain_until.count > 0) {
    dw_report_add(report, "cosmology.chain_until",
                  "cosmology.chain_until: belongs to the background \"chain\", not to \"%s\"; set it to [], or "
                  "cosmology.background = \"chain\"",
                  p->cosmology.background);
  }
}

static void check_table(const dw_params *p, dw_report *report) {
  if (!sound(report, KEYS("cosmology.background", "cosmology.table"))) {
    return;
  }
  const bool given = p->cosmology.table[0] != '\0';
  if (is(p->cosmology.background, "table") && !given) {
    dw_report_add(report, "cosmology.table",
                  "cosmology.table: the background \"table\" needs the path of its file; set it, or another "
                  "cosmology.background");
  } else if (!is(p->cosmology.background, "table") && given) {
    dw_report_add(report, "cosmology.table",
                  "cosmology.table: belongs to the background \"table\", not to \"%s\"; set it to \"\", or "
                  "cosmology.background = \"table\"",
                  p->cosmology.background);
  }
}

/* Whether its links can be joined is for dw_background_chain to say. */
static void check_chain(const dw_params *p, dw_report *report) {
  if (!sound(report, KEYS("cosmology.background"))) {
    return;
  }
  if (!is(p->cosmology.background, "chain")) {
    check_no_chain(p, report);
    return;
  }
  if (!sound(report, KEYS("cosmology.chain_w"))) {
    return;
  }
  const int64_t links = p->cosmology.chain_w.count;
  if (links == 0) {
    dw_report_add(report, "cosmology.chain_w",
                  "cosmology.chain_w: the background \"chain\" needs its equations of state; give for example [0.0, "
                  "0.3333333333333333], or set another cosmology.background");
  } else if (sound(report, KEYS("cosmology.chain_until")) && p->cosmology.chain_until.count != links - 1) {
    dw_report_add(report, "cosmology.chain_until",
                  "cosmology.chain_until: %" PRId64 " times for %" PRId64
                  " equations of state; give one fewer than cosmology.chain_w has, %" PRId64,
                  p->cosmology.chain_until.count, links, links - 1);
  }
}

static void check_coefficients(const dw_params *p, dw_report *report) {
  enum { MOST = 9 };
  if (!sound(report, KEYS("fields.potential", "fields.potential_coefficients"))) {
    return;
  }
  const int64_t count = p->fields.potential_coefficients.count;
  if (!is(p->fields.potential, "polynomial") && count > 0) {
    dw_report_add(report, "fields.potential_coefficients",
                  "fields.potential_coefficients: belong to \"polynomial\", not to \"%s\"; leave them out, or set "
                  "fields.potential = \"polynomial\"",
                  p->fields.potential);
  } else if (is(p->fields.potential, "polynomial") && (count < 5 || count > MOST)) {
    dw_report_add(report, "fields.potential_coefficients",
                  "fields.potential_coefficients: %" PRId64
                  " given; two vacua need 5 (up to phi^4), and there may be %d "
                  "(up to phi^8); write for example [0.25, 0, -0.5, 0, 0.25]",
                  count, (int)MOST);
  }
}

static void check_plugin(const dw_params *p, dw_report *report) {
  enum { MOST = 16 };
  if (!sound(report, KEYS("fields.potential", "fields.potential_file", "fields.potential_values"))) {
    return;
  }
  const bool own = is(p->fields.potential, "plugin");
  if (own && p->fields.potential_file[0] == '\0') {
    dw_report_add(report, "fields.potential_file",
                  "fields.potential_file: the potential \"plugin\" needs the path of its C file; set it, or another "
                  "fields.potential");
  }
  const char *key = p->fields.potential_file[0] != '\0'          ? "fields.potential_file"
                    : p->fields.potential_values.count > 0       ? "fields.potential_values"
                    : p->fields.potential_fingerprint[0] != '\0' ? "fields.potential_fingerprint"
                                                                 : NULL;
  if (!own && key != NULL) {
    dw_report_add(report, key,
                  "%s: belongs to \"plugin\", not to \"%s\"; leave it out, or set fields.potential = \"plugin\"", key,
                  p->fields.potential);
  } else if (p->fields.potential_values.count > MOST) {
    dw_report_add(report, "fields.potential_values", "fields.potential_values: %" PRId64 " numbers; there may be %d",
                  p->fields.potential_values.count, (int)MOST);
  }
}

/* What changes in the course of the run. */
static void check_times(const dw_params *p, dw_report *report) {
  if (sound(report, KEYS("fields.s", "fields.physical_from")) && p->fields.physical_from > 0 && p->fields.s == 1.0) {
    dw_report_add(report, "fields.physical_from",
                  "fields.physical_from: %g changes nothing with fields.s = 1, the physical equation; set it to 0, or "
                  "fields.s = 0 for walls of constant width until then",
                  p->fields.physical_from);
  }
  if (sound(report, KEYS("fields.bias_start", "fields.bias_full", "fields.bias_power")) && p->fields.bias_power != 0 &&
      !(p->fields.bias_full > p->fields.bias_start)) {
    dw_report_add(
        report, "fields.bias_power",
        "fields.bias_power: the bias grows until fields.bias_full = %g, which isn't after fields.bias_start = "
        "%g; set the two times, or fields.bias_power = 0",
        p->fields.bias_full, p->fields.bias_start);
  }
  if (sound(report, KEYS("fields.bias", "fields.bias_start", "time.end")) && p->fields.bias != 0 &&
      p->fields.bias_start >= p->time.end) {
    dw_report_add(report, "fields.bias_start",
                  "fields.bias_start: %g isn't before time.end = %g, there would be no bias; start it earlier, or set "
                  "fields.bias = 0",
                  p->fields.bias_start, p->time.end);
  }
  if (sound(report, KEYS("fields.potential", "fields.bias_shape")) && !is(p->fields.bias_shape, "cubic") &&
      !is(p->fields.potential, "double-well") && !is(p->fields.potential, "phi6")) {
    dw_report_add(report, "fields.bias_shape",
                  "fields.bias_shape: \"%s\" has one shape of its own; set it to \"cubic\", or fields.potential = "
                  "\"double-well\"",
                  p->fields.potential);
  }
}

/* What is solved together with the scale factor has an action of its own: the physical equation, with a potential that
 * doesn't depend on time. */
static void check_action(const dw_params *p, dw_report *report) {
  const struct {
    bool wrong;
    const char *key;
    const char *problem;
  } demands[] = {
      {p->fields.s != 1, "fields.s", "fat walls don't have the energy that drives the expansion; set it to 1"},
      {p->fields.physical_from != 0, "fields.physical_from",
       "fat walls don't have the energy that drives the expansion; set it to 0"},
      {is(p->fields.potential, "melting"), "fields.potential",
       "what melts the walls exchanges energy with them and would have to be followed too; choose another"},
      {p->fields.bias_start != 0 || p->fields.bias_full != 0, "fields.bias_start",
       "energy that is switched on comes from nowhere; set it and fields.bias_full to 0"},
      {!is(p->time.integrator, "leapfrog"), "time.integrator",
       "the scale factor is solved along with the field by \"leapfrog\" alone; set it to that"},
  };
  for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
    if (demands[i].wrong && sound(report, KEYS(demands[i].key))) {
      dw_report_add(report, demands[i].key, "%s: %s, or give another cosmology.background than \"self-consistent\"",
                    demands[i].key, demands[i].problem);
    }
  }
}

static void check_driven(const dw_params *p, dw_report *report) {
  if (!sound(report, KEYS("cosmology.background"))) {
    return;
  }
  if (is(p->cosmology.background, "self-consistent")) {
    check_action(p, report);
  } else if (sound(report, KEYS("cosmology.eta")) && p->cosmology.eta != 0) {
    dw_report_add(report, "cosmology.eta",
                  "cosmology.eta: belongs to the background \"self-consistent\", not to \"%s\"; set it to 0, or "
                  "cosmology.background = \"self-consistent\"",
                  p->cosmology.background);
  }
}

/* What one potential alone looks at must not be taken for a property of another. Unused keys of starts and backgrounds
 * are for notices: a file may hold several of them, to choose from. */
static void check_owners(const dw_params *p, dw_report *report) {
  size_t index = 0;
  if (!sound(report, KEYS("fields.potential"))) {
    return;
  }
  for (const dw_param_use *use = dw_param_next_unused(p, &index); use != NULL; use = dw_param_next_unused(p, &index)) {
    if (is(use->by, "fields.potential") && sound(report, KEYS(use->key))) {
      dw_report_add(report, use->key,
                    "%s: belongs to fields.potential = \"%s\", not to \"%s\"; leave it out, or choose that", use->key,
                    use->values, p->fields.potential);
    }
  }
}

static void check_physics(const dw_params *p, dw_report *report) {
  check_driven(p, report);
  check_owners(p, report);
  if (sound(report, KEYS("cosmology.background", "cosmology.hubble_start")) &&
      (is(p->cosmology.background, "power-law") || is(p->cosmology.background, "chain") ||
       is(p->cosmology.background, "self-consistent")) &&
      !(p->cosmology.hubble_start > 0)) {
    dw_report_add(report, "cosmology.hubble_start",
                  "cosmology.hubble_start: must be > 0 in an expanding background; give H/m at the start, or set "
                  "cosmology.background = \"flat\"");
  }
  if (sound(report, KEYS("fields.potential", "fields.bias")) && is(p->fields.potential, "free") &&
      p->fields.bias != 0) {
    dw_report_add(report, "fields.bias",
                  "fields.bias: the free field has none; set it to 0, or fields.potential = \"double-well\"");
  }
  check_times(p, report);
  if (sound(report, KEYS("gw.enabled", "gw.start", "time.end")) && p->gw.enabled && p->gw.start > p->time.end) {
    dw_report_add(report, "gw.start",
                  "gw.start: %g is after time.end = %g; start earlier, end later, or set gw.enabled = false",
                  p->gw.start, p->time.end);
  }
}

static void check_rms(const dw_params *p, dw_report *report) {
  if (sound(report, KEYS("fields.initial.rms")) && !(p->fields.initial.rms > 0)) {
    dw_report_add(report, "fields.initial.rms", "fields.initial.rms: %s of rms 0 is no field at all; give one > 0",
                  is(p->fields.initial.kind, "white-noise") ? "white noise" : "a random field");
  }
}

static void check_cutoff(const dw_params *p, dw_report *report) {
  const double smallest = DW_TWO_PI / p->lattice.length;
  if (sound(report, KEYS("fields.initial.cutoff", "fields.initial.cutoff_width", "lattice.length")) &&
      p->fields.initial.cutoff * (1.0 + p->fields.initial.cutoff_width) < smallest) {
    dw_report_add(report, "fields.initial.cutoff",
                  "fields.initial.cutoff: no mode of the box lies below %g; raise it above 2 pi / lattice.length = %g",
                  p->fields.initial.cutoff, smallest);
  }
}

/* A length in space that the lattice must resolve and the box hold twice. */
static void check_length(const dw_params *p, const char *key, double length, dw_report *report) {
  if (!sound(report, KEYS(key, "lattice.length", "lattice.points"))) {
    return;
  }
  const double low = dw_params_spacing(p);
  const double high = 0.5 * p->lattice.length;
  if (length < low * (1.0 - 1e-9) || length > high * (1.0 + 1e-9)) {
    dw_report_add(report, key, "%s: %g is not between the lattice spacing %g and lattice.length / 2 = %g", key, length,
                  low, high);
  }
}

/* Whether it was one of them. */
static bool check_random(const dw_params *p, dw_report *report) {
  const char *kind = p->fields.initial.kind;
  if (is(kind, "cells")) {
    check_length(p, "fields.initial.cell", p->fields.initial.cell, report);
  } else if (is(kind, "gaussian")) {
    check_rms(p, report);
    check_length(p, "fields.initial.correlation_length", p->fields.initial.correlation_length, report);
  } else if (is(kind, "white-noise") || is(kind, "power-law")) {
    check_rms(p, report);
    check_cutoff(p, report);
  } else if (is(kind, "vacuum") || is(kind, "thermal")) {
    check_cutoff(p, report);
  } else {
    return false;
  }
  return true;
}

static void check_normal(const dw_params *p, dw_report *report) {
  if (!sound(report, KEYS("fields.initial.normal", "lattice.points"))) {
    return;
  }
  const int64_t *n = p->fields.initial.normal;
  if (is(p->fields.initial.kind, "walls")) {
    if (n[0] == 0 && n[1] == 0 && n[2] == 0) {
      dw_report_add(report, "fields.initial.normal",
                    "fields.initial.normal: [0, 0, 0] is no direction; write for example [1, 0, 0]");
      return;
    }
  }
  for (int i = 0; i < 3; i++) {
    if (2 * (n[i] < 0 ? -n[i] : n[i]) > p->lattice.points) {
      dw_report_add(report, "fields.initial.normal",
                    "fields.initial.normal: wave number %" PRId64 " is not on the lattice; stay within half of "
                    "lattice.points = %" PRId64,
                    n[i], p->lattice.points);
      return;
    }
  }
}

static void check_initial(const dw_params *p, dw_report *report) {
  const char *kind = p->fields.initial.kind;
  if (!sound(report, KEYS("fields.initial.kind"))) {
    return;
  }
  if (check_random(p, report)) {
    return;
  }
  if (is(kind, "walls") || is(kind, "mode")) {
    check_normal(p, report);
  } else if (is(kind, "sphere")) {
    if (sound(report, KEYS("fields.initial.radius", "lattice.length")) &&
        p->fields.initial.radius >= 0.5 * p->lattice.length) {
      dw_report_add(report, "fields.initial.radius",
                    "fields.initial.radius: a sphere of radius %g doesn't fit the box; stay below lattice.length / 2 "
                    "= %g",
                    p->fields.initial.radius, 0.5 * p->lattice.length);
    }
  } else if (is(kind, "snapshot") || is(kind, "spectrum")) {
    if (sound(report, KEYS("fields.initial.file")) && p->fields.initial.file[0] == '\0') {
      dw_report_add(report, "fields.initial.file",
                    "fields.initial.file: a start from a %s needs its path; set it, or another fields.initial.kind",
                    kind);
    }
  }
}

dw_status dw_params_validate(const dw_params *params, dw_report *report) {
  const size_t before = report->count;
  check_values(params, report);
  check_lattice(params, report);
  check_step(params, report);
  check_physics(params, report);
  check_chain(params, report);
  check_table(params, report);
  check_coefficients(params, report);
  check_plugin(params, report);
  check_initial(params, report);
  return dw_problems_since(report, before, "");
}
