/* The running program: where it lies, and how its threads wait. Not collective. */
#ifndef DW_APP_PROGRAM_H
#define DW_APP_PROGRAM_H

#include <stddef.h>

/* Its absolute path; "" where the system doesn't tell. */
void dw_program_path(char *path, size_t size);

/* Starts the program anew, before anything else and before MPI, with threads that spin for some 60 us while they wait
 * and then sleep (GOMP_SPINCOUNT=5000), unless the environment says how they wait or that there is one. GCC's runtime,
 * which reads the environment before main is entered, would spin for milliseconds: no faster where each thread has a
 * core, and twenty times slower where one is shared with another program (docs/performance.md). Returns where it
 * doesn't start anew: with the environment set, or where it can't. */
void dw_program_wait_briefly(char **argv);

#endif
