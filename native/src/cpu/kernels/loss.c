/* Elementwise losses: one driver, one inline function (prediction, target) -> (loss, derivative) each. */
#include "kernel.h"

typedef struct {
  vf loss, derivative;
} loss_pair;

static inline loss_pair squared_error(vf prediction, vf target) {
  vf e = vf_sub(prediction, target);
  return (loss_pair){vf_mul(e, e), vf_add(e, e)};
}

/* Up to 16 elements: writes what is wanted, returns the losses with 0 in absent lanes. */
static inline vf loss_lanes(const float *prediction, const float *target, float *gradient, float *losses, vf scale,
                            int n) {
  if (n == LANES) {
    loss_pair l = squared_error(vf_load(prediction), vf_load(target));
    if (gradient)
      vf_store(gradient, vf_mul(l.derivative, scale));
    if (losses)
      vf_store(losses, l.loss);
    return l.loss;
  }
  loss_pair l = squared_error(vf_load_first(prediction, n), vf_load_first(target, n));
  if (gradient)
    vf_store_first(gradient, n, vf_mul(l.derivative, scale));
  if (losses)
    vf_store_first(losses, n, l.loss);
  return vf_select(vm_first(n), l.loss, vf_zero());
}

void PANA_FN(mean_squared_error_f32)(const float *prediction, const float *target, float *gradient, float *losses,
                                     float *sums, float scale, int64_t from, int64_t to) {
  vf s = vf_set(scale);
  for (int64_t block = from; block < to; block += PANA_BLOCK) {
    int64_t end = to - block < PANA_BLOCK ? to : block + PANA_BLOCK;
    partials p = partials_zero();
    int64_t i = block;
    for (; i + PANA_PARTIALS <= end; i += PANA_PARTIALS)
      for (int k = 0; k < 4; k++) {
        int64_t j = i + k * LANES;
        p.lane[k] = vf_add(p.lane[k], loss_lanes(prediction + j, target + j, gradient ? gradient + j : 0,
                                                 losses ? losses + j : 0, s, LANES));
      }
    for (int k = 0; i < end; i += LANES, k++)
      p.lane[k] = vf_add(p.lane[k], loss_lanes(prediction + i, target + i, gradient ? gradient + i : 0,
                                               losses ? losses + i : 0, s, first_lanes(end - i)));
    sums[block / PANA_BLOCK] = partials_tree(p);
  }
}
