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

LENGTH(block_records, 8 * ((s->columns + 4095) / 4096))

/* a[2] is the weights, which few cases have */
#define ELEMENT_CALL(name, row, weights, ...)                                                                        \
  static void call_##name(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {              \
    static const float options[16] = {__VA_ARGS__};                                                                  \
    (void)s;                                                                                                         \
    k->row##_f32(a[0], a[1], weights, a[3], a[4], a[5], a[6], (const pana_element_options *)options, 3, scale, from, \
                 to);                                                                                                \
  }
ELEMENT_CALL(mean_squared_error, mean_squared_error, 0, 0)
ELEMENT_CALL(weighted, mean_squared_error, a[2], 0)
ELEMENT_CALL(mean_absolute_error, mean_absolute_error, a[2], 0)
ELEMENT_CALL(huber, huber, 0, 0.75f)
ELEMENT_CALL(smooth_l1, smooth_l1, 0, 1.25f, 0.8f)
ELEMENT_CALL(log_cosh, log_cosh, a[2], 0)
ELEMENT_CALL(quantile, quantile, 0, 0.25f, 0.75f)
ELEMENT_CALL(logarithmic, mean_squared_logarithmic_error, 0, 0)
ELEMENT_CALL(percentage, mean_absolute_percentage_error, 0, 1e-7f)
ELEMENT_CALL(poisson_log, poisson_nll, 0, 1, 1)
ELEMENT_CALL(poisson_rate, poisson_nll, a[2], 0, 0, 1e-8f)
ELEMENT_CALL(robust, general_robust, 0, 0, 2, 1, -1, -0.5f, -1.5f)
ELEMENT_CALL(robust_square, general_robust, 0, 1, 2)
ELEMENT_CALL(robust_cauchy, general_robust, 0, 2, 2)
ELEMENT_CALL(robust_welsch, general_robust, 0, 3, 2)
ELEMENT_CALL(logits, binary_cross_entropy_logits, 0, 2.5f, 0.9f, 0.05f)
ELEMENT_CALL(pos_weights, binary_cross_entropy_pos_weights, a[2], 0, 0.9f, 0.05f, 7, 0, 0, 0, 0, 1, 0, 0.5f, 2.5f, 3,
             0.25f, 40)
ELEMENT_CALL(pos_weight_1, binary_cross_entropy_pos_weights, 0, 0, 1, 0, 1, 0, 0, 0, 0, 2.5f)
ELEMENT_CALL(probabilities, binary_cross_entropy, a[2], 1, 1, 0)
ELEMENT_CALL(focal, focal, 0, 1.5f, -0.5f, 0.75f)
ELEMENT_CALL(focal_0, focal, 0, 0, 0, 1)
ELEMENT_CALL(hinge, hinge, 0, 1)
ELEMENT_CALL(squared_hinge, squared_hinge, 0, 1)
ELEMENT_CALL(least_squares, least_squares, 0, 0)
ELEMENT_CALL(wasserstein, wasserstein, 0, 0)
ELEMENT_CALL(divergence, kullback_leibler, 0, 0)
ELEMENT_CALL(divergence_log, kullback_leibler, a[2], 1)

/* Terms of one block: two roundings of the difference and one of the product, then the additions. */
ORACLE(squared_error_formula) {
  const float *prediction = a[0], *target = a[1];
  for (int64_t from = 0; from < s->columns; from += 4096) {
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    double sum = 0;
    for (int64_t i = from; i < from + n; i++) {
      double e = narrow((double)prediction[i] - (double)target[i]), loss = e * e;
      double gradient = narrow(2 * e) * (double)scale;
      want(&w[3], i, gradient, 3 * U * fabs(gradient) + TINY);
      want(&w[4], i, loss, 4 * U * loss + TINY);
      sum += narrow(loss);
    }
    want(&w[5], from / 4096, sum, (4 + canonical_depth(n)) * U * sum + (double)n * TINY);
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
      want(&w[3], from + i, (double)(2 * e * scale), EXACT);
      want(&w[4], from + i, (double)losses[i], EXACT);
    }
    want(&w[5], from / 4096, (double)canonical_sum(losses, n, 1), EXACT);
  }
}

