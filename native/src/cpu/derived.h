/*
 * What is built like exp and log, or on them, over 16 lanes. The same operations, in the same order,
 * stand in Java's Elementary; docs/numerics.md gives the measured bounds.
 */
#ifndef PANA_DERIVED_H
#define PANA_DERIVED_H

#include "elementary.h"

/* y, whose sign bit is 0, with the sign of x. */
static inline vf with_sign(vf y, vf x) {
  return vf_from_bits(vi_add(vf_bits(y), vi_and(vf_bits(x), vi_set(INT32_MIN))));
}

/*
 * e^x - 1 = 2^n (e^r - 1) + (2^n - 1), at half its size because 2^n may overflow: with s = 2^(n-1) and
 * e^r - 1 = r + w it is 2 (s w + (s r + (s - 1/2))).
 */
static inline vf vf_expm1(vf x) {
  /* Beyond these the result is inf or -1 already; a NaN passes both. */
  vf y = vf_max(vf_set(-18.0f), vf_min(vf_set(89.0f), x));
  exp_reduction e = exp_reduce(y);
  vf s = vf_from_bits(vi_add(vi_shift_left(e.low, 23), vf_bits(vf_set(0.5f))));
  vf w = vf_mul(vf_mul(e.r, e.r), exp_polynomial(e.r));
  y = vf_fma(s, w, vf_fma(s, e.r, vf_sub(s, vf_set(0.5f))));
  y = vf_add(y, y);
  /* Where 1 + x is 1 it is x: so denormals and -0 are kept. */
  return vf_select(vf_eq(vf_add(x, vf_set(1.0f)), vf_set(1.0f)), x, y);
}

/* (1 - e^x) / 2 for x <= 0: half of expm1 with its sign turned, so that of -0 it is +0. */
static inline vf half_rise(vf x) {
  /* below this the result is 1/2 already; a NaN passes */
  exp_reduction e = exp_reduce(vf_max(vf_set(-18.0f), x));
  vf s = vf_negate(vf_from_bits(vi_add(vi_shift_left(e.low, 23), vf_bits(vf_set(0.5f)))));
  vf w = vf_mul(vf_mul(e.r, e.r), exp_polynomial(e.r));
  return vf_fma(s, w, vf_fma(s, e.r, vf_add(vf_set(0.5f), s)));
}

/* e ln 2 + ln(1 + f), 3/4 <= 1 + f <= 3/2, or inf of inf; ln(1 + f) = f + f^2 (f q(f) - 1/2). */
static inline vf log1p_reduced(vf f, vf e) {
  vf q = vf_set(0x1.34144cp-5f);
  q = vf_fma(q, f, vf_set(-0x1.750272p-4f));
  q = vf_fma(q, f, vf_set(0x1.df1c4ap-4f));
  q = vf_fma(q, f, vf_set(-0x1.04ad6ap-3f));
  q = vf_fma(q, f, vf_set(0x1.24638cp-3f));
  q = vf_fma(q, f, vf_set(-0x1.5519d4p-3f));
  q = vf_fma(q, f, vf_set(0x1.999764p-3f));
  q = vf_fma(q, f, vf_set(-0x1.00006ep-2f));
  q = vf_fma(q, f, vf_set(0x1.55555ap-2f));
  q = vf_fma(q, f, vf_set(-0.5f));
  vf y = vf_fma(vf_mul(f, f), q, vf_fma(e, vf_set(LN2_LOW), f));
  return vf_fma(e, vf_set(LN2_HIGH), y);
}

/*
 * 1 + x = 2^e (1 + f), 3/4 < 1 + f <= 3/2. With these borders f = 2^-e x + (2^-e - 1) is exact, until 2^-e vanishes
 * beside 1; so nothing is lost where 1 + x was rounded, which gives e alone.
 */
static inline vf vf_log1p(vf x) {
  const vf one = vf_set(1.0f);
  vf u = vf_add(x, one);
  vi offset = vi_sub(vf_bits(u), vf_bits(vf_set(0x1.800002p-1f)));
  /* 2^(24-e), since 2^-e may be denormal. */
  vf s = vf_from_bits(vi_sub(vf_bits(vf_set(0x1p24f)), vi_and(offset, vi_set(-0x00800000))));
  vf f = vf_fma(vf_mul(x, vf_set(0x1p-24f)), s, vf_fma(s, vf_set(0x1p-24f), vf_set(-1.0f)));
  vf y = log1p_reduced(f, vf_from_int(vi_shift_right(offset, 23)));
  y = vf_log_edges(y, u);
  /* Where 1 + x is 1 it is x: so denormals and -0 are kept. */
  return vf_select(vf_eq(u, one), x, y);
}

/* The same of 0 <= x <= 1, where e is 0 or 1. */
static inline vf log1p_unit(vf x) {
  const vf half = vf_set(0.5f);
  vm upper = vf_lt(half, x);
  vf f = vf_select(upper, vf_fma(x, half, vf_set(-0.5f)), x);
  return log1p_reduced(f, vf_select(upper, vf_set(1.0f), vf_zero()));
}

