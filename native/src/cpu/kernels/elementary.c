#include "elementary.h"
#include "kernel.h"

void PANA_FN(exp_f32)(const float *x, float *y, int64_t from, int64_t to) {
  int64_t i = from;
  for (; i + LANES <= to; i += LANES)
    vf_store(y + i, vf_exp(vf_load(x + i)));
  if (i < to)
    vf_store_first(y + i, (int)(to - i), vf_exp(vf_load_first(x + i, (int)(to - i))));
}

void PANA_FN(log_f32)(const float *x, float *y, int64_t from, int64_t to) {
  int64_t i = from;
  for (; i + LANES <= to; i += LANES)
    vf_store(y + i, vf_log(vf_load(x + i)));
  if (i < to)
    vf_store_first(y + i, (int)(to - i), vf_log(vf_load_first(x + i, (int)(to - i))));
}
