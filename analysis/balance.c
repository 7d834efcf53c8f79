#include "analysis/balance.h"

#include <math.h>

#include "cosmology/background_driven.h"

/* m^2 eta^2; far below what a field has that moves, above the rounding of one that rests in single precision. */
static const double NOISE = 1e-9;

static bool bias_changes(const dw_model *model) {
  return model->values.bias != 0.0 && (model->bias_start > 0.0 || model->bias_full > 0.0);
}

void dw_balance_init(dw_balance *balance, const dw_model *model) {
  const bool fixed = !model->potential->melts && model->values.plugin == NULL && !bias_changes(model) &&
                     !dw_background_is_driven(&model->background);
  const bool unbiased = model->values.bias == 0.0 || !dw_background_expands(&model->background);
  *balance = (dw_balance){.rises = fixed, .falls = fixed && unbiased};
}

double dw_balance_worst(const dw_balance *balance) { return fmax(balance->rise, balance->fall); }

static dw_status judge(const dw_balance *balance, double tau) {
  const bool rose = balance->rise >= balance->fall;
  if (!(dw_balance_worst(balance) > DW_BALANCE_LIMIT)) {
    return DW_OK;
  }
  return dw_fail(
      DW_ERR_INVALID,
      "at tau = %.6g the energy has %s by %.2g of itself, which the equation of motion forbids: the steps are "
      "too long for what happens on the lattice; use a smaller time.step or a finer lattice",
      tau, rose ? "risen" : "fallen more than by the expansion,", rose ? balance->rise : balance->fall);
}

dw_status dw_balance_take(dw_balance *balance, double tau, double a, const dw_measurement *m) {
  const double energy = m->energy_kinetic + m->energy_gradient + m->energy_potential;
  const double stretch = pow(a, 7.0);
  const double unit = m->energy_degenerate + NOISE;
  if (!balance->begun) {
    balance->begun = true;
    balance->least = energy;
    balance->unit = unit;
    balance->most = energy * stretch;
    return DW_OK;
  }
  if (balance->rises) {
    balance->rise = fmax(balance->rise, (energy - balance->least) / balance->unit);
  }
  if (balance->falls) {
    balance->fall = fmax(balance->fall, (balance->most / stretch - energy) / unit);
  }
  if (energy < balance->least) {
    balance->least = energy;
    balance->unit = unit;
  }
  balance->most = fmax(balance->most, energy * stretch);
  return judge(balance, tau);
}
