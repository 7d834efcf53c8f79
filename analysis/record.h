/* What every HDF5 file of a run carries on its root: format version, provenance, all parameters.
 *
 * Collective over the file's communicator. Nothing is owned: the run keeps what is pointed to.
 * Errors: those of dw_file. */
#ifndef DW_ANALYSIS_RECORD_H
#define DW_ANALYSIS_RECORD_H

#include "base/status.h"
#include "lattice/file.h"
#include "lattice/provenance.h"
#include "params/params.h"

typedef struct dw_record {
  const dw_provenance *provenance;
  const dw_params *params; /* one attribute per key: `lattice.points`, ... */
  const char *config;      /* the text of config.cfg, attribute `config`; on process 0 */
} dw_record;

dw_status dw_record_write(dw_file *file, const dw_record *record);

#endif
