/*
 * Elementwise losses: an inline function (prediction, target, options) -> (loss, derivative) each, under the driver of
 * element_loss.h. Formulas and options stand in kernels.def; Java's ElementFormula has the same operations in the same
 * order.
 */
#include "derived.h"
#include "element_loss.h"
#include "elementary.h"

#define LN2 0x1.62e430p-1f

/* 1, -1, or e itself where it is 0 or NaN. */
static inline vf sign(vf e) {
  return vf_select(vf_lt(vf_zero(), e), vf_set(1), vf_select(vf_lt(e, vf_zero()), vf_set(-1), e));
}

static inline loss_pair mean_squared_error(vf x, vf t, const float *o, const vf *term) {
  (void)o, (void)term;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_mul(e, e), vf_add(e, e)};
}

static inline loss_pair mean_absolute_error(vf x, vf t, const float *o, const vf *term) {
  (void)o, (void)term;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_abs(e), sign(e)};
}

static inline loss_pair huber(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf e = vf_sub(x, t), a = vf_abs(e), delta = vf_set(o[0]);
  vm near = vf_le(a, delta);
  vf square = vf_mul(vf_mul(vf_set(0.5f), e), e);
  vf line = vf_mul(delta, vf_sub(a, vf_set(0.5f * o[0])));
  return (loss_pair){vf_select(near, square, line), vf_select(near, e, vf_mul(delta, sign(e)))};
}

static inline loss_pair smooth_l1(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf e = vf_sub(x, t), a = vf_abs(e), slope = vf_mul(e, vf_set(o[1]));
  vm near = vf_lt(a, vf_set(o[0]));
  vf square = vf_mul(vf_mul(vf_set(0.5f), e), slope);
  return (loss_pair){vf_select(near, square, vf_sub(a, vf_set(0.5f * o[0]))), vf_select(near, slope, sign(e))};
}

/* (1 - e^(-2 |e|)) / 2 */
static inline vf log_cosh_rise(vf x, vf t, const float *o, const vf *term) {
  (void)o, (void)term;
  return half_rise(vf_mul(vf_set(-2), vf_abs(vf_sub(x, t))));
}

/* ln cosh a = a^2 q(a^2) for 0 <= a <= 1 */
static inline vf log_cosh_near(vf a) {
  vf s = vf_mul(a, a);
  vf q = vf_set(0x1.7088e6p-14f);
  q = vf_fma(q, s, vf_set(-0x1.25d030p-11f));
  q = vf_fma(q, s, vf_set(0x1.10f5d2p-9f));
  q = vf_fma(q, s, vf_set(-0x1.b7f9d8p-8f));
  q = vf_fma(q, s, vf_set(0x1.6c02bcp-6f));
  q = vf_fma(q, s, vf_set(-0x1.555516p-4f));
  return vf_mul(s, vf_fma(q, s, vf_set(0.5f)));
}

/* ln cosh a = a - ln 2 + z q(z), z = e^(-2 a), for a >= 1 */
static inline vf log_cosh_far(vf a, vf z) {
  vf q = vf_set(0x1.2b292cp-3f);
  q = vf_fma(q, z, vf_set(-0x1.f0e466p-3f));
  q = vf_fma(q, z, vf_set(0x1.54d988p-2f));
  q = vf_fma(q, z, vf_set(-0x1.fffc86p-2f));
  q = vf_fma(q, z, vf_set(0x1.fffffcp-1f));
  return vf_fma(q, z, vf_sub(a, vf_set(LN2)));
}

static inline loss_pair log_cosh(vf x, vf t, const float *o, const vf *term) {
  (void)o;
  vf e = vf_sub(x, t), a = vf_abs(e), one = vf_set(1), rise = term[0];
  vf far = log_cosh_far(a, vf_fma(vf_set(-2), rise, one));
  vf tangent = vf_div(rise, vf_sub(one, rise));
  return (loss_pair){vf_select(vf_lt(a, one), log_cosh_near(a), far),
                     vf_select(vf_lt(e, vf_zero()), vf_negate(tangent), tangent)};
}

