/* Penalties of parameters: their value by blocks, and their gradient added to what is there. */
#include "kernel.h"

typedef struct {
  const float *parameters, *reference;
  float *gradient;
  float l1, l2, scale;
} penalty_call;

/* 1, -1, or d itself where it is 0 or NaN. */
static inline vf sign(vf d) {
  return vf_select(vf_lt(vf_zero(), d), vf_set(1), vf_select(vf_lt(d, vf_zero()), vf_set(-1), d));
}

/* Up to 16 elements: adds to the gradient, returns the terms with 0 in absent lanes. */
static ALWAYS_INLINE vf penalty_lanes(const penalty_call *c, int64_t i, int n) {
  const vf l1 = vf_set(c->l1), l2 = vf_set(c->l2);
  vf d = vf_load_up_to(c->parameters + i, n), a;
  if (c->reference)
    d = vf_sub(d, vf_load_up_to(c->reference + i, n));
  a = vf_abs(d);
  if (c->gradient) {
    vf slope = vf_fma(l2, d, vf_mul(l1, sign(d)));
    vf_store_up_to(c->gradient + i, n, vf_fma(slope, vf_set(c->scale), vf_load_up_to(c->gradient + i, n)));
  }
  vf term = vf_mul(a, vf_fma(vf_mul(vf_set(0.5f), l2), a, l1));
  return n == LANES ? term : vf_select(vm_first(n), term, vf_zero());
}

static ALWAYS_INLINE float penalty_block(const penalty_call *c, int64_t from, int64_t to) {
  partials p = partials_zero();
  int64_t i = from;
  for (; i + PANA_PARTIALS <= to; i += PANA_PARTIALS)
    EACH_PARTIAL (k)
      p.lane[k] = vf_add(p.lane[k], penalty_lanes(c, i + k * LANES, LANES));
  for (int k = 0; i < to; i += LANES, k++)
    p.lane[k] = vf_add(p.lane[k], penalty_lanes(c, i, first_lanes(to - i)));
  return partials_tree(p);
}

KERNEL(penalty_f32)
(const float *parameters, const float *reference, float *gradient, float *sums, float l1, float l2, float scale,
 int64_t from, int64_t to) {
  penalty_call c = {parameters, reference, gradient, l1, l2, scale};
  for (int64_t block = from; block < to; block += PANA_BLOCK)
    sums[block / PANA_BLOCK] = penalty_block(&c, block, to - block < PANA_BLOCK ? to : block + PANA_BLOCK);
}
