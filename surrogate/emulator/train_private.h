/* What the parts of training share. Not collective. */
#ifndef DW_SURROGATE_EMULATOR_TRAIN_PRIVATE_H
#define DW_SURROGATE_EMULATOR_TRAIN_PRIVATE_H

#include "surrogate/emulator/emulator_private.h"

/* The runs to learn from. */
typedef struct dw_train_work {
  const dw_dataset *dataset;
  const dw_emulator_options *options;
  bool *used;       /* (R), with the cheap runs only if they are used */
  bool both;        /* cheap runs may be used */
  bool fine_enough; /* the fine points alone would do */
  int64_t count[2]; /* runs in use, fine and cheap */
  int64_t *run[2];  /* (count) which */
  int64_t pairs;    /* fine runs with a twin */
  int64_t *twin;    /* (count[0]) index in run[1], -1 without */
  double *x;        /* (R, D) coordinates */
  int64_t *design;  /* (R) scratch: points of the runs that are gathered */
  double *place;    /* (R, D) scratch: their coordinates */
} dw_train_work;

/* Learns one quantity, and writes the points of the design into `design` (n). Where both ways are possible and the
 * choice is free, the one that predicts left-out points better is kept. */
dw_status dw_train_part(const dw_train_work *work, const char *name, int64_t *design, dw_emulator_part *part);

#endif
