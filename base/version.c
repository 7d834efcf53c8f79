#include "base/version.h"

#include "version_values.h" /* written at every build by cmake/DwellVersion.cmake */

const char *dw_version(void) { return DW_BUILD_VERSION; }

const char *dw_version_git(void) { return DW_BUILD_GIT; }

bool dw_version_clean(void) { return DW_BUILD_CLEAN; }

const char *dw_version_compiler(void) { return DW_BUILD_COMPILER; }

const char *dw_version_flags(void) { return DW_BUILD_FLAGS; }
