/* Writes a scan whose truth is known as FILE, for the tests of the commands. KIND: usual; or what is wrong with it. */
#include "tests/surrogate/emulator_fixture.h"

static void spoil(dw_dataset *d, const char *kind) {
  dw_dataset_table *etc = &d->spectrum[DW_DATASET_ETC];
  double *value = &etc->value[(7 * TRUTH_TIMES + 2) * TRUTH_BINS + 3];
  if (strcmp(kind, "nan") == 0) {
    *value = (double)NAN;
  } else if (strcmp(kind, "zero") == 0) {
    *value = 0.0;
  } else if (strcmp(kind, "negative") == 0) {
    *value = -1.0;
  } else if (strcmp(kind, "bins") == 0) {
    etc->k[5 * TRUTH_BINS + 2] *= 1.01;
  }
}

static dw_status write(const dw_dataset *d, const char *path) {
  static dw_provenance provenance;
  dw_params *params = calloc(1, sizeof *params);
  if (params == NULL) {
    return DW_ERR_MEMORY;
  }
  dw_status status = dw_params_defaults(params);
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  const dw_record record = {.provenance = &provenance, .params = params, .config = d->base};
  if (status == DW_OK) {
    status = dw_dataset_write(d, path, &record);
  }
  free(params);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    (void)fprintf(stderr, "usage: make_dataset KIND FILE\n");
    return 2;
  }
  truth what = {.points = 40, .seeds = 4, .blind = 8, .scatter = 0.05};
  if (strcmp(argv[1], "one") == 0) {
    what = (truth){.points = 1, .seeds = 1};
  } else if (strcmp(argv[1], "few") == 0) {
    what = (truth){.points = 3, .seeds = 4};
  } else if (strcmp(argv[1], "all") == 0) {
    what.blind = 0;
  }
  dw_dataset *d = truth_dataset(&what);
  spoil(d, argv[1]);
  const dw_status status = write(d, argv[2]);
  if (status != DW_OK) {
    (void)fprintf(stderr, "%s\n", dw_message());
  }
  dw_dataset_destroy(d);
  return status == DW_OK ? 0 : 1;
}
