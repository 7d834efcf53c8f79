#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file_private.h"

enum { BATCH_BYTES = 16 << 20 };

uint64_t dw_file_field_bytes(const dw_lattice *lattice, dw_precision precision) {
  const uint64_t n = (uint64_t)lattice->points;
  return n * n * n * (uint64_t)precision;
}

static hid_t real_type(dw_precision precision) { return precision == DW_SINGLE ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE; }

/* Rows of one x that are handled at a time. */
static int64_t batch_rows(const dw_lattice *lattice, dw_precision precision) {
  const int64_t row_bytes = lattice->points * (int64_t)precision;
  const int64_t rows = row_bytes > BATCH_BYTES ? 1 : BATCH_BYTES / row_bytes;
  return rows < lattice->count[1] ? rows : lattice->count[1];
}

/* --- writing --- */

/* A contiguous dataset whose place in the file is fixed now; nothing is filled in. */
static hid_t reserved_list(void) {
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  if (list >= 0 && (H5Pset_layout(list, H5D_CONTIGUOUS) < 0 || H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY) < 0 ||
                    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) < 0)) {
    (void)H5Pclose(list);
    return H5I_INVALID_HID;
  }
  return list;
}

/* *offset = first byte of the dataset in the file. */
static dw_status create_dataset(const dw_file *file, const char *path, int64_t points, dw_precision precision,
                                int64_t *offset) {
  const hsize_t shape[3] = {(hsize_t)points, (hsize_t)points, (hsize_t)points};
  const hid_t space = H5Screate_simple(3, shape, NULL);
  const hid_t links = dw_file_link_list();
  const hid_t list = reserved_list();
  hid_t dataset = H5I_INVALID_HID;
  if (space >= 0 && links >= 0 && list >= 0) {
    dataset = H5Dcreate2(file->id, path, real_type(precision), space, links, list, H5P_DEFAULT);
  }
  const haddr_t place = dataset < 0 ? HADDR_UNDEF : H5Dget_offset(dataset);
  const dw_status status = place == HADDR_UNDEF ? dw_file_error(file, path, "the dataset can't be created") : DW_OK;
  *offset = (int64_t)place;
  if (dataset >= 0) {
    (void)H5Dclose(dataset);
  }
  if (list >= 0) {
    (void)H5Pclose(list);
  }
  if (links >= 0) {
    (void)H5Pclose(links);
  }
  if (space >= 0) {
    (void)H5Sclose(space);
  }
  return status;
}

static dw_status reserve_field(dw_file *file, const char *path, const dw_lattice *lattice, dw_precision precision,
                               int64_t *offset) {
  if (file->fields == DW_FILE_FIELDS) {
    return dw_fail(DW_ERR_INTERNAL, "%s: more than %d fields in one file", file->path, (int)DW_FILE_FIELDS);
  }
  DW_TRY(create_dataset(file, path, lattice->points, precision, offset));
  const int64_t bytes = (int64_t)dw_file_field_bytes(lattice, precision);
  file->field[file->fields++] = (dw_file_range){.start = *offset, .end = *offset + bytes};
  return DW_OK;
}

typedef struct rows_job {
  const dw_lattice *lattice;
  dw_precision precision;
  dw_file_row row;
  void *context;
  char *buffer;
  int64_t batch;  /* rows in the buffer */
  int64_t offset; /* of the dataset in the file, bytes */
} rows_job;

static dw_status write_batch(const dw_file *file, const rows_job *job, int64_t x, int64_t y, int64_t rows) {
  const dw_lattice *lattice = job->lattice;
  const int64_t row_bytes = lattice->points * (int64_t)job->precision;
  for (int64_t i = 0; i < rows; i++) {
    job->row(job->context, x, y + i, job->buffer + i * row_bytes);
  }
  const int64_t first = (lattice->start[0] + x) * lattice->points + lattice->start[1] + y;
  return dw_file_write_at(file, job->buffer, (size_t)(rows * row_bytes), job->offset + first * row_bytes);
}

static dw_status write_block(dw_file *file, const rows_job *job) {
  if (file->disk < 0) {
    file->disk = open(file->temporary, O_WRONLY);
  }
  if (file->disk < 0) {
    return dw_fail(DW_ERR_FILE,
                   "%s: can't be opened on process %d (%s); is the output directory the same on all nodes?",
                   file->temporary, dw_comm_rank(file->comm), strerror(errno));
  }
  const int64_t *count = job->lattice->count;
  for (int64_t x = 0; x < count[0]; x++) {
    for (int64_t y = 0; y < count[1]; y += job->batch) {
      DW_TRY(write_batch(file, job, x, y, count[1] - y < job->batch ? count[1] - y : job->batch));
    }
  }
  return DW_OK;
}

