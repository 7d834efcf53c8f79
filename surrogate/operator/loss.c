#include "surrogate/operator/loss.h"

#include <string.h>

#include "base/memory.h"

static const double BEYOND = 0.1; /* weight of the shells beyond the last */

typedef struct pairing {
  int a;
  int b;
  double count; /* of the two in the sum over i and j */
} pairing;

static const pairing PRODUCTS[DW_LOSS_PRODUCTS] = {{0, 0, 1.0}, {1, 1, 1.0}, {2, 2, 1.0},
                                                   {0, 1, 2.0}, {0, 2, 2.0}, {1, 2, 2.0}};

static dw_status allocate_tables(dw_loss *l) {
  void *block = NULL;
  const size_t tables = (size_t)l->all->shells + 1;
  const size_t lines = (size_t)(l->lattice->points * l->lattice->points);
  DW_TRY(dw_alloc(&block, 4 * tables, sizeof(double), "the loss"));
  memset(block, 0, 4 * tables * sizeof(double));
  l->field = block;
  l->product = l->field + tables;
  l->sum = l->product + tables;
  DW_TRY(dw_alloc(&block, lines, sizeof(double), "the loss"));
  l->line = block;
  DW_TRY(dw_alloc(&block, lines, sizeof(float), "the loss"));
  l->weights = block;
  return DW_OK;
}

static dw_status fill(dw_loss *l, int64_t shells) {
  if (shells < 1 || 2 * shells >= l->lattice->points) {
    return dw_fail(DW_ERR_PARAM, "shells: %lld of them, but a lattice of %lld points takes at most %lld here",
                   (long long)shells, (long long)l->lattice->points, (long long)((l->lattice->points - 1) / 2));
  }
  l->shells = shells;
  DW_TRY(dw_modes_create(&l->modes, l->lattice, DW_ALL_MODES, DW_SINGLE));
  DW_TRY(dw_modes_create(&l->few, l->lattice, shells, DW_SINGLE));
  DW_TRY(dw_shells_create(&l->all, l->modes, NULL, NULL));
  DW_TRY(dw_halo_create(&l->halo, l->lattice, DW_SINGLE));
  DW_TRY(dw_field_create(&l->phi, l->lattice, DW_SINGLE));
  DW_TRY(dw_field_create(&l->work, l->lattice, DW_SINGLE));
  for (int d = 0; d < 3; d++) {
    DW_TRY(dw_field_create(&l->along[d], l->lattice, DW_SINGLE));
  }
  return allocate_tables(l);
}

dw_status dw_loss_create(dw_loss **loss, const dw_lattice *lattice, int64_t shells) {
  *loss = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_loss), "the loss"));
  memset(block, 0, sizeof(dw_loss));
  dw_loss *draft = block;
  draft->lattice = lattice;
  const dw_status status = fill(draft, shells);
  if (status != DW_OK) {
    dw_loss_destroy(draft);
    return status;
  }
  *loss = draft;
  return DW_OK;
}

void dw_loss_destroy(dw_loss *l) {
  if (l == NULL) {
    return;
  }
  dw_shells_destroy(l->all);
  dw_modes_destroy(l->modes);
  dw_modes_destroy(l->few);
  dw_halo_destroy(l->halo);
  dw_field_destroy(l->phi);
  dw_field_destroy(l->work);
  for (int d = 0; d < 3; d++) {
    dw_field_destroy(l->along[d]);
  }
  dw_free(l->field);
  dw_free(l->line);
  dw_free(l->weights);
  dw_free(l);
}

/* --- products of differences --- */

/* A copy whose halo is fresh. */
static void take(dw_loss *l, const dw_field *from) {
  const int64_t n = l->lattice->points;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      memcpy(dw_field_row(l->phi, x, y), dw_field_row(from, x, y), (size_t)n * sizeof(float));
    }
  }
  dw_field_touch(l->phi);
  dw_halo_exchange(l->halo, l->phi);
}

/* Centred difference of row (x, y) at z, times 2 dx. */
static inline float difference(const dw_field *f, int d, const float *row, int64_t z) {
  const int64_t n = f->lattice->points;
  if (d == 2) {
    return row[z + 1 < n ? z + 1 : 0] - row[z > 0 ? z - 1 : n - 1];
  }
  const ptrdiff_t step = d == 0 ? f->stride_x : f->pitch;
  return row[z + step] - row[z - step];
}

/* The product as rows for a transform. */
typedef struct factors {
  const dw_field *field;
  const pairing *of;
} factors;

