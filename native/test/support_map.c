/* Cases: functions of one and of two arrays, and sums of rows. */
#include <math.h>

#include "support_case.h"

static const double pi = 3.14159265358979323846;

/* ---- functions of one element: a shape's depth says which subject */

typedef struct {
  int32_t function;
  float a, b;
  double low, high;
} subject;
static const subject subjects[] = {{PANA_UNARY_affine, 0.7f, -0.3f, -2, 2}, {PANA_UNARY_abs, 0, 0, -1, 1},
                                   {PANA_UNARY_square, 0, 0, -2, 2},        {PANA_UNARY_sqrt, 0, 0, 0, 5},
                                   {PANA_UNARY_reciprocal, 0, 0, 0.1, 5},   {PANA_UNARY_exp, 0, 0, -20, 20},
                                   {PANA_UNARY_log, 0, 0, 0.1, 20},         {PANA_UNARY_log1p, 0, 0, -0.9, 20},
                                   {PANA_UNARY_tanh, 0, 0, -6, 6},          {PANA_UNARY_sigmoid, 0, 0, -20, 20},
                                   {PANA_UNARY_softplus, 0, 0, -20, 20},    {PANA_UNARY_leaky_relu, 0.01f, 0, -2, 2},
                                   {PANA_UNARY_elu, 1.5f, 0, -20, 2},       {PANA_UNARY_gelu, 0, 0, -7, 7},
                                   {PANA_UNARY_gelu_tanh, 0, 0, -7, 7},     {PANA_UNARY_silu, 0, 0, -20, 20},
                                   {PANA_UNARY_erf, 0, 0, -4.5, 4.5},       {PANA_UNARY_power, 0, 0, -3, 3},
                                   {PANA_UNARY_power, 1, 0, -3, 3},         {PANA_UNARY_power, 2, 0, -3, 3},
                                   {PANA_UNARY_power, -3, 0, -3, -0.1},     {PANA_UNARY_power, 2.7f, 0, 0, 20},
                                   {PANA_UNARY_power, -0.5f, 0, 0.01, 20},  {PANA_UNARY_power, 1e-9f, 0, 0.01, 20},
                                   {PANA_UNARY_power, 250, 0, 0.75, 1.3}};

#define VECTORS(subject)                                                                                 \
  {.columns = 0, .depth = subject}, {.columns = 1, .depth = subject}, {.columns = 17, .depth = subject}, \
      {.columns = 129, .depth = subject}, {                                                              \
    .columns = 4097, .depth = subject                                                                    \
  }
#define FIVE(first) VECTORS(first), VECTORS(first + 1), VECTORS(first + 2), VECTORS(first + 3), VECTORS(first + 4)
static const shape vectors[] = {FIVE(0), FIVE(5), FIVE(10), FIVE(15), FIVE(20)};
LENGTH(vector, s->columns)

static double sigma(double x) { return 1 / (1 + exp(-x)); }
static double normal(double x) { return 0.5 * erfc(-x / sqrt(2)); }
static double density(double x) { return exp(-0.5 * x * x) / sqrt(2 * pi); }
/* 2 u of gelu's approximation by tanh, and its slope. */
static double inner(double x) { return 2 * sqrt(2 / pi) * (x + 0.044715 * x * x * x); }
static double inner_slope(double x) { return 2 * sqrt(2 / pi) * (1 + 3 * 0.044715 * x * x); }

static double value_of(const subject *f, double x) {
  double a = (double)f->a;
  switch (f->function) {
  case PANA_UNARY_affine: return a * x + (double)f->b;
  case PANA_UNARY_abs: return fabs(x);
  case PANA_UNARY_square: return x * x;
  case PANA_UNARY_sqrt: return sqrt(x);
  case PANA_UNARY_reciprocal: return 1 / x;
  case PANA_UNARY_exp: return exp(x);
  case PANA_UNARY_log: return log(x);
  case PANA_UNARY_log1p: return log1p(x);
  case PANA_UNARY_tanh: return tanh(x);
  case PANA_UNARY_sigmoid: return sigma(x);
  case PANA_UNARY_softplus: return exact_softplus(x);
  case PANA_UNARY_leaky_relu: return x > 0 ? x : a * x;
  case PANA_UNARY_elu: return x > 0 ? x : a * expm1(x);
  case PANA_UNARY_gelu: return x * normal(x);
  case PANA_UNARY_gelu_tanh: return x * sigma(inner(x));
  case PANA_UNARY_silu: return x * sigma(x);
  case PANA_UNARY_erf: return erf(x);
  default: return pow(x, a);
  }
}

