#include "params/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Key and member have the same name. A row whose type isn't that of the member doesn't compile. */
#define MEMBER(member) (((dw_params *)0)->member)
#define OFFSET(member, type) (offsetof(dw_params, member) + 0 * sizeof(char[_Generic(MEMBER(member), type : 1)]))

#define BOOL(member) #member, DW_PARAM_BOOL, OFFSET(member, bool), 1
#define INT64(member) #member, DW_PARAM_INT64, OFFSET(member, int64_t), 1
#define REAL(member) #member, DW_PARAM_REAL, OFFSET(member, double), 1
#define TEXT(member) #member, DW_PARAM_TEXT, OFFSET(member, char *), 1
#define CHOICE(member) #member, DW_PARAM_CHOICE, OFFSET(member, char *), 1
#define REAL_LIST(member) #member, DW_PARAM_REAL_LIST, OFFSET(member, dw_real_list), 1
#define INT64_ARRAY(member) \
#member, DW_PARAM_INT64_ARRAY, OFFSET(member, int64_t *), sizeof MEMBER(member) / sizeof MEMBER(member)[0]

#define ANY -(double)INFINITY, (double)INFINITY, false, false, NULL
#define FROM(low) low, (double)INFINITY, false, false, NULL
#define ABOVE(low) low, (double)INFINITY, true, false, NULL
#define ABOVE_TO(low, high) low, high, true, false, NULL
#define FROM_TO_BELOW(low, high) low, high, false, true, NULL
#define BETWEEN(low, high) low, high, true, true, NULL
#define RANGE(low, high) low, high, false, false, NULL
#define NOT_EMPTY FROM(1)
#define OF(choices) -(double)INFINITY, (double)INFINITY, false, false, choices

#define FIXED DW_RESTART_FIXED
#define LATER DW_RESTART_LATER
#define FREE DW_RESTART_FREE