static void product_row(const void *context, int64_t x, int64_t y, void *to) {
  const factors *f = context;
  const float *row = dw_field_row(f->field, x, y);
  float *restrict out = to;
  for (int64_t z = 0; z < f->field->lattice->points; z++) {
    out[z] = difference(f->field, f->of->a, row, z) * difference(f->field, f->of->b, row, z);
  }
}

/* along_a += count work d_b phi, and a and b in turn. */
static void send_back(dw_loss *l, const pairing *p) {
  const int64_t n = l->lattice->points;
  const float count = (float)p->count;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      const float *work = dw_field_row(l->work, x, y);
      const float *phi = dw_field_row(l->phi, x, y);
      float *to_a = dw_field_row(l->along[p->a], x, y);
      float *to_b = dw_field_row(l->along[p->b], x, y);
      for (int64_t z = 0; z < n; z++) {
        to_a[z] += count * work[z] * difference(l->phi, p->b, phi, z);
        to_b[z] += count * work[z] * difference(l->phi, p->a, phi, z);
      }
    }
  }
}

/* slope = -2 sum_d d_d along_d. */
static void close_slope(dw_loss *l, dw_field *slope) {
  const int64_t n = l->lattice->points;
  dw_field_clear(slope);
  for (int d = 0; d < 3; d++) {
    dw_field_touch(l->along[d]);
    dw_halo_exchange(l->halo, l->along[d]);
#pragma omp parallel for schedule(static)
    for (int64_t x = 0; x < n; x++) {
      for (int64_t y = 0; y < n; y++) {
        float *to = dw_field_row(slope, x, y);
        const float *row = dw_field_row(l->along[d], x, y);
        for (int64_t z = 0; z < n; z++) {
          to[z] -= 2.0F * difference(l->along[d], d, row, z);
        }
      }
    }
  }
  dw_field_touch(slope);
}

dw_status dw_loss_products(const dw_field *phi, dw_modes *modes, double spacing, dw_modes *target[DW_LOSS_PRODUCTS]) {
  const double own = phi->lattice->spacing;
  const double sites = own / spacing; /* sums over sites of two lattices: by the cube of this */
  const double factor = 1.0 / (sites * sites) * (sites * sites * sites);
  for (int i = 0; i < DW_LOSS_PRODUCTS; i++) {
    const factors f = {phi, &PRODUCTS[i]};
    DW_TRY(target[i] != NULL ? DW_OK : dw_modes_hold(&target[i], modes));
    dw_modes_forward_rows(modes, product_row, &f);
    for (int64_t x = 0; x < modes->side; x++) {
      for (int64_t y = 0; y < modes->count[0]; y++) {
        const float *from = dw_modes_line(modes, x, y);
        float *to = dw_modes_line(target[i], x, y);
        for (int64_t k = 0; k < 2 * modes->count[1]; k++) {
          to[k] = (float)factor * from[k];
        }
      }
    }
  }
  return DW_OK;
}

/* --- shells --- */

static double square_line(const float *line, const float *weight, const dw_modes *m) {
  double sum = 0.0;
  for (int64_t k = 0; k < m->count[1]; k++) {
    const double re = (double)line[2 * k];
    const double im = (double)line[2 * k + 1];
    sum += dw_modes_weight(m->side, k + m->start[1]) * (double)weight[k] * (re * re + im * im);
  }
  return sum;
}

/* Weights of the modes of a line along kz; 0 beyond `last`. */
static void weigh_line(const dw_modes *m, const double *table, int64_t last, int64_t x, int64_t y, float *weight) {
  const int64_t nx = dw_mode_number(m->side, x);
  const int64_t ny = dw_mode_number(m->side, y + m->start[0]);
  for (int64_t k = 0; k < m->count[1]; k++) {
    const int64_t nz = dw_mode_number(m->side, k + m->start[1]);
    const int64_t shell = dw_shell_of(nx * nx + ny * ny + nz * nz);
    weight[k] = shell <= last ? (float)table[shell] : 0.0F;
  }
}

/* work becomes the inverse transform of (modes - less) times the weights of their shells; returns the weighted sum of
 * |modes - less|^2/N^3. */
