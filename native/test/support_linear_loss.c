/* Cases: a softmax whose classes come in tiles. */
#include <math.h>

#include "support_case.h"

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
/* Transposed: with class weights. */
#define WEIGHTED(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n, .transposed = true }
static const shape tiles[] = {
    LENGTHS(MATRIX), LENGTHS(WEIGHTED), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
LENGTH(rows, s->rows)
LENGTH(triples, 3 * s->rows)
LENGTH(classes, s->columns)
LENGTH(matrix, s->rows * s->columns)

CALL(softmax_tile_sums_f32, a[0], s->transposed ? a[1] : 0, a[2], s->columns, from, to)
CALL(softmax_tile_gradient_f32, a[0], s->transposed ? a[1] : 0, a[2], a[3], s->columns, from, to)

static double weight(const shape *s, const float *weights, int64_t c) { return s->transposed ? (double)weights[c] : 1; }

static double greatest(const float *x, int64_t n) {
  double m = -INFINITY;
  for (int64_t c = 0; c < n; c++)
    m = fmax(m, (double)x[c]);
  return m;
}

/*
 * A term of the first sum has the rounded distance and exp's ulp (2 U), of the second one the distance and the product;
 * each passes canonical_depth additions, and the sum of the blocks is rounded.
 */
ORACLE(sums_formula) {
  const float *x = a[0], *weights = a[1];
  double depth = canonical_depth(s->columns) + 1;
  for (int64_t r = 0; r < s->rows; r++, x += s->columns) {
    double m = greatest(x, s->columns), shift = m == -INFINITY ? 0 : m;
    double sum = 0, error = 0, distance = 0, magnitude = 0;
    for (int64_t c = 0; c < s->columns; c++) {
      double d = shift - (double)x[c], e = exp(-d);
      sum += e;
      error += e > 0 ? e * (fabs(d) + 2) : 0;
      distance += weight(s, weights, c) * d;
      magnitude += fabs(weight(s, weights, c) * d);
    }
    want(&w[2], 3 * r, m, EXACT);
    want(&w[2], 3 * r + 1, sum, U * (error + depth * sum) + (double)s->columns * TINY);
    want(&w[2], 3 * r + 2, distance, U * (depth + 2) * magnitude + (double)s->columns * TINY);
  }
}

/* Factors of rows: nothing less than the greatest logit, a factor, and in every third row a spread or neither. */
static void fill_factors(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  float *factors = data;
  (void)s;
  for (int64_t i = 0; i < n; i++) {
    double share = random_unit(stream, (uint64_t)i);
    factors[i] = i % 3 == 0                ? (float)((how == LARGE ? 1e4 : 8) + share)
                 : i / 3 % 3 == 2          ? 0
                 : i % 3 == 1 || i / 3 % 3 ? (float)share
                                           : 0;
  }
}

ORACLE(gradient_formula) {
  const float *x = a[0], *weights = a[1], *factors = a[2];
  for (int64_t i = 0; i < s->rows * s->columns; i++) {
    const float *row = factors + 3 * (i / s->columns);
    double d = (double)row[0] - (double)x[i], e = exp(-d) * (double)row[1];
    double spread = (double)row[2] * weight(s, weights, i % s->columns);
    double gradient = e - spread;
    bool nothing = row[1] == 0 && row[2] == 0;
    want(&w[3], i, nothing ? 0 : gradient,
         nothing ? EXACT : U * ((e > 0 ? e * (fabs(d) + 3) : 0) + fabs(gradient)) + 3 * TINY);
  }
}

static const kernel_case cases[] = {
    {.kernel = "softmax_tile_sums_f32",
     SHAPES(tiles),
     .units = rows,
     .call = call_softmax_tile_sums_f32,
     .formula = sums_formula,
     .finite = true,
     .arrays = {{"x", IN, matrix, .fill = fill_logits}, {"class_weights", IN, classes, 0, 2}, {"sums", OUT, triples}}},
    {.kernel = "softmax_tile_gradient_f32",
     SHAPES(tiles),
     .units = rows,
     .call = call_softmax_tile_gradient_f32,
     .formula = gradient_formula,
     .finite = true,
     .arrays = {{"x", IN, matrix, .fill = fill_logits},
                {"class_weights", IN, classes, 0, 2},
                {"factors", IN, triples, .fill = fill_factors},
                {"gradient", OUT, matrix, .in_place = 1}}},
};
const family linear_loss_family = {"linear loss", cases, COUNT(cases)};
