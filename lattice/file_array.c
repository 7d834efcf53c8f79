#include <stdio.h>
#include <string.h>

#include "lattice/file_private.h"

dw_status dw_file_look(const dw_file *file, const char *path, bool *there) {
  char part[DW_FILE_NAME];
  const size_t length = strlen(path);
  *there = false;
  if (length == 0 || length >= sizeof part) {
    return DW_OK;
  }
  for (size_t i = 1; i <= length; i++) { /* HDF5 asks that each group on the way is tested first */
    if ((path[i] == '/' || path[i] == '\0') && path[i - 1] != '/') {
      memcpy(part, path, i);
      part[i] = '\0';
      const htri_t found = H5Lexists(file->id, part, H5P_DEFAULT);
      if (found <= 0) {
        return found == 0 ? DW_OK : dw_file_error(file, part, "can't be looked up");
      }
    }
  }
  *there = true;
  return DW_OK;
}

dw_status dw_file_share(const dw_file *file, dw_status mine, bool *there) {
  int64_t found = mine == DW_OK && *there;
  DW_TRY(dw_comm_agree(file->comm, mine));
  dw_comm_max_int64(file->comm, &found, 1);
  *there = found != 0;
  return DW_OK;
}

hid_t dw_file_link_list(void) {
  const hid_t list = H5Pcreate(H5P_LINK_CREATE);
  if (list >= 0 && H5Pset_create_intermediate_group(list, 1) < 0) {
    (void)H5Pclose(list);
    return H5I_INVALID_HID;
  }
  return list;
}

void dw_file_shape_text(int rank, const hsize_t *shape, char *text, size_t size) {
  size_t used = (size_t)snprintf(text, size, "(");
  for (int i = 0; i < rank && used < size; i++) {
    used += (size_t)snprintf(text + used, size - used, "%s%llu", i == 0 ? "" : ", ", (unsigned long long)shape[i]);
  }
  if (used < size) {
    (void)snprintf(text + used, size - used, ")");
  }
}

dw_status dw_file_find(dw_file *file, const char *path, bool *there) {
  *there = false;
  return dw_file_share(file, dw_file_acts(file) ? dw_file_look(file, path, there) : DW_OK, there);
}

bool dw_file_has(dw_file *file, const char *path) {
  bool there = false;
  return dw_file_find(file, path, &there) == DW_OK && there;
}

static dw_status make_group(dw_file *file, const char *path) {
  bool there = false;
  DW_TRY(dw_file_look(file, path, &there));
  if (there) {
    return DW_OK;
  }
  const hid_t links = dw_file_link_list();
  const hid_t group = links < 0 ? H5I_INVALID_HID : H5Gcreate2(file->id, path, links, H5P_DEFAULT, H5P_DEFAULT);
  const dw_status status = group < 0 ? dw_file_error(file, path, "the group can't be created") : DW_OK;
  if (group >= 0) {
    (void)H5Gclose(group);
  }
  if (links >= 0) {
    (void)H5Pclose(links);
  }
  return status;
}

dw_status dw_file_group(dw_file *file, const char *path) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? make_group(file, path) : DW_OK);
}

static dw_status fill_array(dw_file *file, const char *path, hid_t space, hid_t links, hid_t type, const void *values) {
  const hid_t dataset = H5Dcreate2(file->id, path, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
  if (dataset < 0) {
    return dw_file_error(file, path, "the dataset can't be created");
  }
  dw_status status = DW_OK;
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0 || (count > 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)) {
    status = dw_file_error(file, path, "the dataset can't be written");
  }
  (void)H5Dclose(dataset);
  return status;
}

dw_status dw_file_write_array(dw_file *file, const char *path, int rank, const int64_t *shape, hid_t type,
                              const void *values) {
  hsize_t extent[DW_FILE_RANK] = {0};
  if (rank < 0 || rank > DW_FILE_RANK) {
    return dw_fail(DW_ERR_INTERNAL, "%s: %s: rank %d", file->path, path, rank);
  }
  for (int i = 0; i < rank; i++) {
    extent[i] = (hsize_t)shape[i];
  }
  const hid_t space = H5Screate_simple(rank, extent, NULL);
  const hid_t links = dw_file_link_list();
  const dw_status status = space < 0 || links < 0 ? dw_file_error(file, path, "the dataset can't be described")
                                                  : fill_array(file, path, space, links, type, values);
  if (space >= 0) {
    (void)H5Sclose(space);
  }
  if (links >= 0) {
    (void)H5Pclose(links);
  }
  return status;
}

