/* Cases: cells of recurrent layers. */
#include "support_case.h"
#include "support_rounded.h"

#define CELL(r, u) \
  { .rows = r, .columns = u }
static const shape shapes[] = {CELL(0, 3),  CELL(1, 1),  CELL(3, 2),  CELL(5, 15), CELL(3, 16),
                               CELL(4, 17), CELL(2, 33), CELL(3, 64), CELL(7, 65)};
LENGTH(rows, s->rows)
LENGTH(states, s->rows * s->columns)
LENGTH(gates, 4 * s->rows * s->columns)
LENGTH(one_row, 4 * s->columns)

CALL(lstm_cell_f32, a[0], a[1], a[2], a[3], a[4], s->columns, from, to)
CALL(lstm_cell_backward_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, from, to)
CALL(gru_cell_f32, a[0], a[1], a[2], a[3], s->columns, from, to)
CALL(gru_cell_backward_f32, a[0], a[1], a[2], a[3], s->columns, from, to)

/* Of slope at most 1/4, and within 2.5 ulp; of slope at most 1, and within 1.5 ulp. */
static rounded sigmoid(rounded x) {
  double y = exact_sigmoid(x.value);
  return (rounded){y, x.error / 4 + 2.5 * ulp_at(y)};
}
static rounded tangent(rounded x) {
  double y = tanh(x.value);
  return (rounded){y, x.error + 1.5 * ulp_at(y)};
}
static rounded sigmoid_slope(rounded s) { return times(s, minus(exactly(1), s)); }
static rounded tanh_slope(rounded t) { return minus(exactly(1), times(t, t)); }

static void want_rounded(const wanted *w, int64_t i, rounded x) { want(w, i, x.value, x.error); }

/* Where gate g of element i of the states stands. */
static int64_t gate(const shape *s, int64_t i, int g) { return (i / s->columns * 4 + g) * s->columns + i % s->columns; }
static rounded biased(const shape *s, const void *const *a, int64_t i, int g) {
  const float *x = a[0], *bias = a[1];
  return plus(exactly((double)x[gate(s, i, g)]), exactly((double)bias[g * s->columns + i % s->columns]));
}
/* Gate g of element i, or an element of another array, as it is. */
static rounded given(const shape *s, const void *const *a, int64_t i, int g) {
  return exactly((double)((const float *)a[0])[gate(s, i, g)]);
}
static rounded element(const void *array, int64_t i) { return exactly((double)((const float *)array)[i]); }

ORACLE(lstm_formula) {
  for (int64_t j = 0; j < states(s); j++) {
    rounded i = sigmoid(biased(s, a, j, 0)), f = sigmoid(biased(s, a, j, 1));
    rounded g = tangent(biased(s, a, j, 2)), o = sigmoid(biased(s, a, j, 3));
    const rounded activated[] = {i, f, g, o};
    for (int k = 0; k < 4; k++)
      want_rounded(&w[0], gate(s, j, k), activated[k]);
    rounded c = plus(times(f, element(a[2], j)), times(i, g));
    want_rounded(&w[3], j, c);
    want_rounded(&w[4], j, times(o, tangent(c)));
  }
}

ORACLE(lstm_backward_formula) {
  for (int64_t j = 0; j < states(s); j++) {
    rounded i = given(s, a, j, 0), f = given(s, a, j, 1), g = given(s, a, j, 2), o = given(s, a, j, 3);
    rounded t = tangent(element(a[2], j)), dh = element(a[3], j);
    rounded dc = plus(times(times(dh, o), tanh_slope(t)), element(a[4], j));
    want_rounded(&w[0], gate(s, j, 0), times(times(dc, g), sigmoid_slope(i)));
    want_rounded(&w[0], gate(s, j, 1), times(times(dc, element(a[1], j)), sigmoid_slope(f)));
    want_rounded(&w[0], gate(s, j, 2), times(times(dc, i), tanh_slope(g)));
    want_rounded(&w[0], gate(s, j, 3), times(times(dh, t), sigmoid_slope(o)));
    want_rounded(&w[5], j, times(dc, f));
  }
}

ORACLE(gru_formula) {
  for (int64_t j = 0; j < states(s); j++) {
    rounded r = sigmoid(biased(s, a, j, 1)), z = sigmoid(biased(s, a, j, 2)), q = biased(s, a, j, 3);
    rounded n = tangent(plus(times(r, q), biased(s, a, j, 0)));
    const rounded activated[] = {n, r, z, q};
    for (int k = 0; k < 4; k++)
      want_rounded(&w[0], gate(s, j, k), activated[k]);
    want_rounded(&w[3], j, plus(times(z, minus(element(a[2], j), n)), n));
  }
}

ORACLE(gru_backward_formula) {
  for (int64_t j = 0; j < states(s); j++) {
    rounded n = given(s, a, j, 0), r = given(s, a, j, 1), z = given(s, a, j, 2), q = given(s, a, j, 3);
    rounded dh = element(a[2], j);
    rounded dn = times(times(dh, minus(exactly(1), z)), tanh_slope(n));
    want_rounded(&w[0], gate(s, j, 0), dn);
    want_rounded(&w[0], gate(s, j, 1), times(times(dn, q), sigmoid_slope(r)));
    want_rounded(&w[0], gate(s, j, 2), times(times(dh, minus(element(a[1], j), n)), sigmoid_slope(z)));
    want_rounded(&w[0], gate(s, j, 3), times(dn, r));
    want_rounded(&w[3], j, plus(times(dh, z), element(a[3], j)));
  }
}

#define CASE(name, oracle, ...)                                                                                       \
  {                                                                                                                   \
    .kernel = #name, SHAPES(shapes), .units = rows, .call = call_##name, .formula = oracle##_formula, .finite = true, \
    .arrays = {                                                                                                       \
      __VA_ARGS__                                                                                                     \
    }                                                                                                                 \
  }
static const kernel_case cases[] = {
    CASE(lstm_cell_f32, lstm, {"gates", INOUT, gates, -4, 4}, {"bias", IN, one_row, -1, 1},
         {"previous_cell", IN, states, -2, 2}, {"cell", OUT, states}, {"hidden", OUT, states}),
    CASE(lstm_cell_backward_f32, lstm_backward, {"gates", INOUT, gates, 0, 1}, {"previous_cell", IN, states, -2, 2},
         {"cell", IN, states, -2, 2}, {"hidden_gradient", IN, states, -1, 1}, {"cell_gradient", IN, states, -1, 1},
         {"previous_cell_gradient", OUT, states}),
    CASE(gru_cell_f32, gru, {"gates", INOUT, gates, -4, 4}, {"bias", IN, one_row, -1, 1},
         {"previous_hidden", IN, states, -1, 1}, {"hidden", OUT, states}),
    CASE(gru_cell_backward_f32, gru_backward, {"gates", INOUT, gates, 0, 1}, {"previous_hidden", IN, states, -1, 1},
         {"hidden_gradient", IN, states, -1, 1}, {"previous_hidden_gradient", INOUT, states, -1, 1}),
};
const family recurrent_family = {"recurrent", cases, COUNT(cases)};
