/*
 * Functions of one element, by their number: one table of formulas, two loops of each. kernels.def has the contract.
 */
#include "derived.h"
#include "kernel.h"
#include "power.h"

typedef struct {
  float a, b;
  exponent power; /* for power: a for the values, a - 1 for the slopes */
} map_options;

/* 1, -1, or x itself where it is 0 or NaN. */
static inline vf sign(vf x) {
  return vf_select(vf_lt(vf_zero(), x), vf_set(1.0f), vf_select(vf_lt(x, vf_zero()), vf_set(-1.0f), x));
}

static inline vf where_positive(vf x, vf y, vf otherwise) { return vf_select(vf_lt(vf_zero(), x), y, otherwise); }

/* What two loops need is a function of its own: the library is to stay small. */
#define LOOP NOINLINE
LOOP vf power_lanes(vf x, const map_options *o) { return vf_power(x, o->power); }
LOOP vf erf_lanes(vf x) { return vf_erf(x); }

/* The normal distribution: (1 + erf(x / sqrt 2)) / 2. */
static inline vf normal(vf x) {
  const vf half = vf_set(0.5f);
  return vf_fma(half, erf_lanes(vf_mul(x, vf_set(0x1.6a09e6p-1f))), half);
}

static inline vf gelu_slope(vf x) {
  vf density = vf_mul(vf_set(0x1.988454p-2f), exp_product(x, vf_mul(vf_set(-0.5f), x)));
  return vf_fma(x, density, normal(x));
}

/* 2 u, u = sqrt(2 / pi) (x + 0.044715 x^3). */
static inline vf gelu_tanh_inner(vf x) {
  vf cubic = vf_fma(vf_mul(vf_set(0x1.6e4e26p-5f), vf_mul(x, x)), x, x);
  return vf_mul(vf_set(0x1.988454p+0f), cubic);
}

/* s = sigmoid(x) and 1 - s, neither of which cancels. */
typedef struct {
  vf s, rest;
} sigmoid_sides;

static inline sigmoid_sides sides(vf x) {
  vf z = vf_exp(vf_sub(vf_zero(), vf_abs(x))), large = vf_div(vf_set(1.0f), vf_add(z, vf_set(1.0f)));
  vf small = vf_mul(z, large);
  vm negative = vf_lt(x, vf_zero());
  return (sigmoid_sides){vf_select(negative, small, large), vf_select(negative, large, small)};
}

/* Beyond 16 the slope is 0 or 1, and nothing overflows before. */
static inline vf gelu_tanh_slope(vf x) {
  x = vf_max(vf_set(-16.0f), vf_min(vf_set(16.0f), x));
  sigmoid_sides t = sides(gelu_tanh_inner(x));
  vf inner_slope = vf_mul(vf_set(0x1.988454p+0f), vf_fma(vf_set(0x1.12ba9ep-3f), vf_mul(x, x), vf_set(1.0f)));
  return vf_fma(vf_mul(x, inner_slope), vf_mul(t.s, t.rest), t.s);
}

static inline vf silu_slope(vf x) {
  sigmoid_sides t = sides(x);
  return vf_mul(t.s, vf_fma(x, t.rest, vf_set(1.0f)));
}

static inline vf erf_slope(vf x) { return vf_mul(vf_set(0x1.20dd76p+0f), exp_product(x, vf_negate(x))); }

/* Values by x, of n elements, a multiple of LANES. */
#define VALUES(name, value)                                                                \
  LOOP void name##_values(const map_options *o, const float *from, float *to, int64_t n) { \
    (void)o;                                                                               \
    for (int64_t i = 0; i < n; i += LANES) {                                               \
      vf x = vf_load(from + i);                                                            \
      (void)x;                                                                             \
      vf_store(to + i, value);                                                             \
    }                                                                                      \
  }

/* Values that a kernel of their own computes. */
#define VALUES_OF(name)                                                                        \
  FUNCTION void name##_values(const map_options *o, const float *from, float *to, int64_t n) { \
    (void)o;                                                                                   \
    PANA_FN(name##_f32)(from, to, 0, n);                                                       \
  }

/* The gradient, its slope by x and y. */
#define GRADIENT(name, slope)                                                                                    \
  LOOP void name##_gradient(const map_options *o, const float *in, const float *out, const float *dy, float *dx, \
                            int64_t n) {                                                                         \
    (void)o;                                                                                                     \
    for (int64_t i = 0; i < n; i += LANES) {                                                                     \
      vf x = vf_load(in + i), y = vf_load(out + i);                                                              \
      (void)x, (void)y;                                                                                          \
      vf_store(dx + i, vf_mul(vf_load(dy + i), slope));                                                          \
    }                                                                                                            \
  }

