/* Policies with a file of their own. Internal to scan/. Not collective. */
#ifndef DW_SURROGATE_SCAN_POLICY_PRIVATE_H
#define DW_SURROGATE_SCAN_POLICY_PRIVATE_H

#include "surrogate/scan/policy.h"

dw_status dw_policy_active_next(const dw_policy_state *state, dw_policy_batch *batch);

#endif
