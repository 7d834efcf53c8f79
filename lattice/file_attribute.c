#include <string.h>

#include "base/memory.h"
#include "lattice/file_private.h"

/* An object header holds attributes up to 64 KiB; longer text goes to the file's heap. */

/* --- writing: one function for all types --- */

typedef struct value {
  hid_t type;
  bool scalar;
  size_t count; /* 1 for a scalar; a list may be empty */
  const void *data;
} value;

static dw_status write_to(dw_file *file, hid_t object, const char *path, const char *name, const value *of) {
  const hsize_t extent = (hsize_t)of->count;
  const htri_t there = H5Aexists(object, name);
  if (there < 0 || (there > 0 && H5Adelete(object, name) < 0)) {
    return dw_file_error(file, path, "an attribute can't be replaced");
  }
  const hid_t space = of->scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, NULL);
  const hid_t attribute =
      space < 0 ? H5I_INVALID_HID : H5Acreate2(object, name, of->type, space, H5P_DEFAULT, H5P_DEFAULT);
  dw_status status = DW_OK;
  if (attribute < 0 || (of->count > 0 && H5Awrite(attribute, of->type, of->data) < 0)) {
    status = dw_file_error(file, name, "the attribute can't be written");
  }
  if (attribute >= 0) {
    (void)H5Aclose(attribute);
  }
  if (space >= 0) {
    (void)H5Sclose(space);
  }
  return status;
}

static dw_status write_here(dw_file *file, const char *path, const char *name, const value *of) {
  const hid_t object = H5Oopen(file->id, path, H5P_DEFAULT);
  if (object < 0) {
    return dw_file_error(file, path, "isn't there to take an attribute");
  }
  const dw_status status = write_to(file, object, path, name, of);
  (void)H5Oclose(object);
  return status;
}

static dw_status write_numbers(dw_file *file, const char *path, const char *name, const value *numbers) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? write_here(file, path, name, numbers) : DW_OK);
}

hid_t dw_file_text_type(size_t length) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  if (type >= 0 && (H5Tset_size(type, length) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                    (length != H5T_VARIABLE && H5Tset_strpad(type, H5T_STR_NULLPAD) < 0))) {
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
  }
  return type;
}

static dw_status write_text_data(dw_file *file, const char *path, const char *name, size_t length, value text) {
  text.type = dw_file_text_type(length);
  if (text.type < 0) {
    return dw_file_error(file, name, "its type can't be made");
  }
  const dw_status status = write_here(file, path, name, &text);
  (void)H5Tclose(text.type);
  return status;
}

static dw_status write_text(dw_file *file, const char *path, const char *name, const char *text) {
  return write_text_data(file, path, name, H5T_VARIABLE, (value){.scalar = true, .count = 1, .data = &text});
}

static dw_status write_fixed_text(dw_file *file, const char *path, const char *name, const char *text) {
  const size_t length = strlen(text) == 0 ? 1 : strlen(text); /* "" is one 0 byte */
  return write_text_data(file, path, name, length, (value){.scalar = true, .count = 1, .data = text});
}

static dw_status write_texts(dw_file *file, const char *path, const char *name, size_t count,
                             const char *const *texts) {
  size_t longest = 1;
  for (size_t i = 0; i < count; i++) {
    longest = strlen(texts[i]) > longest ? strlen(texts[i]) : longest;
  }
  void *block = NULL;
  DW_TRY(dw_alloc(&block, count, longest, "attribute"));
  memset(block, 0, count * longest);
  for (size_t i = 0; i < count; i++) {
    memcpy((char *)block + i * longest, texts[i], strlen(texts[i]));
  }
  const dw_status status = write_text_data(file, path, name, longest, (value){.count = count, .data = block});
  dw_free(block);
  return status;
}

dw_status dw_attribute_write_text(dw_file *file, const char *object, const char *name, const char *text) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? write_text(file, object, name, text) : DW_OK);
}

dw_status dw_attribute_describe(dw_file *file, const char *object, const char *unit, const char *description) {
  DW_TRY(dw_attribute_write_text(file, object, "unit", unit));
  return dw_attribute_write_text(file, object, "description", description);
}

