/*
 * Losses of rows: a function of one row each, under one driver, which knows weights, ignored rows and statistics.
 * Formulas stand in kernels.def; Java's RowFormulas have the same operations in the same order.
 */
#include "derived.h"
#include "elementary.h"
#include "kernel.h"
#include "softmax.h"
#include "statistics.h"

typedef struct {
  const float *x;
  float *gradient; /* may be null */
  int64_t columns, label;
  bool known; /* the label is in range */
  float target_weight, scale;
  const float *targets, *class_weights;
  const pana_row_options *options;
  float sum; /* of e^(x - maximum), left for the statistics; 0 where there is none */
} row;

/* The loss of a row; its gradient times r->scale goes where it is wanted. */
typedef float row_function(row *r);

static inline float logarithm(float x) { return vf_lane0(vf_log(vf_set(x))); }

static inline float target_of(const row *r) { return r->known ? r->x[r->label] : NAN; }

/* Adds to the label's element of the gradient. */
static inline void add_at_label(const row *r, float value) {
  if (r->known)
    r->gradient[r->label] += value;
}

static inline vf weight_lanes(const row *r, int64_t c, int n) {
  return r->class_weights ? vf_load_up_to(r->class_weights + c, n) : vf_set(1);
}

/* Canonical sum over a row of f at up to 16 elements, in which absent lanes are 0. */
typedef vf lanes_function(const row *r, int64_t c, int n, vf maximum);

static ALWAYS_INLINE float sum_row(lanes_function *f, const row *r, float maximum) {
  double sum = 0;
  vf m = vf_set(maximum);
  for (int64_t block = 0; block < r->columns; block += PANA_BLOCK) {
    int64_t end = r->columns - block < PANA_BLOCK ? r->columns : block + PANA_BLOCK, c = block;
    partials p = partials_zero();
    for (; c + PANA_PARTIALS <= end; c += PANA_PARTIALS)
      for (int k = 0; k < 4; k++)
        p.lane[k] = vf_add(p.lane[k], f(r, c + k * LANES, LANES, m));
    for (int k = 0; c < end; c += LANES, k++) {
      int n = first_lanes(end - c);
      p.lane[k] = vf_add(p.lane[k], vf_select(vm_first(n), f(r, c, n, m), vf_zero()));
    }
    sum += (double)partials_tree(p);
  }
  return (float)sum;
}

/* ---- cross-entropy with labels */

static inline vf weighted_distance(const row *r, int64_t c, int n, vf maximum) {
  return vf_mul(weight_lanes(r, c, n), vf_sub(maximum, vf_load_up_to(r->x + c, n)));
}

/* gradient = gradient * factor - each * class weight */
static inline void spread_row(const row *r, float factor, float each) {
  vf f = vf_set(factor), e = vf_set(-each);
  for (int64_t c = 0; c < r->columns; c += LANES) {
    int n = first_lanes(r->columns - c);
    vf g = vf_mul(vf_load_up_to(r->gradient + c, n), f);
    vf_store_up_to(r->gradient + c, n, vf_fma(e, weight_lanes(r, c, n), g));
  }
}

static inline float softmax_cross_entropy(row *r) {
  const pana_row_options *o = r->options;
  float maximum = row_maximum(r->x, r->columns), target = target_of(r);
  float hit = o->keep * r->target_weight, each = o->smoothing / (float)r->columns;
  bool smooth = o->smoothing > 0;
  /* before the gradient may overwrite the row */
  float distance = smooth ? each * sum_row(weighted_distance, r, maximum) : 0;
  float total = r->class_weights ? o->class_weight_sum : (float)r->columns;
  float all = smooth ? fmaf(each, total, hit) : hit;
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  float l = logarithm(r->sum), whole = maximum + l;
  float loss = fmaf(all, l, fmaf(hit, maximum - target, distance));
  if (o->z_loss > 0) {
    loss = fmaf(o->z_loss * whole, whole, loss);
    all = fmaf(2 * o->z_loss, whole, all);
  }
  if (r->gradient) {
    float factor = all * r->scale / r->sum;
    if (smooth)
      spread_row(r, factor, each * r->scale);
    else
      scale_row(r->gradient, r->columns, factor);
    add_at_label(r, -(hit * r->scale));
  }
  return loss;
}