static inline loss_pair quantile(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf e = vf_sub(x, t);
  vm above = vf_lt(vf_zero(), e);
  vf slope = vf_select(above, vf_set(o[1]), vf_set(-o[0]));
  vf derivative = vf_select(above, slope, vf_select(vf_lt(e, vf_zero()), slope, e));
  return (loss_pair){vf_mul(slope, e), derivative};
}

static inline vf log1p_of_prediction(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o, (void)term;
  return vf_log1p(x);
}

static inline vf log1p_of_target(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)o, (void)term;
  return vf_log1p(t);
}

static inline loss_pair mean_squared_logarithmic_error(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o;
  vf e = vf_sub(term[0], term[1]);
  return (loss_pair){vf_mul(e, e), vf_div(vf_add(e, e), vf_add(vf_set(1), x))};
}

static inline loss_pair mean_absolute_percentage_error(vf x, vf t, const float *o, const vf *term) {
  (void)term;
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

static inline vf poisson_mean(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o, (void)term;
  return vf_exp(x);
}

static inline vf poisson_logarithm(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)term;
  return vf_log(vf_add(x, vf_set(o[2])));
}

static inline vf poisson_stirling(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)o, (void)term;
  return stirling(t);
}

/* x is the logarithm of the rate */
static inline loss_pair poisson_of_log(vf x, vf t, const float *o, const vf *term) {
  (void)o;
  return (loss_pair){vf_sub(term[0], vf_mul(t, x)), vf_sub(term[0], t)};
}

static inline loss_pair poisson_of_rate(vf x, vf t, const float *o, const vf *term) {
  return (loss_pair){vf_sub(x, vf_mul(t, term[0])), vf_sub(vf_set(1), vf_div(t, vf_add(x, vf_set(o[2]))))};
}

static inline loss_pair poisson_of_log_full(vf x, vf t, const float *o, const vf *term) {
  loss_pair l = poisson_of_log(x, t, o, term);
  return (loss_pair){vf_add(l.loss, term[1]), l.derivative};
}

static inline loss_pair poisson_of_rate_full(vf x, vf t, const float *o, const vf *term) {
  loss_pair l = poisson_of_rate(x, t, o, term);
  return (loss_pair){vf_add(l.loss, term[1]), l.derivative};
}

/* z / 2 of kernels.def */
static inline vf robust_half(vf x, vf t, const float *o) {
  vf u = vf_mul(vf_sub(x, t), vf_set(o[1]));
  return vf_mul(vf_set(0.5f), vf_mul(u, u));
}

/* The derivative of z / 2. */
static inline vf robust_slope(vf x, vf t, const float *o) {
  return vf_mul(vf_mul(vf_sub(x, t), vf_set(o[1])), vf_set(o[1]));
}

static inline loss_pair robust_parabola(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  return (loss_pair){robust_half(x, t, o), robust_slope(x, t, o)};
}

static inline vf cauchy_logarithm(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  return vf_log1p(robust_half(x, t, o));
}

static inline loss_pair robust_cauchy(vf x, vf t, const float *o, const vf *term) {
  return (loss_pair){term[0], vf_div(robust_slope(x, t, o), vf_add(vf_set(1), robust_half(x, t, o)))};
}

static inline vf welsch_loss(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  return vf_negate(vf_expm1(vf_negate(robust_half(x, t, o))));
}

static inline vf welsch_factor(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  return vf_exp(vf_negate(robust_half(x, t, o)));
}

static inline loss_pair robust_welsch(vf x, vf t, const float *o, const vf *term) {
  return (loss_pair){term[0], vf_mul(robust_slope(x, t, o), term[1])};
}

/* ln(1 + z / b) */
static inline vf robust_logarithm(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf u = vf_mul(vf_sub(x, t), vf_set(o[1]));
  return vf_log1p(vf_mul(vf_mul(u, u), vf_set(o[2])));
}

static inline vf robust_power(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)t;
  return vf_expm1(vf_mul(vf_set(o[4]), term[0]));
}