dw_status dw_file_write_described(dw_file *file, const char *group, const char *name, int rank, const int64_t *shape,
                                  const double *values, const char *unit, const char *description) {
  char path[DW_FILE_NAME];
  (void)snprintf(path, sizeof path, "/%s/%s", group, name);
  DW_TRY(dw_file_write_reals(file, path, rank, shape, values));
  return dw_attribute_describe(file, path, unit, description);
}

dw_status dw_attribute_write_fixed_text(dw_file *file, const char *object, const char *name, const char *text) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? write_fixed_text(file, object, name, text) : DW_OK);
}

dw_status dw_attribute_write_texts(dw_file *file, const char *object, const char *name, size_t count,
                                   const char *const *texts) {
  return dw_comm_agree(file->comm, dw_file_acts(file) ? write_texts(file, object, name, count, texts) : DW_OK);
}

dw_status dw_attribute_write_real(dw_file *file, const char *object, const char *name, double real) {
  const value of = {.type = H5T_NATIVE_DOUBLE, .scalar = true, .count = 1, .data = &real};
  return write_numbers(file, object, name, &of);
}

dw_status dw_attribute_write_reals(dw_file *file, const char *object, const char *name, size_t count,
                                   const double *reals) {
  const value of = {.type = H5T_NATIVE_DOUBLE, .count = count, .data = reals};
  return write_numbers(file, object, name, &of);
}

dw_status dw_attribute_write_int(dw_file *file, const char *object, const char *name, int64_t integer) {
  const value of = {.type = H5T_NATIVE_INT64, .scalar = true, .count = 1, .data = &integer};
  return write_numbers(file, object, name, &of);
}

dw_status dw_attribute_write_ints(dw_file *file, const char *object, const char *name, size_t count,
                                  const int64_t *integers) {
  const value of = {.type = H5T_NATIVE_INT64, .count = count, .data = integers};
  return write_numbers(file, object, name, &of);
}

dw_status dw_attribute_write_uint32(dw_file *file, const char *object, const char *name, uint32_t integer) {
  const value of = {.type = H5T_NATIVE_UINT32, .scalar = true, .count = 1, .data = &integer};
  return write_numbers(file, object, name, &of);
}

/* --- reading --- */

static dw_status look(const dw_file *file, const char *object, const char *name, bool *there) {
  *there = strcmp(object, "/") == 0;
  if (!*there) {
    DW_TRY(dw_file_look(file, object, there));
  }
  const htri_t found = *there ? H5Aexists_by_name(file->id, object, name, H5P_DEFAULT) : 0;
  *there = found > 0;
  return found >= 0 ? DW_OK : dw_file_error(file, name, "the attribute can't be looked up");
}

dw_status dw_attribute_find(dw_file *file, const char *object, const char *name, bool *there) {
  *there = false;
  return dw_file_share(file, dw_file_acts(file) ? look(file, object, name, there) : DW_OK, there);
}

bool dw_attribute_has(dw_file *file, const char *object, const char *name) {
  bool there = false;
  return dw_attribute_find(file, object, name, &there) == DW_OK && there;
}

static dw_status open_attribute(const dw_file *file, const char *object, const char *name, hid_t *attribute) {
  *attribute = H5I_INVALID_HID;
  bool there = false;
  DW_TRY(look(file, object, name, &there));
  if (!there) {
    return dw_fail(DW_ERR_FILE, "%s: %s has no attribute %s; is it the right file?", file->path, object, name);
  }
  *attribute = H5Aopen_by_name(file->id, object, name, H5P_DEFAULT, H5P_DEFAULT);
  return *attribute >= 0 ? DW_OK : dw_file_error(file, name, "the attribute can't be opened");
}

static hssize_t values_in(hid_t attribute) {
  const hid_t space = H5Aget_space(attribute);
  const hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
  if (space >= 0) {
    (void)H5Sclose(space);
  }
  return count;
}

static H5T_class_t class_of(hid_t attribute) {
  const hid_t type = H5Aget_type(attribute);
  const H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
  if (type >= 0) {
    (void)H5Tclose(type);
  }
  return class;
}

