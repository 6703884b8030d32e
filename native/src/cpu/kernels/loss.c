/*
 * Elementwise losses: an inline function (prediction, target, options) -> (loss, derivative) each, under one driver.
 * Formulas and options stand in kernels.def; Java's ElementLoss has the same operations in the same order.
 */
#include "derived.h"
#include "elementary.h"
#include "kernel.h"
#include "statistics.h"

typedef struct {
  vf loss, derivative;
} loss_pair;

#define LN2 0x1.62e430p-1f

/* 1, -1, or e itself where it is 0 or NaN. */
static inline vf sign(vf e) {
  return vf_select(vf_lt(vf_zero(), e), vf_set(1), vf_select(vf_lt(e, vf_zero()), vf_set(-1), e));
}

static inline loss_pair mean_squared_error(vf x, vf t, const float *o) {
  (void)o;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_mul(e, e), vf_add(e, e)};
}

static inline loss_pair mean_absolute_error(vf x, vf t, const float *o) {
  (void)o;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_abs(e), sign(e)};
}

static inline loss_pair huber(vf x, vf t, const float *o) {
  vf e = vf_sub(x, t), a = vf_abs(e), delta = vf_set(o[0]);
  vm near = vf_le(a, delta);
  vf square = vf_mul(vf_mul(vf_set(0.5f), e), e);
  vf line = vf_mul(delta, vf_sub(a, vf_set(0.5f * o[0])));
  return (loss_pair){vf_select(near, square, line), vf_select(near, e, vf_mul(delta, sign(e)))};
}

static inline loss_pair smooth_l1(vf x, vf t, const float *o) {
  vf e = vf_sub(x, t), a = vf_abs(e), slope = vf_mul(e, vf_set(o[1]));
  vm near = vf_lt(a, vf_set(o[0]));
  vf square = vf_mul(vf_mul(vf_set(0.5f), e), slope);
  return (loss_pair){vf_select(near, square, vf_sub(a, vf_set(0.5f * o[0]))), vf_select(near, slope, sign(e))};
}

static inline loss_pair log_cosh(vf x, vf t, const float *o) {
  (void)o;
  vf e = vf_sub(x, t), a = vf_abs(e);
  vf m = vf_expm1(vf_mul(vf_set(-2), a)); /* e^-2a - 1 */
  vf tangent = vf_div(vf_negate(m), vf_add(vf_set(2), m));
  vm small = vf_lt(a, vf_set(1));
  vf term = vf_select(small, vf_negate(vf_mul(tangent, tangent)), vf_add(vf_set(1), m));
  vf logarithm = vf_log1p(term);
  vf loss = vf_select(small, vf_mul(vf_set(-0.5f), logarithm), vf_add(vf_sub(a, vf_set(LN2)), logarithm));
  return (loss_pair){loss, vf_select(vf_lt(e, vf_zero()), vf_negate(tangent), tangent)};
}

static inline loss_pair quantile(vf x, vf t, const float *o) {
  vf e = vf_sub(x, t);
  vm above = vf_lt(vf_zero(), e);
  vf slope = vf_select(above, vf_set(o[1]), vf_set(-o[0]));
  vf derivative = vf_select(above, slope, vf_select(vf_lt(e, vf_zero()), slope, e));
  return (loss_pair){vf_mul(slope, e), derivative};
}

static inline loss_pair mean_squared_logarithmic_error(vf x, vf t, const float *o) {
  (void)o;
  vf e = vf_sub(vf_log1p(x), vf_log1p(t));
  return (loss_pair){vf_mul(e, e), vf_div(vf_add(e, e), vf_add(vf_set(1), x))};
}

static inline loss_pair mean_absolute_percentage_error(vf x, vf t, const float *o) {
  vf e = vf_sub(x, t), size = vf_abs(t), epsilon = vf_set(o[0]);
  vf factor = vf_div(vf_set(100), vf_select(vf_lt(epsilon, size), size, epsilon));
  return (loss_pair){vf_mul(vf_abs(e), factor), vf_mul(sign(e), factor)};
}

/* Stirling's approximation of ln t!, for t > 1. */
static inline vf stirling(vf t) {
  vf logarithm = vf_log(t);
  vf loss = vf_fma(t, logarithm, vf_negate(t));
  vf half = vf_mul(vf_set(0.5f), vf_add(logarithm, vf_set(0x1.d67f1cp+0f))); /* ln 2 pi */
  return vf_select(vf_lt(vf_set(1), t), vf_add(loss, half), vf_zero());
}