/* ---- cross-entropy with probabilities */

static inline vf probability_lanes(const row *r, int64_t c, int n) {
  float each = r->options->smoothing / (float)r->columns;
  vf y = vf_fma(vf_load_up_to(r->targets + c, n), vf_set(r->options->keep), vf_set(each));
  return r->class_weights ? vf_mul(y, weight_lanes(r, c, n)) : y;
}

static inline vf probability_mass(const row *r, int64_t c, int n, vf maximum) {
  (void)maximum;
  return probability_lanes(r, c, n);
}

/* Nothing where the probability is 0, however far away the logit. */
static inline vf probability_distance(const row *r, int64_t c, int n, vf maximum) {
  vf y = probability_lanes(r, c, n);
  vf d = vf_mul(y, vf_sub(maximum, vf_load_up_to(r->x + c, n)));
  return vf_select(vf_eq(y, vf_zero()), vf_zero(), d);
}

static inline float softmax_cross_entropy_probabilities(row *r) {
  float maximum = row_maximum(r->x, r->columns);
  float mass = sum_row(probability_mass, r, maximum), distance = sum_row(probability_distance, r, maximum);
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  if (r->gradient) {
    vf factor = vf_set(mass * r->scale / r->sum), scale = vf_set(-r->scale);
    for (int64_t c = 0; c < r->columns; c += LANES) {
      int n = first_lanes(r->columns - c);
      vf g = vf_mul(vf_load_up_to(r->gradient + c, n), factor);
      vf_store_up_to(r->gradient + c, n, vf_fma(scale, probability_lanes(r, c, n), g));
    }
  }
  return fmaf(mass, logarithm(r->sum), distance);
}

/* ---- others on a softmax */

static inline float focal_softmax(row *r) {
  float maximum = row_maximum(r->x, r->columns), target = target_of(r), gamma = r->options->gamma;
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  float h = logarithm(r->sum) + (maximum - target);
  float missed = -vf_lane0(vf_expm1(vf_set(-h))), hit = vf_lane0(vf_exp(vf_set(-h)));
  float weight = gamma == 0 ? 1 : vf_lane0(vf_exp(vf_set(gamma * logarithm(missed))));
  if (r->gradient) {
    // where the label has no probability nothing changes, even if gamma h is infinite
    float change = missed == 0 || hit == 0 ? 0 : gamma * h * hit * (weight / missed);
    float slope = r->target_weight * (weight + change) * r->scale;
    scale_row(r->gradient, r->columns, slope / r->sum);
    add_at_label(r, -slope);
  }
  return r->target_weight * (weight * h);
}

static inline vf exp_distance(const row *r, int64_t c, int n, vf maximum) {
  vf d = vf_sub(vf_load_up_to(r->x + c, n), maximum), e = vf_exp(d);
  return vf_select(vf_eq(e, vf_zero()), vf_zero(), vf_mul(e, vf_negate(d)));
}

static inline float entropy(row *r) {
  float maximum = row_maximum(r->x, r->columns);
  float distance = sum_row(exp_distance, r, maximum);
  r->sum = exp_row(r->x, 0, r->columns, maximum);
  float mean = distance / r->sum;
  if (r->gradient) {
    vf m = vf_set(maximum), factor = vf_set(r->scale / r->sum), middle = vf_set(mean);
    for (int64_t c = 0; c < r->columns; c += LANES) {
      int n = first_lanes(r->columns - c);
      vf d = vf_sub(vf_load_up_to(r->x + c, n), m), e = vf_exp(d);
      vf g = vf_mul(vf_mul(e, factor), vf_sub(vf_negate(d), middle));
      vf_store_up_to(r->gradient + c, n, vf_select(vf_eq(e, vf_zero()), vf_zero(), g));
    }
  }
  return logarithm(r->sum) + mean;
}