static dw_status read_numbers(const dw_file *file, const char *object, const char *name, size_t count, bool real,
                              void *data) {
  hid_t attribute = H5I_INVALID_HID;
  DW_TRY(open_attribute(file, object, name, &attribute));
  const H5T_class_t class = class_of(attribute);
  const hssize_t found = values_in(attribute);
  dw_status status = DW_OK;
  if ((class != H5T_INTEGER && !(real && class == H5T_FLOAT)) || found != (hssize_t)count) {
    status = dw_fail(DW_ERR_FILE, "%s: attribute %s of %s isn't %zu %s number(s); is it the right file?", file->path,
                     name, object, count, real ? "real" : "integer");
  } else if (count > 0 && H5Aread(attribute, real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, data) < 0) {
    status = dw_file_error(file, name, "the attribute can't be read");
  }
  (void)H5Aclose(attribute);
  return status;
}

dw_status dw_attribute_read_real(dw_file *file, const char *object, const char *name, double *real) {
  return dw_attribute_read_reals(file, object, name, 1, real);
}

dw_status dw_attribute_read_reals(dw_file *file, const char *object, const char *name, size_t count, double *reals) {
  return dw_comm_agree(file->comm, read_numbers(file, object, name, count, true, reals));
}

dw_status dw_attribute_read_int(dw_file *file, const char *object, const char *name, int64_t *integer) {
  return dw_attribute_read_ints(file, object, name, 1, integer);
}

dw_status dw_attribute_read_ints(dw_file *file, const char *object, const char *name, size_t count, int64_t *integers) {
  return dw_comm_agree(file->comm, read_numbers(file, object, name, count, false, integers));
}

/* Copies text that ends at a 0 or after `length` bytes; DW_ERR_FILE where it doesn't fit. */
static dw_status copy_text(const dw_file *file, const char *name, const char *from, size_t length, char *text,
                           size_t size) {
  size_t used = 0;
  while (used < length && from[used] != '\0') {
    used++;
  }
  if (used >= size) {
    return dw_fail(DW_ERR_FILE, "%s: the text of attribute %s is too long (%zu bytes)", file->path, name, used);
  }
  memcpy(text, from, used);
  text[used] = '\0';
  return DW_OK;
}

static dw_status read_variable_text(const dw_file *file, const char *name, hid_t attribute, hid_t type, char *text,
                                    size_t size) {
  char *stored = NULL;
  if (H5Aread(attribute, type, &stored) < 0 || stored == NULL) {
    return dw_file_error(file, name, "the text can't be read");
  }
  const dw_status status = copy_text(file, name, stored, strlen(stored), text, size);
  (void)H5free_memory(stored);
  return status;
}

static dw_status read_fixed_text(const dw_file *file, const char *name, hid_t attribute, hid_t type, char *text,
                                 size_t size) {
  const size_t length = H5Tget_size(type);
  void *block = NULL;
  if (length == 0) {
    return dw_file_error(file, name, "the length of the text can't be read");
  }
  DW_TRY(dw_alloc(&block, length, 1, "attribute"));
  const dw_status status = H5Aread(attribute, type, block) < 0 ? dw_file_error(file, name, "the text can't be read")
                                                               : copy_text(file, name, block, length, text, size);
  dw_free(block);
  return status;
}

static dw_status read_text(const dw_file *file, const char *object, const char *name, char *text, size_t size) {
  hid_t attribute = H5I_INVALID_HID;
  DW_TRY(open_attribute(file, object, name, &attribute));
  const hid_t type = H5Aget_type(attribute);
  const htri_t variable = type < 0 ? -1 : H5Tis_variable_str(type);
  dw_status status = DW_OK;
  if (variable < 0 || H5Tget_class(type) != H5T_STRING || values_in(attribute) != 1) {
    status =
        dw_fail(DW_ERR_FILE, "%s: attribute %s of %s isn't a text; is it the right file?", file->path, name, object);
  } else if (variable > 0) {
    status = read_variable_text(file, name, attribute, type, text, size);
  } else {
    status = read_fixed_text(file, name, attribute, type, text, size);
  }
  if (type >= 0) {
    (void)H5Tclose(type);
  }
  (void)H5Aclose(attribute);
  return status;
}

dw_status dw_attribute_read_text(dw_file *file, const char *object, const char *name, char *text, size_t size) {
  return dw_comm_agree(file->comm, read_text(file, object, name, text, size));
}
