/* The kinds of start behind the table of fields/initial.c. */
#ifndef DW_FIELDS_INITIAL_PRIVATE_H
#define DW_FIELDS_INITIAL_PRIVATE_H

#include "fields/initial.h"

dw_status dw_initial_white_noise(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_walls(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_sphere(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_mode(const dw_initial *initial, dw_state *state, dw_modes *modes);
dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes);

#endif
