#include "gw/parts.h"

#include <math.h>
#include <string.h>

#include "gw/parts_rows.h"

/* The unit vectors of a line along kz: u and a = (qx, qy, 0)/rho. On the axis u points to `sign` x. */
typedef struct azimuth {
  double u[3];
  double a[3];
} azimuth;

static azimuth azimuth_of(double qx, double qy, double rho, double sign) {
  const double cosine = rho > 0.0 ? qx / rho : 0.0;
  const double sine = rho > 0.0 ? qy / rho : sign;
  return (azimuth){.u = {sine, -cosine, 0.0}, .a = {cosine, sine, 0.0}};
}

void dw_parts_basis(const double q[3], double basis[DW_PARTS][3][3]) {
  memset(basis, 0, DW_PARTS * sizeof *basis);
  const double size = fmax(fabs(q[0]), fmax(fabs(q[1]), fabs(q[2])));
  if (size == 0.0) {
    return;
  }
  const double scaled[3] = {q[0] / size, q[1] / size, q[2] / size}; /* the squares of q might not be in range */
  const double rho = hypot(scaled[0], scaled[1]);
  const double length = hypot(rho, scaled[2]);
  const azimuth line = azimuth_of(scaled[0], scaled[1], rho, copysign(1.0, scaled[2]));
  const double *u = line.u;
  double v[3] = {0.0, 0.0, -rho / length};
  double d[3] = {0.0, 0.0, scaled[2] / length};
  for (int i = 0; i < 2; i++) {
    v[i] = line.a[i] * scaled[2] / length;
    d[i] = line.a[i] * rho / length;
  }
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      basis[DW_PLUS][i][j] = (u[i] * u[j] - v[i] * v[j]) / sqrt(2.0);
      basis[DW_CROSS][i][j] = (u[i] * v[j] + v[i] * u[j]) / sqrt(2.0);
      basis[DW_SCALAR][i][j] = sqrt(1.5) * (d[i] * d[j] - (i == j ? 1.0 / 3.0 : 0.0));
      basis[DW_VECTOR_U][i][j] = (d[i] * u[j] + u[i] * d[j]) / sqrt(2.0);
      basis[DW_VECTOR_V][i][j] = (d[i] * v[j] + v[i] * d[j]) / sqrt(2.0);
    }
  }
}

/* a_i M_ij b_j, M the tensor whose only elements are those that the component stands for: 1 at ij and ji. */
static double between(const double a[3], dw_component component, const double b[3]) {
  static const int axes[DW_COMPONENTS][2] = {{0, 0}, {1, 1}, {0, 1}, {0, 2}, {1, 2}};
  const int i = axes[component][0];
  const int j = axes[component][1];
  return i == j ? a[i] * b[i] : a[i] * b[j] + a[j] * b[i];
}

/* What is fixed along the line of global (kx, ky). kz >= 0 and so qz >= 0: on the axis the sign is +. */
static dw_parts_line line_of(const dw_momenta *momenta, dw_component component, int64_t kx, int64_t ky, double factor) {
  const double z[3] = {0.0, 0.0, 1.0};
  const double qx = momenta->derivative[kx];
  const double qy = momenta->derivative[ky];
  const double rho = sqrt(qx * qx + qy * qy);
  const azimuth line = azimuth_of(qx, qy, rho, 1.0);
  const double by = factor / (momenta->window[kx] * momenta->window[ky]);
  return (dw_parts_line){.rho = rho,
                         .uu = by * between(line.u, component, line.u),
                         .ua = by * between(line.u, component, line.a),
                         .uz = by * between(line.u, component, z),
                         .aa = by * between(line.a, component, line.a),
                         .az = by * between(line.a, component, z)};
}

void dw_parts_add(dw_modes *const target[DW_PARTS], const dw_modes *modes, dw_component component,
                  const dw_momenta *momenta, double factor) {
  const dw_parts_row add = modes->precision == DW_SINGLE ? dw_parts_row_f32 : dw_parts_row_f64;
#pragma omp parallel for collapse(2) schedule(static)
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      dw_parts_line line = line_of(momenta, component, kx, ky + modes->start[0], factor);
      line.qz = momenta->derivative + modes->start[1];
      line.window = momenta->window + modes->start[1];
      void *to[DW_PARTS];
      for (int part = 0; part < DW_PARTS; part++) {
        to[part] = target[part] != NULL ? dw_modes_line(target[part], kx, ky) : NULL;
      }
      add(to, dw_modes_line(modes, kx, ky), &line, (ptrdiff_t)modes->count[1]);
    }
  }
}

void dw_parts_product(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                      double *value) {
  const dw_parts_sum *sum = context;
  const dw_product_row add = modes->precision == DW_SINGLE ? dw_product_row_f32 : dw_product_row_f64;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    double *out = value + kx * lanes;
    memset(out, 0, (size_t)lanes * sizeof *out);
    for (int i = 0; i < sum->count; i++) {
      const dw_modes *other = sum->with[i] != NULL ? sum->with[i] : sum->part[i];
      const ptrdiff_t from = kz * 2 * (ptrdiff_t)modes->precision;
      const char *line = dw_modes_line(sum->part[i], kx, ky);
      const char *with = dw_modes_line(other, kx, ky);
      add(out, line + from, with + from, (ptrdiff_t)lanes);
    }
    if (sum->weight != NULL) {
      const double fixed = sum->weight[kx] + sum->weight[modes->start[0] + ky];
      for (int64_t lane = 0; lane < lanes; lane++) {
        out[lane] *= fixed + sum->weight[modes->start[1] + kz + lane];
      }
    }
  }
}
