/* Softmax and its way back, row by row; the sweeps are in softmax.h. */
#include "softmax.h"

KERNEL(softmax_f32)(const float *x, float *y, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *row = x + r * columns;
    float *out = y + r * columns;
    float sum = exp_row(row, out, columns, row_maximum(row, columns));
    scale_row(out, columns, 1.0f / sum);
  }
}

static inline float dot_block(const float *y, const float *dy, int64_t count) {
  partials p = partials_zero();
  int64_t c = 0;
  for (; c + PANA_PARTIALS <= count; c += PANA_PARTIALS)
    EACH_PARTIAL (k) {
      int64_t i = c + k * LANES;
      p.lane[k] = vf_fma(vf_load(y + i), vf_load(dy + i), p.lane[k]);
    }
  for (int k = 0; c < count; c += LANES, k++) {
    int n = first_lanes(count - c);
    p.lane[k] = vf_fma(vf_load_first(y + c, n), vf_load_first(dy + c, n), p.lane[k]);
  }
  return partials_tree(p);
}

KERNEL(softmax_backward_f32)(const float *y, const float *dy, float *dx, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *yr = y + r * columns, *dyr = dy + r * columns;
    float *out = dx + r * columns;
    double sum = 0;
    for (int64_t c = 0; c < columns; c += PANA_BLOCK)
      sum += (double)dot_block(yr + c, dyr + c, columns - c < PANA_BLOCK ? columns - c : PANA_BLOCK);
    vf dot = vf_set((float)sum);
    for (int64_t c = 0; c < columns; c += LANES) {
      int n = first_lanes(columns - c);
      vf v = vf_mul(vf_load_first(yr + c, n), vf_sub(vf_load_first(dyr + c, n), dot));
      vf_store_first(out + c, n, v);
    }
  }
}
