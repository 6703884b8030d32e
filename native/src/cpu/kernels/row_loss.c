/*
 * Losses of rows: a function of one row each, under one driver. Formulas stand in kernels.def; Java's RowFormula has
 * the same operations in the same order.
 */
#include "derived.h"
#include "kernel.h"
#include "row.h"

/* The loss of a row; its gradient times r->scale goes where it is wanted. */
typedef float row_function(row *r);

/* ---- on a softmax */

static inline float focal_softmax(row *r) {
  float maximum = find_maximum(r), target = target_of(r), gamma = r->options->gamma;
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  float h = logarithm(r->sum) + (maximum - target);
  float missed = -vf_lane0(vf_expm1(vf_set(-h))), hit = vf_lane0(vf_exp(vf_set(-h)));
  float weight = gamma == 0 ? 1 : vf_lane0(vf_exp(vf_set(gamma * logarithm(missed))));
  if (r->gradient) {
    // where the label has no probability nothing changes, even if gamma h is infinite
    float change = missed == 0 || hit == 0 ? 0 : gamma * h * hit * (weight / missed);
    float slope = r->target_weight * (weight + change) * r->scale;
    write_gradient(scaled_gradient, r, slope / r->sum, 0, -slope);
  }
  return r->target_weight * (weight * h);
}

static inline vf exp_distance(const row *r, int64_t c, int n, vf maximum) {
  vf d = vf_sub(vf_load_up_to(r->x + c, n), maximum), e = vf_exp(d);
  return vf_select(vf_eq(e, vf_zero()), vf_zero(), vf_mul(e, vf_negate(d)));
}

static inline vf entropy_gradient(const row *r, int64_t c, int n, vf factor, vf mean) {
  vf d = vf_sub(vf_load_up_to(r->x + c, n), vf_set(r->maximum)), e = vf_exp(d);
  vf g = vf_mul(vf_mul(e, factor), vf_sub(vf_negate(d), mean));
  return vf_select(vf_eq(e, vf_zero()), vf_zero(), g);
}

static inline float entropy(row *r) {
  float maximum = find_maximum(r);
  float distance = sum_row(exp_distance, r, maximum);
  r->sum = exp_row(r->x, 0, r->columns, maximum);
  float mean = distance / r->sum;
  if (r->gradient)
    write_gradient(entropy_gradient, r, r->scale / r->sum, mean, 0);
  return logarithm(r->sum) + mean;
}

/* ---- without a softmax */

static inline float nll(row *r) {
  float target = target_of(r);
  if (r->gradient) {
    clear(r);
    add_at_label(r, -(r->target_weight * r->scale));
    square_gradient(r);
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
    square_gradient(r);
  }
  return r->target_weight * violation;
}

static inline float zero_one(row *r) {
  find_maximum(r);
  float loss = is_correct(r) ? 0 : r->target_weight;
  if (r->gradient)
    clear(r);
  return loss;
}

/* ---- the driver */

static ALWAYS_INLINE void drive(row_function *f, const row_call *c, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    row r = begin_row(c, i);
    bool counts = row_counts(c, i);
    end_row(c, i, &r, counts, counts ? f(&r) : 0);
  }
}

/* A loss, and what its target is. */
#define ROW_LOSS(name, of_labels)                                \
  KERNEL(name##_f32) PANA_ROW_LOSS {                             \
    const row_call c = {x,                                       \
                        of_labels ? (const int32_t *)target : 0, \
                        0,                                       \
                        weights,                                 \
                        class_weights,                           \
                        gradient,                                \
                        losses,                                  \
                        statistics,                              \
                        options,                                 \
                        columns,                                 \
                        scale};                                  \
    drive(name, &c, from, to);                                   \
  }

ROW_LOSS(focal_softmax, true)
ROW_LOSS(entropy, false)
ROW_LOSS(nll, true)
ROW_LOSS(multi_class_hinge, true)
ROW_LOSS(zero_one, true)