static inline vf robust_factor(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)t;
  return vf_exp(vf_mul(vf_set(o[5]), term[0]));
}

static inline loss_pair general_robust(vf x, vf t, const float *o, const vf *term) {
  return (loss_pair){vf_mul(vf_set(o[3]), term[1]), vf_mul(robust_slope(x, t, o), term[2])};
}

/* e^-|x| of a logit */
static inline vf logit_decay(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o, (void)term;
  return vf_exp(vf_negate(vf_abs(x)));
}

/* ln(1 + e^-|x|) */
static inline vf logit_tail(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)t, (void)o;
  return log1p_unit(term[0]);
}

/*
 * A logit x and the weights of its two sides: the loss is onto ln(1 + e^-x) + off ln(1 + e^x). One of the logarithms is
 * small, ln(1 + z) with z = e^-|x|, the other is |x| more; the sigmoids of x and -x are 1 / (1 + z) and z / (1 + z).
 * None cancels. The side that x speaks against has the great ones, and the derivative has the sign of x if that side is
 * off.
 */
typedef struct {
  vm negative;
  vf against, along; /* weights of the sides that x speaks against and for */
  vf near, far;      /* 1 / (1 + z), z / (1 + z) */
  vf entropy;
} logit_sides;

static inline logit_sides sides_of(vf x, const vf *term, vf onto, vf off) {
  vf z = term[0], tail = term[1], near = vf_div(vf_set(1), vf_add(vf_set(1), z));
  vm negative = vf_lt(x, vf_zero());
  vf against = vf_select(negative, onto, off), along = vf_select(negative, off, onto);
  vf entropy = vf_fma(against, vf_add(vf_abs(x), tail), vf_mul(along, tail));
  return (logit_sides){negative, against, along, near, vf_mul(z, near), entropy};
}

/* Turned for a negative x. */
static inline vf with_side(logit_sides l, vf derivative) {
  return vf_select(l.negative, vf_negate(derivative), derivative);
}

/* What becomes the derivative once it has its side. */
static inline vf slope_of(logit_sides l) { return vf_fma(l.against, l.near, vf_negate(vf_mul(l.along, l.far))); }

static inline loss_pair weighted_cross_entropy(vf x, vf t, vf pos_weight, const float *o, const vf *term) {
  vf y = vf_fma(t, vf_set(o[1]), vf_set(o[2]));
  logit_sides l = sides_of(x, term, vf_mul(pos_weight, y), vf_sub(vf_set(1), y));
  return (loss_pair){l.entropy, with_side(l, slope_of(l))};
}

static inline loss_pair binary_cross_entropy_logits(vf x, vf t, const float *o, const vf *term) {
  return weighted_cross_entropy(x, t, vf_set(o[0]), o, term);
}

static inline loss_pair binary_cross_entropy_pos_weights(vf x, vf t, const float *o, const vf *term) {
  return weighted_cross_entropy(x, t, term[COLUMN_WEIGHT], o, term);
}

/* a NaN stays */
static inline vf at_least(vf x, vf least) { return vf_max(least, x); }

static inline vf clamped_log(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o, (void)term;
  return at_least(vf_log(x), vf_set(-100));
}

static inline vf clamped_log_of_rest(vf x, vf t, const float *o, const vf *term) {
  (void)t, (void)o, (void)term;
  return at_least(vf_log1p(vf_negate(x)), vf_set(-100));
}

static inline loss_pair binary_cross_entropy(vf x, vf t, const float *o, const vf *term) {
  vf y = vf_fma(t, vf_set(o[1]), vf_set(o[2])), rest = vf_sub(vf_set(1), y);
  vf spread = vf_mul(x, vf_sub(vf_set(1), x));
  return (loss_pair){vf_negate(vf_fma(y, term[0], vf_mul(rest, term[1]))),
                     vf_div(vf_sub(x, y), at_least(spread, vf_set(1e-12f)))};
}

static inline logit_sides focal_sides(vf x, vf t, const vf *term) { return sides_of(x, term, t, vf_sub(vf_set(1), t)); }

