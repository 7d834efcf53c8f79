/* A snapshot that a run starts from. */
#include "lattice/field_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dw_field_file_info info;
  const char *path = dw_fuzz_path("snapshot.h5");
  dw_fuzz_edit(dw_fuzz_base("snapshot.h5"), path, data, size);
  if (dw_field_file_inspect(dw_comm_self(), path, &info) != DW_OK || info.points > 64 || info.points < 2) {
    return 0;
  }
  dw_lattice *lattice = NULL;
  dw_field *phi = NULL;
  if (dw_lattice_create(&lattice, dw_comm_self(), info.points, 1.0, 1, 1, NULL) == DW_OK &&
      dw_field_create(&phi, lattice, DW_SINGLE) == DW_OK) {
    (void)dw_field_file_read(path, 0, phi, NULL);
  }
  dw_field_destroy(phi);
  dw_lattice_destroy(lattice);
  return 0;
}
