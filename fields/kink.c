#include "fields/kink.h"

#include <math.h>

#include "base/memory.h"

/* Points a side and per delta. */
enum { MOST = 4096, PER_WIDTH = 64 };
static const double TAIL = 1e-5;

/* From the middle to one vacuum; x counts away from the middle. */
typedef struct side {
  double phi[MOST + 1];
  double slope[MOST + 1]; /* dphi/d|x| */
  int last;
  double vacuum;
  double rate; /* of the tail */
} side;

struct dw_kink {
  double step;
  side sides[2]; /* x < 0, x > 0 */
};

static double speed(const dw_model *model, double phi) {
  double v0 = 0.0;
  double vb = 0.0;
  dw_potential_at(model->potential, &model->values, &dw_instant_start, phi, &v0, &vb);
  return sqrt(2.0 * fmax(v0, 0.0));
}

/* One step of Runge-Kutta; `way` is +1 towards larger phi. */
static double advance(const dw_model *model, double phi, double h, double way) {
  const double k1 = way * speed(model, phi);
  const double k2 = way * speed(model, phi + 0.5 * h * k1);
  const double k3 = way * speed(model, phi + 0.5 * h * k2);
  const double k4 = way * speed(model, phi + h * k3);
  return phi + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
}

static dw_status fill_side(side *s, const dw_model *model, double step, double way) {
  const dw_potential *potential = model->potential;
  const double half = 0.5 * (potential->minimum[1] - potential->minimum[0]);
  s->vacuum = potential->minimum[way > 0.0 ? 1 : 0];
  double phi = 0.5 * (potential->minimum[0] + potential->minimum[1]);
  for (int i = 0; i <= MOST; i++) {
    s->phi[i] = phi;
    s->slope[i] = way * speed(model, phi);
    s->last = i;
    const double left = fabs(s->vacuum - phi);
    if (left < TAIL * half) {
      s->rate = fabs(s->slope[i]) / left;
      return DW_OK;
    }
    phi = advance(model, phi, step, way);
  }
  return dw_fail(DW_ERR_PARAM,
                 "fields.potential = \"%s\": the kink doesn't come near the vacuum %.6g within %d widths; there is "
                 "almost another vacuum between the two",
                 potential->name, s->vacuum, MOST / PER_WIDTH);
}

dw_status dw_kink_create(dw_kink **kink, const dw_model *model) {
  *kink = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_kink), "profile of a kink"));
  dw_kink *draft = block;
  draft->step = model->potential->width / PER_WIDTH;
  dw_status status = fill_side(&draft->sides[0], model, draft->step, -1.0);
  if (status == DW_OK) {
    status = fill_side(&draft->sides[1], model, draft->step, 1.0);
  }
  if (status != DW_OK) {
    dw_free(draft);
    return status;
  }
  *kink = draft;
  return DW_OK;
}

void dw_kink_destroy(dw_kink *kink) { dw_free(kink); }

double dw_kink_at(const dw_kink *kink, double x, double *slope) {
  const side *s = &kink->sides[x < 0.0 ? 0 : 1];
  const double way = x < 0.0 ? -1.0 : 1.0;
  const double at = fabs(x) / kink->step;
  if (!(at < (double)s->last)) {
    const double left = (s->vacuum - s->phi[s->last]) * exp(-s->rate * kink->step * (at - (double)s->last));
    *slope = way * s->rate * left;
    return s->vacuum - left;
  }
  const int i = (int)at;
  const double t = at - (double)i;
  const double rise = s->phi[i + 1] - s->phi[i];
  const double first = s->slope[i] * kink->step;
  const double second = s->slope[i + 1] * kink->step;
  const double bend = 3.0 * rise - 2.0 * first - second;
  const double twist = first + second - 2.0 * rise;
  *slope = way * (first + t * (2.0 * bend + 3.0 * t * twist)) / kink->step;
  return s->phi[i] + t * (first + t * (bend + t * twist));
}
