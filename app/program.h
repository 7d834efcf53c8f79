/* Where the running program lies. Not collective. */
#ifndef DW_APP_PROGRAM_H
#define DW_APP_PROGRAM_H

#include <stddef.h>

/* Its absolute path; "" where the system doesn't tell. */
void dw_program_path(char *path, size_t size);

#endif
