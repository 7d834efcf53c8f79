/* A prediction as files: a table with one line for each output, and HDF5. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/surrogate_commands.h"
#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"

enum { CELL = 32, COLUMNS = 14 };

/* Of the ensemble mean, from the multiplied error and a quantile. */
static double bound(const dw_emulator_prediction *p, int64_t j, double widths) {
  return p->value[j] * exp(widths * sqrt(p->emulator[j] + p->truncation[j]));
}

/* --- table --- */

static size_t table_bytes(const dw_emulator *e) {
  const size_t columns = COLUMNS + (size_t)dw_emulator_parameters(e);
  return (size_t)(dw_emulator_outputs(e) + 1) * (columns * CELL + 2 * DW_DATASET_KEY) +
         columns * (DW_DATASET_KEY + CELL);
}

static char *put_header(char *at, const dw_emulator *e, const dw_emulator_prediction *p) {
  at += sprintf(at, "quantity,status,tau,k,value,low68,high68,low95,high95,error_emulator,error_truncation,error_seed,"
                    "provenance");
  for (int64_t d = 0; d < dw_emulator_parameters(e) && p->gradient != NULL; d++) {
    at += sprintf(at, ",dlog_d_%s", dw_emulator_key(e, d)->key);
  }
  *at++ = '\n';
  return at;
}

static char *put_line(char *at, const dw_emulator *e, const dw_emulator_prediction *p,
                      const dw_emulator_quantity *about, int64_t t, int64_t n) {
  const int64_t j = about->first + t * about->bins + n;
  at += sprintf(at, "%s,%s,%.17g,", about->name, dw_emulator_verdict_name(p->verdict), about->tau[t]);
  if (about->k != NULL) {
    at += sprintf(at, "%.17g", about->k[n]);
  }
  at += sprintf(at, ",%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,emulated", p->value[j], bound(p, j, -about->q68),
                bound(p, j, about->q68), bound(p, j, -about->q95), bound(p, j, about->q95), sqrt(p->emulator[j]),
                sqrt(p->truncation[j]), sqrt(p->seed[j]));
  for (int64_t d = 0; d < dw_emulator_parameters(e) && p->gradient != NULL; d++) {
    at += sprintf(at, ",%.17g", p->gradient[d * dw_emulator_outputs(e) + j]);
  }
  *at++ = '\n';
  return at;
}

dw_status dw_surrogate_write_csv(const char *path, const dw_emulator *emulator, const dw_emulator_prediction *p) {
  char *text = NULL;
  DW_TRY(dw_alloc((void **)&text, table_bytes(emulator), 1, "prediction as a table"));
  char *at = put_header(text, emulator, p);
  for (int64_t q = 0; q < dw_emulator_quantities(emulator); q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(emulator, q);
    for (int64_t t = 0; t < about->times; t++) {
      for (int64_t n = 0; n < about->bins; n++) {
        at = put_line(at, emulator, p, about, t, n);
      }
    }
  }
  const dw_status status = dw_replace_file(path, text, (size_t)(at - text));
  dw_free(text);
  return status;
}

/* --- HDF5 --- */

static dw_status write_gradients(dw_file *file, const dw_emulator *e, const dw_emulator_prediction *p,
                                 const dw_emulator_quantity *about) {
  const int64_t shape[2] = {about->times, about->bins};
  for (int64_t d = 0; d < dw_emulator_parameters(e); d++) {
    char name[DW_DATASET_KEY + CELL];
    (void)snprintf(name, sizeof name, "gradient/%s", dw_emulator_key(e, d)->key);
    DW_TRY(dw_file_write_described(file, about->name, name, 2, shape,
                                   p->gradient + d * dw_emulator_outputs(e) + about->first,
                                   "1 over that of the parameter", "derivative of the mean logarithm (T, K)"));
  }
  return DW_OK;
}

static dw_status write_quantity(dw_file *file, const dw_emulator *e, const dw_emulator_prediction *p,
                                const dw_emulator_quantity *about) {
  const int64_t shape[2] = {about->times, about->bins};
  const int64_t j = about->first;
  char group[DW_FILE_NAME];
  (void)snprintf(group, sizeof group, "/%s", about->name);
  DW_TRY(dw_file_group(file, group));
  DW_TRY(dw_attribute_write_real(file, group, "q68", about->q68));
  DW_TRY(dw_attribute_write_real(file, group, "q95", about->q95));
  DW_TRY(dw_file_write_described(file, about->name, "tau", 1, &about->times, about->tau, "1/m", "conformal times (T)"));
  if (about->k != NULL) {
    DW_TRY(dw_file_write_described(file, about->name, "k", 1, &about->bins, about->k, "m", "wave numbers (K)"));
  }
  DW_TRY(dw_file_write_described(file, about->name, "value", 2, shape, p->value + j, "as in the files of a run",
                                 "ensemble mean (T, K)"));
  (void)snprintf(group, sizeof group, "/%s/value", about->name);
  DW_TRY(dw_attribute_write_text(file, group, "provenance", "emulated"));
  DW_TRY(dw_file_write_described(file, about->name, "mean", 2, shape, p->mean + j, "1",
                                 "mean logarithm over seeds (T, K)"));
  DW_TRY(dw_file_write_described(file, about->name, "emulator", 2, shape, p->emulator + j, "1",
                                 "variance of the mean logarithm from the processes (T, K)"));
  DW_TRY(dw_file_write_described(file, about->name, "truncation", 2, shape, p->truncation + j, "1",
                                 "variance of the mean logarithm from components left out (T, K)"));
  DW_TRY(dw_file_write_described(file, about->name, "seed", 2, shape, p->seed + j, "1",
                                 "variance of one realisation's logarithm (T, K)"));
  return p->gradient != NULL ? write_gradients(file, e, p, about) : DW_OK;
}

static dw_status write_all(dw_file *file, const dw_emulator *e, const double *parameter,
                           const dw_emulator_prediction *p, const dw_provenance *provenance) {
  DW_TRY(dw_provenance_write(file, provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "status", dw_emulator_verdict_name(p->verdict)));
  DW_TRY(dw_attribute_write_text(file, "/", "provenance", "emulated"));
  DW_TRY(dw_attribute_write_text(file, "/", "reason", p->reason));
  for (int64_t d = 0; d < dw_emulator_parameters(e); d++) {
    DW_TRY(dw_attribute_write_real(file, "/", dw_emulator_key(e, d)->key, parameter[d]));
  }
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    DW_TRY(write_quantity(file, e, p, dw_emulator_quantity_at(e, q)));
  }
  return DW_OK;
}

dw_status dw_surrogate_write_hdf5(const char *path, const dw_emulator *emulator, const double *parameter,
                                  const dw_emulator_prediction *p, const dw_provenance *provenance) {
  dw_file *file = NULL;
  const uint64_t numbers = (uint64_t)dw_emulator_outputs(emulator) * (uint64_t)(6 + dw_emulator_parameters(emulator));
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, numbers * sizeof(double) + (1 << 18)));
  const dw_status status = write_all(file, emulator, parameter, p, provenance);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}
