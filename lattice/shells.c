#include "lattice/shells.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"
#include "lattice/decomposition.h"
#include "lattice/sum.h"

/* Sums of one thread: value and value^2 for each shell. */
typedef struct tally {
  dw_sum *value;
  dw_sum *square;
} tally;

int64_t dw_shell_of(int64_t n2) {
  int64_t n = (int64_t)sqrt((double)n2);
  while (n2 > n * n + n) { /* (n + 1/2)^2 = n^2 + n + 1/4 */
    n++;
  }
  while (n > 0 && n2 < n * n - n + 1) {
    n--;
  }
  return n;
}

/* Adds the line (ky, kz), whose values are `value[kx stride]`: partial sums of equal shell in kx order, k and -k
 * together, each run added exactly. */
static void add_line(const dw_modes *modes, int64_t shells, int64_t ky2kz2, double weight, const double *value,
                     int64_t stride, const tally *sums) {
  const int64_t n = modes->side;
  int64_t shell = dw_shell_of(ky2kz2);
  if (shell > shells) {
    return;
  }
  double sum = 0.0;
  double square = 0.0;
  for (int64_t q = 0; q <= n / 2; q++) {
    const int64_t n2 = ky2kz2 + q * q;
    if (n2 > shell * shell + shell) {
      if (shell >= 1) { /* shell 0 is the zero mode, which never counts */
        dw_sum_add(&sums->value[shell - 1], weight * sum);
        dw_sum_add(&sums->square[shell - 1], weight * square);
      }
      sum = 0.0;
      square = 0.0;
      shell = dw_shell_of(n2);
      if (shell > shells) {
        return;
      }
    }
    const double up = value[q * stride];
    sum += up;
    square += up * up;
    if (q != 0 && 2 * q != n) {
      const double down = value[(n - q) * stride];
      sum += down;
      square += down * down;
    }
  }
  if (shell >= 1 && shell <= shells) {
    dw_sum_add(&sums->value[shell - 1], weight * sum);
    dw_sum_add(&sums->square[shell - 1], weight * square);
  }
}

static void add_plane(const dw_shells *shells, const dw_modes *modes, int64_t ky, dw_mode_function function,
                      const void *context, double *value, const tally *sums) {
  const int64_t ny = dw_mode_number(modes->side, ky + modes->start[0]);
  const int64_t reach = shells->shells * (shells->shells + 1);
  for (int64_t kz = 0; kz < modes->count[1]; kz += DW_LANES) {
    const int64_t lanes = modes->count[1] - kz < DW_LANES ? modes->count[1] - kz : DW_LANES;
    const int64_t nz = kz + modes->start[1];
    if (ny * ny + nz * nz > reach) {
      break;
    }
    function(context, modes, ky, kz, lanes, value);
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t z = nz + lane;
      const double weight = dw_modes_weight(modes->side, z);
      add_line(modes, shells->shells, ny * ny + z * z, weight, value + lane, lanes, sums);
    }
  }
}

/* Exact sums over all processes of value and square, K each, in `totals[0]`. */
static dw_status sum_shells(const dw_shells *shells, const dw_modes *modes, dw_mode_function function,
                            const void *context, dw_sum **totals) {
  const size_t threads = (size_t)omp_get_max_threads();
  const size_t per_thread = 2 * (size_t)shells->shells;
  void *sums = NULL;
  void *values = NULL;
  dw_status status = dw_alloc(&sums, threads * per_thread, sizeof(dw_sum), "shell sums");
  if (status == DW_OK) {
    status = dw_alloc(&values, threads * (size_t)modes->side * DW_LANES, sizeof(double), "shell sums");
  }
  status = dw_comm_agree(shells->lattice->comm, status);
  if (status != DW_OK) {
    dw_free(sums);
    dw_free(values);
    return status;
  }
  memset(sums, 0, threads * per_thread * sizeof(dw_sum));
#pragma omp parallel
  {
    const size_t thread = (size_t)omp_get_thread_num();
    dw_sum *mine = (dw_sum *)sums + thread * per_thread;
    const tally tallies = {.value = mine, .square = mine + shells->shells};
    double *value = (double *)values + thread * (size_t)modes->side * DW_LANES;
#pragma omp for schedule(dynamic, 1)
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      add_plane(shells, modes, ky, function, context, value, &tallies);
    }
  }
  *totals = sums;
  for (size_t thread = 1; thread < threads; thread++) {
    for (size_t i = 0; i < per_thread; i++) {
      dw_sum_merge(&(*totals)[i], &(*totals)[thread * per_thread + i]);
    }
  }
  dw_free(values);
  dw_sum_reduce(shells->lattice->comm, *totals, per_thread);
  return DW_OK;
}