/* ---- softmax and cross entropy */

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
static const shape matrices[] = {LENGTHS(MATRIX), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
LENGTH(rows, s->rows)
LENGTH(matrix, s->rows * s->columns)

LENGTH(row_records, 8 * s->rows)
LENGTH(classes, s->columns)

/* a[2] and a[3] are the weights of rows and classes, which few cases have */
#define ROW_CALL(name, row, weights, class_weights, ...)                                                       \
  static void call_##name(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {        \
    static const pana_row_options options = {__VA_ARGS__};                                                     \
    k->row##_f32(a[0], a[1], weights, class_weights, a[4], a[5], a[6], &options, s->columns, scale, from, to); \
  }
ROW_CALL(softmax_cross_entropy, softmax_cross_entropy, 0, 0, .ignore_index = -100, .keep = 1)
ROW_CALL(all_options, softmax_cross_entropy, a[2], a[3], .ignore_index = -1, .keep = 0.9f, .smoothing = 0.1f,
         .z_loss = 0.01f, .class_weight_sum = 3)
ROW_CALL(smoothing, softmax_cross_entropy, 0, 0, .ignore_index = -100, .keep = 0.9f, .smoothing = 0.1f)
ROW_CALL(distribution, softmax_cross_entropy_probabilities, a[2], a[3], .ignore_index = -100, .keep = 0.9f,
         .smoothing = 0.1f)
ROW_CALL(focal_rows, focal_softmax, 0, a[3], .ignore_index = -100, .keep = 1, .gamma = 2)
ROW_CALL(entropy, entropy, a[2], 0, .ignore_index = -100, .keep = 1)
ROW_CALL(nll, nll, a[2], a[3], .ignore_index = -1, .keep = 1)
ROW_CALL(hinge_rows, multi_class_hinge, a[2], 0, .ignore_index = -100, .keep = 1, .margin = 1)
ROW_CALL(zero_one, zero_one, 0, a[3], .ignore_index = -100, .keep = 1)

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
    want(&w[5], r, loss, U * (sum_error + 2 * fabs(log(sum)) + fabs(d) + fabs(loss)) + TINY);
    for (int64_t c = 0; c < s->columns; c++) {
      double distance = (double)x[c] - maximum, y = exp(distance) / sum;
      double relative = (y > 0 ? fabs(distance) : 0) + sum_error + 4;
      double gradient = (y - (c == label)) * (double)scale;
      want(&w[4], r * s->columns + c, gradient, U * (relative * y * (double)scale + fabs(gradient)) + 2 * TINY);
    }
  }
}

/* Weights as the caller lets them through: some of them 0. */
static void fill_weights(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  float *weights = data;
  (void)s;
  (void)how;
  for (int64_t i = 0; i < n; i++)
    weights[i] = random_bits(stream, (uint64_t)i) % 8 ? (float)random_unit(~stream, (uint64_t)i) : 0;
}

/* The record of a gradient that is null differs: here it never is, and where it is there are no statistics. */
#define ELEMENT_ARRAYS(xlow, xhigh, tlow, thigh)            \
  .arrays = {{"prediction", IN, vector, xlow, xhigh},       \
             {"target", IN, vector, tlow, thigh},           \
             {"weights", IN, vector, .fill = fill_weights}, \
             {"gradient", OUT, vector, .in_place = 1},      \
             {"losses", OUT, vector, .nullable = true},     \
             {"sums", OUT, block_sums},                     \
             {"statistics", OUT, block_records}}
#define ELEMENT(row, how, xlow, xhigh, tlow, thigh)                                             \
  {                                                                                             \
    .kernel = #row "_f32", SHAPES(vectors), .units = vector, .grain = 4096, .call = call_##how, \
    ELEMENT_ARRAYS(xlow, xhigh, tlow, thigh)                                                    \
  }

#define ROW_ARRAYS(...)                                            \
  .arrays = {{"logits", IN, matrix, .fill = fill_logits},          \
             {__VA_ARGS__},                                        \
             {"weights", IN, rows, .fill = fill_weights},          \
             {"class weights", IN, classes, .fill = fill_weights}, \
             {"gradient", OUT, matrix, .in_place = 1},             \
             {"losses", OUT, rows},                                \
             {"statistics", OUT, row_records}}
