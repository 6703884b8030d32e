/*
 * Update rules, elementwise. Each is one inline function on 16 lanes; the loops around it read and
 * write every array once.
 */
#include "kernel.h"

void PANA_FN(sgd_f32)(float *parameter, const float *gradient, float rate, int64_t from, int64_t to) {
  vf r = vf_set(-rate);
  for (int64_t i = from; i < to; i += LANES) {
    int n = first_lanes(to - i);
    vf p = vf_fma(r, vf_load_first(gradient + i, n), vf_load_first(parameter + i, n));
    vf_store_first(parameter + i, n, p);
  }
}

void PANA_FN(momentum_f32)(float *parameter, const float *gradient, float *momentum_buffer, float rate, float momentum,
                           float weight, int64_t from, int64_t to) {
  vf r = vf_set(-rate), mu = vf_set(momentum), w = vf_set(weight);
  for (int64_t i = from; i < to; i += LANES) {
    int n = first_lanes(to - i);
    vf b = vf_fma(mu, vf_load_first(momentum_buffer + i, n), vf_mul(w, vf_load_first(gradient + i, n)));
    vf_store_first(momentum_buffer + i, n, b);
    vf_store_first(parameter + i, n, vf_fma(r, b, vf_load_first(parameter + i, n)));
  }
}

void PANA_FN(rmsprop_f32)(float *parameter, const float *gradient, float *square_average, float rate, float rho,
                          float one_minus_rho, float epsilon, int64_t from, int64_t to) {
  vf r = vf_set(rate), a = vf_set(rho), b = vf_set(one_minus_rho), eps = vf_set(epsilon);
  for (int64_t i = from; i < to; i += LANES) {
    int n = first_lanes(to - i);
    vf g = vf_load_first(gradient + i, n);
    vf v = vf_fma(a, vf_load_first(square_average + i, n), vf_mul(vf_mul(b, g), g));
    vf update = vf_div(vf_mul(r, g), vf_add(vf_sqrt(v), eps));
    vf_store_first(square_average + i, n, v);
    vf_store_first(parameter + i, n, vf_sub(vf_load_first(parameter + i, n), update));
  }
}

typedef struct {
  vf beta1, one_minus_beta1, beta2, one_minus_beta2, step, correction, epsilon;
} adam_scalars;

/* n is LANES in the hot loop, a constant there, so that its loads and stores are whole vectors. */
static inline void adam_lanes(const adam_scalars *s, float *parameter, const float *gradient, float *first_moment,
                              float *second_moment, int n) {
  vf g = n == LANES ? vf_load(gradient) : vf_load_first(gradient, n);
  vf m = n == LANES ? vf_load(first_moment) : vf_load_first(first_moment, n);
  vf v = n == LANES ? vf_load(second_moment) : vf_load_first(second_moment, n);
  vf p = n == LANES ? vf_load(parameter) : vf_load_first(parameter, n);
  m = vf_fma(s->beta1, m, vf_mul(s->one_minus_beta1, g));
  v = vf_fma(s->beta2, v, vf_mul(vf_mul(s->one_minus_beta2, g), g));
  vf denominator = vf_fma(vf_sqrt(v), s->correction, s->epsilon);
  p = vf_sub(p, vf_div(vf_mul(s->step, m), denominator));
  if (n == LANES) {
    vf_store(first_moment, m);
    vf_store(second_moment, v);
    vf_store(parameter, p);
  } else {
    vf_store_first(first_moment, n, m);
    vf_store_first(second_moment, n, v);
    vf_store_first(parameter, n, p);
  }
}

void PANA_FN(adam_f32)(float *parameter, const float *gradient, float *first_moment, float *second_moment, float beta1,
                       float one_minus_beta1, float beta2, float one_minus_beta2, float step, float correction,
                       float epsilon, int64_t from, int64_t to) {
  adam_scalars s = {vf_set(beta1), vf_set(one_minus_beta1), vf_set(beta2),  vf_set(one_minus_beta2),
                    vf_set(step),  vf_set(correction),      vf_set(epsilon)};
  int64_t i = from;
  for (; i + LANES <= to; i += LANES)
    adam_lanes(&s, parameter + i, gradient + i, first_moment + i, second_moment + i, LANES);
  if (i < to)
    adam_lanes(&s, parameter + i, gradient + i, first_moment + i, second_moment + i, (int)(to - i));
}
