/* Cases: update rules. */
#include "support_update.h"

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)
LENGTH(three_sums, 3 * ((s->columns + 4095) / 4096))

/* The scalars of each rule, in the order of its row. */
#define SCALARS_sgd                       0.01f
#define SCALARS_momentum                  0.01f, 0.9f, 0.7f
#define SCALARS_nesterov                  0.01f, 0.9f, 0.7f
#define SCALARS_adagrad                   0.01f, 1e-3f, 1e-7f
#define SCALARS_adadelta                  0.5f, 0.9f, 0.1f, 1e-3f
#define SCALARS_rmsprop                   0.01f, 0.99f, 0.01f, 1e-3f, 1e-7f
#define SCALARS_rmsprop_momentum          0.3f, 0.99f, 0.01f, 1e-3f, 1e-7f, 0.9f, 0.01f
#define SCALARS_centered_rmsprop          0.01f, 0.99f, 0.01f, 1e-3f, 1e-7f
#define SCALARS_centered_rmsprop_momentum 0.3f, 0.99f, 0.01f, 1e-3f, 1e-7f, 0.9f, 0.01f
#define SCALARS_adam                      0.0123f, 0.9f, 0.1f, 0.999f, 0.001f, 3.21f, 1e-7f
#define SCALARS_amsgrad                   SCALARS_adam
#define SCALARS_adamax                    0.0123f, 0.9f, 0.1f, 0.999f, 1e-3f, 1e-7f
#define SCALARS_nadam                     0.01f, 0.9f, 0.1f, 0.999f, 0.001f, 3.21f, 1e-7f, 0.02f
#define SCALARS_lion                      0.01f, 0.9f, 0.1f, 0.99f, 0.01f
#define SCALARS_lamb                      1.25f, 0.9f, 0.1f, 0.999f, 0.001f, 3.21f, 1e-7f, 0.01f
#define SCALARS_ftrl                      2.5f, 0.5f, 0.125f, 0.25f
#define SCALARS_adafactor                 0.9f, 0.1f, 1e-3f
#define SCALARS_gradient_squares          0
#define SCALARS_lamb_squares              SCALARS_lamb
#define SCALARS_adafactor_squares         SCALARS_adafactor

typedef void formula(step *e, const float *s);

static rounded over_root(float factor, rounded x, rounded square, float inner, float outer) {
  rounded denominator = plus(root(plus(square, exactly((double)inner))), exactly((double)outer));
  return over(times(exactly((double)factor), x), denominator);
}

static void sgd(step *e, const float *s) { e->p = minus_times(e->p, s[0], e->g); }

static void momentum(step *e, const float *s) {
  e->a = mix(s[1], e->a, s[2], e->g);
  e->p = minus_times(e->p, s[0], e->a);
}

static void nesterov(step *e, const float *s) {
  e->a = mix(s[1], e->a, s[2], e->g);
  e->p = minus_times(e->p, s[0], mix(s[1], e->a, s[2], e->g));
}

static void adagrad(step *e, const float *s) {
  e->a = plus(e->a, times(e->g, e->g));
  e->p = minus(e->p, over_root(s[0], e->g, e->a, s[1], s[2]));
}

static void adadelta(step *e, const float *s) {
  rounded epsilon = exactly((double)s[3]);
  e->a = mix_square(s[1], e->a, s[2], e->g);
  rounded change = times(over(root(plus(e->b, epsilon)), root(plus(e->a, epsilon))), e->g);
  e->b = mix_square(s[1], e->b, s[2], change);
  e->p = minus_times(e->p, s[0], change);
}

static void rmsprop(step *e, const float *s) {
  e->a = mix_square(s[1], e->a, s[2], e->g);
  e->p = minus(e->p, over_root(s[0], e->g, e->a, s[3], s[4]));
}

static void rmsprop_momentum(step *e, const float *s) {
  e->a = mix_square(s[1], e->a, s[2], e->g);
  e->b = plus(times(exactly((double)s[5]), e->b), over_root(s[0], e->g, e->a, s[3], s[4]));
  e->p = minus_times(e->p, s[6], e->b);
}

