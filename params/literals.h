/* Makes a configuration text safe for libconfig 1.5. Internal to params/.
 *
 * That version keeps 32 bits of an integer without the suffix L and clamps larger ones, both silently. Here each
 * integer gets its L, and one that doesn't fit 64 bits becomes a real, which the type check refuses. Comments,
 * texts and line numbers stay as they are.
 *
 * Refused here, before libconfig sees it, are an @include (the file would be read unchecked, and a checkpoint
 * couldn't keep it), a text that isn't closed on its line (libconfig would name a line far below, and leak) and a
 * comment that is never closed.
 *
 * Not collective. `safe` must hold DW_LITERALS_GROWTH * (strlen(text) + 1) bytes. Returns 0, or the line of the first
 * refusal with "what; what to do" in *problem, a static string. */
#ifndef DW_PARAMS_LITERALS_H
#define DW_PARAMS_LITERALS_H

#include <stddef.h>

enum { DW_LITERALS_GROWTH = 2 };

size_t dw_literals_make_safe(const char *text, char *safe, const char **problem);

#endif
