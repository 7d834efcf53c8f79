/* Spoiling HDF5 files on purpose. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { OBJECTS = 256, NAME = 256, EDIT_BYTES = 8, EDITS = 12, VALUES = 1 << 16 };

typedef struct objects {
  int count;
  char name[OBJECTS][NAME];
} objects;

/* One edit: what, of which object, which of its attributes or values, and how. */
typedef struct edit {
  unsigned what;
  unsigned object;
  unsigned which;
  unsigned how;
  unsigned more;
} edit;

static const int64_t ints[] = {
    0, -1, 1, 2, 3, 7, 1000, INT64_C(1) << 16, INT64_C(1) << 31, INT64_C(1) << 40, INT64_MAX, INT64_MIN};
static const double reals[] = {0.0, -1.0, 1.0, 0.5, 1e-300, -1e300, 1e300, 1e9, INFINITY, -INFINITY, NAN, 5e-324};
static const hsize_t sides[] = {
    0, 1, 2, 3, 5, 8, 12, 64, (hsize_t)1 << 16, (hsize_t)1 << 31, (hsize_t)1 << 33, (hsize_t)1 << 40};
static const char *const texts[] = {"",    "x", "dwell checkpoint", "spectrum emulator", "field operator",
                                    "nan", "1", "/data/%T/",        "../../../",         "\xff\xfe"};
enum { CHOICES = 12, TEXTS = 10 };

static herr_t note(hid_t at, const char *name, const H5O_info_t *info, void *context) {
  (void)at;
  (void)info;
  objects *all = context;
  if (all->count < OBJECTS && strlen(name) < NAME) {
    memcpy(all->name[all->count++], name, strlen(name) + 1);
  }
  return 0;
}

static void change_attribute(hid_t object, const edit *e) {
  H5O_info_t info;
  char name[NAME];
  if (H5Oget_info(object, &info) < 0 || info.num_attrs == 0 ||
      H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, e->which % info.num_attrs, name, sizeof name,
                         H5P_DEFAULT) < 0) {
    return;
  }
  (void)H5Adelete(object, name);
  const hsize_t length = sides[e->more % 8];
  const hid_t space = e->how & 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
  hid_t type = H5I_INVALID_HID;
  char buffer[64 * 8] = "";
  switch (e->how / 2 % 4) {
    case 0:
      type = H5Tcopy(H5T_NATIVE_INT64);
      memcpy(buffer, &ints[e->more % CHOICES], sizeof *ints);
      break;
    case 1:
      type = H5Tcopy(H5T_NATIVE_DOUBLE);
      memcpy(buffer, &reals[e->more % CHOICES], sizeof *reals);
      break;
    case 2:
      type = H5Tcopy(H5T_C_S1);
      (void)H5Tset_size(type, 8);
      (void)snprintf(buffer, sizeof buffer, "%.7s", texts[e->more % TEXTS]);
      break;
    default: return; /* it is gone */
  }
  const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    (void)H5Awrite(attribute, type, buffer);
    (void)H5Aclose(attribute);
  }
  (void)H5Tclose(type);
  (void)H5Sclose(space);
}

/* A variable text, with which most attributes of this program are written. */
static void change_text(hid_t object, const edit *e) {
  H5O_info_t info;
  char name[NAME];
  if (H5Oget_info(object, &info) < 0 || info.num_attrs == 0 ||
      H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, e->which % info.num_attrs, name, sizeof name,
                         H5P_DEFAULT) < 0) {
    return;
  }
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  const hid_t type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
  if (type >= 0 && H5Tis_variable_str(type) > 0) {
    (void)H5Awrite(attribute, type, &texts[e->more % TEXTS]);
  } else if (type >= 0 && H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) == 8) {
    int64_t values[64] = {0};
    (void)H5Aread(attribute, type, values);
    values[0] = ints[e->more % CHOICES];
    (void)H5Awrite(attribute, type, values);
  } else if (type >= 0 && H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 8) {
    double values[64] = {0};
    (void)H5Aread(attribute, type, values);
    values[0] = reals[e->more % CHOICES];
    (void)H5Awrite(attribute, type, values);
  }
  if (type >= 0) {
    (void)H5Tclose(type);
  }
  if (attribute >= 0) {
    (void)H5Aclose(attribute);
  }
}

