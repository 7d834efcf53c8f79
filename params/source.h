/* A libconfig file as text, and its settings as values. Internal to params/; with value.h, all that readers of
 * parameter files and of scan files share.
 *
 * Not collective. */
#ifndef DW_PARAMS_SOURCE_H
#define DW_PARAMS_SOURCE_H

#include <libconfig.h>

#include "base/status.h"
#include "params/report.h"
#include "params/value.h"

/* The whole file, at most 1 MiB, with a 0 after it; the caller releases *text with dw_free.
 * Errors: DW_ERR_FILE, it can't be read or isn't text; DW_ERR_MEMORY. */
dw_status dw_source_read(const char *path, char **text);

typedef void (*dw_source_take)(void *context, const config_setting_t *root);

/* Hands the settings of a text to `take`, or adds a line to the report where it isn't a configuration. `name` stands
 * for the file in messages. Errors: DW_ERR_MEMORY. */
dw_status dw_source_parse(const char *text, const char *name, dw_report *report, dw_source_take take, void *context);

/* Points into the setting. */
dw_given dw_source_given(const config_setting_t *setting);

#endif
