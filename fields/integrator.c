#include "fields/integrator.h"

#include <stddef.h>
#include <string.h>

static const dw_integrator table[] = {
    {
        .name = "leapfrog",
        .doc = "kick-drift-kick, order 2, symplectic",
        .order = 2,
        .stages = 1,
        .kick = {0.5, 0.5},
        .drift = {1.0},
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
