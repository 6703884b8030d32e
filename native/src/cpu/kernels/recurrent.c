/*
 * The cells of recurrent layers: a time step from its pre-activations, and back. Formulas stand in kernels.def; Java's
 * ScalarRecurrentKernels has the same operations in the same order.
 *
 * A function does up to 16 units and is not inlined: what it computes takes far longer than the call.
 */
#include "derived.h"
#include "kernel.h"

#define UNITS NOINLINE void

enum { GATES = 4 };

/* s (1 - s): the derivative of a sigmoid by its value; 1 - t^2: that of a tanh. */
static inline vf sigmoid_slope(vf s) { return vf_mul(s, vf_sub(vf_set(1), s)); }
static inline vf tanh_slope(vf t) { return vf_fma(vf_negate(t), t, vf_set(1)); }

/* ---- LSTM */

enum { INPUT, FORGET, CANDIDATE, OUTPUT };

UNITS lstm_units(float *gates, const float *bias, const float *previous_cell, float *cell, float *hidden, int64_t units,
                 int n) {
  vf a[GATES];
  /* one copy of sigmoid's code for its three gates */
  UNROLL(1)
  for (int g = 0; g < GATES; g++) {
    vf x = vf_add(vf_load_up_to(gates + g * units, n), vf_load_up_to(bias + g * units, n));
    a[g] = g == CANDIDATE ? vf_tanh(x) : vf_sigmoid(x);
    vf_store_up_to(gates + g * units, n, a[g]);
  }
  vf c = vf_fma(a[FORGET], vf_load_up_to(previous_cell, n), vf_mul(a[INPUT], a[CANDIDATE]));
  vf_store_up_to(cell, n, c);
  vf_store_up_to(hidden, n, vf_mul(a[OUTPUT], vf_tanh(c)));
}

KERNEL(lstm_cell_f32)
(float *gates, const float *bias, const float *previous_cell, float *cell, float *hidden, int64_t units, int64_t from,
 int64_t to) {
  for (int64_t r = from; r < to; r++)
    for (int64_t u = 0; u < units; u += LANES) {
      int64_t i = r * units + u;
      lstm_units(gates + GATES * r * units + u, bias + u, previous_cell + i, cell + i, hidden + i, units,
                 first_lanes(units - u));
    }
}

UNITS lstm_units_backward(float *gates, const float *previous_cell, const float *cell, const float *hidden_gradient,
                          const float *cell_gradient, float *previous_cell_gradient, int64_t units, int n) {
  vf i = vf_load_up_to(gates + INPUT * units, n), f = vf_load_up_to(gates + FORGET * units, n);
  vf g = vf_load_up_to(gates + CANDIDATE * units, n), o = vf_load_up_to(gates + OUTPUT * units, n);
  vf t = vf_tanh(vf_load_up_to(cell, n)), dh = vf_load_up_to(hidden_gradient, n);
  vf dc = vf_fma(vf_mul(dh, o), tanh_slope(t), vf_load_up_to(cell_gradient, n));
  vf forgotten = vf_mul(dc, vf_load_up_to(previous_cell, n));
  vf_store_up_to(gates + INPUT * units, n, vf_mul(vf_mul(dc, g), sigmoid_slope(i)));
  vf_store_up_to(gates + FORGET * units, n, vf_mul(forgotten, sigmoid_slope(f)));
  vf_store_up_to(gates + CANDIDATE * units, n, vf_mul(vf_mul(dc, i), tanh_slope(g)));
  vf_store_up_to(gates + OUTPUT * units, n, vf_mul(vf_mul(dh, t), sigmoid_slope(o)));
  vf_store_up_to(previous_cell_gradient, n, vf_mul(dc, f));
}

KERNEL(lstm_cell_backward_f32)
(float *gates, const float *previous_cell, const float *cell, const float *hidden_gradient, const float *cell_gradient,
 float *previous_cell_gradient, int64_t units, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++)
    for (int64_t u = 0; u < units; u += LANES) {
      int64_t i = r * units + u;
      lstm_units_backward(gates + GATES * r * units + u, previous_cell + i, cell + i, hidden_gradient + i,
                          cell_gradient + i, previous_cell_gradient + i, units, first_lanes(units - u));
    }
}

/* ---- GRU */

enum { NEW, RESET, UPDATE, RECURRENT };

UNITS gru_units(float *gates, const float *bias, const float *previous, float *hidden, int64_t units, int n) {
  vf a[GATES];
  UNROLL(1)
  for (int g = 0; g < GATES; g++) {
    a[g] = vf_add(vf_load_up_to(gates + g * units, n), vf_load_up_to(bias + g * units, n));
    if (g == RESET || g == UPDATE)
      a[g] = vf_sigmoid(a[g]);
    vf_store_up_to(gates + g * units, n, a[g]);
  }
  vf fresh = vf_tanh(vf_fma(a[RESET], a[RECURRENT], a[NEW]));
  vf_store_up_to(gates + NEW * units, n, fresh);
  vf_store_up_to(hidden, n, vf_fma(a[UPDATE], vf_sub(vf_load_up_to(previous, n), fresh), fresh));
}

KERNEL(gru_cell_f32)
(float *gates, const float *bias, const float *previous_hidden, float *hidden, int64_t units, int64_t from,
 int64_t to) {
  for (int64_t r = from; r < to; r++)
    for (int64_t u = 0; u < units; u += LANES) {
      int64_t i = r * units + u;
      gru_units(gates + GATES * r * units + u, bias + u, previous_hidden + i, hidden + i, units,
                first_lanes(units - u));
    }
}

UNITS gru_units_backward(float *gates, const float *previous, const float *hidden_gradient, float *previous_gradient,
                         int64_t units, int n) {
  vf fresh = vf_load_up_to(gates + NEW * units, n), r = vf_load_up_to(gates + RESET * units, n);
  vf z = vf_load_up_to(gates + UPDATE * units, n), recurrent = vf_load_up_to(gates + RECURRENT * units, n);
  vf dh = vf_load_up_to(hidden_gradient, n), older = vf_sub(vf_load_up_to(previous, n), fresh);
  vf dn = vf_mul(vf_mul(dh, vf_sub(vf_set(1), z)), tanh_slope(fresh));
  vf_store_up_to(gates + NEW * units, n, dn);
  vf_store_up_to(gates + RESET * units, n, vf_mul(vf_mul(dn, recurrent), sigmoid_slope(r)));
  vf_store_up_to(gates + UPDATE * units, n, vf_mul(vf_mul(dh, older), sigmoid_slope(z)));
  vf_store_up_to(gates + RECURRENT * units, n, vf_mul(dn, r));
  vf_store_up_to(previous_gradient, n, vf_fma(dh, z, vf_load_up_to(previous_gradient, n)));
}

KERNEL(gru_cell_backward_f32)
(float *gates, const float *previous_hidden, const float *hidden_gradient, float *previous_hidden_gradient,
 int64_t units, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++)
    for (int64_t u = 0; u < units; u += LANES) {
      int64_t i = r * units + u;
      gru_units_backward(gates + GATES * r * units + u, previous_hidden + i, hidden_gradient + i,
                         previous_hidden_gradient + i, units, first_lanes(units - u));
    }
}