#define LABELLED ROW_ARRAYS("labels", IN, rows, .fill = fill_labels, .integer = true)
#define ROW(row, how, ...) \
  { .kernel = #row "_f32", SHAPES(matrices), .units = rows, .call = call_##how, __VA_ARGS__ }

static const kernel_case cases[] = {
    {.kernel = "mean_squared_error_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_mean_squared_error,
     .formula = squared_error_formula,
     .canonical = squared_error_canonical,
     .arrays = {{"prediction", IN, vector, -1, 1},
                {"target", IN, vector, -1, 1},
                {"weights", IN, vector, .fill = fill_weights},
                {"gradient", OUT, vector, .in_place = 1, .nullable = true},
                {"losses", OUT, vector, .nullable = true},
                {"sums", OUT, block_sums}}},
    ELEMENT(mean_squared_error, weighted, -1, 1, -1, 1),
    ELEMENT(mean_absolute_error, mean_absolute_error, -1, 1, -1, 1),
    ELEMENT(huber, huber, -2, 2, -1, 1),
    ELEMENT(smooth_l1, smooth_l1, -2, 2, -1, 1),
    ELEMENT(log_cosh, log_cosh, -3, 3, -1, 1),
    ELEMENT(quantile, quantile, -1, 1, -1, 1),
    ELEMENT(mean_squared_logarithmic_error, logarithmic, 0, 4, 0, 4),
    ELEMENT(mean_absolute_percentage_error, percentage, -1, 1, -1, 1),
    ELEMENT(poisson_nll, poisson_log, -3, 3, 0, 5),
    ELEMENT(poisson_nll, poisson_rate, 0, 4, 0, 5),
    ELEMENT(general_robust, robust, -3, 3, -1, 1),
    ELEMENT(general_robust, robust_square, -3, 3, -1, 1),
    ELEMENT(general_robust, robust_cauchy, -3, 3, -1, 1),
    ELEMENT(general_robust, robust_welsch, -3, 3, -1, 1),
    ELEMENT(binary_cross_entropy_logits, logits, -9, 9, 0, 1),
    ELEMENT(binary_cross_entropy_pos_weights, pos_weights, -9, 9, 0, 1),
    ELEMENT(binary_cross_entropy_pos_weights, pos_weight_1, -9, 9, 0, 1),
    ELEMENT(binary_cross_entropy, probabilities, 0, 1, 0, 1),
    ELEMENT(focal, focal, -9, 9, 0, 1),
    ELEMENT(focal, focal_0, -9, 9, 0, 1),
    ELEMENT(hinge, hinge, -2, 2, -1, 1),
    ELEMENT(squared_hinge, squared_hinge, -2, 2, -1, 1),
    ELEMENT(least_squares, least_squares, -1, 1, -1, 1),
    ELEMENT(wasserstein, wasserstein, -1, 1, -1, 1),
    ELEMENT(kullback_leibler, divergence, -6, 0, 0, 1),
    ELEMENT(kullback_leibler, divergence_log, -6, 0, -6, 0),
    {.kernel = "softmax_cross_entropy_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_softmax_cross_entropy,
     .formula = cross_entropy_formula,
     .arrays = {{"logits", IN, matrix, .fill = fill_logits},
                {"labels", IN, rows, .fill = fill_labels, .integer = true},
                {"weights", IN, rows, .fill = fill_weights},
                {"class weights", IN, classes, .fill = fill_weights},
                {"gradient", OUT, matrix, .in_place = 1, .nullable = true},
                {"losses", OUT, rows}}},
    ROW(softmax_cross_entropy, all_options, LABELLED),
    ROW(softmax_cross_entropy, smoothing, LABELLED),
    ROW(softmax_cross_entropy_probabilities, distribution, ROW_ARRAYS("target", IN, matrix, 0, 1)),
    ROW(focal_softmax, focal_rows, LABELLED),
    ROW(entropy, entropy, LABELLED),
    ROW(nll, nll, LABELLED),
    ROW(multi_class_hinge, hinge_rows, LABELLED),
    ROW(zero_one, zero_one, LABELLED),
};
const family loss_family = {"loss", cases, COUNT(cases)};