/*
 * How far a float computation may be off: the function's ulps (docs/numerics.md) and a product's rounding; where a sum
 * cancels, units of U of what is added; where e^t is taken of a rounded t, |t| for each rounding.
 */
static double value_error(const subject *f, double x, double y) {
  double ulp = ulp_at(y);
  switch (f->function) {
  case PANA_UNARY_exp:
  case PANA_UNARY_log:
  case PANA_UNARY_log1p: return ulp;
  case PANA_UNARY_tanh:
  case PANA_UNARY_erf: return 1.5 * ulp;
  case PANA_UNARY_sigmoid: return 2.5 * ulp;
  case PANA_UNARY_softplus: return 2 * ulp;
  case PANA_UNARY_elu: return x > 0 ? 0 : 2 * ulp_at(expm1(x)) * (double)f->a + ulp / 2;
  case PANA_UNARY_gelu: return 4 * U * fabs(x) + ulp / 2;
  case PANA_UNARY_gelu_tanh: return (5 * fabs(inner(x)) + 6) * U * fabs(y) + TINY;
  case PANA_UNARY_silu: return 6 * U * fabs(y) + TINY;
  case PANA_UNARY_power: return (fabsf(f->a) > 30 ? 8 : 2) * ulp;
  default: return ulp / 2;
  }
}

static double slope_of(const subject *f, double x) {
  double a = (double)f->a, t, s;
  switch (f->function) {
  case PANA_UNARY_affine: return a;
  case PANA_UNARY_abs: return x > 0 ? 1 : x < 0 ? -1 : 0;
  case PANA_UNARY_square: return 2 * x;
  case PANA_UNARY_sqrt: return 0.5 / sqrt(x);
  case PANA_UNARY_reciprocal: return -1 / (x * x);
  case PANA_UNARY_exp: return exp(x);
  case PANA_UNARY_log: return 1 / x;
  case PANA_UNARY_log1p: return 1 / (1 + x);
  case PANA_UNARY_tanh: return 1 - tanh(x) * tanh(x);
  case PANA_UNARY_sigmoid: return sigma(x) * sigma(-x);
  case PANA_UNARY_softplus: return sigma(x);
  case PANA_UNARY_leaky_relu: return x > 0 ? 1 : a;
  case PANA_UNARY_elu: return x > 0 ? 1 : a * exp(x);
  case PANA_UNARY_gelu: return normal(x) + x * density(x);
  case PANA_UNARY_gelu_tanh: t = inner(x); return sigma(t) + x * inner_slope(x) * sigma(t) * sigma(-t);
  case PANA_UNARY_silu: s = sigma(x); return s + x * s * sigma(-x);
  case PANA_UNARY_erf: return 2 / sqrt(pi) * exp(-x * x);
  default: return a == 0 ? 0 : a * pow(x, a - 1);
  }
}

/* Relative roundings of the slope's operations, one of y among them; absolute where something cancels. */
static double slope_error(const subject *f, double x, double slope) {
  double size = fabs(slope), t = fabs(inner(x));
  switch (f->function) {
  case PANA_UNARY_tanh: return 4 * U;
  case PANA_UNARY_sigmoid: return 3 * U * size + U * sigma(x);
  case PANA_UNARY_softplus: return 6 * U * size;
  case PANA_UNARY_gelu: return (4 + 12 * fabs(x) * density(x)) * U;
  case PANA_UNARY_gelu_tanh:
    return (8 * sigma(inner(x)) + (5 * t + 20) * fabs(x) * inner_slope(x) * sigma(t) * sigma(-t)) * U;
  case PANA_UNARY_silu: return 8 * U * sigma(x) * (1 + fabs(x) * sigma(-x)) + TINY;
  case PANA_UNARY_erf: return 6 * U * size + TINY;
  case PANA_UNARY_power: return (fabsf(f->a) > 30 ? 20 : 7) * U * size + TINY;
  default: return 4 * U * size;
  }
}

static double input(const subject *f, uint64_t stream, int64_t i) {
  return (double)(float)(f->low + (f->high - f->low) * random_unit(stream, (uint64_t)i));
}

static const float specials[] = {
    0.0f,  -0.0f, 1.0f, -1.0f, 2.0f, NAN, INFINITY, -INFINITY, 0x1p-149f, -1e-40f, 0x1.fffffep127f, -0x1.fffffep127f,
    -3.0f, 1e-30f};

static void fill_x(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  float *x = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t choice = random_bits(~stream, (uint64_t)i);
    bool special = how == SPECIAL && choice % 4 == 0;
    x[i] = special ? specials[choice / 4 % COUNT(specials)] : (float)input(&subjects[s->depth], stream, i);
  }
}

