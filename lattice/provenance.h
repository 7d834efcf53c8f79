/* Where a result comes from: program, build, libraries, machine, command.
 *
 * A list of named lines of text, the same in run.log and, as attributes `provenance.NAME`, on the root of
 * every HDF5 file. dw_provenance_collect is collective; so is dw_provenance_write, over the file's communicator. */
#ifndef DW_LATTICE_PROVENANCE_H
#define DW_LATTICE_PROVENANCE_H

#include <stdint.h>

#include "lattice/comm.h"
#include "lattice/file.h"

enum { DW_PROVENANCE_LINES = 16, DW_PROVENANCE_TEXT = 1024 };

typedef struct dw_provenance_line {
  char name[32];
  char text[DW_PROVENANCE_TEXT]; /* cut with "..." where longer */
} dw_provenance_line;

typedef struct dw_provenance {
  int count;
  dw_provenance_line line[DW_PROVENANCE_LINES]; /* version, git, git_clean, compiler, flags, mpi, fftw, hdf5, host,
                                                   processes, threads, command, seed, start_time */
} dw_provenance;

/* Fills the lines; the host is process 0's, the time now. */
void dw_provenance_collect(dw_provenance *provenance, const dw_comm *comm, int argc, char *const *argv, int64_t seed,
                           int threads);

/* Format version and all lines, as attributes of the root. */
dw_status dw_provenance_write(dw_file *file, const dw_provenance *provenance);

/* The text of a line, "" if there is none of that name. */
const char *dw_provenance_text(const dw_provenance *provenance, const char *name);

#endif
