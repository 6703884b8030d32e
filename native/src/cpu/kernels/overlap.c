/*
 * Overlap of predictions and targets (dice, tversky): sums of blocks, then a gradient that is linear in the target.
 * Java's ScalarOverlapKernels has the same operations in the same order.
 */
#include "derived.h"
#include "kernel.h"

/* The block of a row that a unit is. */
typedef struct {
  int64_t row, first, count;
} row_block;

static inline row_block block_of(int64_t unit, int64_t columns) {
  int64_t blocks = (columns + PANA_BLOCK - 1) / PANA_BLOCK, row = unit / blocks, c = unit % blocks * PANA_BLOCK;
  int64_t count = columns - c < PANA_BLOCK ? columns - c : PANA_BLOCK;
  return (row_block){row, row * columns + c, count};
}

typedef struct {
  partials both, prediction, target;
} overlap;

/* Adds up to 16 elements to partials 16 k and up. */
static ALWAYS_INLINE void add_lanes(overlap *o, int k, const float *x, const float *t, bool logits, int n) {
  vf p = vf_load_up_to(x, n), y = vf_load_up_to(t, n);
  if (logits)
    p = n == LANES ? vf_sigmoid(p) : vf_select(vm_first(n), vf_sigmoid(p), vf_zero()); /* that of 0 is 1/2 */
  o->both.lane[k] = vf_fma(p, y, o->both.lane[k]);
  o->prediction.lane[k] = vf_add(o->prediction.lane[k], p);
  o->target.lane[k] = vf_add(o->target.lane[k], y);
}

static ALWAYS_INLINE void sum_block(const float *x, const float *t, float *sums, bool logits, int64_t count) {
  overlap o = {partials_zero(), partials_zero(), partials_zero()};
  int64_t i = 0;
  for (; i + PANA_PARTIALS <= count; i += PANA_PARTIALS)
    EACH_PARTIAL (k)
      add_lanes(&o, k, x + i + k * LANES, t + i + k * LANES, logits, LANES);
  for (int k = 0; i < count; i += LANES, k++)
    add_lanes(&o, k, x + i, t + i, logits, first_lanes(count - i));
  sums[0] = partials_tree(o.both);
  sums[1] = partials_tree(o.prediction);
  sums[2] = partials_tree(o.target);
}

KERNEL(overlap_sums_f32)
(const float *prediction, const float *target, float *sums, int64_t columns, int32_t logits, int64_t from, int64_t to) {
  for (int64_t u = from; u < to; u++) {
    row_block b = block_of(u, columns);
    if (logits)
      sum_block(prediction + b.first, target + b.first, sums + 3 * u, true, b.count);
    else
      sum_block(prediction + b.first, target + b.first, sums + 3 * u, false, b.count);
  }
}

/* p (1 - p) of a logit, in which nothing cancels: with z = e^-|x| the product of 1 / (1 + z) and z / (1 + z). */
static inline vf sigmoid_slope(vf x) {
  vf z = vf_exp(vf_negate(vf_abs(x)));
  vf near = vf_div(vf_set(1), vf_add(vf_set(1), z));
  return vf_mul(near, vf_mul(z, near));
}

static ALWAYS_INLINE void gradient_block(const float *x, const float *t, float *gradient, const float *slopes,
                                         bool logits, int64_t count) {
  vf slope = vf_set(slopes[0]), base = vf_set(slopes[1]);
  for (int64_t i = 0; i < count; i += LANES) {
    int n = first_lanes(count - i);
    vf g = vf_fma(slope, vf_load_up_to(t + i, n), base);
    if (logits)
      g = vf_mul(g, sigmoid_slope(vf_load_up_to(x + i, n)));
    vf_store_up_to(gradient + i, n, g);
  }
}

KERNEL(overlap_gradient_f32)
(const float *prediction, const float *target, const float *slopes, float *gradient, int64_t columns, int32_t logits,
 int64_t from, int64_t to) {
  for (int64_t u = from; u < to; u++) {
    row_block b = block_of(u, columns);
    const float *x = prediction + b.first, *t = target + b.first, *s = slopes + 2 * b.row;
    if (s[0] == 0 && s[1] == 0)
      clear_floats(gradient + b.first, b.count);
    else if (logits)
      gradient_block(x, t, gradient + b.first, s, true, b.count);
    else
      gradient_block(x, t, gradient + b.first, s, false, b.count);
  }
}
