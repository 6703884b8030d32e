/* Cases: rows and columns of a matrix. */
#include <math.h>

#include "support_case.h"

/* Seven rows (each of another kind among the SPECIAL logits) where they are short. */
#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
static const shape matrices[] = {LENGTHS(MATRIX), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
LENGTH(rows, s->rows)
LENGTH(columns, s->columns)
LENGTH(matrix, s->rows * s->columns)

CALL(bias_f32, a[0], a[1], a[2], s->columns, from, to)
CALL(softmax_f32, a[0], a[1], s->columns, from, to)
CALL(softmax_backward_f32, a[0], a[1], a[2], s->columns, from, to)

ORACLE(bias_sum) {
  const float *x = a[0], *bias = a[1];
  for (int64_t i = 0; i < s->rows * s->columns; i++)
    want(&w[2], i, (double)(x[i] + bias[i % s->columns]), EXACT);
}

/* ---- sums of columns and of partial results */

#define COLUMN_BLOCKS(n) \
  {.rows = n, .columns = 3, .depth = 4096}, { .rows = n, .columns = 17, .depth = 100 }
static const shape column_blocks[] = {LENGTHS(COLUMN_BLOCKS),
                                      {.rows = 129, .columns = 1, .depth = 1},
                                      {.rows = 70, .columns = 16, .depth = 64},
                                      {.rows = 70, .columns = 65, .depth = 65},
                                      {.rows = 5, .columns = 0, .depth = 2}};
LENGTH(block_count, (s->rows + s->depth - 1) / s->depth)
LENGTH(column_sums, block_count(s) * s->columns)

CALL(column_sums_f32, a[0], a[1], s->rows, s->columns, s->depth, from, to)

static int64_t rows_in_block(const shape *s, int64_t block) {
  int64_t left = s->rows - block * s->depth;
  return left < s->depth ? left : s->depth;
}

/* Each of a sum's terms passes through canonical_depth additions, each with a rounding of at most U. */
ORACLE(column_formula) {
  const float *x = a[0];
  for (int64_t i = 0; i < column_sums(s); i++) {
    int64_t block = i / s->columns, n = rows_in_block(s, block);
    const float *column = x + block * s->depth * s->columns + i % s->columns;
    double sum = 0, magnitude = 0;
    for (int64_t r = 0; r < n; r++) {
      sum += (double)column[r * s->columns];
      magnitude += fabs((double)column[r * s->columns]);
    }
    want(&w[1], i, sum, canonical_depth(n) * U * magnitude);
  }
}

ORACLE(column_canonical) {
  const float *x = a[0];
  for (int64_t i = 0; i < column_sums(s); i++) {
    int64_t block = i / s->columns;
    const float *column = x + block * s->depth * s->columns + i % s->columns;
    want(&w[1], i, (double)canonical_sum(column, rows_in_block(s, block), s->columns), EXACT);
  }
}

#define PARTIALS(n) \
  { .columns = n, .depth = 5 }
static const shape partial_rows[] = {
    LENGTHS(PARTIALS), {.columns = 70, .depth = 0}, {.columns = 3, .depth = 1}, {.columns = 66, .depth = 200}};
LENGTH(partials, s->depth * s->columns)

CALL(sum_partials_f32, a[0], a[1], s->depth, s->columns, from, to)

ORACLE(partials_in_order) {
  const float *x = a[0];
  for (int64_t i = 0; i < s->columns; i++) {
    double sum = 0;
    for (int64_t p = 0; p < s->depth; p++)
      sum += (double)x[p * s->columns + i];
    want(&w[1], i, sum, EXACT);
  }
}

/* ---- softmax */

/*
 * With d = x - maximum, rounded (relative error of e^d: |d| U), e^d within 1 ulp (2 U), the sum through
 * canonical_depth additions with terms of these errors (mean |d| weighted by e^d), its rounding to float,
 * the division and the product: (|d| + mean |d| + depth + 2 + 2 + 3) U relative to the result. A denormal
 * e^d has an absolute error of its own, TINY, and so has the product.
 */
ORACLE(softmax_formula) {
  const float *x = a[0];
  for (int64_t r = 0; r < s->rows; r++, x += s->columns) {
    double maximum = -INFINITY, sum = 0, mean = 0;
    for (int64_t c = 0; c < s->columns; c++)
      maximum = (double)x[c] > maximum ? (double)x[c] : maximum;
    for (int64_t c = 0; c < s->columns; c++) {
      double d = (double)x[c] - maximum, e = exp(d);
      sum += e;
      if (e > 0)
        mean += e * fabs(d);
    }
    mean /= sum;
    for (int64_t c = 0; c < s->columns; c++) {
      double d = (double)x[c] - maximum, y = exp(d) / sum;
      double relative = (y > 0 ? fabs(d) : 0) + mean + canonical_depth(s->columns) + 7;
      want(&w[1], r * s->columns + c, y, relative * U * y + 2 * TINY);
    }
  }
}

/* The inner product's terms pass canonical_depth fused additions; then come a subtraction and a product. */
ORACLE(softmax_backward_formula) {
  const float *y = a[0], *dy = a[1];
  for (int64_t r = 0; r < s->rows; r++, y += s->columns, dy += s->columns) {
    double dot = 0, magnitude = 0;
    for (int64_t c = 0; c < s->columns; c++) {
      dot += (double)y[c] * (double)dy[c];
      magnitude += fabs((double)y[c] * (double)dy[c]);
    }
    double dot_error = (canonical_depth(s->columns) + 1) * U * magnitude;
    for (int64_t c = 0; c < s->columns; c++) {
      double difference = (double)dy[c] - dot, dx = (double)y[c] * difference;
      want(&w[2], r * s->columns + c, dx, fabs((double)y[c]) * dot_error + 3 * U * fabs(dx) + TINY);
    }
  }
}

static const kernel_case cases[] = {
    {.kernel = "bias_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_bias_f32,
     .canonical = bias_sum,
     .arrays = {{"x", IN, matrix, -1, 1}, {"bias", IN, columns, -1, 1}, {"y", OUT, matrix, .in_place = 1}}},
    {.kernel = "column_sums_f32",
     SHAPES(column_blocks),
     .units = block_count,
     .call = call_column_sums_f32,
     .formula = column_formula,
     .canonical = column_canonical,
     .finite = true,
     .arrays = {{"x", IN, matrix, -1, 1}, {"sums", OUT, column_sums}}},
    {.kernel = "sum_partials_f32",
     SHAPES(partial_rows),
     .units = columns,
     .call = call_sum_partials_f32,
     .canonical = partials_in_order,
     .arrays = {{"x", IN, partials, -1, 1}, {"y", OUT, columns}}},
    {.kernel = "softmax_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_softmax_f32,
     .formula = softmax_formula,
     .arrays = {{"x", IN, matrix, .fill = fill_logits}, {"y", OUT, matrix, .in_place = 1}}},
    {.kernel = "softmax_backward_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_softmax_backward_f32,
     .formula = softmax_backward_formula,
     .finite = true,
     .arrays = {{"y", IN, matrix, 0, 1}, {"dy", IN, matrix, -1, 1}, {"dx", OUT, matrix, .in_place = 2}}},
};
const family rows_family = {"rows", cases, COUNT(cases)};
