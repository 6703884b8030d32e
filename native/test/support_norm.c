/* Cases: layer norm and batch norm, every rounding of them. The formulas in double are in Java's NormCases. */
#include <math.h>

#include "support_case.h"

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
static const shape matrices[] = {LENGTHS(MATRIX), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
LENGTH(rows, s->rows)
LENGTH(columns, s->columns)
LENGTH(matrix, s->rows * s->columns)

static const float epsilon = 1e-5f;

/* The canonical sum of the products of up to 4096 floats. */
static float block_of_products(const float *x, const float *y, int64_t n) {
  float p[64] = {0};
  for (int64_t i = 0; i < n; i++)
    p[i % 64] = fmaf(x[i], y[i], p[i % 64]);
  return canonical_sum(p, 64, 1);
}

static double mean_product(const float *x, const float *y, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += 4096)
    sum += (double)block_of_products(x + i, y + i, n - i < 4096 ? n - i : 4096);
  return sum / (double)n;
}

/* What a row is turned into on the way: as long as the longest shape. */
enum { LONGEST = 2 * 4096 + 65 };
typedef float row_of[LONGEST];

/* ---- layer norm */

CALL(layer_norm_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, epsilon, from, to)
CALL(layer_norm_backward_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, from, to)

ORACLE(layer_norm_canonical) {
  const float *gamma = a[1], *beta = a[2];
  static row_of ones, d;
  for (int64_t c = 0; c < s->columns; c++)
    ones[c] = 1;
  for (int64_t r = 0; r < s->rows; r++) {
    const float *x = (const float *)a[0] + r * s->columns;
    float mean = (float)mean_product(x, ones, s->columns);
    for (int64_t c = 0; c < s->columns; c++)
      d[c] = x[c] - mean;
    float inverse = (float)(1 / sqrt(mean_product(d, d, s->columns) + (double)epsilon));
    want(&w[4], r, (double)mean, EXACT);
    want(&w[5], r, (double)inverse, EXACT);
    for (int64_t c = 0; c < s->columns; c++)
      want(&w[3], r * s->columns + c, (double)fmaf(d[c] * inverse, gamma ? gamma[c] : 1, beta ? beta[c] : 0), EXACT);
  }
}

ORACLE(layer_norm_backward_canonical) {
  const float *gamma = a[1], *means = a[2], *inverses = a[3];
  static row_of ones, g, xhat;
  for (int64_t c = 0; c < s->columns; c++)
    ones[c] = 1;
  for (int64_t r = 0; r < s->rows; r++) {
    const float *x = (const float *)a[0] + r * s->columns, *dy = (const float *)a[4] + r * s->columns;
    for (int64_t c = 0; c < s->columns; c++) {
      g[c] = gamma ? dy[c] * gamma[c] : dy[c];
      xhat[c] = (x[c] - means[r]) * inverses[r];
    }
    float gradient = (float)mean_product(g, ones, s->columns), product = (float)mean_product(g, xhat, s->columns);
    for (int64_t c = 0; c < s->columns; c++)
      want(&w[5], r * s->columns + c, (double)(inverses[r] * fmaf(-xhat[c], product, g[c] - gradient)), EXACT);
  }
}

/* ---- batch norm */

CALL(batch_norm_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, from, to)
CALL(batch_norm_backward_f32, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], s->columns, from, to)

ORACLE(batch_norm_canonical) {
  const float *x = a[0], *means = a[1], *inverses = a[2], *gamma = a[3], *beta = a[4];
  for (int64_t i = 0; i < matrix(s); i++) {
    int64_t c = i % s->columns;
    float xhat = (x[i] - means[c]) * inverses[c];
    want(&w[5], i, (double)fmaf(xhat, gamma ? gamma[c] : 1, beta ? beta[c] : 0), EXACT);
  }
}

ORACLE(batch_norm_backward_canonical) {
  const float *x = a[0], *means = a[1], *inverses = a[2], *gamma = a[3], *gradients = a[4], *products = a[5],
              *dy = a[6];
  for (int64_t i = 0; i < matrix(s); i++) {
    int64_t c = i % s->columns;
    float xhat = (x[i] - means[c]) * inverses[c], scale = (gamma ? gamma[c] : 1) * inverses[c];
    want(&w[7], i, (double)(scale * fmaf(-xhat, products[c], dy[i] - gradients[c])), EXACT);
  }
}

/* ---- sums over the rows of blocks; transposed: means and inverse deviations belong to the columns */

#define BLOCKS(n) \
  {.rows = n, .columns = 3, .depth = 4096}, { .rows = n, .columns = 17, .depth = 100, .transposed = true }
static const shape blocks[] = {LENGTHS(BLOCKS),
                               {.rows = 129, .columns = 1, .depth = 1},
                               {.rows = 70, .columns = 16, .depth = 64},
                               {.rows = 70, .columns = 65, .depth = 65, .transposed = true},
                               {.rows = 5, .columns = 0, .depth = 2}};
LENGTH(block_count, (s->rows + s->depth - 1) / s->depth)
LENGTH(block_sums, block_count(s) * s->columns)
LENGTH(statistics, s->transposed ? s->columns : s->rows)

CALL(norm_parameter_sums_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->rows, s->columns, s->depth, s->transposed, from,
     to)
CALL(column_squares_f32, a[0], a[1], a[2], s->rows, s->columns, s->depth, from, to)