static inline loss_pair poisson_nll(vf x, vf t, const float *o) {
  loss_pair l;
  if (o[0] != 0) {
    vf mean = vf_exp(x);
    l = (loss_pair){vf_sub(mean, vf_mul(t, x)), vf_sub(mean, t)};
  } else {
    vf mean = vf_add(x, vf_set(o[2]));
    l = (loss_pair){vf_sub(x, vf_mul(t, vf_log(mean))), vf_sub(vf_set(1), vf_div(t, mean))};
  }
  if (o[1] != 0)
    l.loss = vf_add(l.loss, stirling(t));
  return l;
}

static inline loss_pair general_robust(vf x, vf t, const float *o) {
  vf inverse = vf_set(o[1]), u = vf_mul(vf_sub(x, t), inverse), z = vf_mul(u, u), half = vf_mul(vf_set(0.5f), z);
  vf slope = vf_mul(u, inverse);
  if (o[0] == 1)
    return (loss_pair){half, slope};
  if (o[0] == 2)
    return (loss_pair){vf_log1p(half), vf_div(slope, vf_add(vf_set(1), half))};
  if (o[0] == 3)
    return (loss_pair){vf_negate(vf_expm1(vf_negate(half))), vf_mul(slope, vf_exp(vf_negate(half)))};
  vf logarithm = vf_log1p(vf_mul(z, vf_set(o[2])));
  return (loss_pair){vf_mul(vf_set(o[3]), vf_expm1(vf_mul(vf_set(o[4]), logarithm))),
                     vf_mul(slope, vf_exp(vf_mul(vf_set(o[5]), logarithm)))};
}

/* Of a logit: sigmoid(x), sigmoid(-x), ln(1 + e^x), ln(1 + e^-x), none of which cancels. */
typedef struct {
  vf on, off, to_on, to_off;
} logit_terms;

static inline logit_terms terms_of(vf x) {
  vf z = vf_exp(vf_negate(vf_abs(x)));
  vf near = vf_div(vf_set(1), vf_add(vf_set(1), z)), far = vf_mul(z, near), tail = log1p_unit(z);
  vm negative = vf_lt(x, vf_zero());
  vf height = vf_add(vf_abs(x), tail);
  return (logit_terms){vf_select(negative, far, near), vf_select(negative, near, far),
                       vf_select(negative, tail, height), vf_select(negative, height, tail)};
}

static inline loss_pair weighted_cross_entropy(vf x, vf t, vf pos_weight, const float *o) {
  logit_terms l = terms_of(x);
  vf y = vf_fma(t, vf_set(o[1]), vf_set(o[2]));
  vf positive = vf_mul(pos_weight, y), negative = vf_sub(vf_set(1), y);
  return (loss_pair){vf_fma(positive, l.to_off, vf_mul(negative, l.to_on)),
                     vf_fma(negative, l.on, vf_negate(vf_mul(positive, l.off)))};
}

static inline loss_pair binary_cross_entropy_logits(vf x, vf t, const float *o) {
  return weighted_cross_entropy(x, t, vf_set(o[0]), o);
}

static inline loss_pair binary_cross_entropy(vf x, vf t, const float *o) {
  const vf least = vf_set(-100);
  vf y = vf_fma(t, vf_set(o[1]), vf_set(o[2])), rest = vf_sub(vf_set(1), y);
  vf hit = vf_log(x), miss = vf_log1p(vf_negate(x));
  hit = vf_select(vf_lt(hit, least), least, hit);
  miss = vf_select(vf_lt(miss, least), least, miss);
  vf spread = vf_mul(x, vf_sub(vf_set(1), x));
  spread = vf_select(vf_lt(spread, vf_set(1e-12f)), vf_set(1e-12f), spread);
  return (loss_pair){vf_negate(vf_fma(y, hit, vf_mul(rest, miss))), vf_div(vf_sub(x, y), spread)};
}

