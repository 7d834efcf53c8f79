/* All parameters of a run, resolved. Filled and described by the one table in params/table.c;
 * keys, units and defaults are documented there and printed by `dwell params`.
 * Units: lengths and conformal times 1/m (comoving), momenta m, fields eta. */
#ifndef DW_PARAMS_PARAMS_H
#define DW_PARAMS_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { DW_TEXT_LENGTH = 512, DW_LIST_LENGTH = 1024 };

typedef struct dw_real_list {
  int64_t count;
  double value[DW_LIST_LENGTH];
} dw_real_list;

typedef struct dw_params {
  char name[DW_TEXT_LENGTH];
  char output[DW_TEXT_LENGTH];
  bool overwrite;
  int64_t seed;
  char precision[DW_TEXT_LENGTH]; /* "single" | "double" */
  struct {
    int64_t points;       /* N */
    double length;        /* L */
    int64_t stencil;      /* 2 | 4 */
    int64_t processes[2]; /* process grid, 0 = chosen */
  } lattice;
  struct {
    double end;
    double step; /* units of dx */
    char integrator[DW_TEXT_LENGTH];
  } time;
  struct {
    char background[DW_TEXT_LENGTH]; /* "power-law" | "flat" | "chain" | "table" | "self-consistent" */
    double w;
    double hubble_start;                /* H/m at the start */
    double eta;                         /* self-consistent: eta/M_P; 0 = what the field alone needs */
    dw_real_list chain_w;               /* chain */
    dw_real_list chain_until;           /* chain: one fewer than chain_w */
    double chain_width;                 /* chain: relative; 0 = sharp */
    char table[DW_TEXT_LENGTH];         /* table: path */
    char table_columns[DW_TEXT_LENGTH]; /* "tau-a" | "a-hubble" */
  } cosmology;
  struct {
    char potential[DW_TEXT_LENGTH]; /* "double-well" | "melting" | "free" | "sine-gordon" | "phi6" | "polynomial" |
                                       "z-n" | "double-wells" | "plugin" */
    double potential_sextic;        /* b of phi6 */
    dw_real_list potential_coefficients;
    char potential_file[DW_TEXT_LENGTH]; /* plugin: path */
    dw_real_list potential_values;       /* plugin: at most 16 */
    char potential_fingerprint[DW_TEXT_LENGTH];
    int64_t components;              /* double-wells: n */
    double coupling;                 /* double-wells: g */
    int64_t walls;                   /* z-n: N */
    double axion_mass;               /* z-n: mu, units m */
    double s;                        /* 1 physical, 0 fat walls */
    double physical_from;            /* 0: s holds throughout */
    double bias;                     /* epsilon of v_b */
    char bias_shape[DW_TEXT_LENGTH]; /* "cubic" | "linear" | "phi3" */
    double bias_start;
    double bias_full;
    double bias_power;
    double melting; /* melting: q of the vacuum value a^-q */
    double mass;    /* of the free field, units m */
    struct {
      char kind[DW_TEXT_LENGTH]; /* "white-noise" | "vacuum" | "thermal" | "gaussian" | "power-law" | "cells" |
                                    "walls" | "sphere" | "mode" | "snapshot" */
      double rms;
      double cutoff;
      double cutoff_width;       /* relative; 0 = sharp */
      double lambda;             /* vacuum, thermal */
      double mass;               /* vacuum, thermal: of the quanta */
      double temperature;        /* thermal */
      bool zero_point;           /* thermal */
      double correlation_length; /* gaussian */
      double index;              /* power-law */
      double cell;               /* cells: side */
      double fraction;           /* random starts: volume with phi > 0 */
      int64_t normal[3];         /* walls: normal; mode: wave vector, units 2 pi / L */
      double velocity;           /* walls */
      double radius;             /* sphere */
      double amplitude;          /* mode */
      double mean;               /* mode */
      double diffusion;          /* time of gradient flow */
      double friction_time;
      double friction;
      char file[DW_TEXT_LENGTH]; /* spectrum, snapshot */
    } initial;
  } fields;
  struct {
    bool enabled;
    double start;
    char method[DW_TEXT_LENGTH]; /* "lattice" | "modes" */
    int64_t coarsening;          /* 1 | 2 | 4 */
  } gw;
  struct {
    double interval;
    double spectra_interval;
    int64_t stress_coarsening; /* 0 = gw.coarsening */
    bool stress_parts;
    bool domains;
    dw_real_list utc_reference;
    double utc_limit; /* largest k, m; 0 = that of the correlator */
    bool utc_earlier;
    int64_t tracks; /* modes a shell */
    double track_interval;
  } analysis;
  struct {
    dw_real_list snapshots;
    double slices;
    double checkpoint_minutes;
    double walltime_minutes;
  } store;
} dw_params;

/* c of the grid of the stress. */
static inline int64_t dw_params_stress_coarsening(const dw_params *params) {
  return params->analysis.stress_coarsening > 0 ? params->analysis.stress_coarsening : params->gw.coarsening;
}

/* dx = L/N, comoving, 1/m. */
static inline double dw_params_spacing(const dw_params *params) {
  return params->lattice.length / (double)params->lattice.points;
}

#endif
