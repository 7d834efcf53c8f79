/* The answer to a query on the screen, as a table and as HDF5; each number with its provenance. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/surrogate_query.h"
#include "lattice/file.h"
#include "lattice/replace.h"

/* --- the screen --- */

static void say_cost(const dw_query *query) {
  const int64_t missing = query->seeds - query->kept;
  (void)printf("%-12s %lld run%s of %lld^3, %lld steps", "runs", (long long)query->seeds, query->seeds == 1 ? "" : "s",
               (long long)query->params.lattice.points, (long long)query->steps);
  (void)printf(query->kept > 0 ? ", %lld of them kept\n" : "\n", (long long)query->kept);
  (void)printf("%-12s %.3g cells x steps", "cost", (double)missing * query->work);
  if (isfinite(query->seconds)) {
    (void)printf(", about %.3g s of one core", (double)missing * query->seconds);
  }
  (void)printf("\n");
}

void dw_query_say_plan(const dw_query *query, const dw_scan_setup *setup) {
  static const char *const about[] = {"the model's prediction", "cheap runs and what twins say about the difference",
                                      "full runs"};
  (void)printf("%-12s %s%s%s\n", "status", dw_emulator_verdict_name(query->prediction->verdict),
               query->reason[0] != '\0' ? ": " : "", query->reason);
  (void)printf("%-12s %s: %s\n", "provenance", dw_query_way_name(query->way), about[query->way]);
  if (query->way != DW_QUERY_EMULATED) {
    say_cost(query);
    (void)printf("%-12s %s\n", "directory", setup->directory.root);
  }
}

static void say_percent(double share) {
  if (isnan(share)) {
    (void)printf(" %10s", "-");
  } else {
    (void)printf(" %9.2f%%", 100.0 * share);
  }
}

static void say_part(const dw_query_part *part, const dw_query *query) {
  for (int64_t t = part->is_spectrum ? part->times - 1 : 0; t < part->times; t++) {
    for (int64_t n = 0; n < part->bins; n++) {
      const int64_t j = t * part->bins + n;
      char k[32] = "-";
      if (part->is_spectrum) {
        (void)snprintf(k, sizeof k, "%.6g", part->k[n]);
      }
      (void)printf("%-18s %-10s %10.6g %10s %14.6g", part->name, dw_query_way_name(query->way), part->tau[t], k,
                   part->value[j]);
      say_percent(part->error[j]);
      say_percent(part->seed[j]);
      (void)printf("\n");
    }
  }
}

void dw_query_say_answer(const dw_query_answer *answer, const dw_query *query) {
  const char *const files[] = {query->options->csv, query->options->hdf5};
  for (int i = 0; i < 2; i++) {
    if (files[i] != NULL) {
      (void)printf("%-12s %s\n", "written", files[i]);
    }
  }
  for (int64_t i = 0; i < answer->left; i++) {
    (void)printf("%-12s %s\n", "left out", answer->left_out[i]);
  }
  (void)printf("%-18s %-10s %10s %10s %14s %10s %10s\n", "quantity", "provenance", "tau", "k", "value", "error",
               "seed");
  for (int64_t i = 0; i < answer->parts; i++) {
    say_part(&answer->part[i], query);
  }
  (void)printf("error: of the ensemble mean, 68 %%; seed: by how much one realisation scatters about it\n");
}

/* --- table --- */

static void put_cell(FILE *stream, double value) { (void)fprintf(stream, isnan(value) ? "," : ",%.17g", value); }

static void put_part(FILE *stream, const dw_query_part *part, const dw_query *query) {
  const int64_t runs = query->way == DW_QUERY_EMULATED ? 0 : query->seeds;
  for (int64_t j = 0; j < part->times * part->bins; j++) {
    (void)fprintf(stream, "%s,%s,%s", part->name, dw_query_way_name(query->way),
                  dw_emulator_verdict_name(query->prediction->verdict));
    put_cell(stream, part->tau[j / part->bins]);
    put_cell(stream, part->is_spectrum ? part->k[j % part->bins] : (double)NAN);
    put_cell(stream, part->value[j]);
    put_cell(stream, part->error[j]);
    put_cell(stream, part->error_method[j]);
    put_cell(stream, part->error_seeds[j]);
    put_cell(stream, part->seed[j]);
    (void)fprintf(stream, ",%lld\n", (long long)runs);
  }
}

