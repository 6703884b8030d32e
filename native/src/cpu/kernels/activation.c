#include "kernel.h"

static inline vf relu(vf x) { return vf_select(vf_lt(x, vf_zero()), vf_zero(), x); }

KERNEL(relu_f32)(const float *x, float *y, int64_t from, int64_t to) {
  int64_t i = from;
  for (; i + LANES <= to; i += LANES)
    vf_store(y + i, relu(vf_load(x + i)));
  if (i < to)
    vf_store_first(y + i, (int)(to - i), relu(vf_load_first(x + i, (int)(to - i))));
}

static inline vf relu_backward(vf y, vf dy) { return vf_select(vf_le(y, vf_zero()), vf_zero(), dy); }

KERNEL(relu_backward_f32)(const float *y, const float *dy, float *dx, int64_t from, int64_t to) {
  int64_t i = from;
  for (; i + LANES <= to; i += LANES)
    vf_store(dx + i, relu_backward(vf_load(y + i), vf_load(dy + i)));
  if (i < to) {
    int n = (int)(to - i);
    vf_store_first(dx + i, n, relu_backward(vf_load_first(y + i, n), vf_load_first(dy + i, n)));
  }
}
