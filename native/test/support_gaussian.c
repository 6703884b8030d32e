/* Cases: losses of a mean and a variance. */
#include <float.h>
#include <math.h>

#include "support_case.h"

static const float scale = 1.0f / 3; /* no power of two, so that its rounding shows */
static const float epsilon = 0.125f, constant = 0x1.d67f1cp+0f;

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)
LENGTH(block_sums, (s->columns + 4095) / 4096)

CALL(gaussian_nll_f32, a[0], a[1], a[2], a[3], a[4], a[5], a[6], epsilon, constant, scale, from, to)
CALL(gaussian_kl_f32, a[0], a[1], 0, a[3], a[4], a[5], a[6], 0, 0, scale, from, to)

/* Adds up what the losses must be: their errors, and those of adding. */
static void want_sums(const shape *s, const wanted *w) {
  for (int64_t from = 0; from < s->columns; from += 4096) {
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    double sum = 0, size = 0, error = 0;
    for (int64_t i = from; i < from + n; i++) {
      sum += w[5].value[i];
      size += fabs(w[5].value[i]);
      error += w[5].tolerance[i];
    }
    want(&w[6], from / 4096, sum, error + canonical_depth(n) * U * size);
  }
}

/* The quotient carries 2 roundings (its dividend one), the square 4; each count is one more, for their products. */
ORACLE(nll_formula) {
  const float *mean = a[0], *variance = a[1], *target = a[2];
  for (int64_t i = 0; i < s->columns; i++) {
    double v = fmax((double)variance[i], (double)epsilon), e = (double)mean[i] - (double)target[i];
    double square = e * e / v, logarithm = log(v), loss = (logarithm + square + (double)constant) / 2;
    double by_mean = e / v * (double)scale, by_variance = (1 - square) / v / 2 * (double)scale;
    want(&w[3], i, by_mean, 4 * U * fabs(by_mean) + TINY);
    want(&w[4], i, by_variance, U * (5 * square / v / 2 * (double)scale + 4 * fabs(by_variance)) + 2 * TINY);
    want(&w[5], i, loss, U * (2 * fabs(logarithm) + 5 * square + fabs(logarithm + square) + 2 * fabs(loss)) + TINY);
  }
  want_sums(s, w);
}

/* e^x - 1 - x is within 8 U near 0 (measured), elsewhere e^x - 1 within 3 and the difference rounded. */
ORACLE(kl_formula) {
  const float *mean = a[0], *log_variance = a[1];
  for (int64_t i = 0; i < s->columns; i++) {
    double x = (double)log_variance[i], mu = (double)mean[i];
    double m = expm1(x) > (double)FLT_MAX ? INFINITY : expm1(x); /* it overflows before its half does */
    double excess = fabs(x) < 1e-3 ? x * x / 2 * (1 + x / 3 * (1 + x / 4)) : m - x;
    double error = fabs(x) < 0.34375 ? 8 * excess : 3 * fabs(m) + excess, loss = (mu * mu + excess) / 2;
    want(&w[3], i, mu * (double)scale, U * fabs(mu * (double)scale) + TINY);
    want(&w[4], i, m / 2 * (double)scale, 4 * U * fabs(m / 2 * (double)scale) + TINY);
    want(&w[5], i, loss, U * (error / 2 + 2 * loss) + TINY);
  }
  want_sums(s, w);
}

#define GAUSSIAN(x2, low, high, target_role)                              \
  .arrays = {{"mean", IN, vector, -3, 3},                                 \
             {x2, IN, vector, low, high},                                 \
             {"target", target_role, vector, -3, 3},                      \
             {"gradient1", OUT, vector, .in_place = 1, .nullable = true}, \
             {"gradient2", OUT, vector, .in_place = 2, .nullable = true}, \
             {"losses", OUT, vector, .nullable = true},                   \
             {"sums", OUT, block_sums}}

static const kernel_case cases[] = {
    {.kernel = "gaussian_nll_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_gaussian_nll_f32,
     .formula = nll_formula,
     .finite = true,
     GAUSSIAN("variance", 0, 4, IN)},
    {.kernel = "gaussian_kl_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_gaussian_kl_f32,
     .formula = kl_formula,
     .finite = true,
     GAUSSIAN("log_variance", -1, 1, UNUSED)},
};
const family gaussian_family = {"gaussian", cases, COUNT(cases)};