static inline loss_pair focal(vf x, vf t, const float *o) {
  logit_terms l = terms_of(x);
  vf rest = vf_sub(vf_set(1), t);
  vf entropy = vf_fma(t, l.to_off, vf_mul(rest, l.to_on));
  vf slope = vf_fma(rest, l.on, vf_negate(vf_mul(t, l.off)));
  vf balance = vf_fma(t, vf_set(o[1]), vf_set(o[2]));
  vf missed = vf_fma(t, l.off, vf_mul(rest, l.on));
  if (o[0] == 0)
    return (loss_pair){vf_mul(balance, entropy), vf_mul(balance, slope)};
  vf weight = vf_exp(vf_mul(vf_set(o[0]), vf_log(missed)));
  /* the weight's own derivative; nothing where nothing is missed */
  vf change = vf_mul(vf_mul(vf_sub(rest, t), vf_mul(l.on, l.off)), vf_div(weight, missed));
  change = vf_select(vf_eq(missed, vf_zero()), vf_zero(), change);
  vf derivative = vf_fma(weight, slope, vf_mul(vf_mul(vf_set(o[0]), change), entropy));
  return (loss_pair){vf_mul(balance, vf_mul(weight, entropy)), vf_mul(balance, derivative)};
}

/* margin - t x, or 0 where that is not positive; a NaN stays. */
static inline vf violation(vf x, vf t, float margin) {
  vf v = vf_sub(vf_set(margin), vf_mul(t, x));
  return vf_select(vf_le(v, vf_zero()), vf_zero(), v);
}

static inline loss_pair hinge(vf x, vf t, const float *o) {
  vf v = violation(x, t, o[0]);
  return (loss_pair){v, vf_select(vf_eq(v, vf_zero()), vf_zero(), vf_negate(t))};
}

static inline loss_pair squared_hinge(vf x, vf t, const float *o) {
  vf v = violation(x, t, o[0]);
  return (loss_pair){vf_mul(v, v), vf_mul(vf_mul(vf_set(-2), t), v)};
}

static inline loss_pair least_squares(vf x, vf t, const float *o) {
  (void)o;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_mul(vf_mul(vf_set(0.5f), e), e), e};
}

static inline loss_pair wasserstein(vf x, vf t, const float *o) {
  (void)o;
  vf opposite = vf_negate(t);
  return (loss_pair){vf_mul(opposite, x), opposite};
}

static inline loss_pair kullback_leibler(vf x, vf t, const float *o) {
  vf p = t, logarithm = t;
  if (o[0] != 0)
    p = vf_exp(t);
  else
    logarithm = vf_log(t);
  vf loss = vf_mul(p, vf_sub(logarithm, x));
  return (loss_pair){vf_select(vf_eq(p, vf_zero()), vf_zero(), loss), vf_negate(p)};
}

/* ---- the driver */

/* What every call has; a loss may have more behind them. */
enum { OPTIONS = 8 };

typedef struct {
  const float *prediction, *target, *weights;
  float *gradient, *losses;
  const float *options;
  int64_t columns;
  float scale;
} loss_call;

/* Loss and derivative of the elements i .. i + n - 1; o is a copy of the first options that no store can change. */
typedef loss_pair place_function(const loss_call *c, const float *o, int64_t i, int n);

/* The weights of the elements i .. i + n - 1. */
static inline vf weight_lanes(const loss_call *c, int64_t i, int n) {
  if (c->columns == 1)
    return vf_load_up_to(c->weights + i, n);
  float lane[LANES] = {0};
  int64_t row = i / c->columns, left = (row + 1) * c->columns - i;
  for (int k = 0; k < n; k++) {
    lane[k] = c->weights[row];
    if (--left == 0) {
      row++;
      left = c->columns;
    }
  }
  return vf_load(lane);
}

/* Up to 16 elements: writes what is wanted, returns the losses with 0 in absent lanes. */
static ALWAYS_INLINE vf loss_lanes(place_function *f, const loss_call *c, const float *o, int64_t i, int n) {
  loss_pair l = f(c, o, i, n);
  vf factor = vf_set(c->scale);
  if (c->weights) {
    vf w = weight_lanes(c, i, n);
    vm none = vf_eq(w, vf_zero());
    l.loss = vf_select(none, vf_zero(), vf_mul(l.loss, w));
    l.derivative = vf_select(none, vf_zero(), l.derivative);
    factor = vf_mul(w, factor);
  }
  if (c->gradient)
    vf_store_up_to(c->gradient + i, n, vf_mul(l.derivative, factor));
  if (c->losses)
    vf_store_up_to(c->losses + i, n, l.loss);
  return n == LANES ? l.loss : vf_select(vm_first(n), l.loss, vf_zero());
}

