#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lattice/file_private.h"

static const char NAME[] = "fingerprint";

/* Whole numbers that may use all 64 bits are kept as text. */
enum { TEXT_SIZE = 17 };
static void write_text(uint64_t fingerprint, char text[TEXT_SIZE]) {
  (void)snprintf(text, TEXT_SIZE, "%016" PRIx64, fingerprint);
}

static dw_status write_fingerprint(dw_file *file, const char *path, uint64_t fingerprint) {
  char text[TEXT_SIZE];
  write_text(fingerprint, text);
  return dw_attribute_write_text(file, path, NAME, text);
}

/* What is known before the data are read. Numbers of another size couldn't be compared bit by bit. */
static dw_status read_fingerprint(dw_file *file, const char *path, dw_precision precision, char written[DW_FILE_NAME]) {
  int bytes = 0;
  DW_TRY(dw_file_real_bytes(file, path, &bytes));
  if (bytes != (int)precision) {
    return dw_fail(DW_ERR_FILE, "%s: %s holds numbers of %d bytes where %d are needed; choose the precision it has",
                   file->path, path, bytes, (int)precision);
  }
  return dw_attribute_read_text(file, path, NAME, written, DW_FILE_NAME);
}

static dw_status compare(const dw_file *file, const char *path, const char *written, uint64_t fingerprint) {
  char found[TEXT_SIZE];
  write_text(fingerprint, found);
  if (strcmp(found, written) == 0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE, "%s: %s is damaged: its fingerprint is %s where %s was written", file->path, path, found,
                 written);
}

dw_status dw_file_write_checked_field(dw_file *file, const char *path, const dw_field *field) {
  DW_TRY(dw_file_write_field(file, path, field));
  return write_fingerprint(file, path, dw_field_fingerprint(field));
}

dw_status dw_file_read_checked_field(dw_file *file, const char *path, dw_field *field) {
  char written[DW_FILE_NAME];
  DW_TRY(read_fingerprint(file, path, field->precision, written));
  DW_TRY(dw_file_read_field(file, path, field));
  return dw_comm_agree(file->comm, compare(file, path, written, dw_field_fingerprint(field)));
}

dw_status dw_file_write_checked_modes(dw_file *file, const char *path, const dw_modes *modes) {
  DW_TRY(dw_file_write_modes(file, path, modes));
  return write_fingerprint(file, path, dw_modes_fingerprint(modes));
}

dw_status dw_file_read_checked_modes(dw_file *file, const char *path, dw_modes *modes) {
  char written[DW_FILE_NAME];
  DW_TRY(read_fingerprint(file, path, modes->precision, written));
  DW_TRY(dw_file_read_modes(file, path, modes));
  return dw_comm_agree(file->comm, compare(file, path, written, dw_modes_fingerprint(modes)));
}