static int64_t rows_in_block(const shape *s, int64_t block) {
  int64_t left = s->rows - block * s->depth;
  return left < s->depth ? left : s->depth;
}

ORACLE(parameter_sums_canonical) {
  const float *x = a[0], *means = a[1], *inverses = a[2], *dy = a[3];
  static float d[4096], xhat[4096];
  for (int64_t i = 0; i < block_sums(s); i++) {
    int64_t column = i % s->columns, first = i / s->columns * s->depth, n = rows_in_block(s, i / s->columns);
    for (int64_t r = 0; r < n; r++) {
      int64_t at = (first + r) * s->columns + column, statistic = s->transposed ? column : first + r;
      d[r] = dy[at];
      xhat[r] = (x[at] - means[statistic]) * inverses[statistic];
    }
    want(&w[4], i, (double)block_of_products(d, xhat, n), EXACT);
    want(&w[5], i, (double)canonical_sum(d, n, 1), EXACT);
  }
}

ORACLE(column_squares_canonical) {
  const float *x = a[0], *means = a[1];
  static float d[4096];
  for (int64_t i = 0; i < block_sums(s); i++) {
    int64_t column = i % s->columns, first = i / s->columns * s->depth, n = rows_in_block(s, i / s->columns);
    for (int64_t r = 0; r < n; r++)
      d[r] = x[(first + r) * s->columns + column] - means[column];
    want(&w[2], i, (double)block_of_products(d, d, n), EXACT);
  }
}

/* PARAMETERS: IN, or UNUSED for null. */
#define NORMS(PARAMETERS)                                                                                       \
  {.kernel = "layer_norm_f32",                                                                                  \
   SHAPES(matrices),                                                                                            \
   .units = rows,                                                                                               \
   .call = call_layer_norm_f32,                                                                                 \
   .canonical = layer_norm_canonical,                                                                           \
   .arrays = {{"x", IN, matrix, -1, 1},                                                                         \
              {"gamma", PARAMETERS, columns, 0, 2},                                                             \
              {"beta", PARAMETERS, columns, -1, 1},                                                             \
              {"y", OUT, matrix, .in_place = 1},                                                                \
              {"means", OUT, rows},                                                                             \
              {"inverse_deviations", OUT, rows}}},                                                              \
      {.kernel = "layer_norm_backward_f32",                                                                     \
       SHAPES(matrices),                                                                                        \
       .units = rows,                                                                                           \
       .call = call_layer_norm_backward_f32,                                                                    \
       .canonical = layer_norm_backward_canonical,                                                              \
       .arrays = {{"x", IN, matrix, -1, 1},                                                                     \
                  {"gamma", PARAMETERS, columns, 0, 2},                                                         \
                  {"means", IN, rows, -1, 1},                                                                   \
                  {"inverse_deviations", IN, rows, 0, 2},                                                       \
                  {"dy", IN, matrix, -1, 1},                                                                    \
                  {"dx", OUT, matrix, .in_place = 5}}},                                                         \
      {.kernel = "batch_norm_f32",                                                                              \
       SHAPES(matrices),                                                                                        \
       .units = rows,                                                                                           \
       .call = call_batch_norm_f32,                                                                             \
       .canonical = batch_norm_canonical,                                                                       \
       .arrays = {{"x", IN, matrix, -1, 1},                                                                     \
                  {"means", IN, columns, -1, 1},                                                                \
                  {"inverse_deviations", IN, columns, 0, 2},                                                    \
                  {"gamma", PARAMETERS, columns, 0, 2},                                                         \
                  {"beta", PARAMETERS, columns, -1, 1},                                                         \
                  {"y", OUT, matrix, .in_place = 1}}},                                                          \
  {                                                                                                             \
    .kernel = "batch_norm_backward_f32", SHAPES(matrices), .units = rows, .call = call_batch_norm_backward_f32, \
    .canonical = batch_norm_backward_canonical, .arrays = {                                                     \
      {"x", IN, matrix, -1, 1},                                                                                 \
      {"means", IN, columns, -1, 1},                                                                            \
      {"inverse_deviations", IN, columns, 0, 2},                                                                \
      {"gamma", PARAMETERS, columns, 0, 2},                                                                     \
      {"mean_gradients", IN, columns, -1, 1},                                                                   \
      {"mean_products", IN, columns, -1, 1},                                                                    \
      {"dy", IN, matrix, -1, 1},                                                                                \
      {"dx", OUT, matrix, .in_place = 7}                                                                        \
    }                                                                                                           \
  }

static const kernel_case cases[] = {
    NORMS(IN),
    NORMS(UNUSED),
    {.kernel = "norm_parameter_sums_f32",
     SHAPES(blocks),
     .units = block_count,
     .call = call_norm_parameter_sums_f32,
     .canonical = parameter_sums_canonical,
     .arrays = {{"x", IN, matrix, -1, 1},
                {"means", IN, statistics, -1, 1},
                {"inverse_deviations", IN, statistics, 0, 2},
                {"dy", IN, matrix, -1, 1},
                {"gamma_sums", OUT, block_sums},
                {"beta_sums", OUT, block_sums}}},
    {.kernel = "column_squares_f32",
     SHAPES(blocks),
     .units = block_count,
     .call = call_column_squares_f32,
     .canonical = column_squares_canonical,
     .arrays = {{"x", IN, matrix, -1, 1}, {"means", IN, columns, -1, 1}, {"sums", OUT, block_sums}}},
};
const family norm_family = {"norm", cases, COUNT(cases)};