/* The function of x, which is the array before it. */
static void fill_y(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  float *y = data;
  fill_x(s, how, data, n, stream - 1);
  for (int64_t i = 0; i < n; i++)
    y[i] = (float)value_of(&subjects[s->depth], (double)y[i]);
}

ORACLE(map_formula) {
  const float *x = a[0];
  const subject *f = &subjects[s->depth];
  for (int64_t i = 0; i < s->columns; i++) {
    double y = value_of(f, (double)x[i]);
    want(&w[1], i, y, value_error(f, (double)x[i], y));
  }
}

ORACLE(map_backward_formula) {
  const float *x = a[0], *dy = a[2];
  const subject *f = &subjects[s->depth];
  for (int64_t i = 0; i < s->columns; i++) {
    double slope = slope_of(f, (double)x[i]), dx = (double)dy[i] * slope;
    want(&w[3], i, dx, slope_error(f, (double)x[i], slope) * fabs((double)dy[i]) + U * fabs(dx) + TINY);
  }
}

static const subject *of(const shape *s) { return &subjects[s->depth]; }
CALL(map_f32, a[0], a[1], of(s)->a, of(s)->b, of(s)->function, from, to)
CALL(map_backward_f32, a[0], a[1], a[2], a[3], of(s)->a, of(s)->b, of(s)->function, from, to)

/* ---- functions of two elements: depth is function + 7 (a_spread + 4 b_spread) */

#define MATRIX(rows_, columns_, function, a_spread, b_spread) \
  { .rows = rows_, .columns = columns_, .depth = function + 7 * (a_spread + 4 * b_spread) }
#define SPREADS(n, function)                                                                    \
  MATRIX(3, n, function, 0, 0), MATRIX(4, n, function, 0, 1), MATRIX(3, n, function, 2, 0),     \
      MATRIX(3, n, function, 0, 3), MATRIX(4, n, function, 1, 2), MATRIX(2, n, function, 3, 1), \
      MATRIX(0, n, function, 2, 2)
#define FUNCTIONS(n)                                                                                    \
  SPREADS(n, PANA_BINARY_add), SPREADS(n, PANA_BINARY_subtract), SPREADS(n, PANA_BINARY_multiply),      \
      SPREADS(n, PANA_BINARY_divide), SPREADS(n, PANA_BINARY_maximum), SPREADS(n, PANA_BINARY_minimum), \
      SPREADS(n, PANA_BINARY_less)
static const shape matrices[] = {FUNCTIONS(1), FUNCTIONS(5), FUNCTIONS(16), FUNCTIONS(37)};
LENGTH(rows, s->rows)
LENGTH(matrix, s->rows * s->columns)

static int32_t function_of(const shape *s) { return (int32_t)(s->depth % 7); }
static int32_t spread_of(const shape *s, int operand) { return (int32_t)(s->depth / 7 >> 2 * operand & 3); }

static int64_t operand_length(const shape *s, int operand) {
  const int64_t lengths[] = {s->rows * s->columns, s->rows, s->columns, 1};
  return lengths[spread_of(s, operand)];
}
LENGTH(a_length, operand_length(s, 0))
LENGTH(b_length, operand_length(s, 1))

static float operand_at(const shape *s, const float *x, int operand, int64_t i) {
  const int64_t places[] = {i, i / s->columns, i % s->columns, 0};
  return x[places[spread_of(s, operand)]];
}

/* Whole numbers, so that there are ties. */
static void fill_operand(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)s;
  float *x = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t choice = random_bits(stream, (uint64_t)i);
    x[i] = how == SPECIAL && choice % 4 == 0 ? specials[choice / 4 % COUNT(specials)] : (float)(choice / 64 % 7) - 2.5f;
  }
}

ORACLE(combine_canonical) {
  for (int64_t i = 0; i < matrix(s); i++) {
    float x = operand_at(s, a[0], 0, i), y = operand_at(s, a[1], 1, i), z = 0;
    switch (function_of(s)) {
    case PANA_BINARY_add: z = x + y; break;
    case PANA_BINARY_subtract: z = x - y; break;
    case PANA_BINARY_multiply: z = x * y; break;
    case PANA_BINARY_divide: z = x / y; break;
    case PANA_BINARY_maximum: z = x > y ? x : y; break;
    case PANA_BINARY_minimum: z = x < y ? x : y; break;
    default: z = x < y ? 1 : 0;
    }
    want(&w[2], i, (double)z, EXACT);
  }
}

