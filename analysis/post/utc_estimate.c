#include "analysis/post/utc_estimate.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* One set of S x S products that changes with each block. */
typedef struct scratch {
  double *total;     /* sum over all modes */
  double *rest;      /* without one block */
  double *coherence; /* of rest, or of total */
} scratch;

static dw_status allocate(double **values, int64_t count, const char *purpose) {
  return dw_alloc((void **)values, (size_t)count, sizeof **values, purpose);
}

static int64_t blocks_of(const dw_utc_tracks *t) {
  return t->blocks > 0 ? t->blocks : t->modes < DW_UTC_BLOCKS ? t->modes : DW_UTC_BLOCKS;
}

/* The first mode of block b; b = B gives the end of the last one. */
static int64_t block_begin(const dw_utc_tracks *t, int64_t b) { return b * t->modes / blocks_of(t); }

/* All modes over those of the block. */
static double inverse_share(const dw_utc_tracks *t, int64_t b) {
  return (double)t->modes / (double)(block_begin(t, b + 1) - block_begin(t, b));
}

static dw_status check(const dw_utc_tracks *t) {
  if (t->samples < 1 || t->modes < 2 || t->blocks < 0 || t->blocks == 1 || t->blocks > t->modes) {
    return dw_fail(DW_ERR_INTERNAL, "no correlator of %lld modes at %lld times in %lld blocks", (long long)t->modes,
                   (long long)t->samples, (long long)t->blocks);
  }
  return DW_OK;
}