static double filter(dw_loss *l, dw_modes *m, const dw_modes *less, const double *table, int64_t last) {
  const double n = (double)l->lattice->points;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < m->side; x++) {
    float *weight = l->weights + x * l->lattice->points;
    for (int64_t y = 0; y < m->count[0]; y++) {
      float *line = dw_modes_line(m, x, y);
      const float *other = less != NULL ? dw_modes_line(less, x, y) : NULL;
      for (int64_t k = 0; other != NULL && k < 2 * m->count[1]; k++) {
        line[k] -= other[k];
      }
      weigh_line(m, table, last, x, y, weight);
      l->line[x * m->count[0] + y] = square_line(line, weight, m);
      for (int64_t k = 0; k < m->count[1]; k++) {
        line[2 * k] *= weight[k];
        line[2 * k + 1] *= weight[k];
      }
    }
  }
  dw_modes_inverse(m, l->work);
  double sum = 0.0;
  for (int64_t i = 0; i < m->side * m->count[0]; i++) {
    sum += l->line[i];
  }
  return sum / (n * n * n);
}

/* Adds the sums over the modes of each shell up to `last` of |modes|^2. */
static void add_shells(const dw_modes *m, double factor, int64_t last, double *table) {
  for (int64_t x = 0; x < m->side; x++) {
    const int64_t nx = dw_mode_number(m->side, x);
    for (int64_t y = 0; y < m->count[0]; y++) {
      const int64_t ny = dw_mode_number(m->side, y + m->start[0]);
      const float *line = dw_modes_line(m, x, y);
      for (int64_t k = 0; k < m->count[1]; k++) {
        const int64_t nz = dw_mode_number(m->side, k + m->start[1]);
        const int64_t shell = dw_shell_of(nx * nx + ny * ny + nz * nz);
        const double re = (double)line[2 * k];
        const double im = (double)line[2 * k + 1];
        if (shell <= last) {
          table[shell] += factor * dw_modes_weight(m->side, k + m->start[1]) * (re * re + im * im);
        }
      }
    }
  }
}

dw_status dw_loss_add(dw_loss *l, const dw_field *target, dw_modes *const product[DW_LOSS_PRODUCTS]) {
  dw_modes_forward(l->modes, target);
  add_shells(l->modes, 1.0, l->all->shells, l->field);
  for (int i = 0; product != NULL && i < DW_LOSS_PRODUCTS; i++) {
    add_shells(product[i], PRODUCTS[i].count, l->shells, l->product);
  }
  l->samples++;
  return DW_OK;
}

void dw_loss_weigh(dw_loss *l) {
  const double n = (double)l->lattice->points;
  const double factor = n * n * n * (double)l->samples / (double)l->shells;
  l->field[0] = 0.0;
  l->product[0] = 0.0;
  for (int64_t s = 1; s <= l->all->shells; s++) {
    const double share = s <= l->shells ? factor : BEYOND * factor;
    l->field[s] = l->field[s] > 0.0 ? share / l->field[s] : 0.0;
    l->product[s] = l->product[s] > 0.0 ? factor / l->product[s] : 0.0;
  }
}

/* --- the loss --- */

typedef struct pair {
  const dw_field *a;
  const dw_field *b;
} pair;

static void difference_row(const void *context, int64_t x, int64_t y, void *to) {
  const pair *p = context;
  const float *a = dw_field_row(p->a, x, y);
  const float *b = dw_field_row(p->b, x, y);
  float *restrict out = to;
  for (int64_t z = 0; z < p->a->lattice->points; z++) {
    out[z] = a[z] - b[z];
  }
}

double dw_loss_field(dw_loss *l, const dw_field *phi, const dw_field *target, dw_field *slope) {
  const int64_t n = l->lattice->points;
  const pair p = {phi, target};
  dw_modes_forward_rows(l->modes, difference_row, &p);
  const double value = filter(l, l->modes, NULL, l->field, l->all->shells);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      float *to = dw_field_row(slope, x, y);
      const float *from = dw_field_row(l->work, x, y);
      for (int64_t z = 0; z < n; z++) {
        to[z] = 2.0F * from[z];
      }
    }
  }
  dw_field_touch(slope);
  return value;
}

double dw_loss_stress(dw_loss *l, const dw_field *psi, dw_modes *const target[DW_LOSS_PRODUCTS], dw_field *slope) {
  double value = 0.0;
  take(l, psi);
  for (int d = 0; d < 3; d++) {
    dw_field_clear(l->along[d]);
  }
  for (int i = 0; i < DW_LOSS_PRODUCTS; i++) {
    const factors f = {l->phi, &PRODUCTS[i]};
    dw_modes_forward_rows(l->few, product_row, &f);
    value += PRODUCTS[i].count * filter(l, l->few, target[i], l->product, l->shells);
    send_back(l, &PRODUCTS[i]);
  }
  close_slope(l, slope);
  return value;
}
