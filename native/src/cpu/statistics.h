/* What a loss can tell about the block or row that lies in the cache anyway: see pana_statistics. */
#ifndef PANA_STATISTICS_H
#define PANA_STATISTICS_H

#include "extremes.h"
#include "kernel.h"

/* Counts the inputs that are not finite, and finds the first. x - x is 0 for finite numbers alone. */
static inline void find_nonfinite(pana_statistics *s, const float *x, int64_t n, int64_t index) {
  int32_t count = 0;
  int64_t first = -1;
  for (int64_t i = 0; i < n; i++)
    count += x[i] - x[i] != 0;
  for (int64_t i = 0; i < n && first < 0; i++)
    if (x[i] - x[i] != 0)
      first = index + i;
  s->nonfinite = count;
  s->first_nonfinite = first;
  lanes_meet(); /* a gradient may overwrite x from here on */
}

/* Of n inputs, the first of which has this index; before a gradient may overwrite them. Returns their extremes. */
static inline extremes statistics_of_inputs(pana_statistics *s, const float *x, int64_t n, int64_t index) {
  extremes e = find_extremes(x, n, true);
  /* of two zeros either would do: + 0 makes it +0 */
  *s = (pana_statistics){.first_nonfinite = -1, .minimum = e.minimum + 0.0f, .maximum = e.maximum + 0.0f};
  if (!e.finite)
    find_nonfinite(s, x, n, index);
  return e;
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
