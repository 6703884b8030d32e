/*
 * Losses of a mean and a variance, with the gradients of both. Formulas stand in kernels.def; Java's
 * ScalarGaussianKernels has the same operations in the same order.
 */
#include "derived.h"
#include "elementary.h"
#include "kernel.h"

typedef struct {
  vf loss, by_mean, by_variance;
} gaussian_terms;

typedef gaussian_terms gaussian_function(vf mean, vf variance, vf target, float epsilon, float constant);

/* The error's square is never taken: it could overflow where the quotient does not. */
static inline gaussian_terms nll(vf mean, vf variance, vf target, float epsilon, float constant) {
  const vf half = vf_set(0.5f), least = vf_set(epsilon);
  vf v = vf_select(vf_lt(variance, least), least, variance);
  vf e = vf_sub(mean, target), slope = vf_div(e, v), square = vf_mul(e, slope);
  vf loss = vf_add(vf_add(vf_log(v), square), vf_set(constant));
  return (gaussian_terms){vf_mul(half, loss), slope, vf_mul(half, vf_div(vf_sub(vf_set(1), square), v))};
}

/* e^x - 1 - x: where e^x needs no reduction its polynomial gives it without cancelling, within 4 ulp. */
static inline vf exp_excess(vf x, vf expm1) {
  vf near = vf_mul(vf_mul(x, x), exp_polynomial(x));
  return vf_select(vf_lt(vf_abs(x), vf_set(0.34375f)), near, vf_sub(expm1, x));
}

static inline gaussian_terms kl(vf mean, vf log_variance, vf target, float epsilon, float constant) {
  (void)target;
  (void)epsilon;
  (void)constant;
  const vf half = vf_set(0.5f);
  vf m = vf_expm1(log_variance);
  vf loss = vf_fma(mean, mean, exp_excess(log_variance, m));
  return (gaussian_terms){vf_mul(half, loss), mean, vf_mul(half, m)};
}

/* ---- the driver */

typedef struct {
  const float *x1, *x2, *target;
  float *gradient1, *gradient2, *losses;
  float epsilon, constant, scale;
} gaussian_call;

/* Up to 16 elements: writes what is wanted, returns the losses with 0 in absent lanes. */
static ALWAYS_INLINE vf gaussian_lanes(gaussian_function *f, const gaussian_call *c, int64_t i, int n) {
  vf target = c->target ? vf_load_up_to(c->target + i, n) : vf_zero(), scale = vf_set(c->scale);
  gaussian_terms g = f(vf_load_up_to(c->x1 + i, n), vf_load_up_to(c->x2 + i, n), target, c->epsilon, c->constant);
  if (c->gradient1)
    vf_store_up_to(c->gradient1 + i, n, vf_mul(g.by_mean, scale));
  if (c->gradient2)
    vf_store_up_to(c->gradient2 + i, n, vf_mul(g.by_variance, scale));
  if (c->losses)
    vf_store_up_to(c->losses + i, n, g.loss);
  return n == LANES ? g.loss : vf_select(vm_first(n), g.loss, vf_zero());
}

static ALWAYS_INLINE float gaussian_block(gaussian_function *f, const gaussian_call *c, int64_t from, int64_t to) {
  partials p = partials_zero();
  int64_t i = from;
  for (; i + PANA_PARTIALS <= to; i += PANA_PARTIALS)
    EACH_PARTIAL (k)
      p.lane[k] = vf_add(p.lane[k], gaussian_lanes(f, c, i + k * LANES, LANES));
  for (int k = 0; i < to; i += LANES, k++)
    p.lane[k] = vf_add(p.lane[k], gaussian_lanes(f, c, i, first_lanes(to - i)));
  return partials_tree(p);
}

static ALWAYS_INLINE void drive(gaussian_function *f, const gaussian_call *c, float *sums, int64_t from, int64_t to) {
  for (int64_t block = from; block < to; block += PANA_BLOCK)
    sums[block / PANA_BLOCK] = gaussian_block(f, c, block, to - block < PANA_BLOCK ? to : block + PANA_BLOCK);
}

KERNEL(gaussian_nll_f32) PANA_GAUSSIAN {
  gaussian_call c = {x1, x2, target, gradient1, gradient2, losses, epsilon, constant, scale};
  drive(nll, &c, sums, from, to);
}

KERNEL(gaussian_kl_f32) PANA_GAUSSIAN {
  gaussian_call c = {x1, x2, 0, gradient1, gradient2, losses, epsilon, constant, scale};
  (void)target;
  drive(kl, &c, sums, from, to);
}
