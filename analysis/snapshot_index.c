#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/snapshot.h"
#include "base/memory.h"
#include "lattice/field_file.h"
#include "lattice/replace.h"

enum { PATH_LENGTH = 1024 };

/* --- the steps of the snapshots in a directory, rising --- */

typedef struct steps {
  int64_t count;
  int64_t capacity;
  int64_t *step; /* owned */
} steps;

/* The step of "snapshot_NNNNNN.h5"; -1 for any other name. */
static int64_t step_of(const char *name) {
  static const char prefix[] = "snapshot_";
  if (strncmp(name, prefix, sizeof prefix - 1) != 0) {
    return -1;
  }
  const char *digits = name + sizeof prefix - 1;
  const size_t length = strspn(digits, "0123456789");
  return length >= 6 && length < 19 && strcmp(digits + length, ".h5") == 0 ? strtoll(digits, NULL, 10) : -1;
}

static dw_status add_step(steps *list, int64_t step) {
  if (list->count == list->capacity) {
    const int64_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
    void *larger = NULL;
    DW_TRY(dw_alloc(&larger, (size_t)capacity, sizeof *list->step, "list of snapshots"));
    if (list->count > 0) {
      memcpy(larger, list->step, (size_t)list->count * sizeof *list->step);
    }
    dw_free(list->step);
    list->step = larger;
    list->capacity = capacity;
  }
  list->step[list->count++] = step;
  return DW_OK;
}

static int by_step(const void *left, const void *right) {
  const int64_t a = *(const int64_t *)left;
  const int64_t b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static dw_status find_steps(steps *list, const char *directory) {
  DIR *stream = opendir(directory);
  if (stream == NULL) {
    return dw_fail(DW_ERR_FILE, "%s: the directory can't be read (%s)", directory, strerror(errno));
  }
  dw_status status = DW_OK;
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == DW_OK; entry = readdir(stream)) {
    const int64_t step = step_of(entry->d_name);
    status = step < 0 ? DW_OK : add_step(list, step);
  }
  (void)closedir(stream);
  if (status == DW_OK && list->count > 0) {
    qsort(list->step, (size_t)list->count, sizeof *list->step, by_step);
  }
  return status;
}

/* --- the XML --- */

static void add_mesh(FILE *xml, const char *name, int64_t step, int64_t n, int bytes) {
  (void)fprintf(xml, "        <Attribute Name=\"%s\" AttributeType=\"Scalar\" Center=\"Node\">\n", name);
  (void)fprintf(xml,
                "          <DataItem Dimensions=\"%" PRId64 " %" PRId64 " %" PRId64
                "\" NumberType=\"Float\" Precision=\"%d\"",
                n, n, n, bytes);
  (void)fprintf(xml, " Format=\"HDF\">snapshot_%06" PRId64 ".h5:/data/%" PRId64 "/meshes/%s</DataItem>\n", step, step,
                name);
  (void)fprintf(xml, "        </Attribute>\n");
}

/* Xdmf lists dimensions slowest first and calls the fastest X, so its X, Y, Z are the file's z, y, x. */
static void add_grid(FILE *xml, int64_t step, const dw_field_file_info *info) {
  const int64_t n = info->points;
  const int bytes = info->real_bytes;
  (void)fprintf(xml, "      <Grid Name=\"step %" PRId64 "\" GridType=\"Uniform\">\n", step);
  (void)fprintf(xml, "        <Time Value=\"%.17g\"/>\n", info->tau);
  (void)fprintf(
      xml, "        <Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"%" PRId64 " %" PRId64 " %" PRId64 "\"/>\n", n,
      n, n);
  (void)fprintf(xml, "        <Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n");
  (void)fprintf(
      xml,
      "          <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0 0 0</DataItem>\n");
  (void)fprintf(
      xml, "          <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">%.17g %.17g %.17g",
      info->spacing, info->spacing, info->spacing);
  (void)fprintf(xml, "</DataItem>\n        </Geometry>\n");
  for (int i = 0; i < info->components; i++) {
    char name[DW_MESH_NAME];
    dw_field_mesh_name(i, false, name);
    add_mesh(xml, name, step, n, bytes);
    dw_field_mesh_name(i, true, name);
    add_mesh(xml, name, step, n, bytes);
  }
  (void)fprintf(xml, "      </Grid>\n");
}

/* A file that isn't a readable snapshot is left out: it must not stop a run. */
static void add_snapshot(FILE *xml, const char *directory, int64_t step) {
  char path[PATH_LENGTH];
  dw_field_file_info info;
  (void)snprintf(path, sizeof path, "%s/snapshot_%06" PRId64 ".h5", directory, step);
  if (dw_field_file_inspect(dw_comm_self(), path, &info) == DW_OK) {
    add_grid(xml, step, &info);
  } else {
    dw_message_clear();
  }
}

static void add_all(FILE *xml, const char *directory, const steps *list) {
  (void)fprintf(xml, "<?xml version=\"1.0\"?>\n");
  (void)fprintf(xml, "<!-- X, Y, Z shown here are z, y, x of the lattice; unit 1/m, comoving. -->\n");
  (void)fprintf(xml, "<Xdmf Version=\"3.0\">\n  <Domain>\n");
  (void)fprintf(xml, "    <Grid Name=\"snapshots\" GridType=\"Collection\" CollectionType=\"Temporal\">\n");
  for (int64_t i = 0; i < list->count; i++) {
    add_snapshot(xml, directory, list->step[i]);
  }
  (void)fprintf(xml, "    </Grid>\n  </Domain>\n</Xdmf>\n");
}

static dw_status write_index(const char *directory, const steps *list) {
  char path[PATH_LENGTH];
  char *text = NULL;
  size_t length = 0;
  FILE *xml = open_memstream(&text, &length);
  if (xml == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the list of snapshots");
  }
  add_all(xml, directory, list);
  (void)snprintf(path, sizeof path, "%s/snapshots.xdmf", directory);
  const dw_status status = fclose(xml) == 0 ? dw_replace_file(path, text, length)
                                            : dw_fail(DW_ERR_MEMORY, "no memory for the list of snapshots");
  free(text);
  return status;
}

static dw_status index_directory(const char *directory) {
  steps list = {0};
  dw_status status = find_steps(&list, directory);
  if (status == DW_OK) {
    status = write_index(directory, &list);
  }
  dw_free(list.step);
  return status;
}

dw_status dw_snapshot_index(const char *directory, const dw_comm *comm) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? index_directory(directory) : DW_OK);
}
