#include "lattice/field_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lattice/file.h"

enum { PATH_LENGTH = 2 * DW_FILE_NAME };

/* The path of the one iteration, "/data/000120". */
static dw_status find_iteration(dw_file *file, const char *path, char *iteration, size_t size, int64_t *number) {
  char name[DW_FILE_NAME];
  int64_t count = 0;
  DW_TRY(dw_file_child(file, "/data", 0, &count, NULL));
  if (count != 1) {
    return dw_fail(DW_ERR_FILE, "%s: holds %lld iterations where one is needed; choose a file with one state", path,
                   (long long)count);
  }
  DW_TRY(dw_file_child(file, "/data", 0, &count, name));
  char *end = NULL;
  *number = strtoll(name, &end, 10);
  if (end == name || *end != '\0') {
    return dw_fail(DW_ERR_FILE, "%s: /data/%s isn't the number of an iteration; is it an openPMD file?", path, name);
  }
  (void)snprintf(iteration, size, "/data/%s", name);
  return DW_OK;
}

/* The path of mesh `mesh`. The folder of the meshes has a name of the file's choice. */
static dw_status find_mesh(dw_file *file, const char *iteration, const char *mesh, char *path, size_t size) {
  char meshes[DW_FILE_NAME] = "meshes/";
  bool there = false;
  DW_TRY(dw_attribute_find(file, "/", "meshesPath", &there));
  if (there) {
    DW_TRY(dw_attribute_read_text(file, "/", "meshesPath", meshes, sizeof meshes));
  }
  (void)snprintf(path, size, "%s/%s%s", iteration, meshes, mesh);
  return DW_OK;
}

void dw_field_mesh_name(int component, bool prime, char name[DW_MESH_NAME]) {
  char number[16] = "";
  if (component > 0) {
    (void)snprintf(number, sizeof number, "_%d", component + 1);
  }
  (void)snprintf(name, DW_MESH_NAME, "phi%s%s", number, prime ? "_prime" : "");
}

/* phi, phi_2, phi_3, ... */
static dw_status count_components(dw_file *file, const char *iteration, int *components) {
  for (*components = 1;; ++*components) {
    char name[DW_MESH_NAME];
    char path[PATH_LENGTH];
    dw_field_mesh_name(*components, false, name);
    DW_TRY(find_mesh(file, iteration, name, path, sizeof path));
    bool there = false;
    DW_TRY(dw_file_find(file, path, &there));
    if (!there) {
      return DW_OK;
    }
  }
}

static dw_status inspect(dw_file *file, const char *path, dw_field_file_info *info) {
  char iteration[DW_FILE_NAME + sizeof "/data/"];
  char phi[PATH_LENGTH];
  DW_TRY(find_iteration(file, path, iteration, sizeof iteration, &info->iteration));
  DW_TRY(find_mesh(file, iteration, "phi", phi, sizeof phi));
  int rank = 0;
  int64_t shape[DW_FILE_RANK] = {0};
  DW_TRY(dw_file_shape(file, phi, &rank, shape));
  if (rank != 3 || shape[0] != shape[1] || shape[0] != shape[2]) {
    return dw_fail(DW_ERR_FILE, "%s: %s has rank %d and begins (%lld, %lld, ...); a cube is needed", path, phi, rank,
                   (long long)shape[0], (long long)shape[1]);
  }
  DW_TRY(dw_file_real_bytes(file, phi, &info->real_bytes));
  double spacing[3] = {0.0};
  DW_TRY(dw_attribute_read_reals(file, phi, "gridSpacing", 3, spacing));
  DW_TRY(dw_attribute_read_real(file, iteration, "time", &info->tau));
  DW_TRY(count_components(file, iteration, &info->components));
  info->points = shape[0];
  info->spacing = spacing[0];
  return DW_OK;
}

dw_status dw_field_file_inspect(const dw_comm *comm, const char *path, dw_field_file_info *info) {
  dw_file *file = NULL;
  memset(info, 0, sizeof *info);
  DW_TRY(dw_file_open(&file, comm, path));
  const dw_status status = inspect(file, path, info);
  dw_file_close(file);
  return status;
}

static dw_status read_mesh(dw_file *file, const char *iteration, const char *name, dw_field *field) {
  char path[PATH_LENGTH];
  DW_TRY(find_mesh(file, iteration, name, path, sizeof path));
  return dw_file_read_field(file, path, field);
}

static dw_status read_meshes(dw_file *file, const char *path, int component, dw_field *phi, dw_field *phi_prime) {
  char iteration[DW_FILE_NAME + sizeof "/data/"];
  int64_t number = 0;
  DW_TRY(find_iteration(file, path, iteration, sizeof iteration, &number));
  char name[DW_MESH_NAME];
  if (phi != NULL) {
    dw_field_mesh_name(component, false, name);
    DW_TRY(read_mesh(file, iteration, name, phi));
  }
  dw_field_mesh_name(component, true, name);
  return phi_prime == NULL ? DW_OK : read_mesh(file, iteration, name, phi_prime);
}

dw_status dw_field_file_read(const char *path, int component, dw_field *phi, dw_field *phi_prime) {
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, (phi != NULL ? phi : phi_prime)->lattice->comm, path));
  const dw_status status = read_meshes(file, path, component, phi, phi_prime);
  dw_file_close(file);
  return status;
}
