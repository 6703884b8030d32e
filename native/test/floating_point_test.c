/*
 * The library leaves the floating-point environment of its process alone: loaded into a JVM, it must not
 * turn denormals off, nor change the rounding of code that runs after it. (kernels_test.c looks at the
 * control register after every call, too.)
 */
#include <fenv.h>
#include <math.h>
#include <stdio.h>

#include "support.h"

static const float tiny = 1e-40f; /* a denormal */

/* The control register as the system starts a process: nearest, denormals kept, no traps. */
static void check_process(void) {
#if defined(__x86_64__)
  CHECK(floating_point_control() == 0x1f80, "control %x when main starts", floating_point_control());
#endif
  CHECK(fegetround() == FE_TONEAREST, "rounding mode %d when main starts", fegetround());
  volatile float half = tiny;
  half *= 0.5f;
  CHECK(half > 0, "a denormal product became 0");
}

enum { N = 37 };
static float x[N], y[N], z[N], zero[N];

static void expect(const char *kernel, float value) {
  where.kernel = kernel;
  for (int i = 0; i < N; i++)
    CHECK(y[i] == value, "denormals: [%d] got %a, expected %a", i, (double)y[i], (double)value);
}

static void fill(float *p, float value) {
  for (int i = 0; i < N; i++)
    p[i] = value;
}

static void check_denormals(const kernels *k) {
  fill(x, tiny);
  fill(z, 1);
  k->relu_f32(x, y, 0, N);
  expect("relu_f32", tiny);
  k->relu_backward_f32(x, z, y, 0, N); /* a denormal counts as greater than 0 */
  expect("relu_backward_f32", 1);
  k->bias_f32(x, x, y, N, 0, 1);
  expect("bias_f32", 2 * tiny);
  k->product_f32(x, z, y, N, 1, 1, N, N, 0, 0, 0, 1);
  expect("product_f32", tiny);
  k->column_sums_f32(x, y, 1, N, 1, 0, 1);
  expect("column_sums_f32", tiny);
  k->sum_partials_f32(x, y, 1, N, 0, N);
  expect("sum_partials_f32", tiny);
  fill(y, tiny);
  const pana_update sgd = {.gradient_scale = 1, .clip_value = INFINITY, .shrink = 1, .scalar = {-tiny}};
  k->sgd_f32(y, z, 0, 0, 0, 0, 0, &sgd, 1, 0, N);
  expect("sgd_f32", 2 * tiny);
  fill(x, -100);
  k->exp_f32(x, y, 0, N);
  expect("exp_f32", 0x1.bp-145f); /* 27 * 2^-149 = e^-100 rounded */
}

static const pana_update adam = {
    .gradient_scale = 1, .clip_value = INFINITY, .shrink = 1, .scalar = {0.01f, 0.9f, 0.1f, 0.999f, 0.001f, 1, 1e-8f}};

/* In another rounding mode, and with every exception flag raised, a call changes neither. */
static void check_left_alone(const kernels *k) {
  where.kernel = "all kernels called here";
  const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_TOWARDZERO};
  for (int m = 0; m < COUNT(modes); m++) {
    fesetround(modes[m]);
    feraiseexcept(FE_ALL_EXCEPT);
    uint32_t control = floating_point_control();
    k->exp_f32(zero, y, 0, N);
    k->log_f32(zero, y, 0, N);
    k->softmax_f32(zero, y, N, 0, 1);
    k->adam_f32(y, zero, x, z, 0, 0, 0, &adam, 1, 0, N);
    CHECK(fegetround() == modes[m], "rounding mode %d became %d", modes[m], fegetround());
    CHECK(floating_point_control() == control, "control %x became %x", control, floating_point_control());
    CHECK(fetestexcept(FE_ALL_EXCEPT) == FE_ALL_EXCEPT, "exception flags were cleared");
    feclearexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
  }
}

int main(void) {
  start();
  check_process();
  int count;
  const tier *all = tiers(&count);
  for (int t = 0; t < count; t++) {
    where.tier = all[t].name;
    check_denormals(all[t].kernels);
    check_left_alone(all[t].kernels);
  }
  where.kernel = "pana_empty";
  pana_empty();
  check_process();
  return finish("floating-point environment and denormals");
}