/* ---- without a softmax */

static inline void clear(const row *r) { memset(r->gradient, 0, (size_t)r->columns * sizeof(float)); }

static inline float nll(row *r) {
  float target = target_of(r);
  if (r->gradient) {
    clear(r);
    add_at_label(r, -(r->target_weight * r->scale));
  }
  return -(r->target_weight * target);
}

static inline float multi_class_hinge(row *r) {
  float target = target_of(r), best = -INFINITY;
  int64_t place = -1;
  for (int64_t c = 0; c < r->columns; c++)
    /* a NaN is kept */
    if (c != r->label && (r->x[c] > best || r->x[c] != r->x[c])) {
      best = r->x[c];
      place = c;
    }
  float violation = r->options->margin + (best - target);
  if (violation <= 0)
    violation = 0;
  if (r->gradient) {
    clear(r);
    if (violation != 0 && place >= 0) {
      r->gradient[place] = r->target_weight * r->scale;
      add_at_label(r, -(r->target_weight * r->scale));
    }
  }
  return r->target_weight * violation;
}

/* Whether the first greatest logit is the label's. */
static inline bool is_correct(const row *r) {
  if (!r->known || r->x[r->label] != row_maximum(r->x, r->columns))
    return false;
  for (int64_t c = 0; c < r->label; c++)
    if (r->x[c] == r->x[r->label])
      return false;
  return true;
}

static inline float zero_one(row *r) {
  float loss = is_correct(r) ? 0 : r->target_weight;
  if (r->gradient)
    clear(r);
  return loss;
}

/* ---- the driver */

enum kind { LABELS, PROBABILITIES, NO_TARGET };

static ALWAYS_INLINE void drive(row_function *f, enum kind kind, const float *x, const void *target,
                                const float *weights, const float *class_weights, float *gradient, float *losses,
                                pana_statistics *statistics, const pana_row_options *options, int64_t columns,
                                float scale, int64_t from, int64_t to) {
  const int32_t *labels = kind == LABELS ? target : 0;
  for (int64_t i = from; i < to; i++) {
    float weight = weights ? weights[i] : 1;
    row r = {.x = x + i * columns,
             .gradient = gradient ? gradient + i * columns : 0,
             .columns = columns,
             .label = labels ? labels[i] : -1,
             .target_weight = 1,
             .scale = weight * scale,
             .targets = kind == PROBABILITIES ? (const float *)target + i * columns : 0,
             .class_weights = class_weights,
             .options = options};
    r.known = r.label >= 0 && r.label < columns;
    if (class_weights && r.known)
      r.target_weight = class_weights[r.label];
    pana_statistics *s = statistics ? statistics + i : 0;
    if (s) {
      statistics_of_inputs(s, r.x, columns, i * columns);
      s->correct = is_correct(&r);
    }
    if (weight == 0 || (labels && labels[i] == options->ignore_index)) {
      losses[i] = 0;
      if (r.gradient)
        clear(&r);
    } else {
      float loss = f(&r);
      losses[i] = weights ? loss * weight : loss;
    }
    if (s) {
      s->saturated = r.sum > 0 && r.sum <= 1.000001f;
      if (r.gradient)
        statistics_of_gradient(s, r.gradient, columns);
    }
  }
}

#define ROW_LOSS(name, kind)                                                                                          \
  void PANA_FN(name##_f32) PANA_ROW_LOSS {                                                                            \
    drive(name, kind, x, target, weights, class_weights, gradient, losses, statistics, options, columns, scale, from, \
          to);                                                                                                        \
  }

ROW_LOSS(softmax_cross_entropy, LABELS)
ROW_LOSS(softmax_cross_entropy_probabilities, PROBABILITIES)
ROW_LOSS(focal_softmax, LABELS)
ROW_LOSS(entropy, NO_TARGET)
ROW_LOSS(nll, LABELS)
ROW_LOSS(multi_class_hinge, LABELS)
ROW_LOSS(zero_one, LABELS)