static dw_status write_csv(const char *path, const dw_query_answer *answer, const dw_query *query) {
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  if (stream == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the table of a query");
  }
  (void)fprintf(stream, "quantity,provenance,status,tau,k,value,error,error_method,error_seeds,seed,runs\n");
  for (int64_t i = 0; i < answer->parts; i++) {
    put_part(stream, &answer->part[i], query);
  }
  const dw_status status = fclose(stream) == 0 ? dw_replace_file(path, text, length)
                                               : dw_fail(DW_ERR_MEMORY, "no memory for the table of a query");
  free(text);
  return status;
}

/* --- HDF5 --- */

static dw_status put(dw_file *file, const dw_query_part *part, const dw_query *query, const char *name,
                     const double *values, const char *unit, const char *text) {
  char path[DW_FILE_NAME];
  const int64_t shape[2] = {part->times, part->bins};
  (void)snprintf(path, sizeof path, "/%s/%s", part->name, name);
  DW_TRY(dw_file_write_reals(file, path, 2, shape, values));
  DW_TRY(dw_attribute_write_text(file, path, "unit", unit));
  DW_TRY(dw_attribute_write_text(file, path, "provenance", dw_query_way_name(query->way)));
  return dw_attribute_write_text(file, path, "description", text);
}

static dw_status put_axis(dw_file *file, const dw_query_part *part, const char *name, int64_t count,
                          const double *values, const char *unit) {
  char path[DW_FILE_NAME];
  (void)snprintf(path, sizeof path, "/%s/%s", part->name, name);
  DW_TRY(dw_file_write_reals(file, path, 1, &count, values));
  return dw_attribute_write_text(file, path, "unit", unit);
}

static dw_status write_part(dw_file *file, const dw_query_part *part, const dw_query *query) {
  DW_TRY(put_axis(file, part, "tau", part->times, part->tau, "1/m"));
  if (part->is_spectrum) {
    DW_TRY(put_axis(file, part, "k", part->bins, part->k, "m"));
  }
  DW_TRY(put(file, part, query, "value", part->value, "as in the files of a run", "ensemble mean (T, K)"));
  DW_TRY(put(file, part, query, "error", part->error, "1", "its relative error, 68 % (T, K)"));
  DW_TRY(put(file, part, query, "error_method", part->error_method, "1",
             "standard error of the emulator or of the correction (T, K)"));
  DW_TRY(put(file, part, query, "error_seeds", part->error_seeds, "1",
             "standard error that the seeds of the runs leave; NaN with one (T, K)"));
  return put(file, part, query, "seed", part->seed, "1", "scatter of one realisation; NaN where unknown (T, K)");
}

static dw_status write_all(dw_file *file, const dw_query_answer *answer, const dw_query *query,
                           const dw_provenance *provenance) {
  DW_TRY(dw_provenance_write(file, provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "provenance", dw_query_way_name(query->way)));
  DW_TRY(dw_attribute_write_text(file, "/", "status", dw_emulator_verdict_name(query->prediction->verdict)));
  DW_TRY(dw_attribute_write_text(file, "/", "reason", query->reason));
  DW_TRY(dw_attribute_write_int(file, "/", "runs", query->way == DW_QUERY_EMULATED ? 0 : query->seeds));
  for (int64_t d = 0; d < dw_emulator_parameters(query->emulator); d++) {
    DW_TRY(dw_attribute_write_real(file, "/", dw_emulator_key(query->emulator, d)->key, query->parameter[d]));
  }
  for (int64_t i = 0; i < answer->parts; i++) {
    DW_TRY(write_part(file, &answer->part[i], query));
  }
  return DW_OK;
}

static dw_status write_hdf5(const char *path, const dw_query_answer *answer, const dw_query *query,
                            const dw_provenance *provenance) {
  dw_file *file = NULL;
  uint64_t numbers = 1 << 15;
  for (int64_t i = 0; i < answer->parts; i++) {
    numbers += 6 * (uint64_t)(answer->part[i].times * answer->part[i].bins);
  }
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, numbers * sizeof(double)));
  const dw_status status = write_all(file, answer, query, provenance);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_query_write(const dw_query_answer *answer, const dw_query *query, const dw_provenance *provenance) {
  if (query->options->csv != NULL) {
    DW_TRY(write_csv(query->options->csv, answer, query));
  }
  return query->options->hdf5 != NULL ? write_hdf5(query->options->hdf5, answer, query, provenance) : DW_OK;
}
