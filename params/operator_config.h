/* What a field operator is trained on: the file of `dwell surrogate train`.
 *
 * Read as strictly as the parameters of a run (params/read.h): all problems at once, one line each, unknown keys with
 * the nearest known one. `base` is the parameter file of the fine run, `set` changes it as --set does.
 *
 * Not collective. Plain data. Errors: DW_ERR_PARAM, lines were added to the report; DW_ERR_FILE; DW_ERR_MEMORY. */
#ifndef DW_PARAMS_OPERATOR_CONFIG_H
#define DW_PARAMS_OPERATOR_CONFIG_H

#include "base/status.h"
#include "params/params.h"
#include "params/report.h"

enum { DW_OPERATOR_SETS = 32, DW_OPERATOR_NETS = 4, DW_OPERATOR_BACKGROUNDS = 8 };

typedef struct dw_operator_list {
  int64_t count;
  double value[DW_OPERATOR_BACKGROUNDS];
} dw_operator_list;

typedef struct dw_operator_config {
  char kind[DW_TEXT_LENGTH]; /* "corrector" | "jump" */
  char base[DW_TEXT_LENGTH]; /* path of a parameter file, from the folder of this file; "" for the defaults */
  int64_t sets;
  char set[DW_OPERATOR_SETS][DW_TEXT_LENGTH]; /* "lattice.points=128", ... */
  int64_t shells;                             /* of the spectra that are learned */
  struct {
    int64_t points;
    double s;
    double fat_from; /* 1/m: the physical equation before, s from then on; 0: s throughout */
  } cheap;
  struct {
    int64_t channels;
    int64_t layers;
    int64_t nets; /* of the ensemble */
    int64_t seed;
  } net;
  struct {
    int64_t first; /* seed of the first run */
    int64_t runs;
    int64_t steps; /* of the optimiser, for each net */
    double rate;
    dw_operator_list w; /* cosmology.w of the runs in turn, ascending; none: the base's */
  } train;
  struct {
    int64_t first;
    int64_t runs;
    dw_operator_list w; /* none: as in training */
  } test;
  struct {
    int64_t steps; /* fine steps of one jump */
    int64_t jumps;
  } jump;
} dw_operator_config;

/* The defaults, then what the file has. */
dw_status dw_operator_config_read(dw_operator_config *config, const char *path, dw_report *report);

/* The same from text; `name` stands for the file in messages. */
dw_status dw_operator_config_from_text(dw_operator_config *config, const char *text, const char *name,
                                       dw_report *report);

/* The text of a file that reads back as this. Released with dw_free. */
dw_status dw_operator_config_text(const dw_operator_config *config, char **text);

#endif
