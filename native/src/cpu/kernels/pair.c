/*
 * Losses of pairs and triplets. Those of rows take their distances and dot products first, in canonical order; then
 * come the gradients, in a second sweep that hits the cache.
 */
#include "kernel.h"

static inline vf load_lanes(const float *p, int n) { return n == LANES ? vf_load(p) : vf_load_first(p, n); }

static inline void store_lanes(float *p, int n, vf v) {
  if (n == LANES)
    vf_store(p, v);
  else
    vf_store_first(p, n, v);
}

static inline float *row_or_null(float *x, int64_t row) { return x ? x + row : 0; }

static inline void zero_row(float *x, int64_t columns) {
  if (x)
    clear_floats(x, columns);
}

/* ---- sums of a row */

/* Adds what an element of a row contributes. */
typedef vf term(vf sum, vf x, vf y, vf epsilon);

static inline vf add_product(vf sum, vf x, vf y, vf epsilon) {
  (void)epsilon;
  return vf_fma(x, y, sum);
}

static inline vf difference(vf x, vf y, vf epsilon) { return vf_add(vf_sub(x, y), epsilon); }

static inline vf add_square(vf sum, vf x, vf y, vf epsilon) {
  vf d = difference(x, y, epsilon);
  return vf_fma(d, d, sum);
}

static inline float block_sum(term *add, const float *x, const float *y, vf epsilon, int64_t count) {
  partials p = partials_zero();
  int64_t c = 0;
  for (; c + PANA_PARTIALS <= count; c += PANA_PARTIALS)
    for (int k = 0; k < 4; k++)
      p.lane[k] = add(p.lane[k], vf_load(x + c + k * LANES), vf_load(y + c + k * LANES), epsilon);
  for (int k = 0; c < count; c += LANES, k++) {
    int n = first_lanes(count - c);
    vf more = add(p.lane[k], vf_load_first(x + c, n), vf_load_first(y + c, n), epsilon);
    p.lane[k] = vf_select(vm_first(n), more, p.lane[k]);
  }
  return partials_tree(p);
}

/* Over the row, rounded to float at the end. */
static inline float row_sum(term *add, const float *x, const float *y, float epsilon, int64_t columns) {
  double sum = 0;
  for (int64_t c = 0; c < columns; c += PANA_BLOCK)
    sum += (double)block_sum(add, x + c, y + c, vf_set(epsilon), columns - c < PANA_BLOCK ? columns - c : PANA_BLOCK);
  return (float)sum;
}

FUNCTION float dot(const float *x, const float *y, int64_t columns) { return row_sum(add_product, x, y, 0, columns); }

FUNCTION float distance(const float *x, const float *y, float epsilon, int64_t columns) {
  return sqrtf(row_sum(add_square, x, y, epsilon, columns));
}

/* ---- triplets */

/* The derivative of a distance by an element is its difference times this. */
static inline float slope(float scale, float distance) { return distance == 0 ? 0.0f : scale / distance; }

KERNEL(triplet_margin_f32)
(const float *anchor, const float *positive, const float *negative, float *anchor_gradient, float *positive_gradient,
 float *negative_gradient, float *losses, int64_t columns, float margin, float epsilon, int32_t swap, float scale,
 int64_t from, int64_t to) {
  const vf e = vf_set(epsilon), zero = vf_zero();
  for (int64_t r = from; r < to; r++) {
    int64_t row = r * columns;
    const float *a = anchor + row, *p = positive + row, *n = negative + row;
    float *da = row_or_null(anchor_gradient, row), *dp = row_or_null(positive_gradient, row),
          *dn = row_or_null(negative_gradient, row);
    float near = distance(a, p, epsilon, columns), far = distance(a, n, epsilon, columns);
    float other = swap ? distance(p, n, epsilon, columns) : far;
    int swapped = other < far;
    far = swapped ? other : far;
    float hinge = near - far + margin;
    if (hinge <= 0) {
      losses[r] = 0;
      zero_row(da, columns);
      zero_row(dp, columns);
      zero_row(dn, columns);
      continue;
    }
    losses[r] = hinge;
    if (!da && !dp && !dn)
      continue;
    const vf pull = vf_set(slope(scale, near)), push = vf_set(slope(scale, far));
    for (int64_t c = 0; c < columns; c += LANES) {
      int lanes = first_lanes(columns - c);
      vf va = load_lanes(a + c, lanes), vp = load_lanes(p + c, lanes), vn = load_lanes(n + c, lanes);
      vf up = vf_mul(difference(va, vp, e), pull);
      vf un = vf_mul(difference(swapped ? vp : va, vn, e), push);
      vf down = vf_sub(zero, up);
      if (da)
        store_lanes(da + c, lanes, swapped ? up : vf_sub(up, un));
      if (dp)
        store_lanes(dp + c, lanes, swapped ? vf_sub(down, un) : down);
      if (dn)
        store_lanes(dn + c, lanes, un);
    }
  }
}

/* ---- pairs */