static rounded centered(step *e, const float *s) {
  e->a = mix_square(s[1], e->a, s[2], e->g);
  e->b = mix(s[1], e->b, s[2], e->g);
  rounded variance = minus(e->a, times(e->b, e->b));
  if (variance.value < 0)
    variance = (rounded){0, fmax(variance.value + variance.error, 0)};
  return over_root(s[0], e->g, variance, s[3], s[4]);
}

static void centered_rmsprop(step *e, const float *s) { e->p = minus(e->p, centered(e, s)); }

static void centered_rmsprop_momentum(step *e, const float *s) {
  e->c = plus(times(exactly((double)s[5]), e->c), centered(e, s));
  e->p = minus_times(e->p, s[6], e->c);
}

static void moments(step *e, const float *s) {
  e->a = mix(s[1], e->a, s[2], e->g);
  e->b = mix_square(s[3], e->b, s[4], e->g);
}

static rounded over_moment(rounded x, rounded square, const float *s) {
  return over(x, plus(times(root(square), exactly((double)s[5])), exactly((double)s[6])));
}

static void adam(step *e, const float *s) {
  moments(e, s);
  e->p = minus(e->p, over_moment(times(exactly((double)s[0]), e->a), e->b, s));
}

static void amsgrad(step *e, const float *s) {
  moments(e, s);
  e->c = greater(e->c, e->b);
  e->p = minus(e->p, over_moment(times(exactly((double)s[0]), e->a), e->c, s));
}

static void adamax(step *e, const float *s) {
  e->a = mix(s[1], e->a, s[2], e->g);
  e->b = greater(times(exactly((double)s[3]), e->b), plus(magnitude(e->g), exactly((double)s[4])));
  e->p = minus(e->p, over(times(exactly((double)s[0]), e->a), plus(e->b, exactly((double)s[5]))));
}

static void nadam(step *e, const float *s) {
  moments(e, s);
  e->p = minus(e->p, over_moment(mix(s[7], e->a, s[0], e->g), e->b, s));
}

static void lion(step *e, const float *s) {
  rounded direction = mix(s[1], e->a, s[2], e->g);
  e->a = mix(s[3], e->a, s[4], e->g);
  e->p = minus_times(e->p, s[0], sign_of(e, direction, 1));
}

static void lamb_squares(step *e, const float *s) {
  moments(e, s);
  rounded direction = over_moment(times(exactly((double)s[0]), e->a), e->b, s);
  e->direction = plus(times(exactly((double)s[7]), e->p), direction);
}

static void lamb(step *e, const float *s) {
  lamb_squares(e, s);
  e->p = minus_times(e->p, ratio, e->direction);
}

static void ftrl(step *e, const float *s) {
  rounded before = root(e->b), inverse = exactly((double)s[0]);
  e->b = plus(e->b, times(e->g, e->g));
  rounded now = root(e->b);
  /* the sum, which is how a growth without cancellation is found */
  rounded growth = now.value + before.value == 0 ? exactly(0) : over(times(e->g, e->g), plus(now, before));
  e->a = minus(plus(e->a, e->g), times(times(growth, inverse), e->p));
  double distance = fabs(e->a.value) - (double)s[2];
  e->unsure = fabs(distance) <= e->a.error;
  rounded curvature = plus(times(plus(exactly((double)s[1]), now), inverse), exactly((double)s[3]));
  e->p = distance <= 0 ? exactly(0) : over(minus(sign_of(e, e->a, (double)s[2]), e->a), curvature);
}

static void adafactor(step *e, const float *s) {
  e->a = mix_square(s[0], e->a, s[1], e->g);
  by_root(e, root(e->a), s);
}

static void adafactor_squares(step *e, const float *s) {
  adafactor(e, s);
  e->p = e->old;
}

static void gradient_squares(step *e, const float *s) {
  (void)s;
  e->direction = e->p = exactly(0);
}

