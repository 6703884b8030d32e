/* Cases: update rules. */
#include <math.h>

#include "support_case.h"

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)

static const float rate = 0.01f, momentum = 0.9f, weight = 0.7f, rho = 0.99f, one_minus_rho = 0.01f;
static const float beta1 = 0.9f, one_minus_beta1 = 0.1f, beta2 = 0.999f, one_minus_beta2 = 0.001f;
static const float step = 0.0123f, correction = 3.21f, epsilon = 1e-7f;

CALL(sgd_f32, a[0], a[1], rate, from, to)
CALL(momentum_f32, a[0], a[1], a[2], rate, momentum, weight, from, to)
CALL(rmsprop_f32, a[0], a[1], a[2], rate, rho, one_minus_rho, epsilon, from, to)
CALL(adam_f32, a[0], a[1], a[2], a[3], beta1, one_minus_beta1, beta2, one_minus_beta2, step, correction, epsilon, from,
     to)

/* x + y of two products with one rounding each, and the sum's; absolute, since they may cancel. */
static double sum_error(double x, double y) { return 2 * U * (fabs(x) + fabs(y)) + 2 * TINY; }

ORACLE(sgd_formula) {
  const float *p = a[0], *g = a[1];
  for (int64_t i = 0; i < s->columns; i++) {
    double update = (double)rate * (double)g[i];
    want(&w[0], i, (double)p[i] - update, sum_error((double)p[i], update));
  }
}

ORACLE(momentum_formula) {
  const float *p = a[0], *g = a[1], *b = a[2];
  for (int64_t i = 0; i < s->columns; i++) {
    double old = (double)momentum * (double)b[i], fresh = (double)weight * (double)g[i];
    double error = sum_error(old, fresh), next = narrow(old + fresh), update = (double)rate * next;
    want(&w[2], i, old + fresh, error);
    want(&w[0], i, (double)p[i] - update, (double)rate * error + sum_error((double)p[i], update));
  }
}

/* v = decay * v + rest * g^2: at most 4 U of its terms. Both are positive, if v was. */
static double second_moment(const wanted *w, int64_t i, float decay, float v, float rest, float g) {
  double old = (double)decay * (double)v, fresh = narrow((double)rest * (double)g * (double)g);
  want(w, i, old + fresh, 2 * sum_error(old, fresh));
  return narrow(old + fresh);
}

/* The update's relative error: v's 4 U halved by the root, then root, sum, two products and division: 7 U. A
 * numerator among the denormals has an absolute error, TINY, which the division makes greater. */
ORACLE(rmsprop_formula) {
  const float *p = a[0], *g = a[1], *v = a[2];
  for (int64_t i = 0; i < s->columns; i++) {
    double root = sqrt(second_moment(&w[2], i, rho, v[i], one_minus_rho, g[i]));
    double denominator = root + (double)epsilon, update = (double)rate * (double)g[i] / denominator;
    want(&w[0], i, (double)p[i] - update, TINY / denominator + 8 * U * fabs(update) + sum_error((double)p[i], update));
  }
}

/* As above, and m's absolute error passes through the division. */
ORACLE(adam_formula) {
  const float *p = a[0], *g = a[1], *m = a[2], *v = a[3];
  for (int64_t i = 0; i < s->columns; i++) {
    double old = (double)beta1 * (double)m[i], fresh = (double)one_minus_beta1 * (double)g[i];
    double first = narrow(old + fresh), error = sum_error(old, fresh);
    double root = sqrt(second_moment(&w[3], i, beta2, v[i], one_minus_beta2, g[i]));
    double denominator = root * (double)correction + (double)epsilon;
    /* It may overflow where what is left of the parameter would not. */
    double update = narrow((double)step * first / denominator);
    want(&w[2], i, old + fresh, error);
    want(&w[0], i, (double)p[i] - update,
         ((double)step * error + TINY) / denominator + 8 * U * fabs(update) + sum_error((double)p[i], update));
  }
}

#define PARAMETER \
  { "parameter", INOUT, vector, -1, 1 }
#define GRADIENT \
  { "gradient", IN, vector, -1, 1 }

static const kernel_case cases[] = {
    {.kernel = "sgd_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_sgd_f32,
     .formula = sgd_formula,
     .arrays = {PARAMETER, GRADIENT}},
    {.kernel = "momentum_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_momentum_f32,
     .formula = momentum_formula,
     .arrays = {PARAMETER, GRADIENT, {"momentum_buffer", INOUT, vector, -1, 1}}},
    {.kernel = "rmsprop_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_rmsprop_f32,
     .formula = rmsprop_formula,
     .arrays = {PARAMETER, GRADIENT, {"square_average", INOUT, vector, 0, 1}}},
    {.kernel = "adam_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_adam_f32,
     .formula = adam_formula,
     .arrays = {PARAMETER, GRADIENT, {"first_moment", INOUT, vector, -1, 1}, {"second_moment", INOUT, vector, 0, 1}}},
};
const family optimizer_family = {"optimizer", cases, COUNT(cases)};
