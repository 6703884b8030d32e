/*
 * Powers with one exponent over 16 lanes: e^(a ln x), the logarithm and its product with a being sums of two floats.
 * The same operations, in the same order, stand in Java's Power.
 */
#ifndef PANA_POWER_H
#define PANA_POWER_H

#include "elementary.h"

/* An exponent high + low, and what it makes of a negative x. */
typedef struct {
  float high, low;
  int32_t sign; /* the sign bit of x that remains: all or nothing */
  float least;  /* below it there is no power: -inf, or 0 for an exponent that is not whole */
} exponent;

typedef struct {
  vf high, low;
} vf_sum;

/* a, or a - 1. What is beyond 2^24 is even, a NaN goes its way. */
static inline exponent exponent_of(float a, bool less_one) {
  bool large = !(fabsf(a) < 0x1p24f), whole = large || (float)(int32_t)a == a;
  bool odd = !large && ((int32_t)a & 1);
  float high = less_one ? a - 1.0f : a, back = high - a;
  /* what was rounded off the difference */
  float low = less_one ? (a - (high - back)) + (-1.0f - back) : 0.0f;
  return (exponent){high, low, whole && odd != less_one ? INT32_MIN : 0, whole ? -INFINITY : 0.0f};
}

/*
 * ln x, x >= 0. x = 2^e m, sqrt(1/2) <= m < sqrt(2), s = (m - 1) / (m + 1): ln m = 2 s + s^3 q(s^2). s^3 q is at most
 * 1/290, so its rounding weighs little; everything else is kept in two floats.
 */
static inline vf_sum log_sum(vf x) {
  const vf one = vf_set(1.0f);
  vm denormal = vf_lt(x, vf_set(0x1p-126f));
  vf normal = vf_select(denormal, vf_mul(x, vf_set(0x1p25f)), x);
  vi offset = vi_sub(vf_bits(normal), vi_set(0x3f3504f3));
  vf e = vf_from_int(vi_sub(vi_shift_right(offset, 23), vi_select(denormal, vi_set(25), vi_set(0))));
  vf m = vf_from_bits(vi_add(vi_and(offset, vi_set(0x007fffff)), vi_set(0x3f3504f3)));
  vf f = vf_sub(m, one), u = vf_add(m, one), u_low = vf_sub(m, vf_sub(u, one));
  vf inverse = vf_div(one, u), s = vf_mul(f, inverse), minus_s = vf_negate(s);
  vf s_low = vf_mul(vf_fma(minus_s, u_low, vf_fma(minus_s, u, f)), inverse);
  vf z = vf_mul(s, s);
  vf q = vf_set(0x1.ed7d6cp-3f);
  q = vf_fma(q, z, vf_set(0x1.23e9a6p-2f));
  q = vf_fma(q, z, vf_set(0x1.999beap-2f));
  q = vf_fma(q, z, vf_set(0x1.555554p-1f));
  vf rest = vf_fma(s_low, vf_set(2.0f), vf_mul(vf_mul(z, s), q));
  /* ln 2 in two floats, of which the first times e is exact. */
  rest = vf_fma(e, vf_set(0x1.7f7d1cp-20f), rest);
  vf large = vf_mul(e, vf_set(0x1.62e4p-1f)), twice = vf_add(s, s);
  vf high = vf_add(large, twice), low = vf_add(vf_sub(twice, vf_sub(high, large)), rest);
  vf sum = vf_add(high, low);
  return (vf_sum){vf_log_edges(sum, x), vf_sub(low, vf_sub(sum, high))};
}

/* x^p; where the logarithm is infinite its low part is NaN or nothing, which exp_sum drops. */
static inline vf vf_power(vf x, exponent p) {
  vf_sum l = log_sum(vf_abs(x));
  vf a = vf_set(p.high), high = vf_mul(a, l.high);
  vf low = vf_fma(a, l.low, vf_fma(a, l.high, vf_negate(high)));
  vf y = exp_sum(high, vf_fma(vf_set(p.low), l.high, low));
  y = vf_from_bits(vi_add(vf_bits(y), vi_and(vf_bits(x), vi_set(p.sign))));
  vf negative = vf_select(vf_eq(x, vf_set(-INFINITY)), y, vf_set(NAN));
  return vf_select(vf_lt(x, vf_set(p.least)), negative, y);
}

#endif