/* |x| < 5/8: x + x^3 q(x^2); else 1 - 2 / (e^(2|x|) + 1), and the sign of x. */
static inline vf vf_tanh(vf x) {
  vf a = vf_abs(x);
  vf e = vf_exp(vf_add(a, a));
  vf large = vf_sub(vf_set(1.0f), vf_div(vf_set(2.0f), vf_add(e, vf_set(1.0f))));
  vf s = vf_mul(a, a);
  vf q = vf_set(-0x1.750ce2p-8f);
  q = vf_fma(q, s, vf_set(0x1.51f8cep-6f));
  q = vf_fma(q, s, vf_set(-0x1.b835a4p-5f));
  q = vf_fma(q, s, vf_set(0x1.1106f6p-3f));
  q = vf_fma(q, s, vf_set(-0x1.555532p-2f));
  vf small = vf_fma(vf_mul(a, s), q, a);
  return with_sign(vf_select(vf_lt(a, vf_set(0.625f)), small, large), x);
}

/* With z = e^-|x|, which overflows nowhere: 1 / (1 + z), or z / (1 + z) for a negative x. */
static inline vf vf_sigmoid(vf x) {
  vf z = vf_exp(vf_sub(vf_zero(), vf_abs(x)));
  return vf_div(vf_select(vf_lt(x, vf_zero()), z, vf_set(1.0f)), vf_add(z, vf_set(1.0f)));
}

/* ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
static inline vf vf_softplus(vf x) {
  vf z = vf_exp(vf_sub(vf_zero(), vf_abs(x)));
  return vf_add(vf_select(vf_lt(vf_zero(), x), x, vf_zero()), log1p_unit(z));
}

/* |x| <= 1: x + x^3 q(x^2); else pi/2 less that of 1 / |x|; and the sign of x. */
static inline vf vf_atan(vf x) {
  const vf one = vf_set(1.0f);
  vf a = vf_abs(x);
  vm inverse = vf_lt(one, a);
  vf u = vf_div(vf_select(inverse, one, a), vf_select(inverse, a, one));
  vf s = vf_mul(u, u);
  vf q = vf_set(-0x1.d35952p-10f);
  q = vf_fma(q, s, vf_set(0x1.6424a0p-7f));
  q = vf_fma(q, s, vf_set(-0x1.fd7e04p-6f));
  q = vf_fma(q, s, vf_set(0x1.da2a0cp-5f));
  q = vf_fma(q, s, vf_set(-0x1.58091cp-4f));
  q = vf_fma(q, s, vf_set(0x1.c08c4ep-4f));
  q = vf_fma(q, s, vf_set(-0x1.242086p-3f));
  q = vf_fma(q, s, vf_set(0x1.9991e4p-3f));
  q = vf_fma(q, s, vf_set(-0x1.55553ep-2f));
  vf y = vf_fma(vf_mul(u, s), q, u);
  return with_sign(vf_select(inverse, vf_sub(vf_set(0x1.921fb6p+0f), y), y), x);
}

/* |x| < 1: x + x q(x^2); else 1 - e^p(|x|), 1 from 4 on; and the sign of x. */
static inline vf vf_erf(vf x) {
  vf a = vf_abs(x), s = vf_mul(a, a);
  vf q = vf_set(0x1.4771fep-14f);
  q = vf_fma(q, s, vf_set(-0x1.a3515ep-11f));
  q = vf_fma(q, s, vf_set(0x1.53f224p-8f));
  q = vf_fma(q, s, vf_set(-0x1.b7f71ap-6f));
  q = vf_fma(q, s, vf_set(0x1.ce2ce6p-4f));
  q = vf_fma(q, s, vf_set(-0x1.81273ep-2f));
  q = vf_fma(q, s, vf_set(0x1.06eba8p-3f));
  vf c = vf_min(vf_set(4.0f), a);
  vf p = vf_set(0x1.852636p-13f);
  p = vf_fma(p, c, vf_set(-0x1.81493ap-9f));
  p = vf_fma(p, c, vf_set(0x1.6540a6p-6f));
  p = vf_fma(p, c, vf_set(-0x1.a609e4p-4f));
  p = vf_fma(p, c, vf_set(-0x1.46c596p-1f));
  p = vf_fma(p, c, vf_set(-0x1.2085aep+0f));
  p = vf_fma(p, c, vf_set(-0x1.72f306p-12f));
  vf far = vf_sub(vf_set(1.0f), vf_exp(p));
  return with_sign(vf_select(vf_lt(a, vf_set(1.0f)), vf_fma(a, q, a), far), x);
}

/* e^(x y), whose error does not grow with the product's. */
static inline vf exp_product(vf x, vf y) {
  vf high = vf_mul(x, y);
  return exp_sum(high, vf_fma(x, y, vf_negate(high)));
}

#endif
