/*
 * The sweeps of a softmax over a row: the maximum of the whole row first, then exp and its sum by canonical blocks,
 * then the scale. The sweeps after the first one hit the cache.
 */
#ifndef PANA_SOFTMAX_H
#define PANA_SOFTMAX_H

#include "elementary.h"
#include "extremes.h"
#include "kernel.h"

static inline float row_maximum(const float *x, int64_t columns) { return find_extremes(x, columns, false).maximum; }

/* e^(x - maximum) of up to 16 elements into y (where not null); absent lanes are 0. */
static inline vf exp_lanes(const float *x, float *y, int n, vf maximum) {
  if (n == LANES) {
    vf e = vf_exp(vf_sub(vf_load(x), maximum));
    if (y)
      vf_store(y, e);
    return e;
  }
  vf e = vf_exp(vf_sub(vf_load_first(x, n), maximum));
  if (y)
    vf_store_first(y, n, e);
  return vf_select(vm_first(n), e, vf_zero());
}

/* next: memory that is wanted soon and is fetched meanwhile, as much of it as of x; or null. */
static inline float exp_block(const float *x, float *y, int64_t count, vf maximum, const float *next) {
  partials p = partials_zero();
  int64_t c = 0;
  for (; c + PANA_PARTIALS <= count; c += PANA_PARTIALS)
    EACH_PARTIAL (k) {
      if (next)
        prefetch(next + c + k * LANES);
      p.lane[k] = vf_add(p.lane[k], exp_lanes(x + c + k * LANES, y ? y + c + k * LANES : 0, LANES, maximum));
    }
  /* unrolled, or the partials go through memory */
  UNROLL(4)
  for (int k = 0; k < 4; k++, c += LANES)
    if (c < count)
      p.lane[k] = vf_add(p.lane[k], exp_lanes(x + c, y ? y + c : 0, first_lanes(count - c), maximum));
  return partials_tree(p);
}

/* Sum of e^(x - maximum) over the row, rounded to float at the end. */
static inline float exp_row_fetching(const float *x, float *y, int64_t columns, float maximum, const float *next) {
  double sum = 0;
  lanes_meet(); /* y may be x, of which the caller has read more than the own lanes */
  for (int64_t c = 0; c < columns; c += PANA_BLOCK) {
    int64_t count = columns - c < PANA_BLOCK ? columns - c : PANA_BLOCK;
    sum += (double)exp_block(x + c, y ? y + c : 0, count, vf_set(maximum), next ? next + c : 0);
  }
  return (float)sum;
}

static inline float exp_row(const float *x, float *y, int64_t columns, float maximum) {
  return exp_row_fetching(x, y, columns, maximum, 0);
}

static inline void scale_row(float *y, int64_t columns, float factor) {
  vf f = vf_set(factor);
  int64_t c = 0;
  for (; c + LANES <= columns; c += LANES)
    vf_store(y + c, vf_mul(vf_load(y + c), f));
  if (c < columns)
    vf_store_first(y + c, (int)(columns - c), vf_mul(vf_load_first(y + c, (int)(columns - c)), f));
}

#endif