static const dw_param_entry table[] = {
    {TEXT(name), "radiation", ANY, FREE, "", "free text, goes into every file"},
    {TEXT(output), "runs/radiation", NOT_EMPTY, FREE, "", "run directory; made if it doesn't exist"},
    {BOOL(overwrite), "false", ANY, FREE, "", "replace an existing run in the run directory"},
    {INT64(seed), "1", FROM(0), FIXED, "",
     "of the random numbers; one seed is one realisation on any number of processes"},
    {CHOICE(precision), "single", OF("single|double"), FIXED, "", "storage of the fields; sums are always double"},

    {INT64(lattice.points), "256", RANGE(4, 65536), FIXED, "", "N, lattice points a side"},
    {REAL(lattice.length), "19.0", ABOVE(0), FIXED, "1/m", "L, comoving side of the periodic box"},
    {INT64(lattice.stencil), "2", OF("2|4"), FIXED, "", "order of the derivatives in space"},
    {INT64_ARRAY(lattice.processes), "[0, 0]", RANGE(0, 1048576), FREE, "",
     "process grid, cuts along x and y; 0 means chosen"},

    {REAL(time.end), "9.5", ABOVE(0), LATER, "1/m", "conformal time at the end of the run"},
    {REAL(time.step), "0.25", BETWEEN(0, 1), FIXED, "dx",
     "largest time step; the run takes equal steps that end at time.end"},
    {CHOICE(time.integrator), "leapfrog", OF("leapfrog|yoshida4|suzuki4|yoshida6"), FIXED, "",
     "symplectic: one kick-drift-kick a step with order 2, three or five with order 4, seven with order 6"},

    {CHOICE(cosmology.background), "power-law", OF("power-law|flat|chain|table|self-consistent"), FIXED, "",
     "expansion: a power law in conformal time, none, equations of state one after the other, a table, or what the "
     "field "
     "and a fluid drive"},
    {REAL(cosmology.w), "0.3333333333333333", ABOVE_TO(-1.0 / 3.0, 100), FIXED, "",
     "equation of state of the power law, or self-consistent of the fluid: radiation 1/3, matter 0, kination 1"},
    {REAL(cosmology.hubble_start), "1.0", FROM(0), FIXED, "m",
     "H at the start; sets the starting time of the power law; self-consistent: of field and fluid together"},
    {REAL(cosmology.eta), "0.0", FROM(0), FIXED, "",
     "self-consistent: eta/M_P, M_P the reduced Planck mass; 0 means no fluid, and what the field then needs for "
     "hubble_start"},
    {REAL_LIST(cosmology.chain_w), "[]", ABOVE_TO(-1.0 / 3.0, 100), FIXED, "",
     "chain: equations of state in their order, at most 8; [0.0, 0.3333333333333333] is matter, then radiation"},
    {REAL_LIST(cosmology.chain_until), "[]", ABOVE(0), FIXED, "1/m",
     "chain: conformal times of the transitions, one fewer than cosmology.chain_w; a and H are continuous"},
    {REAL(cosmology.chain_width), "0.0", FROM_TO_BELOW(0, 1), FIXED, "",
     "chain: half the length of each transition over its time, w linear meanwhile; 0 is sharp"},
    {TEXT(cosmology.table), "", ANY, FIXED, "",
     "table: path of a text file of rows of two numbers; the run starts at the first with a = 1 and its H"},
    {CHOICE(cosmology.table_columns), "tau-a", OF("tau-a|a-hubble"), FIXED, "",
     "table: its columns, conformal time and scale factor, or scale factor and cosmic Hubble rate (m)"},

    {CHOICE(fields.potential), "double-well",
     OF("double-well|melting|free|sine-gordon|phi6|polynomial|z-n|double-wells|plugin"), FIXED, "",
     "(phi^2 - 1)^2 / 4; (phi^2 - r^2)^2 / 4 with r = a^-melting; mass^2 phi^2 / 2; 2 (1 + cos(pi phi)) / pi^2; (phi^2 "
     "- 1)^2 (1 + b phi^2) / (4 (1 + b)); "
     "any polynomial up to phi^8; (r^2 - 1)^2 / 4 + (axion_mass / walls)^2 r^2 (1 - cos(walls theta)) of a complex "
     "field; double wells of several fields, u_i^2 / 4 each with u_i = phi_i^2 - 1, and coupling u_i u_j / 2 of each "
     "pair; your own C file"},
    {INT64(fields.components), "2", RANGE(1, 4), FIXED, "", "double-wells: n, number of real fields"},
    {REAL(fields.coupling), "0.0", BETWEEN(-1, 1), FIXED, "", "double-wells: g, above -1/(n - 1) and below 1"},
    {INT64(fields.walls), "3", RANGE(1, 16), FIXED, "", "z-n: N, number of vacua and of walls at a string"},
    {REAL(fields.axion_mass), "0.5", ABOVE_TO(0, 10), FIXED, "m",
     "z-n: mu, mass of the angle; the radius has sqrt(2). N = 1 has walls up to about 0.2"},
    {REAL(fields.potential_sextic), "1.0", RANGE(0, 2), FIXED, "", "phi6: b; 0 is the double well"},
    {REAL_LIST(fields.potential_coefficients), "[]", ANY, FIXED, "m^2 eta^2",
     "polynomial: coefficients of phi^0, phi^1, ...; two degenerate minima, one on each side of 0"},
    {TEXT(fields.potential_file), "", ANY, FREE, "", "plugin: path of the C file, docs/add-a-potential.md"},
    {REAL_LIST(fields.potential_values), "[]", ANY, FIXED, "",
     "plugin: numbers for the functions of the file, at most 16"},
    {TEXT(fields.potential_fingerprint), "", ANY, FIXED, "",
     "plugin: of the text of the file, filled in by dwell; where it is given the file must have it"},
    {REAL(fields.s), "1.0", RANGE(0, 1), FIXED, "",
     "walls are 1/a^s wide (comoving): 1 the physical equation, 0 walls of constant comoving width"},
    {REAL(fields.physical_from), "0.0", FROM(0), FIXED, "1/m",
     "conformal time from which the equation is the physical one, s = 1; before it walls are as wide as then if s = 0; "
     "0 means that s holds for the whole run"},
    {REAL(fields.bias), "0.0", BETWEEN(-1, 1), FIXED, "m^2 eta^2",
     "epsilon of the bias; epsilon (phi^3/3 - phi) in the double well, docs/conventions.md has the others"},
    {CHOICE(fields.bias_shape), "cubic", OF("cubic|linear|phi3"), FIXED, "",
     "double-well, phi6: phi^3/3 - phi, which moves no vacuum; -2/3 phi; -2/3 phi^3; all lift the left vacuum by "
     "4/3 epsilon"},
    {REAL(fields.bias_start), "0.0", FROM(0), FIXED, "1/m", "conformal time before which there is no bias"},
    {REAL(fields.bias_full), "0.0", FROM(0), FIXED, "1/m",
     "conformal time from which the bias is full; up to bias_start: at once"},
    {REAL(fields.bias_power), "0.0", RANGE(-100, 100), FIXED, "",
     "between bias_start and bias_full the bias goes with a to this power"},
    {REAL(fields.melting), "1.0", RANGE(0, 10), FIXED, "",
     "melting: the vacuum value falls with a to minus this power; 1 is proportional to the temperature"},
    {REAL(fields.mass), "0.0", FROM(0), FIXED, "m", "mass of the free field"},

    {CHOICE(fields.initial.kind), "white-noise",
     OF("white-noise|vacuum|thermal|gaussian|power-law|cells|walls|sphere|mode|spectrum|snapshot"), FIXED, "",
     "initial field; the keys below say which kind they belong to"},
    {REAL(fields.initial.rms), "0.1", FROM(0), FIXED, "eta",
     "white-noise, gaussian, power-law: rms of the field about its mean (ensemble value)"},
    {REAL(fields.initial.cutoff), "3.0", ABOVE(0), FIXED, "m",
     "white-noise, vacuum, thermal, power-law: largest comoving momentum"},
    {REAL(fields.initial.cutoff_width), "0.0", RANGE(0, 1), FIXED, "",
     "width of a smooth cut-off relative to the cut-off; 0 is sharp"},
    {REAL(fields.initial.lambda), "0.1", ABOVE(0), FIXED, "",
     "vacuum, thermal: coupling with m = sqrt(lambda) eta; the power is proportional to it"},
    {REAL(fields.initial.mass), "0.0", FROM(0), FIXED, "m",
     "vacuum, thermal: effective mass of the quanta, omega = sqrt(k^2 + mass^2)"},
    {REAL(fields.initial.temperature), "10.0", ABOVE(0), FIXED, "m", "thermal: temperature at the start"},
    {BOOL(fields.initial.zero_point), "false", ANY, FIXED, "", "thermal: add the fluctuations of the vacuum"},
    {REAL(fields.initial.correlation_length), "1.0", ABOVE(0), FIXED, "1/m",
     "gaussian: l of the correlation rms^2 exp(-r^2 / (2 l^2)), comoving"},
    {REAL(fields.initial.index), "0.0", RANGE(-10, 10), FIXED, "", "power-law: n of the power k^n per mode"},
    {REAL(fields.initial.cell), "1.0", ABOVE(0), FIXED, "1/m",
     "cells: comoving side of a cell; the next that fits the box a whole number of times is taken"},
    {REAL(fields.initial.fraction), "0.5", BETWEEN(0, 1), FIXED, "",
     "random starts: fraction of the volume with phi > 0 (ensemble value); 0.5 is no population bias"},
    {INT64_ARRAY(fields.initial.normal), "[1, 0, 0]", RANGE(-65536, 65536), FIXED, "",
     "walls: normal; mode: wave vector in units of 2 pi / L"},
    {REAL(fields.initial.velocity), "0.0", BETWEEN(-1, 1), FIXED, "c", "walls: velocity along the normal"},
    {REAL(fields.initial.radius), "4.0", ABOVE(0), FIXED, "1/m", "sphere: comoving radius"},
    {REAL(fields.initial.amplitude), "0.01", ANY, FIXED, "eta", "mode: amplitude of the plane wave"},
    {REAL(fields.initial.mean), "0.0", ANY, FIXED, "eta", "mode: value the wave is added to"},
    {REAL(fields.initial.diffusion), "0.0", FROM(0), FIXED, "1/m^2",
     "any start: time of gradient flow before the run, dphi/dT = lap phi - v'; modes fall as exp(-k^2 T); 0 is none"},
    {REAL(fields.initial.friction_time), "0.0", FROM(0), FIXED, "1/m",
     "any start: time with constant friction before the run, after the diffusion; counts towards the horizon; 0 is "
     "none"},
    {REAL(fields.initial.friction), "1.0", FROM(0), FIXED, "m", "friction_time: Gamma of phi'' + Gamma phi'"},
    {TEXT(fields.initial.file), "", ANY, FIXED, "",
     "spectrum: path of a text file of rows k P_phi [P_phi'], docs/files.md; snapshot: path of the file to start from"},

    {BOOL(gw.enabled), "true", ANY, FIXED, "", "evolve gravitational waves; the stress is measured in any case"},
    {REAL(gw.start), "0.0", FROM(0), FIXED, "1/m",
     "conformal time from which the stress sources the waves; before the start of the run means the start"},
    {CHOICE(gw.method), "lattice", OF("lattice|modes"), FIXED, "",
     "evolve the tensor on the lattice, or each mode in momentum space"},
    {INT64(gw.coarsening), "2", OF("1|2|4"), FIXED, "", "points and steps of the field for one of the tensor"},

    {REAL(analysis.interval), "0.25", FROM(0), FREE, "1/m",
     "conformal time between rows of the time series; 0 means never"},
    {REAL(analysis.spectra_interval), "0.5", FROM(0), FREE, "1/m", "conformal time between spectra; 0 means never"},
    {INT64(analysis.stress_coarsening), "0", OF("0|1|2|4"), FIXED, "",
     "points of the field for one of the grid of the equal-time correlator; 0 means gw.coarsening"},
    {BOOL(analysis.stress_parts), "false", ANY, FIXED, "",
     "correlators of the scalar and vector parts of the stress too"},
    {BOOL(analysis.domains), "true", ANY, FREE, "",
     "number, volume and wrapping of connected domains, closed and percolating walls; with the spectra"},
    {REAL_LIST(analysis.utc_reference), "[]", FROM(0), FIXED, "1/m",
     "reference times of the unequal-time correlator of the stress; each is correlated with the later spectra"},
    {REAL(analysis.utc_limit), "0.0", FROM(0), FIXED, "m",
     "largest comoving momentum kept for unequal times, of references and tracks; 0 means that of the equal-time "
     "correlator"},
    {BOOL(analysis.utc_earlier), "false", ANY, FIXED, "",
     "correlate each reference time with the earlier spectra too; stores the stress at all of them"},
    {INT64(analysis.tracks), "0", RANGE(0, 1000000), FIXED, "",
     "modes of each shell whose stress is recorded over time (tracks.h5); 0 means none"},
    {REAL(analysis.track_interval), "0.0", FROM(0), FIXED, "1/m",
     "conformal time between samples of the tracks; 0 means every gw.coarsening steps"},

    {REAL_LIST(store.snapshots), "[]", FROM(0), FREE, "1/m", "conformal times at which the whole field is written"},
    {REAL(store.slices), "0.5", FROM(0), FREE, "1/m", "conformal time between pictures of a slice; 0 means never"},
    {REAL(store.checkpoint_minutes), "30.0", FROM(0), FREE, "min",
     "wall-clock time between checkpoints; 0 means never"},
    {REAL(store.walltime_minutes), "0.0", FROM(0), FREE, "min",
     "wall-clock time within which the run stops with a checkpoint; 0 means no limit"},
};

