#include "fields/integrator.h"

#include <stddef.h>
#include <string.h>

/* Weights w of Yoshida 1990: of order 4, outer and middle; of order 6, from the ends (3) to the middle (0). Those of
 * Suzuki 1990: outer and middle. */
#define FOUR1 1.3512071919596576340476878089715
#define FOUR0 (-1.7024143839193152680953756179429)
#define SIX3 0.78451361047755726381949763386635
#define SIX2 0.23557321335935813368479318297853
#define SIX1 (-1.1776799841788710069464156809643)
#define SIX0 1.3151863206839112188842497282389
#define FIVE1 0.41449077179437573714235406286076
#define FIVE0 (-0.65796308717750294856941625144305)

static const dw_integrator table[] = {
    {
        .name = "leapfrog",
        .doc = "kick-drift-kick, order 2, symplectic",
        .order = 2,
        .stages = 1,
        .kick = {0.5, 0.5},
        .drift = {1.0},
        .stable = 2.0,
        .resonant = 1.4142135623730950488,
    },
    {
        .name = "yoshida4",
        .doc = "three kick-drift-kicks, order 4, symplectic",
        .order = 4,
        .stages = 3,
        .kick = {FOUR1 / 2, (FOUR1 + FOUR0) / 2, (FOUR0 + FOUR1) / 2, FOUR1 / 2},
        .drift = {FOUR1, FOUR0, FOUR1},
        .stable = 1.5734019474345400566,
        .resonant = 1.1849496539145040016,
    },
    {
        .name = "suzuki4",
        .doc = "five kick-drift-kicks, order 4, symplectic",
        .order = 4,
        .stages = 5,
        .kick = {FIVE1 / 2, (FIVE1 + FIVE1) / 2, (FIVE1 + FIVE0) / 2, (FIVE0 + FIVE1) / 2, (FIVE1 + FIVE1) / 2,
                 FIVE1 / 2},
        .drift = {FIVE1, FIVE1, FIVE0, FIVE1, FIVE1},
        .stable = 2.7209745385601496908,
        .resonant = 1.5772111192497885916,
    },
    {
        .name = "yoshida6",
        .doc = "seven kick-drift-kicks, order 6, symplectic",
        .order = 6,
        .stages = 7,
        .kick = {SIX3 / 2, (SIX3 + SIX2) / 2, (SIX2 + SIX1) / 2, (SIX1 + SIX0) / 2, (SIX0 + SIX1) / 2,
                 (SIX1 + SIX2) / 2, (SIX2 + SIX3) / 2, SIX3 / 2},
        .drift = {SIX3, SIX2, SIX1, SIX0, SIX1, SIX2, SIX3},
        .stable = 2.2690579963976594179,
        .resonant = 1.5079573422434710692,
    },
};

dw_status dw_integrator_find(const dw_integrator **integrator, const char *name) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strcmp(table[i].name, name) == 0) {
      *integrator = &table[i];
      return DW_OK;
    }
  }
  *integrator = NULL;
  return dw_fail(DW_ERR_PARAM, "time.integrator: no integrator is called \"%s\"", name);
}

double dw_integrator_reach_back(const dw_integrator *integrator) {
  double at = 0.0;
  double earliest = 0.0;
  for (int i = 0; i < integrator->stages; i++) {
    at += integrator->drift[i];
    earliest = at < earliest ? at : earliest;
  }
  return -earliest;
}
