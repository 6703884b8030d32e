/* What a loss can tell about the block or row that lies in the cache anyway: see pana_statistics. */
#ifndef PANA_STATISTICS_H
#define PANA_STATISTICS_H

#include "kernel.h"

/* Of n inputs, the first of which has this index; before a gradient may overwrite them. */
static inline void statistics_of_inputs(pana_statistics *s, const float *x, int64_t n, int64_t index) {
  vf minimum = vf_set(INFINITY), maximum = vf_set(-INFINITY);
  vi bad = vi_set(0);
  for (int64_t i = 0; i < n; i += LANES) {
    int lanes = first_lanes(n - i);
    vf v = vf_load_up_to(x + i, lanes);
    /* absent lanes count as the first element */
    v = lanes == LANES ? v : vf_select(vm_first(lanes), v, vf_set(x[i]));
    minimum = vf_min(v, minimum);
    maximum = vf_max(v, maximum);
    /* x - x is 0 for finite numbers alone */
    vm finite = vf_eq(vf_sub(v, v), vf_zero());
    vi one = vi_select(finite, vi_set(0), vi_set(1));
    bad = vi_add(bad, lanes == LANES ? one : vi_select(vm_first(lanes), one, vi_set(0)));
  }
  int32_t counts[LANES];
  vi_store(counts, bad);
  s->nonfinite = 0;
  for (int k = 0; k < LANES; k++)
    s->nonfinite += counts[k];
  /* of two zeros either would do: + 0 makes it +0 */
  s->minimum = 0.0f - vf_greatest(vf_negate(minimum));
  s->maximum = vf_greatest(maximum) + 0.0f;
  s->first_nonfinite = -1;
  for (int64_t i = 0; s->nonfinite && s->first_nonfinite < 0; i++)
    if (x[i] - x[i] != 0)
      s->first_nonfinite = index + i;
  s->gradient_square = 0;
  s->saturated = s->correct = 0;
}

static inline float square_block(const float *x, int64_t n) {
  partials p = partials_zero();
  int64_t i = 0;
  for (; i + PANA_PARTIALS <= n; i += PANA_PARTIALS)
    for (int k = 0; k < 4; k++) {
      vf v = vf_load(x + i + k * LANES);
      p.lane[k] = vf_fma(v, v, p.lane[k]);
    }
  for (int k = 0; i < n; i += LANES, k++) {
    vf v = vf_load_first(x + i, first_lanes(n - i));
    p.lane[k] = vf_fma(v, v, p.lane[k]);
  }
  return partials_tree(p);
}

/* Of n elements of the gradient: blocks are summed in double. */
static inline void statistics_of_gradient(pana_statistics *s, const float *gradient, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += PANA_BLOCK)
    sum += (double)square_block(gradient + i, n - i < PANA_BLOCK ? n - i : PANA_BLOCK);
  s->gradient_square = (float)sum;
}

#endif
