/* Functions of one element: one driver, one inline function over 16 lanes each. */
#include "derived.h"
#include "elementary.h"
#include "kernel.h"

#define MAP(name)                                                                           \
  KERNEL(name##_f32)(const float *x, float *y, int64_t from, int64_t to) {                  \
    int64_t i = from;                                                                       \
    for (; i + LANES <= to; i += LANES)                                                     \
      vf_store(y + i, vf_##name(vf_load(x + i)));                                           \
    if (i < to)                                                                             \
      vf_store_first(y + i, (int)(to - i), vf_##name(vf_load_first(x + i, (int)(to - i)))); \
  }

MAP(exp)
MAP(log)
MAP(log1p)
MAP(expm1)
MAP(tanh)
MAP(sigmoid)
MAP(softplus)
MAP(atan)