/* Another dataset of this name, of another type or shape, with no data. */
static void change_shape(hid_t file, const char *name, const edit *e) {
  hsize_t shape[8] = {0};
  const hid_t old = H5Dopen2(file, name, H5P_DEFAULT);
  if (old < 0) {
    return;
  }
  const hid_t space = H5Dget_space(old);
  int rank = H5Sget_simple_extent_ndims(space);
  hid_t type = H5Dget_type(old);
  if (rank >= 0 && rank <= 8) {
    (void)H5Sget_simple_extent_dims(space, shape, NULL);
  }
  (void)H5Sclose(space);
  (void)H5Dclose(old);
  if (e->how % 4 == 0) {
    (void)H5Tclose(type);
    type = H5Tcopy(e->how & 4 ? H5T_NATIVE_INT : e->how & 8 ? H5T_NATIVE_FLOAT : H5T_C_S1);
  } else if (e->how % 4 == 1) {
    rank = (int)(e->more % 5);
    for (int i = 0; i < rank; i++) {
      shape[i] = sides[(e->which + (unsigned)i) % CHOICES];
    }
  } else if (rank > 0) {
    shape[e->which % (unsigned)rank] = sides[e->more % CHOICES];
  }
  (void)H5Ldelete(file, name, H5P_DEFAULT);
  const hid_t now = H5Screate_simple(rank, shape, NULL);
  const hid_t made =
      now < 0 ? H5I_INVALID_HID : H5Dcreate2(file, name, type, now, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (made >= 0) {
    (void)H5Dclose(made);
  }
  if (now >= 0) {
    (void)H5Sclose(now);
  }
  (void)H5Tclose(type);
}

static void change_value(hid_t file, const char *name, const edit *e) {
  static double values[VALUES];
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  if (dataset < 0) {
    return;
  }
  const hid_t space = H5Dget_space(dataset);
  const hid_t type = H5Dget_type(dataset);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const H5T_class_t class = H5Tget_class(type);
  if (count > 0 && count <= VALUES && class == H5T_FLOAT &&
      H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
    values[e->which % (unsigned)count] = reals[e->more % CHOICES];
    (void)H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  } else if (count > 0 && count <= VALUES && class == H5T_INTEGER &&
             H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
    memcpy(&values[e->which % (unsigned)count], &ints[e->more % CHOICES], sizeof *ints);
    (void)H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  (void)H5Tclose(type);
  (void)H5Sclose(space);
  (void)H5Dclose(dataset);
}

static void apply(hid_t file, const objects *all, const edit *e) {
  const char *name = all->name[e->object % (unsigned)all->count];
  const hid_t object = H5Oopen(file, e->what & 8 ? "/" : name, H5P_DEFAULT);
  if (object < 0) {
    return; /* removed by an earlier edit */
  }
  switch (e->what % 6) {
    case 0: (void)H5Ldelete(file, name, H5P_DEFAULT); break;
    case 1: change_attribute(object, e); break;
    case 2: change_text(object, e); break;
    case 3: change_shape(file, name, e); break;
    default: change_value(file, name, e); break;
  }
  (void)H5Oclose(object);
}

static void edit_objects(const char *path, const uint8_t *data, size_t size) {
  static objects all;
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  all.count = 0;
  if (file < 0 || H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, note, &all) < 0 || all.count == 0) {
    abort(); /* the base is no HDF5 file */
  }
  for (size_t i = 0; i < EDITS && (i + 1) * EDIT_BYTES <= size; i++) {
    const uint8_t *d = data + i * EDIT_BYTES;
    const edit e = {.what = d[0], .object = d[1], .which = d[2] + 256U * d[3], .how = d[4], .more = d[5] + 256U * d[6]};
    apply(file, &all, &e);
  }
  (void)H5Fclose(file);
}

static void edit_bytes(char *bytes, size_t length, const uint8_t *data, size_t size) {
  for (size_t i = 0; (i + 1) * 4 <= size; i++) {
    const uint8_t *d = data + i * 4;
    bytes[(d[0] + 256UL * d[1] + 65536UL * (d[2] & 7U)) % length] = (char)d[3];
  }
}

void dw_fuzz_edit(const char *base, const char *path, const uint8_t *data, size_t size) {
  static char bytes[1 << 23];
  const int bytewise = getenv("DWELL_FUZZ_BYTES") != NULL;
  FILE *file = fopen(base, "rb");
  const size_t length = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
  if (file == NULL || fclose(file) != 0 || length == 0 || length == sizeof bytes) {
    abort();
  }
  if (bytewise) {
    edit_bytes(bytes, length, data, size);
  }
  dw_fuzz_write(path, (const uint8_t *)bytes, length);
  if (!bytewise) {
    edit_objects(path, data, size);
  }
}
