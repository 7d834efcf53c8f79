#include "analysis/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/memory.h"
#include "base/version.h"
#include "lattice/field_file.h"

enum { HEAD_BYTES = 1 << 18, PATH_LENGTH = 1024 }; /* attributes, for the estimate of the space */

uint64_t dw_snapshot_bytes(int64_t points, int components, dw_precision precision) {
  const uint64_t n = (uint64_t)points;
  return 2 * (uint64_t)components * n * n * n * (uint64_t)precision + HEAD_BYTES;
}

/* "Required" and "recommended" attributes of the root, in the standard's order. */
static dw_status write_root(dw_file *file) {
  char date[64] = "";
  const time_t now = time(NULL);
  struct tm parts;
  if (localtime_r(&now, &parts) != NULL) {
    (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S %z", &parts);
  }
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "openPMD", "1.1.0"));
  DW_TRY(dw_attribute_write_uint32(file, "/", "openPMDextension", 0));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "basePath", "/data/%T/"));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "meshesPath", "meshes/"));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "iterationEncoding", "fileBased"));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "iterationFormat", "snapshot_%06T.h5"));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "software", "dwell"));
  DW_TRY(dw_attribute_write_fixed_text(file, "/", "softwareVersion", dw_version()));
  return dw_attribute_write_fixed_text(file, "/", "date", date);
}

static dw_status write_state(dw_file *file, const dw_snapshot *snapshot) {
  char fingerprint[32];
  DW_TRY(dw_attribute_write_int(file, "/", "step", snapshot->step));
  DW_TRY(dw_attribute_write_real(file, "/", "tau", snapshot->tau));
  DW_TRY(dw_attribute_write_real(file, "/", "a", snapshot->a));
  if (snapshot->fingerprint != 0) {
    (void)snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, snapshot->fingerprint);
    DW_TRY(dw_attribute_write_text(file, "/", "fingerprint", fingerprint));
  }
  return dw_record_write(file, snapshot->record);
}

/* Code units: 1/m for lengths and times, eta for the field; what they are in SI depends on the model, so the
 * factors are 1 and the units are given in words. */
static dw_status write_iteration(dw_file *file, const char *iteration, const dw_snapshot *snapshot) {
  DW_TRY(dw_attribute_write_real(file, iteration, "time", snapshot->tau));
  DW_TRY(dw_attribute_write_real(file, iteration, "dt", snapshot->dt));
  DW_TRY(dw_attribute_write_real(file, iteration, "timeUnitSI", 1.0));
  return dw_attribute_write_fixed_text(file, iteration, "comment", "time is the conformal time tau, unit 1/m");
}

static dw_status describe_mesh(dw_file *file, const char *mesh, double spacing, const char *unit,
                               const char *description) {
  static const char *const axes[] = {"x", "y", "z"};
  const double zero[7] = {0.0};
  const double steps[3] = {spacing, spacing, spacing};
  DW_TRY(dw_attribute_write_fixed_text(file, mesh, "geometry", "cartesian"));
  DW_TRY(dw_attribute_write_fixed_text(file, mesh, "dataOrder", "C"));
  DW_TRY(dw_attribute_write_texts(file, mesh, "axisLabels", 3, axes));
  DW_TRY(dw_attribute_write_reals(file, mesh, "gridSpacing", 3, steps));
  DW_TRY(dw_attribute_write_reals(file, mesh, "gridGlobalOffset", 3, zero));
  DW_TRY(dw_attribute_write_real(file, mesh, "gridUnitSI", 1.0));
  DW_TRY(dw_attribute_write_reals(file, mesh, "unitDimension", 7, zero));
  DW_TRY(dw_attribute_write_real(file, mesh, "unitSI", 1.0));
  DW_TRY(dw_attribute_write_reals(file, mesh, "position", 3, zero));
  DW_TRY(dw_attribute_write_real(file, mesh, "timeOffset", 0.0));
  DW_TRY(dw_attribute_write_text(file, mesh, "unit", unit));
  return dw_attribute_write_text(file, mesh, "description", description);
}

static dw_status write_meshes(dw_file *file, const char *iteration, const dw_snapshot *snapshot) {
  for (int i = 0; i < snapshot->components; i++) {
    const dw_field *phi = snapshot->phi[i];
    const double spacing = phi->lattice->spacing;
    char name[DW_MESH_NAME];
    char mesh[PATH_LENGTH];
    dw_field_mesh_name(i, false, name);
    (void)snprintf(mesh, sizeof mesh, "%s/meshes/%s", iteration, name);
    DW_TRY(dw_file_write_field(file, mesh, phi));
    DW_TRY(describe_mesh(file, mesh, spacing, "eta", "the field; grid in comoving 1/m"));
    dw_field_mesh_name(i, true, name);
    (void)snprintf(mesh, sizeof mesh, "%s/meshes/%s", iteration, name);
    DW_TRY(dw_file_write_rows(file, mesh, phi->lattice, phi->precision, snapshot->phi_prime, snapshot->context[i]));
    DW_TRY(describe_mesh(file, mesh, spacing, "eta m", "its derivative d phi / d tau at the same tau"));
  }
  return DW_OK;
}

static dw_status write_file(dw_file *file, const dw_snapshot *snapshot) {
  char iteration[PATH_LENGTH / 2];
  (void)snprintf(iteration, sizeof iteration, "/data/%" PRId64, snapshot->step);
  DW_TRY(write_root(file));
  DW_TRY(write_state(file, snapshot));
  DW_TRY(write_meshes(file, iteration, snapshot));
  return write_iteration(file, iteration, snapshot);
}

dw_status dw_snapshot_write(const char *directory, const dw_snapshot *snapshot) {
  const dw_lattice *lattice = snapshot->phi[0]->lattice;
  char path[PATH_LENGTH];
  (void)snprintf(path, sizeof path, "%s/snapshot_%06" PRId64 ".h5", directory, snapshot->step);
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, lattice->comm, path,
                        dw_snapshot_bytes(lattice->points, snapshot->components, snapshot->phi[0]->precision)));
  const dw_status status = write_file(file, snapshot);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  DW_TRY(dw_file_commit(&file));
  return dw_snapshot_index(directory, lattice->comm);
}
