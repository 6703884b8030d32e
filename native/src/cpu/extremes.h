/* One sweep over numbers: their maximum, and for who watches also their minimum and whether all are finite. */
#ifndef PANA_EXTREMES_H
#define PANA_EXTREMES_H

#include "kernel.h"

/* NaN is passed over. */
typedef struct {
  float maximum, minimum;
  bool finite;
} extremes;

/* Of what a lane has seen. */
typedef struct {
  vf maximum, minimum, zero; /* 0 * x is 0 for finite numbers alone */
} extreme_lanes;

static ALWAYS_INLINE extreme_lanes seen(extreme_lanes e, vf v, bool watched) {
  e.maximum = vf_max(v, e.maximum);
  if (watched) {
    e.minimum = vf_min(v, e.minimum);
    e.zero = vf_fma(v, vf_zero(), e.zero);
  }
  return e;
}

/* Without watching, only the maximum is told. */
static ALWAYS_INLINE extremes find_extremes(const float *x, int64_t n, bool watched) {
  extreme_lanes a = {vf_set(-INFINITY), vf_set(INFINITY), vf_zero()}, b = a;
  int64_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    a = seen(a, vf_load(x + i), watched);
    b = seen(b, vf_load(x + i + LANES), watched);
  }
  for (; i < n; i += LANES) {
    int lanes = first_lanes(n - i);
    /* absent lanes count as the first element */
    a = seen(a, vf_select(vm_first(lanes), vf_load_first(x + i, lanes), vf_set(x[i])), watched);
  }
  extremes e = {.maximum = vf_greatest(vf_max(a.maximum, b.maximum)), .finite = true};
  if (watched) {
    e.minimum = -vf_greatest(vf_negate(vf_min(a.minimum, b.minimum)));
    e.finite = vf_tree(vf_add(a.zero, b.zero)) == 0;
  }
  lanes_meet(); /* the caller may overwrite x, of which all have read the first element of a tail */
  return e;
}

#endif
