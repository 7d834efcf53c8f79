#include "fields/potential.h"

#include <string.h>

#include "fields/potential_rows.h"

/* Kink of the double well: phi = tanh(x/sqrt(2)), sigma = 2 sqrt(2)/3, delta = sqrt(2)
 * (Vilenkin & Shellard, Cosmic Strings and Other Topological Defects, 1994, sect. 3.2.5). Its numbers stay written
 * out, so that they have the same bits on every machine; the tests compare them with computed ones. */
static const dw_potential table[] = {
    {
        .name = "double-well",
        .doc = "v = (phi^2 - 1)^2/4 + bias (phi^3/3 - phi)",
        .derivative = {dw_double_well_derivative_f32, dw_double_well_derivative_f64},
        .value = {dw_double_well_value_f32, dw_double_well_value_f64},
        .kick = {dw_double_well_kick_f32, dw_double_well_kick_f64},
        .components = 1,
        .tanh_kink = true,
        .minimum = {-1.0, 1.0},
        .barrier = 0.25,
        .tension = 0.94280904158206336586779248280647,
        .width = 1.4142135623730950488016887242097,
        .curvature = 2.0,
        .overshoot = 3.32,
    },
    {
        .name = "melting",
        .doc = "v = (phi^2 - r^2)^2/4 + bias (phi^3/3 - r^2 phi), r = a^-melting",
        .derivative = {dw_melting_derivative_f32, dw_melting_derivative_f64},
        .value = {dw_melting_value_f32, dw_melting_value_f64},
        .kick = {dw_melting_kick_f32, dw_melting_kick_f64},
        .components = 1,
        .melts = true,
        .tanh_kink = true,
        .minimum = {-1.0, 1.0},
        .barrier = 0.25,
        .tension = 0.94280904158206336586779248280647,
        .width = 1.4142135623730950488016887242097,
        .curvature = 2.0,
        .overshoot = 3.32,
    },
    {
        .name = "free",
        .doc = "v = mass^2 phi^2/2, no walls",
        .derivative = {dw_free_derivative_f32, dw_free_derivative_f64},
        .value = {dw_free_value_f32, dw_free_value_f64},
        .kick = {dw_free_kick_f32, dw_free_kick_f64},
        .components = 1,
        .minimum = {0.0, 0.0},
        .barrier = 0.0,
        .tension = 0.0,
        .width = 0.0,
        .curvature = 0.0,
        .overshoot = 0.0,
    },
    {
        .name = "sine-gordon",
        .doc = "v = 2 (1 + cos(pi phi))/pi^2 - 2 bias/3 (phi + sin(pi phi)/pi)",
        .derivative = {dw_sine_gordon_derivative_f32, dw_sine_gordon_derivative_f64},
        .value = {dw_sine_gordon_value_f32, dw_sine_gordon_value_f64},
        .kick = {dw_sine_gordon_kick_f32, dw_sine_gordon_kick_f64},
        .components = 1,
        .computed = true,
    },
    {
        .name = "phi6",
        .doc = "v = (phi^2 - 1)^2 (1 + b phi^2)/(4 (1 + b)) + bias (phi^3/3 - phi)",
        .derivative = {dw_sextic_derivative_f32, dw_sextic_derivative_f64},
        .value = {dw_sextic_value_f32, dw_sextic_value_f64},
        .kick = {dw_sextic_kick_f32, dw_sextic_kick_f64},
        .components = 1,
        .computed = true,
    },
    {
        .name = "polynomial",
        .doc = "v = sum of c_n phi^n, n = 0 to 8",
        .derivative = {dw_polynomial_derivative_f32, dw_polynomial_derivative_f64},
        .value = {dw_polynomial_value_f32, dw_polynomial_value_f64},
        .kick = {dw_polynomial_kick_f32, dw_polynomial_kick_f64},
        .components = 1,
        .computed = true,
    },
    {
        .name = "z-n",
        .doc = "v = (r^2 - 1)^2/4 + (axion_mass/walls)^2 r^2 (1 - cos(walls theta)), r e^{i theta} = phi_1 + i phi_2",
        .derivative = {dw_z_n_derivative_f32, dw_z_n_derivative_f64},
        .value = {dw_z_n_value_f32, dw_z_n_value_f64},
        .components = 2,
        .sectors = true,
        .computed = true,
    },
    {
        .name = "double-wells",
        .doc = "v = sum u_i^2/4 + coupling/2 sum_{i<j} u_i u_j + bias sum (phi_i^3/3 - phi_i), u_i = phi_i^2 - 1",
        .derivative = {dw_wells_derivative_f32, dw_wells_derivative_f64},
        .value = {dw_wells_value_f32, dw_wells_value_f64},
        .components = 2,
        .wells = true,
        .computed = true,
    },
};

const dw_instant dw_instant_start = {.tau = 0.0, .a = 1.0, .vacuum = 1.0};

void dw_potential_at(const dw_potential *potential, const dw_potential_values *values, const dw_instant *at, double phi,
                     double *v0, double *vb) {
  static const double none = 0.0;
  const void *row[DW_MOST_COMPONENTS] = {&phi, &none, &none, &none};
  potential->value[dw_precision_index(DW_DOUBLE)](values, at, row, v0, vb, 1);
}

double dw_potential_slope(const dw_potential *potential, const dw_potential_values *values, const dw_instant *at,
                          double degenerate, double bias, double phi) {
  static const double none = 0.0;
  double slope[DW_MOST_COMPONENTS] = {0.0};
  const void *row[DW_MOST_COMPONENTS] = {&phi, &none, &none, &none};
  void *out[DW_MOST_COMPONENTS] = {&slope[0], &slope[1], &slope[2], &slope[3]};
  potential->derivative[dw_precision_index(DW_DOUBLE)](values, at, degenerate, bias, row, out, 1);
  return slope[0];
}

dw_status dw_potential_find(const dw_potential **potential, const char *name) {
  char known[256] = "";
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strcmp(table[i].name, name) == 0) {
      *potential = &table[i];
      return DW_OK;
    }
    if (i > 0) {
      strncat(known, ", ", sizeof known - strlen(known) - 1);
    }
    strncat(known, table[i].name, sizeof known - strlen(known) - 1);
  }
  *potential = NULL;
  return dw_fail(DW_ERR_PARAM, "fields.potential: no potential is called \"%s\"; there are: %s", name, known);
}