dw_status dw_file_write_reals(dw_file *file, const char *path, int rank, const int64_t *shape, const double *values) {
  return dw_comm_agree(
      file->comm, dw_file_acts(file) ? dw_file_write_array(file, path, rank, shape, H5T_NATIVE_DOUBLE, values) : DW_OK);
}

dw_status dw_file_write_ints(dw_file *file, const char *path, int rank, const int64_t *shape, const int64_t *values) {
  return dw_comm_agree(
      file->comm, dw_file_acts(file) ? dw_file_write_array(file, path, rank, shape, H5T_NATIVE_INT64, values) : DW_OK);
}

static dw_status find_child(const dw_file *file, const char *group, int64_t index, int64_t *count, char *name) {
  H5G_info_t info;
  bool there = false;
  *count = 0;
  DW_TRY(dw_file_look(file, group, &there));
  if (!there || H5Gget_info_by_name(file->id, group, &info, H5P_DEFAULT) < 0) {
    return dw_fail(DW_ERR_FILE, "%s: has no group %s; is it the right file?", file->path, group);
  }
  *count = (int64_t)info.nlinks;
  if (name == NULL) {
    return DW_OK;
  }
  if (index < 0 || index >= *count) {
    return dw_fail(DW_ERR_FILE, "%s: group %s has %lld members, number %lld was asked for", file->path, group,
                   (long long)*count, (long long)index);
  }
  const ssize_t length =
      H5Lget_name_by_idx(file->id, group, H5_INDEX_NAME, H5_ITER_INC, (hsize_t)index, name, DW_FILE_NAME, H5P_DEFAULT);
  return length > 0 && length < DW_FILE_NAME ? DW_OK : dw_file_error(file, group, "a member's name can't be read");
}

dw_status dw_file_child(dw_file *file, const char *group, int64_t index, int64_t *count, char *name) {
  return dw_comm_agree(file->comm, find_child(file, group, index, count, name));
}

/* Rank of a dataset and its shape if the rank is at most DW_FILE_RANK; -1 on failure. */
static int extent_of(hid_t dataset, hsize_t shape[DW_FILE_RANK]) {
  const hid_t space = H5Dget_space(dataset);
  if (space < 0) {
    return -1;
  }
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank > 0 && rank <= DW_FILE_RANK && H5Sget_simple_extent_dims(space, shape, NULL) < 0) {
    rank = -1;
  }
  (void)H5Sclose(space);
  return rank;
}

static dw_status open_dataset(const dw_file *file, const char *path, hid_t *dataset) {
  *dataset = H5I_INVALID_HID;
  bool there = false;
  DW_TRY(dw_file_look(file, path, &there));
  if (!there) {
    return dw_fail(DW_ERR_FILE, "%s: has no dataset %s; is it the right file?", file->path, path);
  }
  *dataset = H5Dopen2(file->id, path, H5P_DEFAULT);
  return *dataset >= 0 ? DW_OK : dw_file_error(file, path, "the dataset can't be opened");
}

static dw_status check_class(const dw_file *file, const char *path, hid_t dataset, H5T_class_t class) {
  const hid_t type = H5Dget_type(dataset);
  const H5T_class_t found = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
  if (type >= 0) {
    (void)H5Tclose(type);
  }
  if (found == class || (class == H5T_FLOAT && found == H5T_INTEGER)) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE, "%s: dataset %s doesn't hold %s; is it the right file?", file->path, path,
                 class == H5T_FLOAT    ? "real numbers"
                 : class == H5T_STRING ? "texts"
                                       : "integer numbers");
}

static dw_status check_extent(const dw_file *file, const char *path, hid_t dataset, int rank, const int64_t *shape) {
  hsize_t found[DW_FILE_RANK] = {0};
  hsize_t wanted[DW_FILE_RANK] = {0};
  const int found_rank = extent_of(dataset, found);
  bool same = found_rank == rank;
  for (int i = 0; i < rank; i++) {
    wanted[i] = (hsize_t)shape[i];
    same = same && found[i] == wanted[i];
  }
  if (same) {
    return DW_OK;
  }
  char found_text[DW_FILE_NAME] = "of a higher rank";
  char wanted_text[DW_FILE_NAME];
  if (found_rank <= DW_FILE_RANK) {
    dw_file_shape_text(found_rank, found, found_text, sizeof found_text);
  }
  dw_file_shape_text(rank, wanted, wanted_text, sizeof wanted_text);
  return dw_fail(DW_ERR_FILE, "%s: dataset %s is %s where %s is needed; choose a file of that size", file->path, path,
                 found_text, wanted_text);
}