dw_status dw_shells_average(const dw_shells *shells, const dw_modes *modes, dw_mode_function function,
                            const void *context, double *mean, double *error) {
  dw_sum *totals = NULL;
  DW_TRY(sum_shells(shells, modes, function, context, &totals));
  for (int64_t n = 0; n < shells->shells; n++) {
    const double count = (double)shells->count[n];
    const double average = dw_sum_value(&totals[n]) / count;
    const double spread = dw_sum_value(&totals[shells->shells + n]) / count - average * average;
    const double draws = 0.5 * count;
    mean[n] = average;
    error[n] = draws > 1.0 && spread > 0.0 ? sqrt(spread / (draws - 1.0)) : 0.0;
    if (isnan(spread)) { /* not a number, or squares that overflow */
      error[n] = (double)NAN;
    }
  }
  dw_free(totals);
  return DW_OK;
}

/* Which modes count, and the caller's way of telling. */
typedef struct selection {
  dw_mode_function counted; /* NULL: all */
  const void *context;
} selection;

/* dw_mode_functions for the count and for |k|. */
static void one(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value) {
  const selection *selected = context;
  if (selected->counted != NULL) {
    selected->counted(selected->context, modes, ky, kz, lanes, value);
    return;
  }
  for (int64_t i = 0; i < modes->side * lanes; i++) {
    value[i] = 1.0;
  }
}

static void momentum(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value) {
  one(context, modes, ky, kz, lanes, value);
  const double unit = DW_TWO_PI / modes->lattice->length;
  const int64_t ny = dw_mode_number(modes->side, ky + modes->start[0]);
  for (int64_t kx = 0; kx < modes->side; kx++) {
    const int64_t nx = dw_mode_number(modes->side, kx);
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t nz = kz + modes->start[1] + lane;
      value[kx * lanes + lane] *= unit * sqrt((double)(nx * nx + ny * ny + nz * nz));
    }
  }
}

void dw_mode_square(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value) {
  (void)context;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    const void *line = dw_modes_line(modes, kx, ky);
    double *out = value + kx * lanes;
    if (modes->precision == DW_SINGLE) {
      const float *f = (const float *)line + 2 * kz;
      for (int64_t lane = 0; lane < lanes; lane++) {
        const double re = (double)f[2 * lane];
        const double im = (double)f[2 * lane + 1];
        out[lane] = re * re + im * im;
      }
    } else {
      const double *f = (const double *)line + 2 * kz;
      for (int64_t lane = 0; lane < lanes; lane++) {
        out[lane] = f[2 * lane] * f[2 * lane] + f[2 * lane + 1] * f[2 * lane + 1];
      }
    }
  }
}

dw_status dw_shells_create(dw_shells **shells, const dw_modes *modes, dw_mode_function counted, const void *context) {
  const selection selected = {.counted = counted, .context = context};
  *shells = NULL;
  const size_t number = (size_t)(modes->side / 2);
  void *block = NULL;
  const size_t bytes = sizeof(dw_shells) + number * (sizeof(double) + sizeof(int64_t));
  DW_TRY(dw_comm_alloc(modes->lattice->comm, &block, 1, bytes, "shells"));
  dw_shells *draft = block;
  draft->lattice = modes->lattice;
  draft->shells = (int64_t)number;
  draft->k = (double *)(draft + 1);
  draft->count = (int64_t *)(draft->k + number);
  dw_sum *totals = NULL;
  dw_status status = sum_shells(draft, modes, one, &selected, &totals);
  if (status == DW_OK) {
    for (size_t n = 0; n < number; n++) {
      draft->count[n] = (int64_t)dw_sum_value(&totals[n]);
    }
    dw_free(totals);
    status = sum_shells(draft, modes, momentum, &selected, &totals);
  }
  if (status != DW_OK) {
    dw_shells_destroy(draft);
    return status;
  }
  for (size_t n = 0; n < number; n++) {
    draft->k[n] = dw_sum_value(&totals[n]) / (double)draft->count[n];
  }
  dw_free(totals);
  *shells = draft;
  return DW_OK;
}

void dw_shells_destroy(dw_shells *shells) { dw_free(shells); }