/* The weight of the target's class. */
static inline vf focal_balance(vf t, const float *o) { return vf_fma(t, vf_set(o[1]), vf_set(o[2])); }

/* q of kernels.def */
static inline vf focal_missed(logit_sides l) { return vf_fma(l.against, l.near, vf_mul(l.along, l.far)); }

static inline vf focal_logarithm(vf x, vf t, const float *o, const vf *term) {
  (void)o;
  return vf_log(focal_missed(focal_sides(x, t, term)));
}

static inline vf focal_power(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)t;
  return vf_exp(vf_mul(vf_set(o[0]), term[2]));
}

/* Of weight = q^gamma and power = q^(gamma - 1). */
static inline loss_pair focal_pair(vf t, logit_sides l, const float *o, vf weight, vf power) {
  vf balance = focal_balance(t, o);
  vf change = vf_mul(vf_mul(vf_sub(l.against, l.along), vf_mul(l.near, l.far)), power);
  vf derivative = vf_fma(weight, slope_of(l), vf_mul(vf_mul(vf_set(o[0]), change), l.entropy));
  return (loss_pair){vf_mul(balance, vf_mul(weight, l.entropy)), with_side(l, vf_mul(balance, derivative))};
}

static inline loss_pair focal_0(vf x, vf t, const float *o, const vf *term) {
  logit_sides l = focal_sides(x, t, term);
  vf balance = focal_balance(t, o);
  return (loss_pair){vf_mul(balance, l.entropy), with_side(l, vf_mul(balance, slope_of(l)))};
}

static inline loss_pair focal_1(vf x, vf t, const float *o, const vf *term) {
  logit_sides l = focal_sides(x, t, term);
  return focal_pair(t, l, o, focal_missed(l), vf_set(1));
}

static inline loss_pair focal_2(vf x, vf t, const float *o, const vf *term) {
  logit_sides l = focal_sides(x, t, term);
  vf missed = focal_missed(l);
  return focal_pair(t, l, o, vf_mul(missed, missed), missed);
}

static inline loss_pair focal(vf x, vf t, const float *o, const vf *term) {
  logit_sides l = focal_sides(x, t, term);
  vf missed = focal_missed(l), weight = term[3];
  /* nothing where nothing is missed */
  vf power = vf_select(vf_eq(missed, vf_zero()), vf_zero(), vf_div(weight, missed));
  return focal_pair(t, l, o, weight, power);
}

/* margin - t x, or 0 where that is not positive; a NaN stays. */
static inline vf violation(vf x, vf t, float margin) {
  vf v = vf_sub(vf_set(margin), vf_mul(t, x));
  return vf_select(vf_le(v, vf_zero()), vf_zero(), v);
}

static inline loss_pair hinge(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf v = violation(x, t, o[0]);
  return (loss_pair){v, vf_select(vf_eq(v, vf_zero()), vf_zero(), vf_negate(t))};
}

static inline loss_pair squared_hinge(vf x, vf t, const float *o, const vf *term) {
  (void)term;
  vf v = violation(x, t, o[0]);
  return (loss_pair){vf_mul(v, v), vf_mul(vf_mul(vf_set(-2), t), v)};
}

static inline loss_pair least_squares(vf x, vf t, const float *o, const vf *term) {
  (void)o, (void)term;
  vf e = vf_sub(x, t);
  return (loss_pair){vf_mul(vf_mul(vf_set(0.5f), e), e), e};
}

static inline loss_pair wasserstein(vf x, vf t, const float *o, const vf *term) {
  (void)o, (void)term;
  vf opposite = vf_negate(t);
  return (loss_pair){vf_mul(opposite, x), opposite};
}

static inline vf log_of_target(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)o, (void)term;
  return vf_log(t);
}

static inline vf exp_of_target(vf x, vf t, const float *o, const vf *term) {
  (void)x, (void)o, (void)term;
  return vf_exp(t);
}