ORACLE(combine_backward_canonical) {
  const float *dz = a[2];
  for (int64_t i = 0; i < matrix(s); i++) {
    float x = operand_at(s, a[0], 0, i), y = operand_at(s, a[1], 1, i), d = dz[i], dx = 0, dy = 0;
    bool first = function_of(s) == PANA_BINARY_maximum ? x > y : x < y;
    switch (function_of(s)) {
    case PANA_BINARY_add: dx = dy = d; break;
    case PANA_BINARY_subtract: dx = d, dy = -d; break;
    case PANA_BINARY_multiply: dx = d * y, dy = d * x; break;
    case PANA_BINARY_divide: dx = d / y, dy = -(d / y * (x / y)); break;
    case PANA_BINARY_maximum:
    case PANA_BINARY_minimum: dx = first ? d : x == y ? d / 2 : 0, dy = first ? 0 : x == y ? d / 2 : d; break;
    default: break;
    }
    want(&w[3], i, (double)dx, EXACT);
    if (a[4])
      want(&w[4], i, (double)dy, EXACT);
  }
}

CALL(combine_f32, a[0], a[1], a[2], function_of(s), spread_of(s, 0), spread_of(s, 1), s->columns, from, to)
CALL(combine_backward_f32, a[0], a[1], a[2], a[3], a[4], function_of(s), spread_of(s, 0), spread_of(s, 1), s->columns,
     from, to)
/* The gradient of a alone, in place. */
static void call_of_first(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  k->combine_backward_f32(a[0], a[1], a[2], a[3], 0, function_of(s), spread_of(s, 0), spread_of(s, 1), s->columns, from,
                          to);
}

static const shape squares[] = {MATRIX(3, 37, PANA_BINARY_divide, 0, 0), MATRIX(3, 37, PANA_BINARY_multiply, 0, 2)};

/* ---- sums of rows */

#define ROWS(n) \
  { .rows = 3, .columns = n }
static const shape long_rows[] = {ROWS(1), ROWS(15), ROWS(64), ROWS(65), ROWS(4095), ROWS(4097), ROWS(2 * 4096 + 65)};

ORACLE(row_sums_canonical) {
  const float *x = a[0];
  for (int64_t r = 0; r < s->rows; r++) {
    double sum = 0;
    for (int64_t c = 0; c < s->columns; c += 4096)
      sum += (double)canonical_sum(x + r * s->columns + c, s->columns - c < 4096 ? s->columns - c : 4096, 1);
    want(&w[1], r, sum, EXACT);
  }
}
CALL(row_sums_f32, a[0], a[1], s->columns, from, to)

static const kernel_case cases[] = {
    {.kernel = "map_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_map_f32,
     .formula = map_formula,
     .finite = true,
     .arrays = {{"x", IN, vector, .fill = fill_x}, {"y", OUT, vector, .in_place = 1}}},
    {.kernel = "map_backward_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_map_backward_f32,
     .formula = map_backward_formula,
     .finite = true,
     .arrays = {{"x", IN, vector, .fill = fill_x},
                {"y", IN, vector, .fill = fill_y},
                {"dy", IN, vector, -1, 1},
                {"dx", OUT, vector, .in_place = 3}}},
    {.kernel = "combine_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_combine_f32,
     .canonical = combine_canonical,
     .arrays = {{"a", IN, a_length, .fill = fill_operand},
                {"b", IN, b_length, .fill = fill_operand},
                {"y", OUT, matrix}}},
    {.kernel = "combine_f32",
     SHAPES(squares),
     .units = rows,
     .call = call_combine_f32,
     .canonical = combine_canonical,
     .arrays = {{"a", IN, matrix, .fill = fill_operand},
                {"b", IN, b_length, .fill = fill_operand},
                {"y", OUT, matrix, .in_place = 1}}},
    {.kernel = "combine_backward_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_combine_backward_f32,
     .canonical = combine_backward_canonical,
     .arrays = {{"a", IN, a_length, .fill = fill_operand},
                {"b", IN, b_length, .fill = fill_operand},
                {"dy", IN, matrix, -1, 1},
                {"da", OUT, matrix, .nullable = true},
                {"db", OUT, matrix, .nullable = true}}},
    {.kernel = "combine_backward_f32",
     SHAPES(squares),
     .units = rows,
     .call = call_of_first,
     .canonical = combine_backward_canonical,
     .arrays = {{"a", IN, a_length, .fill = fill_operand},
                {"b", IN, b_length, .fill = fill_operand},
                {"dy", IN, matrix, -1, 1},
                {"da", OUT, matrix, .in_place = 3},
                {"db", UNUSED, matrix}}},
    {.kernel = "row_sums_f32",
     SHAPES(long_rows),
     .units = rows,
     .call = call_row_sums_f32,
     .canonical = row_sums_canonical,
     .arrays = {{"x", IN, matrix, -1, 1}, {"y", OUT, rows}}},
};
const family map_family = {"map", cases, COUNT(cases)};