dw_status dw_file_write_rows(dw_file *file, const char *path, const dw_lattice *lattice, dw_precision precision,
                             dw_file_row row, void *context) {
  rows_job job = {.lattice = lattice, .precision = precision, .row = row, .context = context};
  job.batch = batch_rows(lattice, precision);
  void *buffer = NULL;
  const size_t row_bytes = (size_t)lattice->points * (size_t)precision;
  dw_status status = dw_alloc(&buffer, (size_t)job.batch, row_bytes, "rows on their way to a file");
  if (status == DW_OK && dw_file_acts(file)) {
    status = reserve_field(file, path, lattice, precision, &job.offset);
  }
  status = dw_comm_agree(file->comm, status);
  if (status == DW_OK) {
    dw_comm_broadcast(file->comm, &job.offset, sizeof job.offset);
    job.buffer = buffer;
    status = dw_comm_agree(file->comm, write_block(file, &job));
  }
  dw_free(buffer);
  return status;
}

static void copy_field_row(void *context, int64_t x, int64_t y, void *row) {
  const dw_field *field = context;
  memcpy(row, dw_field_row(field, x, y), (size_t)field->lattice->points * (size_t)field->precision);
}

dw_status dw_file_write_field(dw_file *file, const char *path, const dw_field *field) {
  dw_field view = *field; /* the callback's context isn't const */
  return dw_file_write_rows(file, path, field->lattice, field->precision, copy_field_row, &view);
}

/* --- reading --- */

static dw_status read_batch(const dw_file *file, const char *path, hid_t dataset, hid_t space, dw_field *field,
                            int64_t x, int64_t y, int64_t rows, char *buffer) {
  const dw_lattice *lattice = field->lattice;
  const hsize_t start[3] = {(hsize_t)(lattice->start[0] + x), (hsize_t)(lattice->start[1] + y), 0};
  const hsize_t count[3] = {1, (hsize_t)rows, (hsize_t)lattice->points};
  const hid_t memory = H5Screate_simple(3, count, NULL);
  const bool good = memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                    H5Dread(dataset, real_type(field->precision), memory, space, H5P_DEFAULT, buffer) >= 0;
  const dw_status status = good ? DW_OK : dw_file_error(file, path, "the field can't be read");
  if (memory >= 0) {
    (void)H5Sclose(memory);
  }
  const size_t row_bytes = (size_t)lattice->points * (size_t)field->precision;
  for (int64_t i = 0; good && i < rows; i++) {
    memcpy(dw_field_row(field, x, y + i), buffer + (size_t)i * row_bytes, row_bytes);
  }
  return status;
}

static dw_status read_block(const dw_file *file, const char *path, hid_t dataset, dw_field *field, char *buffer) {
  const hid_t space = H5Dget_space(dataset);
  if (space < 0) {
    return dw_file_error(file, path, "its shape can't be read");
  }
  const int64_t *count = field->lattice->count;
  const int64_t batch = batch_rows(field->lattice, field->precision);
  dw_status status = DW_OK;
  for (int64_t x = 0; x < count[0] && status == DW_OK; x++) {
    for (int64_t y = 0; y < count[1] && status == DW_OK; y += batch) {
      const int64_t rows = count[1] - y < batch ? count[1] - y : batch;
      status = read_batch(file, path, dataset, space, field, x, y, rows, buffer);
    }
  }
  (void)H5Sclose(space);
  return status;
}

static dw_status read_field(const dw_file *file, const char *path, dw_field *field) {
  const int64_t n = field->lattice->points;
  const int64_t shape[3] = {n, n, n};
  hid_t dataset = H5I_INVALID_HID;
  DW_TRY(dw_file_open_dataset(file, path, 3, shape, H5T_FLOAT, &dataset));
  void *buffer = NULL;
  const size_t rows = (size_t)batch_rows(field->lattice, field->precision);
  dw_status status = dw_alloc(&buffer, rows, (size_t)n * (size_t)field->precision, "rows from a file");
  if (status == DW_OK) {
    status = read_block(file, path, dataset, field, buffer);
  }
  dw_free(buffer);
  (void)H5Dclose(dataset);
  return status;
}

dw_status dw_file_read_field(dw_file *file, const char *path, dw_field *field) {
  dw_field_touch(field);
  return dw_comm_agree(file->comm, read_field(file, path, field));
}