/* Of a probability p, its logarithm, and the logarithm x of the predicted one. */
static inline loss_pair divergence(vf x, vf p, vf logarithm) {
  vf loss = vf_mul(p, vf_sub(logarithm, x));
  return (loss_pair){vf_select(vf_eq(p, vf_zero()), vf_zero(), loss), vf_negate(p)};
}

static inline loss_pair kullback_leibler(vf x, vf t, const float *o, const vf *term) {
  (void)o;
  return divergence(x, t, term[0]);
}

static inline loss_pair kullback_leibler_of_log(vf x, vf t, const float *o, const vf *term) {
  (void)o;
  return divergence(x, term[0], t);
}

/* ---- the kernels */

ELEMENT_LOSS(mean_squared_error, false, 0)
ELEMENT_LOSS(mean_absolute_error, false, 0)
ELEMENT_LOSS(huber, false, 0)
ELEMENT_LOSS(smooth_l1, false, 0)
ELEMENT_LOSS(log_cosh, false, log_cosh_rise)
ELEMENT_LOSS(quantile, false, 0)
ELEMENT_LOSS(mean_squared_logarithmic_error, false, log1p_of_prediction, log1p_of_target)
ELEMENT_LOSS(mean_absolute_percentage_error, false, 0)
ELEMENT_LOSS(binary_cross_entropy_logits, false, logit_decay, logit_tail)
ELEMENT_LOSS(binary_cross_entropy_pos_weights, true, logit_decay, logit_tail)
ELEMENT_LOSS(binary_cross_entropy, false, clamped_log, clamped_log_of_rest)
ELEMENT_LOSS(hinge, false, 0)
ELEMENT_LOSS(squared_hinge, false, 0)
ELEMENT_LOSS(least_squares, false, 0)
ELEMENT_LOSS(wasserstein, false, 0)

/* Losses whose options choose a formula: each is compiled on its own, so that no loop asks which. */

CHOICE(poisson_of_log_full, poisson_mean, poisson_stirling)
CHOICE(poisson_of_log, poisson_mean)
CHOICE(poisson_of_rate_full, poisson_logarithm, poisson_stirling)
CHOICE(poisson_of_rate, poisson_logarithm)

KERNEL(poisson_nll_f32) PANA_ELEMENT_LOSS {
  bool of_log = options->o[0] != 0, full = options->o[1] != 0;
  if (of_log && full)
    CHOOSE(poisson_of_log_full);
  else if (of_log)
    CHOOSE(poisson_of_log);
  else if (full)
    CHOOSE(poisson_of_rate_full);
  else
    CHOOSE(poisson_of_rate);
}

CHOICE(robust_parabola, 0)
CHOICE(robust_cauchy, cauchy_logarithm)
CHOICE(robust_welsch, welsch_loss, welsch_factor)
CHOICE(general_robust, robust_logarithm, robust_power, robust_factor)

KERNEL(general_robust_f32) PANA_ELEMENT_LOSS {
  switch ((int)options->o[0]) {
  case 1: CHOOSE(robust_parabola); break;
  case 2: CHOOSE(robust_cauchy); break;
  case 3: CHOOSE(robust_welsch); break;
  default: CHOOSE(general_robust);
  }
}

CHOICE(focal_0, logit_decay, logit_tail)
CHOICE(focal_1, logit_decay, logit_tail)
CHOICE(focal_2, logit_decay, logit_tail)
CHOICE(focal, logit_decay, logit_tail, focal_logarithm, focal_power)

/* The small exponents that people take need no power: as in Java. */
KERNEL(focal_f32) PANA_ELEMENT_LOSS {
  if (options->o[0] == 0)
    CHOOSE(focal_0);
  else if (options->o[0] == 1)
    CHOOSE(focal_1);
  else if (options->o[0] == 2)
    CHOOSE(focal_2);
  else
    CHOOSE(focal);
}

CHOICE(kullback_leibler_of_log, exp_of_target)
CHOICE(kullback_leibler, log_of_target)

KERNEL(kullback_leibler_f32) PANA_ELEMENT_LOSS {
  if (options->o[0] != 0)
    CHOOSE(kullback_leibler_of_log);
  else
    CHOOSE(kullback_leibler);
}