static step step_of(const pana_update *u, formula *f, const void *const *a, int64_t i) {
  const float *const *x = (const float *const *)a;
  step e = step_at(u, (double)x[0][i], (double)x[1][i]);
  e.a = exactly(x[2] ? (double)x[2][i] : 0);
  e.b = exactly(x[3] ? (double)x[3][i] : 0);
  e.c = exactly(x[4] ? (double)x[4][i] : 0);
  f(&e, u->scalar);
  return e;
}

static void update_formula(const pana_update *u, formula *f, bool reads, const shape *s, const void *const *a,
                           const wanted *w) {
  const float *p = a[0], *g = a[1], *average = a[5];
  for (int64_t from = 0; from < s->columns; from += 4096) {
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    total squares[3] = {{0}};
    bool unsure = false;
    for (int64_t i = from; i < from + n; i++) {
      step e = step_of(u, f, a, i);
      unsure = unsure || e.unsure;
      add_square(&squares[0], times(exactly((double)g[i]), exactly((double)u->gradient_scale)));
      add_square(&squares[1], reads ? e.direction : minus(e.p, exactly((double)p[i])));
      add_square(&squares[2], e.p);
      if (reads)
        continue;
      want_rounded(&w[0], i, e.p, e.unsure);
      if (u->clear_gradient)
        want(&w[1], i, 0, EXACT);
      const rounded states[] = {e.a, e.b, e.c};
      for (int k = 0; k < 3; k++)
        if (a[2 + k])
          want_rounded(&w[2 + k], i, states[k], false);
      want_rounded(&w[5], i, mix(u->average_keep, exactly((double)average[i]), u->average_fresh, e.p), e.unsure);
    }
    for (int k = 0; k < 3; k++)
      if (unsure && k > 0)
        want(&w[6], 3 * (from / 4096) + k, 0, UNCHECKED);
      else
        want_total(&w[6], 3 * (from / 4096) + k, squares[k], n);
  }
}

