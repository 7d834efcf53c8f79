/* The command line. */
#ifndef DW_APP_OPTIONS_H
#define DW_APP_OPTIONS_H

#include <stdbool.h>

#include "base/status.h"

enum { DW_MAX_SETS = 256 };

typedef struct dw_options {
  const char *config;           /* the parameter file */
  const char *set[DW_MAX_SETS]; /* key=value */
  int sets;
  bool restart;
  bool quiet;
} dw_options;

/* Arguments after the command of `run` and `check`. `restart_allowed`: --restart and --quiet are known.
 * Errors: DW_ERR_PARAM with what is wrong and the usage. Not collective. */
dw_status dw_options_parse(dw_options *options, int argc, char *const *argv, const char *usage, bool is_run);

#endif
