/* The command line of `dwell analyse`. */
#ifndef DW_APP_ANALYSE_OPTIONS_H
#define DW_APP_ANALYSE_OPTIONS_H

#include <stdbool.h>

#include "base/status.h"

enum { DW_ANALYSE_RUNS = 1024, DW_ANALYSE_SECTIONS = 16, DW_ANALYSE_REASON = 512 };

/* Numbers that weren't given are NAN. */
typedef struct dw_analyse_options {
  const char *run[DW_ANALYSE_RUNS]; /* directories */
  int runs;
  const char *output; /* NULL: not given */
  bool unfinished;
  double from; /* 1/m */
  double to;
  double eta;                        /* GeV */
  double lambda;                     /* 1 */
  double sigma;                      /* GeV^3 */
  double temperature;                /* GeV */
  bool at_annihilation;              /* the temperature is that at annihilation, not at the end of the window */
  bool section[DW_ANALYSE_SECTIONS]; /* which to do, in the order of analyse_sections.h */
  bool named[DW_ANALYSE_SECTIONS];   /* by --only: not to be left out silently */
  /* Why a section isn't done that nobody asked to leave out; "" where there is no such reason. */
  char left_out[DW_ANALYSE_SECTIONS][DW_ANALYSE_REASON];
} dw_analyse_options;

/* Arguments after the command. Not collective. Errors: DW_ERR_PARAM with what is wrong. */
dw_status dw_analyse_options_parse(dw_analyse_options *options, int argc, char *const *argv);

#endif
