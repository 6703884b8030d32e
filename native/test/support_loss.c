/* Cases: losses with their gradients. */
#include <float.h>
#include <math.h>

#include "support_case.h"

static const float scale = 1.0f / 3; /* no power of two, so that its rounding shows */

/* ---- elementwise losses, summed by blocks of 4096 */

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)
LENGTH(block_sums, (s->columns + 4095) / 4096)

CALL(mean_squared_error_f32, a[0], a[1], a[2], a[3], a[4], scale, from, to)

/* Terms of one block: two roundings of the difference and one of the product, then the additions. */
ORACLE(squared_error_formula) {
  const float *prediction = a[0], *target = a[1];
  for (int64_t from = 0; from < s->columns; from += 4096) {
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    double sum = 0;
    for (int64_t i = from; i < from + n; i++) {
      double e = narrow((double)prediction[i] - (double)target[i]), loss = e * e;
      double gradient = narrow(2 * e) * (double)scale;
      want(&w[2], i, gradient, 3 * U * fabs(gradient) + TINY);
      want(&w[3], i, loss, 4 * U * loss + TINY);
      sum += narrow(loss);
    }
    want(&w[4], from / 4096, sum, (4 + canonical_depth(n)) * U * sum + (double)n * TINY);
  }
}

ORACLE(squared_error_canonical) {
  const float *prediction = a[0], *target = a[1];
  for (int64_t from = 0; from < s->columns; from += 4096) {
    float losses[4096];
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    for (int64_t i = 0; i < n; i++) {
      float e = prediction[from + i] - target[from + i];
      losses[i] = e * e;
      want(&w[2], from + i, (double)(2 * e * scale), EXACT);
      want(&w[3], from + i, (double)losses[i], EXACT);
    }
    want(&w[4], from / 4096, (double)canonical_sum(losses, n, 1), EXACT);
  }
}

/* ---- softmax and cross entropy */

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
static const shape matrices[] = {LENGTHS(MATRIX), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
LENGTH(rows, s->rows)
LENGTH(matrix, s->rows * s->columns)

CALL(softmax_cross_entropy_f32, a[0], a[1], a[2], a[3], s->columns, scale, from, to)

/* Among SPECIAL ones every fourth label is out of range. */
static void fill_labels(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  const int32_t strangers[] = {-1, (int32_t)s->columns, INT32_MAX, INT32_MIN, 1 << 30};
  int32_t *labels = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    bool strange = how == SPECIAL && bits % 4 == 0;
    labels[i] = strange ? strangers[(bits >> 8) % 5] : s->columns ? (int32_t)((bits >> 8) % (uint64_t)s->columns) : 0;
  }
}

/*
 * The errors are softmax's (support_rows.c). The logarithm turns the sum's relative error into an absolute
 * one, which is where a loss near 0 cancels, and adds 1 ulp (2 U); the two subtractions round once each.
 */
ORACLE(cross_entropy_formula) {
  const float *x = a[0];
  const int32_t *labels = a[1];
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
    double sum_error = s->columns ? mean / sum + canonical_depth(s->columns) + 3 : 0;
    int32_t label = labels[r];
    bool known = label >= 0 && label < s->columns;
    double d = known ? narrow((double)x[label] - maximum) : NAN, loss = log(sum) - d;
    want(&w[3], r, loss, U * (sum_error + 2 * fabs(log(sum)) + fabs(d) + fabs(loss)) + TINY);
    for (int64_t c = 0; c < s->columns; c++) {
      double distance = (double)x[c] - maximum, y = exp(distance) / sum;
      double relative = (y > 0 ? fabs(distance) : 0) + sum_error + 4;
      double gradient = (y - (c == label)) * (double)scale;
      want(&w[2], r * s->columns + c, gradient, U * (relative * y * (double)scale + fabs(gradient)) + 2 * TINY);
    }
  }
}

static const kernel_case cases[] = {
    {.kernel = "mean_squared_error_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_mean_squared_error_f32,
     .formula = squared_error_formula,
     .canonical = squared_error_canonical,
     .arrays = {{"prediction", IN, vector, -1, 1},
                {"target", IN, vector, -1, 1},
                {"gradient", OUT, vector, .in_place = 1, .nullable = true},
                {"losses", OUT, vector, .nullable = true},
                {"sums", OUT, block_sums}}},
    {.kernel = "softmax_cross_entropy_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_softmax_cross_entropy_f32,
     .formula = cross_entropy_formula,
     .arrays = {{"logits", IN, matrix, .fill = fill_logits},
                {"labels", IN, rows, .fill = fill_labels, .integer = true},
                {"gradient", OUT, matrix, .in_place = 1, .nullable = true},
                {"losses", OUT, rows}}},
};
const family loss_family = {"loss", cases, COUNT(cases)};
