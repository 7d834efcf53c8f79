/* A trained corrector in one HDF5 file.
 *
 * On the root: `kind` = "field operator", `model_version`, `use` = "corrector", `config` and `base` (texts: the file it
 * was trained with, the parameters of the fine run), `scale`; provenance.
 * Datasets: weights (nets, count), loss (nets, 2), seeds/train, seeds/test, and factor, error, cheap_factor,
 * cheap_error and spread, each with area (1), field (K) and stress (K). A jump operator has its monitors too, of the
 * B backgrounds in monitor/w: monitor/threshold (B, 1, 1), monitor/mean and monitor/scale (B, jumps, 2K),
 * monitor/factor (B, jumps, 1 + 2K: area, field, stress) and monitor/cheap_factor (B, 1, 1 + 2K).
 *
 * Collective over comm. Written beside and renamed. What the file says decides no allocation before it is checked.
 * Errors: DW_ERR_FILE for another kind of file, another version, damaged bytes; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_MODEL_FILE_H
#define DW_SURROGATE_OPERATOR_MODEL_FILE_H

#include "lattice/provenance.h"
#include "surrogate/operator/corrector.h"

enum { DW_OPERATOR_VERSION = 3 };

dw_status dw_corrector_write(const dw_corrector *corrector, const char *path, const dw_provenance *provenance,
                             const dw_comm *comm);
dw_status dw_corrector_read(dw_corrector **corrector, const char *path, const dw_comm *comm);

#endif
