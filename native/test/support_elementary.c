/* Cases: functions of one element. */
#include <math.h>

#include "support_case.h"

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)

CALL(exp_f32, a[0], a[1], from, to)
CALL(log_f32, a[0], a[1], from, to)
CALL(relu_f32, a[0], a[1], from, to)
CALL(relu_backward_f32, a[0], a[1], a[2], from, to)

/* The contract's 1 ulp; exhaustive_test.c measures how much of it is used. */
ORACLE(exp_formula) {
  const float *x = a[0];
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[1], i, exp((double)x[i]), ulp_at(exp((double)x[i])));
}

ORACLE(log_formula) {
  const float *x = a[0];
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[1], i, log((double)x[i]), ulp_at(log((double)x[i])));
}

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

static const kernel_case cases[] = {
    {.kernel = "exp_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_exp_f32,
     .formula = exp_formula,
     .arrays = {{"x", IN, vector, -105, 90}, {"y", OUT, vector, .in_place = 1}}},
    {.kernel = "log_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_log_f32,
     .formula = log_formula,
     .arrays = {{"x", IN, vector, -1, 10}, {"y", OUT, vector, .in_place = 1}}},
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
