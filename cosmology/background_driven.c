#include "cosmology/background_driven.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "cosmology/background_private.h"

/* Of the spacing: times this near to a node are meant to be its own. Rounding of tau is far less, what is asked for
 * between nodes far more. */
static const double NEAR = 1e-8;

/* Where a time lies: on a node or beyond the ends (right = left), or between two. */
typedef struct place {
  dw_background_node left;
  dw_background_node right;
  double since;  /* tau less that of left */
  double length; /* of the cubic; 0: the power law from left */
  int64_t index; /* of left */
} place;

static double power_beyond(const dw_background *b) { return 2.0 / (1.0 + 3.0 * b->fluid_w); }

static place find(const dw_background *b, double tau) {
  const dw_background_record *record = b->record;
  if (record == NULL || record->count == 0) {
    const dw_background_node start = {1.0, b->hubble_start, b->tau_start / (1.0 + power_beyond(b))};
    return (place){.left = start, .right = start, .since = tau - b->tau_start};
  }
  const double at = (tau - record->tau_start) / record->spacing;
  const double nearest = floor(at + 0.5);
  const bool on_node = fabs(at - nearest) < NEAR;
  const int64_t last = record->count - 1;
  const int64_t i = (int64_t)fmin(fmax(on_node ? nearest : floor(at), 0.0), (double)last);
  place result = {.left = record->node[i], .right = record->node[i], .index = i};
  if (on_node && nearest == (double)i) {
    return result;
  }
  result.since = (at - (double)i) * record->spacing;
  if (at > 0.0 && i < last) {
    result.right = record->node[i + 1];
    result.length = record->spacing;
  }
  return result;
}

/* a, a' and int a dtau from left, of the cubic. */
static void cubic(const place *p, double value[3]) {
  const double h = p->length;
  const double x = p->since;
  const double mean = (p->right.a - p->left.a) / h;
  const double second = (3.0 * mean - 2.0 * p->left.slope - p->right.slope) / h;
  const double third = (p->left.slope + p->right.slope - 2.0 * mean) / (h * h);
  value[0] = p->left.a + x * (p->left.slope + x * (second + x * third));
  value[1] = p->left.slope + x * (2.0 * second + x * 3.0 * third);
  value[2] = x * (p->left.a + x * (p->left.slope / 2.0 + x * (second / 3.0 + x * third / 4.0)));
}

/* The same of the power law. */
static void beyond(const dw_background *b, const place *at, double value[3]) {
  const double p = power_beyond(b);
  const double growth = log1p(at->left.slope / at->left.a * at->since / p);
  value[0] = at->left.a * exp(p * growth);
  value[1] = at->left.slope * exp((p - 1.0) * growth);
  value[2] = at->left.a * at->left.a / at->left.slope * p / (1.0 + p) * expm1((1.0 + p) * growth);
}

static dw_background_node node_at(const dw_background *b, double tau) {
  const place at = find(b, tau);
  if (at.since == 0.0) {
    return at.left;
  }
  double value[3];
  if (at.length > 0.0) {
    cubic(&at, value);
  } else {
    beyond(b, &at, value);
  }
  return (dw_background_node){value[0], value[1], at.left.time + value[2]};
}

static double driven_scale_factor(const dw_background *b, double tau) { return node_at(b, tau).a; }

static double driven_hubble(const dw_background *b, double tau) {
  const dw_background_node node = node_at(b, tau);
  return node.slope / node.a;
}

static double driven_time(const dw_background *b, double tau) { return node_at(b, tau).time; }

/* d(1/H)/dtau = 1 - a a''/a'^2, with a'' over the two intervals about the node, or one at an end. */
static double driven_power(const dw_background *b, double tau) {
  const place at = find(b, tau);
  const dw_background_record *record = b->record;
  if (record == NULL || record->count < 2 || (at.length == 0.0 && at.since != 0.0)) {
    return power_beyond(b);
  }
  const int64_t left = at.index > 0 ? at.index - 1 : 0;
  const int64_t right = at.index + 1 < record->count ? at.index + 1 : at.index;
  const dw_background_node node = record->node[at.index];
  const double second =
      (record->node[right].slope - record->node[left].slope) / ((double)(right - left) * record->spacing);
  return 1.0 / (1.0 - node.a * second / (node.slope * node.slope));
}

static const dw_background_functions driven = {"self-consistent", true,        driven_scale_factor,
                                               driven_hubble,     driven_time, driven_power};

dw_status dw_background_driven(dw_background *background, double w, double hubble_start) {
  dw_background before;
  DW_TRY(dw_background_init(&before, "power-law", w, hubble_start));
  dw_background_begin(background, &driven);
  background->tau_start = before.tau_start;
  background->hubble_start = hubble_start;
  background->fluid_w = w;
  background->w = background->p = (double)NAN;
  return DW_OK;
}

bool dw_background_is_driven(const dw_background *background) { return background->functions == &driven; }

dw_status dw_background_record_create(dw_background_record **record, double tau_start, double spacing, int64_t most) {
  void *block = NULL;
  *record = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof **record + (size_t)most * sizeof(dw_background_node), "scale factor"));
  *record = block;
  **record = (dw_background_record){.tau_start = tau_start, .spacing = spacing, .most = most};
  return DW_OK;
}

void dw_background_record_destroy(dw_background_record *record) { dw_free(record); }

void dw_background_record_append(dw_background_record *record, double a, double slope, double start) {
  if (record->count == record->most) {
    return;
  }
  dw_background_node *node = &record->node[record->count];
  *node = (dw_background_node){a, slope, start};
  if (record->count > 0) {
    const double h = record->spacing;
    node->time = node[-1].time + h * (0.5 * (node[-1].a + a) + h / 12.0 * (node[-1].slope - slope));
  }
  record->count++;
}

void dw_background_record_replace(dw_background_record *record, double a, double slope) {
  if (record->count > 0) {
    record->count--;
    dw_background_record_append(record, a, slope, record->node[record->count].time);
  }
}