/* The gradients (x1 - x2) * factor and its negative; where the factor is 0 they are 0. */
static inline void difference_gradients(const float *x1, const float *x2, float *dx1, float *dx2, int64_t columns,
                                        float factor) {
  if (factor == 0) {
    zero_row(dx1, columns);
    zero_row(dx2, columns);
    return;
  }
  const vf f = vf_set(factor), zero = vf_zero();
  for (int64_t c = 0; (dx1 || dx2) && c < columns; c += LANES) {
    int n = first_lanes(columns - c);
    vf g = vf_mul(vf_sub(load_lanes(x1 + c, n), load_lanes(x2 + c, n)), f);
    if (dx1)
      store_lanes(dx1 + c, n, g);
    if (dx2)
      store_lanes(dx2 + c, n, vf_sub(zero, g));
  }
}

KERNEL(contrastive_f32)
(const float *x1, const float *x2, const int32_t *labels, float *x1_gradient, float *x2_gradient, float *losses,
 int64_t columns, float margin, float scale, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    int64_t row = r * columns;
    float square = row_sum(add_square, x1 + row, x2 + row, 0, columns), loss, factor;
    if (labels[r] == 1) {
      loss = 0.5f * square;
      factor = scale;
    } else if (labels[r] == 0) {
      float d = sqrtf(square), lack = margin - d;
      lack = lack <= 0 ? 0.0f : lack;
      loss = 0.5f * lack * lack;
      factor = slope(-scale * lack, d);
    } else {
      loss = factor = NAN;
    }
    losses[r] = loss;
    difference_gradients(x1 + row, x2 + row, row_or_null(x1_gradient, row), row_or_null(x2_gradient, row), columns,
                         factor);
  }
}

/* PyTorch's: keeps the cosine of a zero vector at 0. */
#define COSINE_EPSILON 1e-12f

/* x1's gradient is cross x2 + own1 x1, x2's is cross x1 + own2 x2. */
static inline void cosine_gradients(const float *x1, const float *x2, float *dx1, float *dx2, int64_t columns,
                                    float cross, float own1, float own2) {
  const vf vc = vf_set(cross), v1 = vf_set(own1), v2 = vf_set(own2);
  for (int64_t c = 0; (dx1 || dx2) && c < columns; c += LANES) {
    int n = first_lanes(columns - c);
    vf a = load_lanes(x1 + c, n), b = load_lanes(x2 + c, n);
    if (dx1)
      store_lanes(dx1 + c, n, vf_fma(vc, b, vf_mul(v1, a)));
    if (dx2)
      store_lanes(dx2 + c, n, vf_fma(vc, a, vf_mul(v2, b)));
  }
}

KERNEL(cosine_embedding_f32)
(const float *x1, const float *x2, const int32_t *labels, float *x1_gradient, float *x2_gradient, float *losses,
 int64_t columns, float margin, float scale, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    int64_t row = r * columns;
    const float *a = x1 + row, *b = x2 + row;
    float square1 = dot(a, a, columns) + COSINE_EPSILON, square2 = dot(b, b, columns) + COSINE_EPSILON;
    float norms = sqrtf(square1) * sqrtf(square2), cosine = dot(a, b, columns) / norms;
    float loss, factor; /* factor: the derivative by the cosine */
    if (labels[r] == 1) {
      loss = 1.0f - cosine;
      factor = -scale;
    } else if (labels[r] == -1) {
      float excess = cosine - margin;
      loss = excess <= 0 ? 0.0f : excess;
      factor = excess <= 0 ? 0.0f : scale;
    } else {
      loss = factor = NAN;
    }
    losses[r] = loss;
    float *da = row_or_null(x1_gradient, row), *db = row_or_null(x2_gradient, row);
    if (factor == 0) {
      zero_row(da, columns);
      zero_row(db, columns);
      continue;
    }
    float inward = -(factor * cosine);
    cosine_gradients(a, b, da, db, columns, factor / norms, inward / square1, inward / square2);
  }
}

/* ---- elements */

static inline vi load_labels(const int32_t *p, int n) { return n == LANES ? vi_load(p) : vi_load_first(p, n); }

KERNEL(margin_ranking_f32)
(const float *x1, const float *x2, const int32_t *labels, float *x1_gradient, float *x2_gradient, float *losses,
 float margin, float scale, int64_t from, int64_t to) {
  const vf m = vf_set(margin), s = vf_set(scale), zero = vf_zero();
  for (int64_t i = from; i < to; i += LANES) {
    int n = first_lanes(to - i);
    vi label = load_labels(labels + i, n);
    vm known = vm_or(vi_eq(label, vi_set(1)), vi_eq(label, vi_set(-1)));
    vf y = vf_select(known, vf_from_int(label), vf_set(NAN));
    vf hinge = vf_add(vf_mul(y, vf_sub(load_lanes(x2 + i, n), load_lanes(x1 + i, n))), m);
    vm met = vf_le(hinge, zero);
    vf g = vf_select(met, zero, vf_mul(y, s));
    if (x1_gradient)
      store_lanes(x1_gradient + i, n, vf_sub(zero, g));
    if (x2_gradient)
      store_lanes(x2_gradient + i, n, g);
    store_lanes(losses + i, n, vf_select(met, zero, hinge));
  }
}