#define A   vf_set(o->a)
#define ONE vf_set(1.0f)
VALUES(affine, vf_fma(A, x, vf_set(o->b)))
GRADIENT(affine, A)
VALUES(abs, vf_abs(x))
GRADIENT(abs, sign(x))
VALUES(square, vf_mul(x, x))
GRADIENT(square, vf_add(x, x))
VALUES(sqrt, vf_sqrt(x))
GRADIENT(sqrt, vf_div(vf_set(0.5f), y))
VALUES(reciprocal, vf_div(ONE, x))
GRADIENT(reciprocal, vf_negate(vf_mul(y, y)))
VALUES_OF(exp)
GRADIENT(exp, y)
VALUES_OF(log)
GRADIENT(log, vf_div(ONE, x))
VALUES_OF(log1p)
GRADIENT(log1p, vf_div(ONE, vf_add(ONE, x)))
VALUES_OF(tanh)
GRADIENT(tanh, vf_fma(vf_negate(y), y, ONE))
VALUES_OF(sigmoid)
GRADIENT(sigmoid, vf_mul(y, vf_sub(ONE, y)))
VALUES_OF(softplus)
GRADIENT(softplus, vf_sigmoid(x))
VALUES(leaky_relu, where_positive(x, x, vf_mul(A, x)))
GRADIENT(leaky_relu, where_positive(x, ONE, A))
VALUES(elu, where_positive(x, x, vf_mul(A, vf_expm1(x))))
GRADIENT(elu, where_positive(x, ONE, vf_mul(A, vf_exp(x))))
VALUES(gelu, vf_mul(x, normal(x)))
GRADIENT(gelu, gelu_slope(x))
VALUES(gelu_tanh, vf_mul(x, vf_sigmoid(gelu_tanh_inner(x))))
GRADIENT(gelu_tanh, gelu_tanh_slope(x))
VALUES(silu, vf_mul(x, vf_sigmoid(x)))
GRADIENT(silu, silu_slope(x))
VALUES(erf, erf_lanes(x))
GRADIENT(erf, erf_slope(x))
VALUES(power, power_lanes(x, o))
GRADIENT(power, vf_mul(A, power_lanes(x, o)))
/* Powers that say something of every x. */
VALUES(power_0, ONE)
GRADIENT(power_0, vf_zero())
VALUES(power_1, x)
GRADIENT(power_1, ONE)

enum { POWER_0 = PANA_UNARY_COUNT, POWER_1 };

#define VALUES_CASE(name) \
  case PANA_UNARY_##name: name##_values(o, x, y, n); break;

FUNCTION void values(int32_t formula, const map_options *o, const float *x, float *y, int64_t n) {
  switch (formula) {
    PANA_UNARY_FUNCTIONS(VALUES_CASE)
  case POWER_0: power_0_values(o, x, y, n); break;
  case POWER_1: power_1_values(o, x, y, n); break;
  default: break;
  }
}

#define GRADIENT_CASE(name) \
  case PANA_UNARY_##name: name##_gradient(o, x, y, dy, dx, n); break;

FUNCTION void gradient(int32_t formula, const map_options *o, const float *x, const float *y, const float *dy,
                       float *dx, int64_t n) {
  switch (formula) {
    PANA_UNARY_FUNCTIONS(GRADIENT_CASE)
  case POWER_0: power_0_gradient(o, x, y, dy, dx, n); break;
  case POWER_1: power_1_gradient(o, x, y, dy, dx, n); break;
  default: break;
  }
}

/* The formula of a function: some powers have one of their own. */
FUNCTION int32_t formula(int32_t function, float a) {
  if (function != PANA_UNARY_power)
    return function;
  return a == 0.0f ? POWER_0 : a == 1.0f ? POWER_1 : a == 2.0f ? PANA_UNARY_square : PANA_UNARY_power;
}

KERNEL(map_f32)(const float *x, float *y, float a, float b, int32_t function, int64_t from, int64_t to) {
  int32_t f = formula(function, a);
  const map_options o = {a, b, exponent_of(a, false)};
  int left = (int)((to - from) % LANES);
  int64_t end = to - left;
  values(f, &o, x + from, y + from, end - from);
  if (left) {
    float lane[LANES];
    vf_store(lane, vf_load_first(x + end, left));
    values(f, &o, lane, lane, LANES);
    vf_store_first(y + end, left, vf_load(lane));
  }
}

KERNEL(map_backward_f32)
(const float *x, const float *y, const float *dy, float *dx, float a, float b, int32_t function, int64_t from,
 int64_t to) {
  int32_t f = formula(function, a);
  const map_options o = {a, b, exponent_of(a, true)};
  int left = (int)((to - from) % LANES);
  int64_t end = to - left;
  gradient(f, &o, x + from, y + from, dy + from, dx + from, end - from);
  if (left) {
    float in[LANES], out[LANES], lane[LANES];
    vf_store(in, vf_load_first(x + end, left));
    vf_store(out, vf_load_first(y + end, left));
    vf_store(lane, vf_load_first(dy + end, left));
    gradient(f, &o, in, out, lane, lane, LANES);
    vf_store_first(dx + end, left, vf_load(lane));
  }
}
