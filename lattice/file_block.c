#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file_private.h"

enum { BATCH_BYTES = 16 << 20, RANGES = 64 };

static hid_t real_type(dw_precision precision) { return precision == DW_SINGLE ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE; }

/* Reals of one row of `extent`, which is a block's shape or count. */
static int64_t row_reals(const dw_file_block *block, const int64_t *extent) {
  int64_t reals = 1;
  for (int i = 2; i < block->rank; i++) {
    reals *= extent[i];
  }
  return reals;
}

static int64_t row_bytes(const dw_file_block *block) {
  return row_reals(block, block->count) * (int64_t)block->precision;
}

/* Rows of one first index that are handled at a time; 0 where the process has nothing of the dataset. */
static int64_t batch_rows(const dw_file_block *block) {
  const int64_t bytes = row_bytes(block);
  if (bytes == 0) {
    return 0;
  }
  const int64_t rows = bytes > BATCH_BYTES ? 1 : BATCH_BYTES / bytes;
  return rows < block->count[1] ? rows : block->count[1];
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
static dw_status create_dataset(const dw_file *file, const char *path, const dw_file_block *block, int64_t *offset) {
  hsize_t shape[DW_FILE_RANK] = {0};
  for (int i = 0; i < block->rank; i++) {
    shape[i] = (hsize_t)block->shape[i];
  }
  const hid_t space = H5Screate_simple(block->rank, shape, NULL);
  const hid_t links = dw_file_link_list();
  const hid_t list = reserved_list();
  hid_t dataset = H5I_INVALID_HID;
  if (space >= 0 && links >= 0 && list >= 0) {
    dataset = H5Dcreate2(file->id, path, real_type(block->precision), space, links, list, H5P_DEFAULT);
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

/* For one range more. */
static dw_status make_room(dw_file *file) {
  if (file->ranges < file->capacity) {
    return DW_OK;
  }
  const int capacity = file->capacity + RANGES;
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, (size_t)capacity, sizeof *file->range, "file handle"));
  if (file->ranges > 0) {
    memcpy(larger, file->range, (size_t)file->ranges * sizeof *file->range);
  }
  dw_free(file->range);
  file->range = larger;
  file->capacity = capacity;
  return DW_OK;
}

static dw_status reserve(dw_file *file, const char *path, const dw_file_block *block, int64_t *offset) {
  DW_TRY(make_room(file));
  DW_TRY(create_dataset(file, path, block, offset));
  const int64_t reals = block->shape[0] * block->shape[1] * row_reals(block, block->shape);
  file->range[file->ranges++] = (dw_file_range){.start = *offset, .end = *offset + reals * (int64_t)block->precision};
  return DW_OK;
}

/* Rows on their way between the dataset and whoever has them. */
typedef struct rows_job {
  const dw_file_block *block;
  dw_file_row row;
  void *context;
  char *buffer;
  int64_t batch;  /* rows in the buffer */
  int64_t offset; /* of the dataset in the file, bytes; for writing */
} rows_job;

/* Rows that are whole in the dataset lie one behind the other there; parts of rows are written one by one. */
static dw_status write_batch(const dw_file *file, const rows_job *job, int64_t x, int64_t y, int64_t rows) {
  const dw_file_block *block = job->block;
  const int64_t bytes = row_bytes(block);
  for (int64_t i = 0; i < rows; i++) {
    job->row(job->context, x, y + i, job->buffer + i * bytes);
  }
  const int64_t pitch = row_reals(block, block->shape);
  const int64_t first = (block->start[0] + x) * block->shape[1] + block->start[1] + y;
  const int64_t within = block->start[2] * (pitch / block->shape[2]);
  const int64_t from = job->offset + (first * pitch + within) * (int64_t)block->precision;
  if (block->count[2] == block->shape[2]) {
    return dw_file_write_at(file, job->buffer, (size_t)(rows * bytes), from);
  }
  for (int64_t i = 0; i < rows; i++) {
    DW_TRY(
        dw_file_write_at(file, job->buffer + i * bytes, (size_t)bytes, from + i * pitch * (int64_t)block->precision));
  }
  return DW_OK;
}

static dw_status write_rows(dw_file *file, const rows_job *job) {
  if (file->disk < 0) {
    file->disk = open(file->temporary, O_WRONLY);
  }
  if (file->disk < 0) {
    return dw_fail(DW_ERR_FILE,
                   "%s: can't be opened on process %d (%s); is the output directory the same on all nodes?",
                   file->temporary, dw_comm_rank(file->comm), strerror(errno));
  }
  const int64_t *count = job->block->count;
  for (int64_t x = 0; x < count[0] && job->batch > 0; x++) {
    for (int64_t y = 0; y < count[1]; y += job->batch) {
      DW_TRY(write_batch(file, job, x, y, count[1] - y < job->batch ? count[1] - y : job->batch));
    }
  }
  return DW_OK;
}

dw_status dw_file_write_block(dw_file *file, const char *path, const dw_file_block *block, dw_file_row row,
                              void *context) {
  rows_job job = {.block = block, .row = row, .context = context, .batch = batch_rows(block)};
  void *buffer = NULL;
  dw_status status = dw_alloc(&buffer, (size_t)job.batch, (size_t)row_bytes(block), "rows on their way to a file");
  if (status == DW_OK && dw_file_acts(file)) {
    status = reserve(file, path, block, &job.offset);
  }
  status = dw_comm_agree(file->comm, status);
  if (status == DW_OK) {
    dw_comm_broadcast(file->comm, &job.offset, sizeof job.offset);
    job.buffer = buffer;
    status = dw_comm_agree(file->comm, write_rows(file, &job));
  }
  dw_free(buffer);
  return status;
}

/* --- reading --- */

static dw_status read_batch(const dw_file *file, const char *path, hid_t dataset, hid_t space, const rows_job *job,
                            int64_t x, int64_t y, int64_t rows) {
  const dw_file_block *block = job->block;
  hsize_t start[DW_FILE_RANK] = {(hsize_t)(block->start[0] + x), (hsize_t)(block->start[1] + y)};
  hsize_t count[DW_FILE_RANK] = {1, (hsize_t)rows};
  for (int i = 2; i < block->rank; i++) {
    start[i] = (hsize_t)block->start[i];
    count[i] = (hsize_t)block->count[i];
  }
  const hid_t memory = H5Screate_simple(block->rank, count, NULL);
  const bool good = memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                    H5Dread(dataset, real_type(block->precision), memory, space, H5P_DEFAULT, job->buffer) >= 0;
  const dw_status status = good ? DW_OK : dw_file_error(file, path, "the dataset can't be read");
  if (memory >= 0) {
    (void)H5Sclose(memory);
  }
  for (int64_t i = 0; good && i < rows; i++) {
    job->row(job->context, x, y + i, job->buffer + i * row_bytes(block));
  }
  return status;
}

static dw_status read_rows(const dw_file *file, const char *path, hid_t dataset, const rows_job *job) {
  const hid_t space = H5Dget_space(dataset);
  if (space < 0) {
    return dw_file_error(file, path, "its shape can't be read");
  }
  const int64_t *count = job->block->count;
  dw_status status = DW_OK;
  for (int64_t x = 0; x < count[0] && job->batch > 0 && status == DW_OK; x++) {
    for (int64_t y = 0; y < count[1] && status == DW_OK; y += job->batch) {
      const int64_t rows = count[1] - y < job->batch ? count[1] - y : job->batch;
      status = read_batch(file, path, dataset, space, job, x, y, rows);
    }
  }
  (void)H5Sclose(space);
  return status;
}

static dw_status read_block(const dw_file *file, const char *path, const dw_file_block *block, dw_file_row row,
                            void *context) {
  hid_t dataset = H5I_INVALID_HID;
  DW_TRY(dw_file_open_dataset(file, path, block->rank, block->shape, H5T_FLOAT, &dataset));
  rows_job job = {.block = block, .row = row, .context = context, .batch = batch_rows(block)};
  void *buffer = NULL;
  dw_status status = dw_alloc(&buffer, (size_t)job.batch, (size_t)row_bytes(block), "rows from a file");
  if (status == DW_OK) {
    job.buffer = buffer;
    status = read_rows(file, path, dataset, &job);
  }
  dw_free(buffer);
  (void)H5Dclose(dataset);
  return status;
}

dw_status dw_file_read_block(dw_file *file, const char *path, const dw_file_block *block, dw_file_row row,
                             void *context) {
  return dw_comm_agree(file->comm, read_block(file, path, block, row, context));
}
