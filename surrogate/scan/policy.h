/* Policies: which points a scan runs next.
 *
 * A policy is asked at the start, and an adaptive one again whenever all runs of the points so far are done or have
 * failed. It answers with a batch of
 * points, or with none and a reason, which ends the scan. Its answer is a function of the scan file, the base's seed,
 * the points given so far and the data set, so that a scan that was interrupted goes on as it would have.
 *
 * Not collective: one process asks. The caller owns policy and batch. */
#ifndef DW_SURROGATE_SCAN_POLICY_H
#define DW_SURROGATE_SCAN_POLICY_H

#include "params/scan.h"
#include "surrogate/dataset.h"
#include "surrogate/scan/design.h"

enum { DW_POLICY_REASON = 256 };

typedef struct dw_policy_batch {
  int64_t points;                /* 0: the scan ends */
  double *value;                 /* (points, keys) */
  bool *blind;                   /* (points) a check: never trained on */
  char reason[DW_POLICY_REASON]; /* of the end, or what the batch is for */
} dw_policy_batch;

/* What a policy knows. */
typedef struct dw_policy_state {
  const dw_scan *scan;
  const dw_params *base;     /* of the base run */
  const dw_axis *axis;       /* (scan->keys) */
  int64_t given;             /* points so far */
  const double *value;       /* (given, keys) */
  const dw_dataset *dataset; /* of the finished runs; NULL before the first */
} dw_policy_state;

/* A row of the table of policies, by the name of the design. */
typedef struct dw_policy {
  const char *name;
  bool adaptive; /* its points depend on results: it is asked again */
  dw_status (*next)(const dw_policy_state *state, dw_policy_batch *batch);
} dw_policy;

/* NULL for an unknown name; static. */
const dw_policy *dw_policy_find(const char *design);

/* The axes of a scan, (keys); `axis` has DW_SCAN_KEYS places. They point into the scan. */
void dw_policy_axes(const dw_scan *scan, dw_axis *axis);

/* Room for so many points; none of them blind. Nothing is held after a failure. Errors: DW_ERR_MEMORY. */
dw_status dw_policy_batch_create(dw_policy_batch *batch, int64_t points, int64_t keys);
void dw_policy_batch_free(dw_policy_batch *batch);

/* Whether point `index` of the design is a check, by the scan's blind_every. */
bool dw_policy_is_blind(const dw_scan *scan, int64_t index);

#endif
