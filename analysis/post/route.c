#include "analysis/post/route.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "base/memory.h"

enum { GAUSS = 8, MOST_POINTS = 4 };

/* Of a piece: k times its length, and a at its end over a at its start. There GAUSS nodes are exact to rounding. */
static const double most_phase = 2.0;
static const double most_expansion = 1.2;

static const double most_turns = 1e6;

/* Where the kernels are wanted. Without arrays, nodes are only counted. */
typedef struct nodes {
  const gsl_integration_glfixed_table *rule;
  int count;
  double *tau;
  double *weight; /* of the quadrature, 1/m */
  double *kernel_h;
  double *kernel_rate;
} nodes;

dw_status dw_route_check(const dw_route *route, double k) {
  bool good = route->count >= 2 && isfinite(route->end) && isfinite(route->tau[0]) && !isnan(route->start) && k >= 0.0;
  for (int i = 1; good && i < route->count; i++) {
    good = isfinite(route->tau[i]) && route->tau[i] > route->tau[i - 1];
  }
  if (!good) {
    return dw_fail(DW_ERR_INTERNAL, "the %d times of a correlator have to increase", route->count);
  }
  if (!(k * fabs(route->end - route->tau[0]) <= most_turns)) {
    return dw_fail(DW_ERR_INTERNAL, "waves with k = %g turn too often from tau = %g to %g", k, route->tau[0],
                   route->end);
  }
  return DW_OK;
}

static void piece_add(nodes *n, double lower, double upper) {
  for (size_t g = 0; n->tau != NULL && g < GAUSS; g++) {
    const size_t at = (size_t)n->count + g;
    gsl_integration_glfixed_point(lower, upper, g, &n->tau[at], &n->weight[at], n->rule);
  }
  n->count += GAUSS;
}

/* In halves until a piece is small enough. */
static void divide(const dw_route *route, double k, double lower, double upper, nodes *n) {
  const double middle = 0.5 * (lower + upper);
  const bool is_large =
      k * (upper - lower) > most_phase || dw_green_expansion(route->green, lower, upper) > most_expansion;
  if (is_large && lower < middle && middle < upper) {
    divide(route, k, lower, middle, n);
    divide(route, k, middle, upper, n);
  } else {
    piece_add(n, lower, upper);
  }
}

/* Pieces end at the samples, at start and end of the source, and at the joints of a chain, where the kernels aren't
 * smooth. */
static void nodes_place(const dw_route *route, double k, nodes *n) {
  n->count = 0;
  for (int i = 0; i + 1 < route->count; i++) {
    double lower = fmax(route->tau[i], route->start);
    const double upper = fmin(route->tau[i + 1], route->end);
    for (int s = 0; s < route->green->segments; s++) {
      const double joint = route->green->segment[s].end;
      if (lower < joint && joint < upper) {
        divide(route, k, lower, joint, n);
        lower = joint;
      }
    }
    if (lower < upper) {
      divide(route, k, lower, upper, n);
    }
  }
}

/* Lagrange's polynomials for the samples used in an interval: `points` of them from *first on. */
static int basis(const dw_route *route, int interval, double tau, int *first, double *value) {
  int points = route->rule == DW_ROUTE_CUBIC ? MOST_POINTS : 2;
  points = points < route->count ? points : route->count;
  const int wanted = interval - (points - 2) / 2;
  const int last = route->count - points;
  *first = wanted < 0 ? 0 : wanted > last ? last : wanted;
  const double *at = route->tau + *first;
  for (int p = 0; p < points; p++) {
    value[p] = 1.0;
    for (int q = 0; q < points; q++) {
      value[p] *= q == p ? 1.0 : (tau - at[q]) / (at[p] - at[q]);
    }
  }
  return points;
}

static void gather(const dw_route *route, const nodes *n, double *weight_h, double *weight_rate) {
  memset(weight_h, 0, (size_t)route->count * sizeof *weight_h);
  memset(weight_rate, 0, (size_t)route->count * sizeof *weight_rate);
  int interval = 0;
  for (int i = 0; i < n->count; i++) {
    while (interval + 2 < route->count && n->tau[i] > route->tau[interval + 1]) {
      interval++;
    }
    double value[MOST_POINTS];
    int first = 0;
    const int points = basis(route, interval, n->tau[i], &first, value);
    for (int p = 0; p < points; p++) {
      weight_h[first + p] += n->weight[i] * n->kernel_h[i] * value[p];
      weight_rate[first + p] += n->weight[i] * n->kernel_rate[i] * value[p];
    }
  }
}

static dw_status weights_by(const gsl_integration_glfixed_table *rule, const dw_route *route, double k,
                            double *weight_h, double *weight_rate) {
  nodes n = {.rule = rule};
  nodes_place(route, k, &n);
  const size_t length = (size_t)n.count;
  void *memory = NULL;
  DW_TRY(dw_alloc(&memory, 4 * length, sizeof(double), "the kernels of waves"));
  n.tau = memory;
  n.weight = n.tau + length;
  n.kernel_h = n.tau + 2 * length;
  n.kernel_rate = n.tau + 3 * length;
  nodes_place(route, k, &n);
  const dw_status status = dw_green_kernels(route->green, k, route->end, n.count, n.tau, n.kernel_h, n.kernel_rate);
  if (status == DW_OK) {
    gather(route, &n, weight_h, weight_rate);
  }
  dw_free(memory);
  return status;
}

dw_status dw_route_weights(const dw_route *route, double k, double *weight_h, double *weight_rate) {
  DW_TRY(dw_route_check(route, k));
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(GAUSS);
  if (rule == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for a rule of quadrature");
  }
  const dw_status status = weights_by(rule, route, k, weight_h, weight_rate);
  gsl_integration_glfixed_table_free(rule);
  return status;
}

double dw_route_form(int count, const double *weight, const double *utc) {
  double sum = 0.0;
  for (int i = 0; i < count; i++) {
    double row = 0.0;
    for (int j = 0; j < count; j++) {
      row += weight[j] * utc[(size_t)i * (size_t)count + (size_t)j];
    }
    sum += weight[i] * row;
  }
  return sum;
}

dw_route_gw dw_route_energy(const dw_route *route, double k, double h2, double rate2) {
  const double pi = acos(-1.0);
  const double factor = k * k * k / (8.0 * pi * pi * route->a * route->a);
  return (dw_route_gw){.drho_dlnk = factor * rate2, .averaged = factor * 0.5 * (rate2 + k * k * h2)};
}

dw_route_gw dw_route_correlator(const dw_route *route, double k, const double *weight_h, const double *weight_rate,
                                const double *utc) {
  return dw_route_energy(route, k, dw_route_form(route->count, weight_h, utc),
                         dw_route_form(route->count, weight_rate, utc));
}
