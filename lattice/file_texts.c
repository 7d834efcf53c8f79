/* Datasets of texts. */
#include <string.h>

#include "base/memory.h"
#include "lattice/file_private.h"

static dw_status write_texts(dw_file *file, const char *path, size_t count, const char *const *texts) {
  const int64_t shape[1] = {(int64_t)count};
  const hid_t type = dw_file_text_type(H5T_VARIABLE);
  if (type < 0) {
    return dw_file_error(file, path, "its type can't be made");
  }
  const dw_status status = dw_file_write_array(file, path, 1, shape, type, texts);
  (void)H5Tclose(type);
  return status;
}

dw_status dw_file_write_texts(dw_file *file, const char *path, size_t count, const char *const *texts) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? write_texts(file, path, count, texts) : DW_OK);
}

/* Copies text that ends at a 0 or after `length` bytes. */
static dw_status copy(const dw_file *file, const char *path, const char *from, size_t length, char *text, size_t size) {
  const size_t used = strnlen(from, length);
  if (used >= size) {
    return dw_fail(DW_ERR_FILE, "%s: a text of dataset %s is too long (%zu bytes)", file->path, path, used);
  }
  memcpy(text, from, used);
  text[used] = '\0';
  return DW_OK;
}

/* HDF5 allocates texts of variable length; they are freed here. */
static dw_status read_variable(const dw_file *file, const char *path, hid_t dataset, hid_t type, size_t count,
                               size_t size, char *texts) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, count, sizeof(char *), "texts"));
  char **stored = block;
  memset(block, 0, count * sizeof(char *));
  dw_status status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0
                         ? dw_file_error(file, path, "the texts can't be read")
                         : DW_OK;
  for (size_t i = 0; i < count; i++) {
    if (status == DW_OK) {
      const char *text = stored[i] == NULL ? "" : stored[i];
      status = copy(file, path, text, strlen(text), texts + i * size, size);
    }
    (void)H5free_memory(stored[i]);
  }
  dw_free(block);
  return status;
}

static dw_status read_fixed(const dw_file *file, const char *path, hid_t dataset, hid_t type, size_t count, size_t size,
                            char *texts) {
  const size_t length = H5Tget_size(type);
  void *block = NULL;
  hsize_t bytes = 0;
  if (length == 0 || H5Fget_filesize(file->id, &bytes) < 0) {
    return dw_file_error(file, path, "the length of its texts can't be read");
  }
  if (count > bytes / length) {
    return dw_fail(DW_ERR_FILE, "%s: dataset %s claims %zu texts of %zu bytes, more than the file holds; it is damaged",
                   file->path, path, count, length);
  }
  DW_TRY(dw_alloc(&block, count, length, "texts"));
  dw_status status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0
                         ? dw_file_error(file, path, "the texts can't be read")
                         : DW_OK;
  for (size_t i = 0; i < count && status == DW_OK; i++) {
    status = copy(file, path, (const char *)block + i * length, length, texts + i * size, size);
  }
  dw_free(block);
  return status;
}

static dw_status read_texts(const dw_file *file, const char *path, size_t count, size_t size, char *texts) {
  const int64_t shape[1] = {(int64_t)count};
  hid_t dataset = H5I_INVALID_HID;
  DW_TRY(dw_file_open_dataset(file, path, 1, shape, H5T_STRING, &dataset));
  const hid_t type = H5Dget_type(dataset);
  const htri_t variable = type < 0 ? -1 : H5Tis_variable_str(type);
  dw_status status = DW_OK;
  if (variable < 0) {
    status = dw_file_error(file, path, "its type can't be read");
  } else if (count > 0) {
    status = variable > 0 ? read_variable(file, path, dataset, type, count, size, texts)
                          : read_fixed(file, path, dataset, type, count, size, texts);
  }
  if (type >= 0) {
    (void)H5Tclose(type);
  }
  (void)H5Dclose(dataset);
  return status;
}

dw_status dw_file_read_texts(dw_file *file, const char *path, size_t count, size_t size, char *texts) {
  return dw_comm_agree(file->comm, read_texts(file, path, count, size, texts));
}
