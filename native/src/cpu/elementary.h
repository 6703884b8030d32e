/*
 * exp and log over 16 lanes. The same polynomials, in the same order, stand in Java's Elementary:
 * both within 1 ulp (docs/numerics.md gives the measured bounds). Coefficients are minimax fits
 * rounded to float.
 */
#ifndef PANA_ELEMENTARY_H
#define PANA_ELEMENTARY_H

#include "simd.h"

#define LOG2_E   0x1.715476p+0f
#define LN2_HIGH 0x1.62e430p-1f
#define LN2_LOW  -0x1.05c610p-29f
/* 1.5 * 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
#define ROUNDER 0x1.8p+23f

/* x = n ln 2 + r, n = round(x / ln 2), |r| <= ln 2 / 2; the low 9 bits of low are those of n. */
typedef struct {
  vf n, r;
  vi low;
} exp_reduction;

static inline exp_reduction exp_reduce(vf x) {
  vf rounded = vf_fma(x, vf_set(LOG2_E), vf_set(ROUNDER));
  vf n = vf_sub(rounded, vf_set(ROUNDER));
  vf r = vf_fma(n, vf_set(-LN2_HIGH), x);
  return (exp_reduction){n, vf_fma(n, vf_set(-LN2_LOW), r), vf_bits(rounded)};
}

/* q in e^r = 1 + r (1 + r q(r)). */
static inline vf exp_polynomial(vf r) {
  vf q = vf_set(0x1.6a4b36p-10f);
  q = vf_fma(q, r, vf_set(0x1.12398ep-7f));
  q = vf_fma(q, r, vf_set(0x1.5558b2p-5f));
  q = vf_fma(q, r, vf_set(0x1.555492p-3f));
  return vf_fma(q, r, vf_set(0x1.fffffcp-2f));
}

/* Beyond these limits e^x is inf or 0 already; a NaN passes both. */
static inline vf exp_clamp(vf x) { return vf_max(vf_set(-104.0f), vf_min(vf_set(89.0f), x)); }

/* 2^n * e^r. */
static inline vf exp_reduced(exp_reduction e) {
  vf q = vf_fma(exp_polynomial(e.r), e.r, vf_set(1.0f));
  vf p = vf_fma(q, e.r, vf_set(1.0f));
  return vf_scale(p, e.n, vi_sub(e.low, vf_bits(vf_set(ROUNDER))));
}

/* e^x. */
static inline vf vf_exp(vf x) { return exp_reduced(exp_reduce(exp_clamp(x))); }

/* e^(high + low), low being what high lacks: an ulp of it or so. */
static inline vf exp_sum(vf high, vf low) {
  vf x = exp_clamp(high);
  exp_reduction e = exp_reduce(x);
  e.r = vf_add(e.r, vf_select(vf_eq(x, high), low, vf_zero()));
  return exp_reduced(e);
}

/* x = 2^e * (1 + f), sqrt(1/2) <= 1 + f < sqrt(2); ln(1 + f) = f + f^2 (f q(f) - 1/2). */
static inline vf vf_log(vf x) {
  vm denormal = vf_lt(x, vf_set(0x1p-126f));
  vf normal = vf_select(denormal, vf_mul(x, vf_set(0x1p25f)), x);
  /* Subtracting sqrt(1/2)'s bits puts the border of the exponent there. */
  vi offset = vi_sub(vf_bits(normal), vi_set(0x3f3504f3));
  vi e = vi_shift_right(offset, 23);
  vf f = vf_sub(vf_from_bits(vi_add(vi_and(offset, vi_set(0x007fffff)), vi_set(0x3f3504f3))), vf_set(1.0f));
  vf exponent = vf_from_int(vi_sub(e, vi_select(denormal, vi_set(25), vi_set(0))));
  vf q = vf_set(0x1.1484e8p-4f);
  q = vf_fma(q, f, vf_set(-0x1.de1004p-4f));
  q = vf_fma(q, f, vf_set(0x1.e6c03ep-4f));
  q = vf_fma(q, f, vf_set(-0x1.fc26acp-4f));
  q = vf_fma(q, f, vf_set(0x1.233b78p-3f));
  q = vf_fma(q, f, vf_set(-0x1.555c4ep-3f));
  q = vf_fma(q, f, vf_set(0x1.99a478p-3f));
  q = vf_fma(q, f, vf_set(-0x1.000006p-2f));
  q = vf_fma(q, f, vf_set(0x1.555548p-2f));
  q = vf_fma(q, f, vf_set(-0.5f));
  vf y = vf_fma(vf_mul(f, f), q, vf_fma(exponent, vf_set(LN2_LOW), f));
  return vf_log_edges(vf_fma(exponent, vf_set(LN2_HIGH), y), x);
}

#endif
