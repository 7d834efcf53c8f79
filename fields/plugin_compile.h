/* A C file to shared objects, with the system's compiler; private to fields/plugin.c.
 *
 * The compiler is $DWELL_CC, else $CC, else the one that dwell was built with, else cc. It is started without a shell,
 * in place, with the flags of dwell's own kernels, in a directory of its own in $TMPDIR (/tmp), which is removed. */
#ifndef DW_FIELDS_PLUGIN_COMPILE_H
#define DW_FIELDS_PLUGIN_COMPILE_H

#include <stddef.h>

#include "base/status.h"

typedef struct dw_plugin_object {
  void *data; /* released by the caller with dw_free */
  size_t bytes;
} dw_plugin_object;

/* Of the text that was compiled last by this process the objects are kept, and handed out again.
 *
 * object[0] is for single, object[1] for double precision. `path` stands for the text in messages. Not collective: one
 * process calls it. Errors: DW_ERR_PARAM with the compiler's messages, or where there is no compiler; DW_ERR_FILE. */
dw_status dw_plugin_compile(dw_plugin_object object[2], const char *path, const char *text);

#endif
