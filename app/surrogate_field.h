/* `dwell surrogate train | evaluate | predict` for field operators (surrogate/operator/).
 *
 *   train CONFIG --output MODEL       CONFIG as params/operator_config.h has it
 *   evaluate MODEL                    the equal-cost table
 *   predict MODEL [--set key=value]   a cheap run, corrected, with errors from the test runs
 *
 * Collective over dw_comm_world(), which is started. Training and evaluation are done by process 0. Arguments are those
 * after the word. predict returns 0 OK, 10 DEGRADED (the correction is farther from the cheap run than the test runs
 * say) or 11 OUT (a parameter was changed that the model was trained at one value of) in *code. */
#ifndef DW_APP_SURROGATE_FIELD_H
#define DW_APP_SURROGATE_FIELD_H

#include <stdbool.h>

#include "base/status.h"

/* Not collective. Whether train's file is a configuration, and not a data set (HDF5); whether a model is one of these.
 */
bool dw_surrogate_field_trains(const char *path);
bool dw_surrogate_field_owns(const char *model);

dw_status dw_surrogate_field_train(int argc, char **argv, int whole_count, char **whole);
dw_status dw_surrogate_field_evaluate(int argc, char **argv);
dw_status dw_surrogate_field_predict(int argc, char **argv, int *code);

#endif
