/* Layer norm and batch norm, forward and back, and the sums over rows and columns that they need. */
#include "columns.h"

/* What the formulas call xhat. */
static inline vf normalized(vf x, vf mean, vf inverse) { return vf_mul(vf_sub(x, mean), inverse); }

/* Columns c and on, or the same value for all where there is no array. */
static inline vf load_or(const float *columns, int64_t c, int n, float otherwise) {
  return columns ? vf_load_up_to(columns + c, n) : vf_set(otherwise);
}

/* ---- a row: layer norm */

/* values are weighted by gamma; only products read x, mean and inverse. */
typedef struct {
  const float *values, *gamma, *x;
  vf mean, inverse;
} norm_row;

/* Adds the terms of columns c and on to sum; absent lanes add nothing. */
typedef vf row_term(const norm_row *row, int64_t c, int n, vf sum);

static inline vf weighted(const norm_row *row, int64_t c, int n) {
  vf v = vf_load_up_to(row->values + c, n);
  return row->gamma ? vf_mul(v, vf_load_up_to(row->gamma + c, n)) : v;
}

static inline vf add_value(const norm_row *row, int64_t c, int n, vf sum) { return vf_add(sum, weighted(row, c, n)); }

static inline vf add_square(const norm_row *row, int64_t c, int n, vf sum) {
  vf d = vf_sub(vf_load_up_to(row->values + c, n), row->mean), more = vf_fma(d, d, sum);
  return n == LANES ? more : vf_select(vm_first(n), more, sum);
}

static inline vf add_product(const norm_row *row, int64_t c, int n, vf sum) {
  vf xhat = normalized(vf_load_up_to(row->x + c, n), row->mean, row->inverse);
  vf more = vf_fma(weighted(row, c, n), xhat, sum);
  return n == LANES ? more : vf_select(vm_first(n), more, sum);
}

static ALWAYS_INLINE float block_sum(row_term *add, const norm_row *row, int64_t from, int64_t to) {
  partials p = partials_zero();
  int64_t c = from;
  for (; c + PANA_PARTIALS <= to; c += PANA_PARTIALS)
    EACH_PARTIAL (k)
      p.lane[k] = add(row, c + k * LANES, LANES, p.lane[k]);
  for (int k = 0; c < to; c += LANES, k++)
    p.lane[k] = add(row, c, first_lanes(to - c), p.lane[k]);
  return partials_tree(p);
}

static ALWAYS_INLINE double row_mean(row_term *add, const norm_row *row, int64_t columns) {
  double sum = 0;
  for (int64_t c = 0; c < columns; c += PANA_BLOCK)
    sum += (double)block_sum(add, row, c, columns - c < PANA_BLOCK ? columns : c + PANA_BLOCK);
  return sum / (double)columns;
}

FUNCTION double mean_value(const norm_row *row, int64_t columns) { return row_mean(add_value, row, columns); }
FUNCTION double mean_square(const norm_row *row, int64_t columns) { return row_mean(add_square, row, columns); }
FUNCTION double mean_product(const norm_row *row, int64_t columns) { return row_mean(add_product, row, columns); }

static inline void layer_norm_lanes(const norm_row *row, const float *gamma, const float *beta, float *y, int64_t c,
                                    int n) {
  vf xhat = normalized(vf_load_up_to(row->values + c, n), row->mean, row->inverse);
  vf_store_up_to(y + c, n, vf_fma(xhat, load_or(gamma, c, n, 1), load_or(beta, c, n, 0)));
}

KERNEL(layer_norm_f32)
(const float *x, const float *gamma, const float *beta, float *y, float *means, float *inverse_deviations,
 int64_t columns, float epsilon, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    norm_row row = {.values = x + r * columns};
    float *out = y + r * columns;
    means[r] = (float)mean_value(&row, columns);
    row.mean = vf_set(means[r]);
    inverse_deviations[r] = (float)(1 / sqrt(mean_square(&row, columns) + (double)epsilon));
    row.inverse = vf_set(inverse_deviations[r]);
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      layer_norm_lanes(&row, gamma, beta, out, c, LANES);
    if (c < columns)
      layer_norm_lanes(&row, gamma, beta, out, c, (int)(columns - c));
  }
}

static inline void layer_norm_back_lanes(const norm_row *row, vf mean_gradient, vf minus_mean_product, float *dx,
                                         int64_t c, int n) {
  vf xhat = normalized(vf_load_up_to(row->x + c, n), row->mean, row->inverse);
  vf d = vf_fma(xhat, minus_mean_product, vf_sub(weighted(row, c, n), mean_gradient));
  vf_store_up_to(dx + c, n, vf_mul(row->inverse, d));
}

KERNEL(layer_norm_backward_f32)
(const float *x, const float *gamma, const float *means, const float *inverse_deviations, const float *dy, float *dx,
 int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    norm_row row = {.values = dy + r * columns,
                    .gamma = gamma,
                    .x = x + r * columns,
                    .mean = vf_set(means[r]),
                    .inverse = vf_set(inverse_deviations[r])};
    float *out = dx + r * columns;
    vf gradient = vf_set((float)mean_value(&row, columns)), product = vf_set(-(float)mean_product(&row, columns));
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      layer_norm_back_lanes(&row, gradient, product, out, c, LANES);
    if (c < columns)
      layer_norm_back_lanes(&row, gradient, product, out, c, (int)(columns - c));
  }
}

/* ---- columns: batch norm, and the gradients of gamma and beta for both norms */