#define UPDATE(name, how, READS)                                                                                \
  static const pana_update name##_##how = how(name);                                                            \
  static void call_##name##_##how(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) { \
    (void)s;                                                                                                    \
    k->name##_f32(a[0], a[1], a[2], a[3], a[4], a[5], a[6], &name##_##how, ratio, from, to);                    \
  }                                                                                                             \
  ORACLE(name##_##how##_formula) { update_formula(&name##_##how, name, READS, s, a, w); }
#define RULE(name) UPDATE(name, PLAIN, false) UPDATE(name, FULL, false)
RULE(sgd)
RULE(momentum)
RULE(nesterov)
RULE(adagrad)
RULE(adadelta)
RULE(rmsprop)
RULE(rmsprop_momentum)
RULE(centered_rmsprop)
RULE(centered_rmsprop_momentum)
RULE(adam)
RULE(amsgrad)
RULE(adamax)
RULE(nadam)
RULE(lion)
RULE(lamb)
RULE(ftrl)
RULE(adafactor)
UPDATE(gradient_squares, FULL, true)
UPDATE(lamb_squares, PLAIN, true)
UPDATE(lamb_squares, FULL, true)
UPDATE(adafactor_squares, PLAIN, true)
UPDATE(adafactor_squares, FULL, true)

/* ---- many tensors: of 1, no, a third and the other elements; the second group does more than its rule */

enum { TENSORS = 4 };
static const pana_update groups[] = {PLAIN(adam), FULL(adam)};

static int64_t tensors_of(const shape *s, void *const *a, pana_tensor *tensors) {
  const int64_t lengths[TENSORS] = {s->columns > 0, 0, s->columns / 3, s->columns - (s->columns > 0) - s->columns / 3};
  int64_t element = 0, block = 0;
  for (int t = 0; t < TENSORS; t++) {
    float *x[4];
    for (int k = 0; k < 4; k++)
      x[k] = (float *)a[k] + element;
    tensors[t] = (pana_tensor){x[0], x[1], {x[2], x[3], 0}, 0, lengths[t], block, t % 2, 1};
    element += lengths[t];
    block += (lengths[t] + 4095) / 4096;
  }
  return block;
}

static int64_t all_blocks(const shape *s) {
  pana_tensor tensors[TENSORS];
  static float none;
  void *const arrays[] = {&none, &none, &none, &none};
  return tensors_of(s, arrays, tensors);
}
LENGTH(all_sums, 3 * all_blocks(s))

static void call_update_tensors_f32(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  pana_tensor tensors[TENSORS];
  tensors_of(s, a, tensors);
  k->update_tensors_f32(tensors, groups, a[4], a[0], a[1], 0, TENSORS, from, to);
}

/* What the rule alone gives of each tensor: every element's update depends on its own numbers. */
ORACLE(update_tensors_formula) {
  pana_tensor tensors[TENSORS];
  tensors_of(s, (void *const *)a, tensors);
  for (int t = 0; t < TENSORS; t++) {
    int64_t first = tensors[t].parameter - (const float *)a[0], block = tensors[t].first_block;
    const void *const arrays[] = {
        tensors[t].parameter, tensors[t].gradient, tensors[t].state[0], tensors[t].state[1], 0, tensors[t].gradient};
    /* no average is wanted: its place takes what nobody reads */
    double value[2 * 4096 + 65], tolerance[2 * 4096 + 65];
    wanted w_of[7] = {[5] = {value, tolerance}};
    for (int k = 0; k < 4; k++)
      w_of[k] = (wanted){w[k].value + first, w[k].tolerance + first};
    w_of[6] = (wanted){w[4].value + 3 * block, w[4].tolerance + 3 * block};
    update_formula(&groups[t % 2], adam, false, &(shape){.columns = tensors[t].elements}, arrays, w_of);
    for (int64_t i = 0; t % 2 == 0 && i < tensors[t].elements; i++)
      want(&w_of[1], i, 0, UNTOUCHED);
  }
}

/* ---- rows of a table: every second one, the last first */

static const shape tables[] = {{.rows = 0, .columns = 5},
                               {.rows = 1, .columns = 1},
                               {.rows = 7, .columns = 17},
                               {.rows = 3, .columns = 64},
                               {.rows = 2, .columns = 4101}};
static int64_t table_rows(const shape *s) { return 2 * s->rows + 1; }
LENGTH(table, table_rows(s) * s->columns)
LENGTH(matrix, s->rows * s->columns)
LENGTH(rows, s->rows)

static void fill_rows(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)how, (void)stream;
  for (int64_t r = 0; r < n; r++)
    ((int32_t *)data)[r] = (int32_t)(2 * (s->rows - r) - 1);
}

static void call_update_rows_f32(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  k->update_rows_f32(a[0], a[1], a[2], a[3], 0, a[4], &adam_FULL, table_rows(s), s->columns, from, to);
}

ORACLE(update_rows_formula) {
  const int32_t *row = a[4];
  for (int64_t r = 0; r < s->rows; r++)
    for (int64_t c = 0; c < s->columns; c++) {
      int64_t i = row[r] * s->columns + c, j = r * s->columns + c;
      const void *const arrays[] = {(const float *)a[0] + i, (const float *)a[1] + j, (const float *)a[2] + i,
                                    (const float *)a[3] + i, 0};
      step e = step_of(&adam_FULL, adam, arrays, 0);
      want_rounded(&w[0], i, e.p, e.unsure);
      want(&w[1], j, 0, EXACT);
      want_rounded(&w[2], i, e.a, false);
      want_rounded(&w[3], i, e.b, false);
    }
}

static void call_accumulate_f32(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  (void)s;
  k->accumulate_f32(a[0], a[1], ratio, from, to);
}

ORACLE(accumulate_canonical) {
  const float *x = a[0], *y = a[1];
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[1], i, (double)fmaf(x[i], ratio, y[i]), EXACT);
}

#define PARAMETER(n) \
  { "parameter", INOUT, n, -1, 1 }
#define GRADIENT(n) \
  { "gradient", INOUT, n, -1, 1 }
#define STATE(name, n, low) \
  { name, INOUT, n, low, 1 }
#define AVERAGE \
  { "average", INOUT, vector, -1, 1, .nullable = true }
