/* What this program was built from and how; for `dwell --version` and the provenance in every file.
 *
 * Not collective. The strings are static. */
#ifndef DW_BASE_VERSION_H
#define DW_BASE_VERSION_H

#include <stdbool.h>

/* "0.1.0" */
const char *dw_version(void);

/* The commit, 40 hexadecimal digits, or "unknown" for a build outside a git tree. */
const char *dw_version_git(void);

/* Whether the tracked files were those of the commit when it was built; false for "unknown". */
bool dw_version_clean(void);

/* "GNU 12.2.0" */
const char *dw_version_compiler(void);

/* Build type and the flags that decide which code is generated: "Release: -std=c17 -O3 ...". */
const char *dw_version_flags(void);

#endif
