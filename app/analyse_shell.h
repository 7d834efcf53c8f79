/* The mode tracks of one shell, of all members of an ensemble together: they track the same modes, so that each member
 * adds as many draws. Not collective. */
#ifndef DW_APP_ANALYSE_SHELL_H
#define DW_APP_ANALYSE_SHELL_H

#include "app/analyse_sections.h"

typedef struct dw_analyse_shell {
  double k;          /* mean |k| of the shell, m */
  int64_t samples;   /* S */
  int64_t modes;     /* M, of all members */
  double *tau;       /* (S), 1/m; owned, as all arrays */
  double *x;         /* (S), k tau */
  double *k_mode;    /* (M), m; rising, so that those of one |k| lie side by side */
  double *amplitude; /* (S,M,4) */
} dw_analyse_shell;

/* Whether all members have tracks. */
bool dw_analyse_has_tracks(const dw_analyse_input *input);

/* Shell `shell`, from 0, at the samples from `from` to `to`; at most `most` of them, evenly thinned, the last one kept
 * (0: all). Errors: DW_ERR_PARAM, members with other modes or times; DW_ERR_MEMORY. */
dw_status dw_analyse_shell_make(dw_analyse_shell *of, const dw_analyse_input *input, int64_t shell, double from,
                                double to, int64_t most);

/* Also after a failure. */
void dw_analyse_shell_free(dw_analyse_shell *of);

#endif