#define SUMS \
  { "sums", OUT, three_sums, .nullable = true }
#define A(low) [2] = STATE("a", vector, low)
#define B(low) [3] = STATE("b", vector, low)
#define C(low) [4] = STATE("c", vector, low)
#define CASE(name, how, ...)                                                                              \
  {                                                                                                       \
    .kernel = #name "_f32", SHAPES(vectors), .units = vector, .grain = 4096, .call = call_##name##_##how, \
    .formula = name##_##how##_formula, .finite = true, .arrays = {                                        \
      PARAMETER(vector),                                                                                  \
      GRADIENT(vector),                                                                                   \
      __VA_ARGS__                                                                                         \
    }                                                                                                     \
  }
/* The first without anything but the rule, which is another path. */
#define CASES(name, ...) \
  CASE(name, PLAIN, [5] = AVERAGE, [6] = SUMS, __VA_ARGS__), CASE(name, FULL, [5] = AVERAGE, [6] = SUMS, __VA_ARGS__)
#define READING(name, how, ...)                                                                           \
  {                                                                                                       \
    .kernel = #name "_f32", SHAPES(vectors), .units = vector, .grain = 4096, .call = call_##name##_##how, \
    .formula = name##_##how##_formula, .finite = true, .arrays = {                                        \
      {"parameter", IN, vector, -1, 1},                                                                   \
      {"gradient", IN, vector, -1, 1},                                                                    \
      [6] = {"sums", OUT, three_sums},                                                                    \
      __VA_ARGS__                                                                                         \
    }                                                                                                     \
  }
#define MOMENTS [2] = {"a", IN, vector, -1, 1}, [3] = {"b", IN, vector, 0, 1}

static const kernel_case cases[] = {
    CASES(sgd),
    CASES(momentum, A(-1)),
    CASES(nesterov, A(-1)),
    CASES(adagrad, A(0)),
    CASES(adadelta, A(0), B(0)),
    CASES(rmsprop, A(0)),
    CASES(rmsprop_momentum, A(0), B(-1)),
    CASES(centered_rmsprop, A(0), B(-1)),
    CASES(centered_rmsprop_momentum, A(0), B(-1), C(-1)),
    CASES(adam, A(-1), B(0)),
    CASES(amsgrad, A(-1), B(0), C(0)),
    CASES(adamax, A(-1), B(0)),
    CASES(nadam, A(-1), B(0)),
    CASES(lion, A(-1)),
    CASES(lamb, A(-1), B(0)),
    CASES(ftrl, A(-1), B(0)),
    CASES(adafactor, A(0)),
    READING(gradient_squares, FULL),
    READING(lamb_squares, PLAIN, MOMENTS),
    READING(lamb_squares, FULL, MOMENTS),
    READING(adafactor_squares, PLAIN, [2] = {"a", IN, vector, 0, 1}),
    READING(adafactor_squares, FULL, [2] = {"a", IN, vector, 0, 1}),
    {.kernel = "update_tensors_f32",
     SHAPES(vectors),
     .units = all_blocks,
     .call = call_update_tensors_f32,
     .formula = update_tensors_formula,
     .finite = true,
     .arrays = {PARAMETER(vector),
                GRADIENT(vector),
                STATE("a", vector, -1),
                STATE("b", vector, 0),
                {"sums", OUT, all_sums, .nullable = true}}},
    {.kernel = "update_rows_f32",
     SHAPES(tables),
     .units = rows,
     .call = call_update_rows_f32,
     .formula = update_rows_formula,
     .finite = true,
     .arrays = {PARAMETER(table),
                GRADIENT(matrix),
                STATE("a", table, -1),
                STATE("b", table, 0),
                {"rows", IN, rows, .fill = fill_rows, .integer = true}}},
    {.kernel = "accumulate_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_accumulate_f32,
     .canonical = accumulate_canonical,
     .arrays = {{"x", IN, vector, -1, 1}, {"y", INOUT, vector, -1, 1}}},
};
const family optimizer_family = {"optimizer", cases, COUNT(cases)};
