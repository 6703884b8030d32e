/* Cases: functions of one element. */
#include <math.h>

#include "support_case.h"

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)

CALL(exp_f32, a[0], a[1], from, to)
CALL(log_f32, a[0], a[1], from, to)
CALL(log1p_f32, a[0], a[1], from, to)
CALL(expm1_f32, a[0], a[1], from, to)
CALL(tanh_f32, a[0], a[1], from, to)
CALL(sigmoid_f32, a[0], a[1], from, to)
CALL(softplus_f32, a[0], a[1], from, to)
CALL(atan_f32, a[0], a[1], from, to)
CALL(relu_f32, a[0], a[1], from, to)
CALL(relu_backward_f32, a[0], a[1], a[2], from, to)

/* Within the contract's ulps; exhaustive_test.c measures how much of them is used. */
#define FORMULA(name, exact, bound)            \
  ORACLE(name##_formula) {                     \
    const float *x = a[0];                     \
    for (int64_t i = 0; i < s->columns; i++) { \
      double y = exact((double)x[i]);          \
      want(&w[1], i, y, (bound)*ulp_at(y));    \
    }                                          \
  }
FORMULA(exp, exp, 1)
FORMULA(log, log, 1)
FORMULA(log1p, log1p, 1)
FORMULA(expm1, expm1, 1.5)
FORMULA(tanh, tanh, 1.5)
FORMULA(sigmoid, exact_sigmoid, 2.5)
FORMULA(softplus, exact_softplus, 2)
FORMULA(atan, atan, 2)

ORACLE(relu_copy) {
  const float *x = a[0];
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[1], i, x[i] < 0 ? 0.0 : (double)x[i], EXACT);
}

ORACLE(relu_backward_copy) {
  const float *y = a[0], *dy = a[1];
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[2], i, y[i] <= 0 ? 0.0 : (double)dy[i], EXACT);
}

#define FUNCTION(name, low, high)                                                                                   \
  {                                                                                                                 \
    .kernel = #name "_f32", SHAPES(vectors), .units = vector, .call = call_##name##_f32, .formula = name##_formula, \
    .arrays = {                                                                                                     \
      {"x", IN, vector, low, high},                                                                                 \
      {"y", OUT, vector, .in_place = 1}                                                                             \
    }                                                                                                               \
  }
static const kernel_case cases[] = {
    FUNCTION(exp, -105, 90),
    FUNCTION(log, -1, 10),
    FUNCTION(log1p, -2, 10),
    FUNCTION(expm1, -19, 90),
    FUNCTION(tanh, -10, 10),
    FUNCTION(sigmoid, -105, 20),
    FUNCTION(softplus, -105, 20),
    FUNCTION(atan, -3, 3),
    {.kernel = "relu_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_relu_f32,
     .canonical = relu_copy,
     .arrays = {{"x", IN, vector, -1, 1}, {"y", OUT, vector, .in_place = 1}}},
    {.kernel = "relu_backward_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_relu_backward_f32,
     .canonical = relu_backward_copy,
     .arrays = {{"y", IN, vector, -1, 1}, {"dy", IN, vector, -1, 1}, {"dx", OUT, vector, .in_place = 2}}},
};
const family elementary_family = {"elementary", cases, COUNT(cases)};
