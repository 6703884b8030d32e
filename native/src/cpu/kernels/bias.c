/* Rows and columns: adding a bias to rows, and its gradient, the sums of columns; sums of rows. */
#include "columns.h"

enum { SUMS = 64 };

KERNEL(bias_f32)(const float *x, const float *bias, float *y, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *row = x + r * columns;
    float *out = y + r * columns;
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      vf_store(out + c, vf_add(vf_load(row + c), vf_load(bias + c)));
    if (c < columns) {
      int n = (int)(columns - c);
      vf_store_first(out + c, n, vf_add(vf_load_first(row + c, n), vf_load_first(bias + c, n)));
    }
  }
}

/* The canonical sum over rows [0, rows) of up to 16 columns at once. */
static inline vf sum_rows(const float *x, int64_t stride, int64_t rows, int n) {
  column_partials p;
  column_clear(&p);
  for (int64_t r = 0; r < rows; r++) {
    vf *sum = &p.row[r % PANA_PARTIALS];
    *sum = vf_add(*sum, vf_load_up_to(x + r * stride, n));
  }
  return column_tree(&p);
}

KERNEL(column_sums_f32)
(const float *x, float *sums, int64_t rows, int64_t columns, int64_t block_rows, int64_t from, int64_t to) {
  for (int64_t b = from; b < to; b++) {
    int64_t first = b * block_rows, left = rows - first;
    int64_t count = left < block_rows ? left : block_rows;
    const float *block = x + first * columns;
    float *out = sums + b * columns;
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      vf_store(out + c, sum_rows(block + c, columns, count, LANES));
    if (c < columns) {
      int n = (int)(columns - c);
      vf_store_first(out + c, n, sum_rows(block + c, columns, count, n));
    }
  }
}

#if defined(PANA_LANES)
static inline void sum_parts(const float *x, float *y, int64_t parts, int64_t n, int count) {
  EACH_OF(k, count) {
    double sum = 0;
    for (int64_t p = 0; p < parts; p++)
      sum += (double)x[p * n + k];
    y[k] = (float)sum;
  }
}
#else
/* `count` sums next to each other; where it is a constant the loops over them become vectors. */
static ALWAYS_INLINE void sum_parts(const float *x, float *y, int64_t parts, int64_t n, int count) {
  double sum[SUMS] = {0};
  for (int64_t p = 0; p < parts; p++)
    for (int k = 0; k < count; k++)
      sum[k] += (double)x[p * n + k];
  for (int k = 0; k < count; k++)
    y[k] = (float)sum[k];
}
#endif

KERNEL(sum_partials_f32)(const float *x, float *y, int64_t parts, int64_t n, int64_t from, int64_t to) {
  int64_t i = from;
  for (; i + SUMS <= to; i += SUMS)
    sum_parts(x + i, y + i, parts, n, SUMS);
  sum_parts(x + i, y + i, parts, n, (int)(to - i));
}

FUNCTION float block_sum(const float *x, int64_t n) {
  partials p = partials_zero();
  int64_t i = 0;
  for (; i + PANA_PARTIALS <= n; i += PANA_PARTIALS)
    EACH_PARTIAL (k)
      p.lane[k] = vf_add(p.lane[k], vf_load(x + i + k * LANES));
  for (int k = 0; i < n; i += LANES, k++)
    p.lane[k] = vf_add(p.lane[k], vf_load_up_to(x + i, first_lanes(n - i)));
  return partials_tree(p);
}

KERNEL(row_sums_f32)(const float *x, float *y, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    const float *row = x + r * columns;
    double sum = 0;
    for (int64_t c = 0; c < columns; c += PANA_BLOCK)
      sum += (double)block_sum(row + c, columns - c < PANA_BLOCK ? columns - c : PANA_BLOCK);
    y[r] = (float)sum;
  }
}
