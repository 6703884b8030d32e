/*
 * A softmax over rows whose classes come tile by tile, as the output of a last layer that is never held whole: what a
 * tile adds to the row's sums, and its gradient once these are known. Java's ScalarLinearLossKernels has
 * the same operations in the same order.
 */
#include "softmax.h"

static inline vf weight_lanes(const float *class_weights, int64_t c, int n) {
  return class_weights ? vf_load_up_to(class_weights + c, n) : vf_set(1);
}

static inline vf weighted_distance(const float *x, const float *class_weights, int64_t c, int n, vf shift) {
  return vf_mul(weight_lanes(class_weights, c, n), vf_sub(shift, vf_load_up_to(x + c, n)));
}

/* Canonical sum over [from, end), one block, of weight * (shift - x). */
static inline float distance_block(const float *x, const float *class_weights, int64_t from, int64_t end, vf shift) {
  partials p = partials_zero();
  int64_t c = from;
  for (; c + PANA_PARTIALS <= end; c += PANA_PARTIALS)
    EACH_PARTIAL (k)
      p.lane[k] = vf_add(p.lane[k], weighted_distance(x, class_weights, c + k * LANES, LANES, shift));
  for (int k = 0; c < end; c += LANES, k++) {
    int n = first_lanes(end - c);
    vf d = weighted_distance(x, class_weights, c, n, shift);
    p.lane[k] = vf_add(p.lane[k], vf_select(vm_first(n), d, vf_zero()));
  }
  return partials_tree(p);
}

static inline float distance_row(const float *x, const float *class_weights, int64_t columns, float shift) {
  double sum = 0;
  for (int64_t c = 0; c < columns; c += PANA_BLOCK)
    sum +=
        (double)distance_block(x, class_weights, c, columns - c < PANA_BLOCK ? columns : c + PANA_BLOCK, vf_set(shift));
  return (float)sum;
}

KERNEL(softmax_tile_sums_f32)
(const float *x, const float *class_weights, float *sums, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *row = x + r * columns;
    /* of two zeros either would do: + 0 makes it +0 */
    float maximum = row_maximum(row, columns) + 0.0f;
    float shift = maximum == -INFINITY ? 0.0f : maximum;
    sums[3 * r] = maximum;
    sums[3 * r + 1] = exp_row(row, 0, columns, shift);
    sums[3 * r + 2] = distance_row(row, class_weights, columns, shift);
  }
}

/* gradient = gradient * factor - spread * class weight */
static inline void spread_row(float *gradient, const float *class_weights, int64_t columns, float factor,
                              float spread) {
  vf f = vf_set(factor), s = vf_set(-spread);
  for (int64_t c = 0; c < columns; c += LANES) {
    int n = first_lanes(columns - c);
    vf g = vf_mul(vf_load_up_to(gradient + c, n), f);
    vf_store_up_to(gradient + c, n, vf_fma(s, weight_lanes(class_weights, c, n), g));
  }
}

KERNEL(softmax_tile_gradient_f32)
(const float *x, const float *class_weights, const float *factors, float *gradient, int64_t columns, int64_t from,
 int64_t to) {
  for (int64_t r = from; r < to; r++) {
    float *out = gradient + r * columns;
    float maximum = factors[3 * r], factor = factors[3 * r + 1], spread = factors[3 * r + 2];
    if (factor == 0 && spread == 0) {
      clear_floats(out, columns);
      continue;
    }
    exp_row(x + r * columns, out, columns, maximum);
    if (spread == 0)
      scale_row(out, columns, factor);
    else
      spread_row(out, class_weights, columns, factor, spread);
  }
}