dw_status dw_file_open_dataset(const dw_file *file, const char *path, int rank, const int64_t *shape, H5T_class_t class,
                               hid_t *dataset) {
  DW_TRY(open_dataset(file, path, dataset));
  dw_status status = check_class(file, path, *dataset, class);
  if (status == DW_OK) {
    status = check_extent(file, path, *dataset, rank, shape);
  }
  if (status != DW_OK) {
    (void)H5Dclose(*dataset);
    *dataset = H5I_INVALID_HID;
  }
  return status;
}

static dw_status read_shape(const dw_file *file, const char *path, int *rank, int64_t shape[DW_FILE_RANK]) {
  hid_t dataset = H5I_INVALID_HID;
  *rank = 0;
  DW_TRY(open_dataset(file, path, &dataset));
  hsize_t found[DW_FILE_RANK] = {0};
  const int found_rank = extent_of(dataset, found);
  (void)H5Dclose(dataset);
  if (found_rank < 0) {
    return dw_file_error(file, path, "its shape can't be read");
  }
  if (found_rank > DW_FILE_RANK) {
    return dw_fail(DW_ERR_FILE, "%s: dataset %s has rank %d; is it the right file?", file->path, path, found_rank);
  }
  *rank = found_rank;
  for (int i = 0; i < DW_FILE_RANK; i++) {
    shape[i] = (int64_t)found[i];
  }
  return DW_OK;
}

dw_status dw_file_shape(dw_file *file, const char *path, int *rank, int64_t shape[DW_FILE_RANK]) {
  return dw_comm_agree(file->comm, read_shape(file, path, rank, shape));
}

static dw_status read_length(const dw_file *file, const char *path, int64_t *length) {
  int rank = 0;
  int64_t shape[DW_FILE_RANK] = {0};
  hsize_t bytes = 0;
  DW_TRY(read_shape(file, path, &rank, shape));
  if (H5Fget_filesize(file->id, &bytes) < 0) {
    return dw_file_error(file, path, "the size of its file can't be told");
  }
  if (shape[0] < 0 || (hsize_t)shape[0] > bytes / sizeof(int64_t)) {
    return dw_fail(DW_ERR_FILE,
                   "%s: dataset %s claims to be %lld long, more than a file of %llu bytes holds; the file is damaged, "
                   "bring it back from a copy or run again",
                   file->path, path, (long long)shape[0], (unsigned long long)bytes);
  }
  *length = shape[0];
  return DW_OK;
}

dw_status dw_file_length(dw_file *file, const char *path, int64_t *length) {
  *length = 0;
  return dw_comm_agree(file->comm, read_length(file, path, length));
}

static dw_status read_real_bytes(const dw_file *file, const char *path, int *bytes) {
  hid_t dataset = H5I_INVALID_HID;
  *bytes = 0;
  DW_TRY(open_dataset(file, path, &dataset));
  const hid_t type = H5Dget_type(dataset);
  if (type >= 0) {
    *bytes = H5Tget_class(type) == H5T_FLOAT ? (int)H5Tget_size(type) : 0;
    (void)H5Tclose(type);
  }
  (void)H5Dclose(dataset);
  return *bytes > 0 ? DW_OK
                    : dw_fail(DW_ERR_FILE, "%s: dataset %s doesn't hold real numbers; is it the right file?",
                              file->path, path);
}

dw_status dw_file_real_bytes(dw_file *file, const char *path, int *bytes) {
  return dw_comm_agree(file->comm, read_real_bytes(file, path, bytes));
}

static dw_status read_array(const dw_file *file, const char *path, int rank, const int64_t *shape, H5T_class_t class,
                            hid_t type, void *values) {
  hid_t dataset = H5I_INVALID_HID;
  DW_TRY(dw_file_open_dataset(file, path, rank, shape, class, &dataset));
  bool empty = false;
  for (int i = 0; i < rank; i++) {
    empty = empty || shape[i] == 0;
  }
  dw_status status = DW_OK;
  if (!empty && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
    status = dw_file_error(file, path, "the dataset can't be read");
  }
  (void)H5Dclose(dataset);
  return status;
}

dw_status dw_file_read_reals(dw_file *file, const char *path, int rank, const int64_t *shape, double *values) {
  return dw_comm_agree(file->comm, read_array(file, path, rank, shape, H5T_FLOAT, H5T_NATIVE_DOUBLE, values));
}

dw_status dw_file_read_ints(dw_file *file, const char *path, int rank, const int64_t *shape, int64_t *values) {
  return dw_comm_agree(file->comm, read_array(file, path, rank, shape, H5T_INTEGER, H5T_NATIVE_INT64, values));
}