static inline void batch_norm_lanes(const float *x, const float *means, const float *inverses, const float *gamma,
                                    const float *beta, float *y, int64_t c, int n) {
  vf xhat = normalized(vf_load_up_to(x + c, n), vf_load_up_to(means + c, n), vf_load_up_to(inverses + c, n));
  vf_store_up_to(y + c, n, vf_fma(xhat, load_or(gamma, c, n, 1), load_or(beta, c, n, 0)));
}

KERNEL(batch_norm_f32)
(const float *x, const float *means, const float *inverse_deviations, const float *gamma, const float *beta, float *y,
 int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *row = x + r * columns;
    float *out = y + r * columns;
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      batch_norm_lanes(row, means, inverse_deviations, gamma, beta, out, c, LANES);
    if (c < columns)
      batch_norm_lanes(row, means, inverse_deviations, gamma, beta, out, c, (int)(columns - c));
  }
}

/* What the way back knows of each column. */
typedef struct {
  const float *means, *inverses, *gamma, *mean_gradients, *mean_products;
} norm_columns;

static inline void batch_norm_back_lanes(const norm_columns *k, const float *x, const float *dy, float *dx, int64_t c,
                                         int n) {
  vf inverse = vf_load_up_to(k->inverses + c, n), product = vf_load_up_to(k->mean_products + c, n);
  vf xhat = normalized(vf_load_up_to(x + c, n), vf_load_up_to(k->means + c, n), inverse);
  vf centred = vf_sub(vf_load_up_to(dy + c, n), vf_load_up_to(k->mean_gradients + c, n));
  vf scale = vf_mul(load_or(k->gamma, c, n, 1), inverse);
  vf_store_up_to(dx + c, n, vf_mul(scale, vf_fma(vf_negate(xhat), product, centred)));
}

KERNEL(batch_norm_backward_f32)
(const float *x, const float *means, const float *inverse_deviations, const float *gamma, const float *mean_gradients,
 const float *mean_products, const float *dy, float *dx, int64_t columns, int64_t from, int64_t to) {
  const norm_columns k = {means, inverse_deviations, gamma, mean_gradients, mean_products};
  for (int64_t at = from * columns; at < to * columns; at += columns) {
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      batch_norm_back_lanes(&k, x + at, dy + at, dx + at, c, LANES);
    if (c < columns)
      batch_norm_back_lanes(&k, x + at, dy + at, dx + at, c, (int)(columns - c));
  }
}

/* The rows of a block, and up to 16 of its columns from `column` on; at is their first element. */
typedef struct {
  int64_t first, count, columns, column, at;
  int n;
} strip;

static inline strip strip_of(int64_t block, int64_t block_rows, int64_t rows, int64_t columns, int64_t column) {
  int64_t first = block * block_rows, left = rows - first;
  return (strip){first,
                 left < block_rows ? left : block_rows,
                 columns,
                 column,
                 first * columns + column,
                 first_lanes(columns - column)};
}

FUNCTION void sum_squares(const strip *s, const float *x, const float *means, float *sums) {
  column_partials p;
  column_clear(&p);
  vf mean = vf_load_up_to(means + s->column, s->n);
  for (int64_t r = 0; r < s->count; r++) {
    vf d = vf_sub(vf_load_up_to(x + s->at + r * s->columns, s->n), mean), *sum = &p.row[r % PANA_PARTIALS];
    *sum = vf_fma(d, d, *sum);
  }
  vf_store_up_to(sums + s->column, s->n, column_tree(&p));
}

KERNEL(column_squares_f32)
(const float *x, const float *means, float *sums, int64_t rows, int64_t columns, int64_t block_rows, int64_t from,
 int64_t to) {
  for (int64_t b = from; b < to; b++)
    for (int64_t c = 0; c < columns; c += LANES) {
      strip s = strip_of(b, block_rows, rows, columns, c);
      sum_squares(&s, x, means, sums + b * columns);
    }
}

typedef struct {
  const float *x, *means, *inverses, *dy;
  bool per_column;
} norm_call;

FUNCTION void sum_parameters(const strip *s, const norm_call *call, float *gamma_sums, float *beta_sums) {
  column_partials products, gradients;
  column_clear(&products);
  column_clear(&gradients);
  vf mean = vf_zero(), inverse = vf_zero();
  if (call->per_column) {
    mean = vf_load_up_to(call->means + s->column, s->n);
    inverse = vf_load_up_to(call->inverses + s->column, s->n);
  }
  for (int64_t r = 0; r < s->count; r++) {
    if (!call->per_column) {
      mean = vf_set(call->means[s->first + r]);
      inverse = vf_set(call->inverses[s->first + r]);
    }
    int64_t i = s->at + r * s->columns;
    vf d = vf_load_up_to(call->dy + i, s->n), xhat = normalized(vf_load_up_to(call->x + i, s->n), mean, inverse);
    vf *product = &products.row[r % PANA_PARTIALS], *gradient = &gradients.row[r % PANA_PARTIALS];
    *product = vf_fma(d, xhat, *product);
    *gradient = vf_add(*gradient, d);
  }
  vf_store_up_to(gamma_sums + s->column, s->n, column_tree(&products));
  vf_store_up_to(beta_sums + s->column, s->n, column_tree(&gradients));
}

KERNEL(norm_parameter_sums_f32)
(const float *x, const float *means, const float *inverse_deviations, const float *dy, float *gamma_sums,
 float *beta_sums, int64_t rows, int64_t columns, int64_t block_rows, int32_t per_column, int64_t from, int64_t to) {
  const norm_call call = {x, means, inverse_deviations, dy, per_column != 0};
  for (int64_t b = from; b < to; b++)
    for (int64_t c = 0; c < columns; c += LANES) {
      strip s = strip_of(b, block_rows, rows, columns, c);
      sum_parameters(&s, &call, gamma_sums + b * columns, beta_sums + b * columns);
    }
}