/* sum over modes begin ... end - 1 of sum_c A_c(s) A_c(t). */
static double product(const dw_utc_tracks *tracks, int64_t s, int64_t t, int64_t begin, int64_t end) {
  const double *a = tracks->amplitude + s * tracks->modes * DW_UTC_COMPONENTS;
  const double *b = tracks->amplitude + t * tracks->modes * DW_UTC_COMPONENTS;
  double sum[DW_UTC_COMPONENTS] = {0.0};
  for (int64_t i = begin * DW_UTC_COMPONENTS; i < end * DW_UTC_COMPONENTS; i += DW_UTC_COMPONENTS) {
    for (int c = 0; c < DW_UTC_COMPONENTS; c++) {
      sum[c] += a[i + c] * b[i + c];
    }
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* |C| <= 1 (Cauchy and Schwarz); rounding may say otherwise. */
static double normalised(double u, double first, double second) {
  if (!(first > 0.0 && second > 0.0)) {
    return NAN;
  }
  const double c = u / (sqrt(first) * sqrt(second));
  return isnan(c) ? c : fmax(-1.0, fmin(1.0, c));
}

static void normalise(const double *u, int64_t samples, double *coherence) {
  for (int64_t s = 0; s < samples; s++) {
    for (int64_t t = 0; t < samples; t++) {
      coherence[s * samples + t] = normalised(u[s * samples + t], u[s * samples + s], u[t * samples + t]);
    }
  }
}

static void products(const dw_utc_tracks *tracks, double *u) {
  const int64_t samples = tracks->samples;
  for (int64_t s = 0; s < samples; s++) {
    for (int64_t t = s; t < samples; t++) {
      u[s * samples + t] = u[t * samples + s] = product(tracks, s, t, 0, tracks->modes);
    }
  }
}

/* scratch->coherence without block b. */
static void leave_out(const dw_utc_tracks *tracks, int64_t b, scratch *work) {
  const int64_t samples = tracks->samples;
  const int64_t begin = block_begin(tracks, b);
  const int64_t end = block_begin(tracks, b + 1);
  for (int64_t s = 0; s < samples; s++) {
    for (int64_t t = s; t < samples; t++) {
      const double rest = work->total[s * samples + t] - product(tracks, s, t, begin, end);
      work->rest[s * samples + t] = work->rest[t * samples + s] = rest;
    }
  }
  normalise(work->rest, samples, work->coherence);
}

static void scratch_destroy(scratch *work) {
  dw_free(work->total);
  dw_free(work->rest);
  dw_free(work->coherence);
}

/* What it allocates is released by scratch_destroy, also after a failure. */
static dw_status scratch_create(scratch *work, const dw_utc_tracks *tracks) {
  const int64_t entries = tracks->samples * tracks->samples;
  DW_TRY(allocate(&work->total, entries, "correlators"));
  DW_TRY(allocate(&work->rest, entries, "correlators without a block"));
  DW_TRY(allocate(&work->coherence, entries, "coherence without a block"));
  products(tracks, work->total);
  normalise(work->total, tracks->samples, work->coherence);
  return DW_OK;
}

double dw_utc_gaussian_error(double coherence, double components) {
  return (1.0 - coherence * coherence) / sqrt(components);
}

static dw_status estimate_create(dw_utc_estimate *e, int64_t rows, int64_t columns) {
  *e = (dw_utc_estimate){.rows = rows, .columns = columns};
  DW_TRY(allocate(&e->utc, rows * columns, "unequal-time correlator"));
  DW_TRY(allocate(&e->coherence, rows * columns, "coherence"));
  DW_TRY(allocate(&e->error, rows * columns, "error of the coherence"));
  return allocate(&e->gaussian_error, rows * columns, "Gaussian error of the coherence");
}

/* The jackknife's error of every entry. sums, 3 x S x S and zero: sum d^2/(h-1), sum d/(h-1), sum d/h. */
static void jackknife_entries(const dw_utc_tracks *tracks, scratch *work, double *sums, dw_utc_estimate *e) {
  const int64_t entries = tracks->samples * tracks->samples;
  const int64_t blocks = blocks_of(tracks);
  double weights = 0.0;
  for (int64_t b = 0; b < blocks; b++) {
    const double h = inverse_share(tracks, b);
    weights += 1.0 / (h - 1.0);
    leave_out(tracks, b, work);
    for (int64_t i = 0; i < entries; i++) {
      const double d = (h - 1.0) * (e->coherence[i] - work->coherence[i]);
      sums[3 * i] += d * d / (h - 1.0);
      sums[3 * i + 1] += d / (h - 1.0);
      sums[3 * i + 2] += d / h;
    }
  }
  for (int64_t i = 0; i < entries; i++) {
    const double mean = sums[3 * i + 2];
    const double variance = (sums[3 * i] - 2.0 * mean * sums[3 * i + 1] + mean * mean * weights) / (double)blocks;
    e->error[i] = isnan(variance) ? variance : sqrt(fmax(0.0, variance));
  }
}

static dw_status fill_from_tracks(dw_utc_estimate *e, const dw_utc_tracks *tracks, scratch *work, double **sums) {
  const int64_t entries = tracks->samples * tracks->samples;
  DW_TRY(estimate_create(e, tracks->samples, tracks->samples));
  DW_TRY(scratch_create(work, tracks));
  DW_TRY(allocate(sums, 3 * entries, "jackknife of the coherence"));
  memset(*sums, 0, (size_t)(3 * entries) * sizeof **sums);
  memcpy(e->coherence, work->coherence, (size_t)entries * sizeof *e->coherence);
  for (int64_t i = 0; i < entries; i++) {
    e->utc[i] = work->total[i] / (double)tracks->modes;
    e->gaussian_error[i] = dw_utc_gaussian_error(e->coherence[i], (double)(DW_UTC_COMPONENTS * tracks->modes));
  }
  jackknife_entries(tracks, work, *sums, e);
  return DW_OK;
}

dw_status dw_utc_estimate_tracks(dw_utc_estimate *estimate, const dw_utc_tracks *tracks) {
  *estimate = (dw_utc_estimate){.rows = 0};
  DW_TRY(check(tracks));
  scratch work = {NULL, NULL, NULL};
  double *sums = NULL;
  const dw_status status = fill_from_tracks(estimate, tracks, &work, &sums);
  dw_free(sums);
  scratch_destroy(&work);
  if (status != DW_OK) {
    dw_utc_estimate_destroy(estimate);
  }
  return status;
}

dw_status dw_utc_estimate_reference(dw_utc_estimate *estimate, int64_t references, int64_t times, const int64_t *at,
                                    const double *utc, const double *etc, double count) {
  *estimate = (dw_utc_estimate){.rows = 0};
  if (references < 1 || times < 1 || !(count > 0.0)) {
    return dw_fail(DW_ERR_INTERNAL, "no coherence of %lld x %lld correlators of %g modes", (long long)references,
                   (long long)times, count);
  }
  const dw_status status = estimate_create(estimate, references, times);
  if (status != DW_OK) {
    dw_utc_estimate_destroy(estimate);
    return status;
  }
  for (int64_t r = 0; r < references; r++) {
    for (int64_t t = 0; t < times; t++) {
      const int64_t i = r * times + t;
      estimate->utc[i] = utc[i];
      estimate->coherence[i] = normalised(utc[i], etc[at[r]], etc[t]);
      estimate->gaussian_error[i] = dw_utc_gaussian_error(estimate->coherence[i], 2.0 * count);
      estimate->error[i] = estimate->gaussian_error[i];
    }
  }
  return DW_OK;
}

void dw_utc_estimate_destroy(dw_utc_estimate *estimate) {
  dw_free(estimate->utc);
  dw_free(estimate->coherence);
  dw_free(estimate->error);
  dw_free(estimate->gaussian_error);
  *estimate = (dw_utc_estimate){.rows = 0};
}

static double mean_of(const dw_utc_means *means, int64_t i, const double *coherence, int64_t samples,
                      double (*transform)(double)) {
  double sum = 0.0;
  for (int64_t j = means->begin[i]; j < means->begin[i + 1]; j++) {
    sum += coherence[means->pair[j][0] * samples + means->pair[j][1]];
  }
  const double mean = sum / (double)(means->begin[i + 1] - means->begin[i]);
  return transform == NULL ? mean : transform(mean);
}

/* The covariance from deviation [B][count], which becomes d_b - D. */
static void covariance_of(const dw_utc_tracks *tracks, int64_t count, double *deviation, double *covariance) {
  const int64_t blocks = blocks_of(tracks);
  for (int64_t i = 0; i < count; i++) {
    double mean = 0.0;
    for (int64_t b = 0; b < blocks; b++) {
      mean += deviation[b * count + i] / inverse_share(tracks, b);
    }
    for (int64_t b = 0; b < blocks; b++) {
      deviation[b * count + i] -= mean;
    }
  }
  memset(covariance, 0, (size_t)(count * count) * sizeof *covariance);
  for (int64_t b = 0; b < blocks; b++) {
    const double weight = 1.0 / ((inverse_share(tracks, b) - 1.0) * (double)blocks);
    for (int64_t i = 0; i < count; i++) {
      for (int64_t j = 0; j < count; j++) {
        covariance[i * count + j] += weight * deviation[b * count + i] * deviation[b * count + j];
      }
    }
  }
}

static dw_status jackknife_means(const dw_utc_tracks *tracks, const dw_utc_means *means, double (*transform)(double),
                                 double *value, double *covariance, scratch *work, double **deviation) {
  const int64_t blocks = blocks_of(tracks);
  DW_TRY(scratch_create(work, tracks));
  DW_TRY(allocate(deviation, blocks * means->count, "jackknife of means"));
  for (int64_t i = 0; i < means->count; i++) {
    value[i] = mean_of(means, i, work->coherence, tracks->samples, transform);
  }
  for (int64_t b = 0; b < blocks; b++) {
    leave_out(tracks, b, work);
    for (int64_t i = 0; i < means->count; i++) {
      const double without = mean_of(means, i, work->coherence, tracks->samples, transform);
      (*deviation)[b * means->count + i] = (inverse_share(tracks, b) - 1.0) * (value[i] - without);
    }
  }
  covariance_of(tracks, means->count, *deviation, covariance);
  return DW_OK;
}

dw_status dw_utc_jackknife(const dw_utc_tracks *tracks, const dw_utc_means *means, double (*transform)(double),
                           double *value, double *covariance) {
  DW_TRY(check(tracks));
  scratch work = {NULL, NULL, NULL};
  double *deviation = NULL;
  const dw_status status = jackknife_means(tracks, means, transform, value, covariance, &work, &deviation);
  dw_free(deviation);
  scratch_destroy(&work);
  return status;
}

/* The variance of the blocks' mean power at one time, over the square of its mean; NaN without power. */
static double spread(const dw_utc_tracks *tracks, int64_t s) {
  const int64_t blocks = blocks_of(tracks);
  double sum = 0.0;
  double squares = 0.0;
  for (int64_t b = 0; b < blocks; b++) {
    const double power =
        product(tracks, s, s, block_begin(tracks, b), block_begin(tracks, b + 1)) * inverse_share(tracks, b);
    sum += power;
    squares += power * power;
  }
  return (double)blocks * squares / (sum * sum) - 1.0;
}

dw_status dw_utc_effective_blocks(const dw_utc_tracks *tracks, double *blocks) {
  DW_TRY(check(tracks));
  double sum = 0.0;
  int64_t times = 0;
  for (int64_t s = 0; s < tracks->samples; s++) {
    const double value = spread(tracks, s);
    sum += isfinite(value) ? value : 0.0;
    times += isfinite(value) ? 1 : 0;
  }
  const double mean = times > 0 ? sum / (double)times : 0.0;
  const double most = (double)blocks_of(tracks);
  const double size = (double)tracks->modes / most;
  *blocks = fmin(most, most * (1.0 + 0.5 / size) / (1.0 + mean));
  return DW_OK;
}