size_t dw_table_size(void) { return sizeof table / sizeof table[0]; }

const dw_param_entry *dw_table_entry(size_t index) { return &table[index]; }

const dw_param_entry *dw_table_find(const char *key) {
  for (size_t i = 0; i < dw_table_size(); i++) {
    if (strcmp(table[i].key, key) == 0) {
      return &table[i];
    }
  }
  return NULL;
}

bool dw_table_is_group(const char *path) {
  const size_t length = strlen(path);
  for (size_t i = 0; i < dw_table_size(); i++) {
    if (length > 0 && strncmp(table[i].key, path, length) == 0 && table[i].key[length] == '.') {
      return true;
    }
  }
  return false;
}

const void *dw_param_at(const dw_param_entry *entry, const dw_params *params) {
  return (const char *)params + entry->offset;
}

const char *dw_param_type_name(const dw_param_entry *entry, char *buffer, size_t size) {
  switch (entry->type) {
    case DW_PARAM_BOOL: (void)snprintf(buffer, size, "true or false"); break;
    case DW_PARAM_INT64: (void)snprintf(buffer, size, "integer"); break;
    case DW_PARAM_REAL: (void)snprintf(buffer, size, "real"); break;
    case DW_PARAM_TEXT: (void)snprintf(buffer, size, "text"); break;
    case DW_PARAM_CHOICE: (void)snprintf(buffer, size, "choice"); break;
    case DW_PARAM_REAL_LIST: (void)snprintf(buffer, size, "list of reals"); break;
    case DW_PARAM_INT64_ARRAY: (void)snprintf(buffer, size, "%zu integers", entry->count); break;
  }
  return buffer;
}