static ALWAYS_INLINE float loss_block(place_function *f, const loss_call *c, const float *o, int64_t from, int64_t to) {
  partials p = partials_zero();
  int64_t i = from;
  for (; i + PANA_PARTIALS <= to; i += PANA_PARTIALS)
    for (int k = 0; k < 4; k++)
      p.lane[k] = vf_add(p.lane[k], loss_lanes(f, c, o, i + k * LANES, LANES));
  for (int k = 0; i < to; i += LANES, k++)
    p.lane[k] = vf_add(p.lane[k], loss_lanes(f, c, o, i, first_lanes(to - i)));
  return partials_tree(p);
}

static ALWAYS_INLINE void loss_range(place_function *f, const loss_call *c, float *sums, pana_statistics *statistics,
                                     int64_t from, int64_t to) {
  float o[OPTIONS];
  memcpy(o, c->options, sizeof o);
  for (int64_t block = from; block < to; block += PANA_BLOCK) {
    int64_t end = to - block < PANA_BLOCK ? to : block + PANA_BLOCK;
    pana_statistics *s = statistics ? statistics + block / PANA_BLOCK : 0;
    if (s)
      statistics_of_inputs(s, c->prediction + block, end - block, block);
    sums[block / PANA_BLOCK] = loss_block(f, c, o, block, end);
    if (s && c->gradient)
      statistics_of_gradient(s, c->gradient + block, end - block);
  }
}

/* The usual call, gradient and sums, is compiled on its own, without the questions. */
static ALWAYS_INLINE void drive(place_function *f, const float *prediction, const float *target, const float *weights,
                                float *gradient, float *losses, float *sums, pana_statistics *statistics,
                                const float *options, int64_t columns, float scale, int64_t from, int64_t to) {
  if (gradient && !weights && !losses) {
    loss_call plain = {
        .prediction = prediction, .target = target, .gradient = gradient, .options = options, .scale = scale};
    loss_range(f, &plain, sums, statistics, from, to);
  } else {
    loss_call any = {prediction, target, weights, gradient, losses, options, columns, scale};
    loss_range(f, &any, sums, statistics, from, to);
  }
}

#define ELEMENT_KERNEL(name)                                                                                         \
  void PANA_FN(name##_f32) PANA_ELEMENT_LOSS {                                                                       \
    drive(name##_at, prediction, target, weights, gradient, losses, sums, statistics, options, columns, scale, from, \
          to);                                                                                                       \
  }

/* A loss that does not ask where its elements are. */
#define ELEMENT_LOSS(name)                                                                         \
  static ALWAYS_INLINE loss_pair name##_at(const loss_call *c, const float *o, int64_t i, int n) { \
    return name(vf_load_up_to(c->prediction + i, n), vf_load_up_to(c->target + i, n), o);          \
  }                                                                                                \
  ELEMENT_KERNEL(name)

/* The weights of the columns of the elements i .. i + n - 1. A block may begin at any column. */
static inline vf column_lanes(const float *of_columns, int64_t columns, int64_t i, int n) {
  int64_t c = i % columns;
  if (c + n <= columns)
    return vf_load_up_to(of_columns + c, n);
  float lane[LANES] = {0};
  for (int k = 0; k < n; k++) {
    lane[k] = of_columns[c];
    if (++c == columns)
      c = 0;
  }
  return vf_load(lane);
}

static ALWAYS_INLINE loss_pair binary_cross_entropy_pos_weights_at(const loss_call *c, const float *o, int64_t i,
                                                                   int n) {
  vf x = vf_load_up_to(c->prediction + i, n), t = vf_load_up_to(c->target + i, n);
  return weighted_cross_entropy(x, t, column_lanes(c->options + OPTIONS, (int64_t)o[3], i, n), o);
}

ELEMENT_LOSS(mean_squared_error)
ELEMENT_LOSS(mean_absolute_error)
ELEMENT_LOSS(huber)
ELEMENT_LOSS(smooth_l1)
ELEMENT_LOSS(log_cosh)
ELEMENT_LOSS(quantile)
ELEMENT_LOSS(mean_squared_logarithmic_error)
ELEMENT_LOSS(mean_absolute_percentage_error)
ELEMENT_LOSS(poisson_nll)
ELEMENT_LOSS(general_robust)
ELEMENT_LOSS(binary_cross_entropy_logits)
ELEMENT_KERNEL(binary_cross_entropy_pos_weights)
ELEMENT_LOSS(binary_cross_entropy)
ELEMENT_LOSS(focal)
ELEMENT_LOSS(hinge)
ELEMENT_LOSS(squared_hinge)
ELEMENT_LOSS(least_squares)
ELEMENT_LOSS(wasserstein)
ELEMENT_LOSS(kullback_leibler)