const char *dw_param_allowed(const dw_param_entry *entry, char *buffer, size_t size) {
  const bool low = isfinite(entry->low);
  const bool high = isfinite(entry->high);
  if (entry->choices != NULL) {
    size_t used = 0;
    for (const char *c = entry->choices; *c != '\0' && used + 3 < size; c++) {
      used += (size_t)snprintf(buffer + used, size - used, *c == '|' ? ", " : "%c", *c);
    }
  } else if (entry->type == DW_PARAM_BOOL) {
    (void)snprintf(buffer, size, "true, false");
  } else if (entry->type == DW_PARAM_TEXT) {
    (void)snprintf(buffer, size, low ? "not empty" : "any");
  } else if (low && high && !entry->low_excluded && !entry->high_excluded) {
    (void)snprintf(buffer, size, "%.7g to %.7g", entry->low, entry->high);
  } else if (low && high) {
    (void)snprintf(buffer, size, "%s %.7g and %s %.7g", entry->low_excluded ? ">" : ">=", entry->low,
                   entry->high_excluded ? "<" : "<=", entry->high);
  } else if (low) {
    (void)snprintf(buffer, size, "%s %.7g", entry->low_excluded ? ">" : ">=", entry->low);
  } else {
    (void)snprintf(buffer, size, "any");
  }
  return buffer;
}
