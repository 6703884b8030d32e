/*
 * The update rules. Formulas and scalars stand in kernels.def; Java's UpdateRule has the same operations in the same
 * order.
 */
#include "update.h"

/* factor * x / (sqrt(square + inner) + outer) */
static inline vf over_root(float factor, vf x, vf square, float inner, float outer) {
  vf root = vf_add(vf_sqrt(vf_add(square, vf_set(inner))), vf_set(outer));
  return vf_div(vf_mul(vf_set(factor), x), root);
}

RULE(sgd) {
  (void)ratio;
  e->parameter = descend(e->parameter, s[0], e->gradient);
}
RULE_KERNEL(sgd, 0)

RULE(momentum) {
  (void)ratio;
  e->state[0] = mix(s[1], e->state[0], s[2], e->gradient);
  e->parameter = descend(e->parameter, s[0], e->state[0]);
}
RULE_KERNEL(momentum, 1)

RULE(nesterov) {
  (void)ratio;
  e->state[0] = mix(s[1], e->state[0], s[2], e->gradient);
  e->parameter = descend(e->parameter, s[0], mix(s[1], e->state[0], s[2], e->gradient));
}
RULE_KERNEL(nesterov, 1)

RULE(adagrad) {
  (void)ratio;
  e->state[0] = vf_fma(e->gradient, e->gradient, e->state[0]);
  e->parameter = vf_sub(e->parameter, over_root(s[0], e->gradient, e->state[0], s[1], s[2]));
}
RULE_KERNEL(adagrad, 1)

RULE(adadelta) {
  (void)ratio;
  vf epsilon = vf_set(s[3]);
  e->state[0] = mix_square(s[1], e->state[0], s[2], e->gradient);
  vf quotient = vf_div(vf_sqrt(vf_add(e->state[1], epsilon)), vf_sqrt(vf_add(e->state[0], epsilon)));
  vf change = vf_mul(quotient, e->gradient);
  e->state[1] = mix_square(s[1], e->state[1], s[2], change);
  e->parameter = descend(e->parameter, s[0], change);
}
RULE_KERNEL(adadelta, 2)

RULE(rmsprop) {
  (void)ratio;
  e->state[0] = mix_square(s[1], e->state[0], s[2], e->gradient);
  e->parameter = vf_sub(e->parameter, over_root(s[0], e->gradient, e->state[0], s[3], s[4]));
}
RULE_KERNEL(rmsprop, 1)

RULE(rmsprop_momentum) {
  (void)ratio;
  e->state[0] = mix_square(s[1], e->state[0], s[2], e->gradient);
  e->state[1] = vf_fma(vf_set(s[5]), e->state[1], over_root(s[0], e->gradient, e->state[0], s[3], s[4]));
  e->parameter = descend(e->parameter, s[6], e->state[1]);
}
RULE_KERNEL(rmsprop_momentum, 2)

/* max(0, square - mean^2): rounding may leave less than 0 of a constant gradient. */
static inline vf variance(vf square, vf mean) {
  vf v = vf_fma(vf_negate(mean), mean, square);
  return vf_select(vf_lt(v, vf_zero()), vf_zero(), v);
}

static inline vf centered(element *e, const float *s) {
  e->state[0] = mix_square(s[1], e->state[0], s[2], e->gradient);
  e->state[1] = mix(s[1], e->state[1], s[2], e->gradient);
  return over_root(s[0], e->gradient, variance(e->state[0], e->state[1]), s[3], s[4]);
}

RULE(centered_rmsprop) {
  (void)ratio;
  e->parameter = vf_sub(e->parameter, centered(e, s));
}
RULE_KERNEL(centered_rmsprop, 2)

RULE(centered_rmsprop_momentum) {
  (void)ratio;
  e->state[2] = vf_fma(vf_set(s[5]), e->state[2], centered(e, s));
  e->parameter = descend(e->parameter, s[6], e->state[2]);
}
RULE_KERNEL(centered_rmsprop_momentum, 3)

/* The two moments of adam and its kin. */
static inline void moments(element *e, const float *s) {
  e->state[0] = mix(s[1], e->state[0], s[2], e->gradient);
  e->state[1] = mix_square(s[3], e->state[1], s[4], e->gradient);
}

/* x / (sqrt(square) * correction + epsilon) */
static inline vf over_moment(vf x, vf square, const float *s) {
  return vf_div(x, vf_fma(vf_sqrt(square), vf_set(s[5]), vf_set(s[6])));
}

RULE(adam) {
  (void)ratio;
  moments(e, s);
  e->parameter = vf_sub(e->parameter, over_moment(vf_mul(vf_set(s[0]), e->state[0]), e->state[1], s));
}
RULE_KERNEL(adam, 2)

RULE(amsgrad) {
  (void)ratio;
  moments(e, s);
  e->state[2] = vf_max(e->state[2], e->state[1]);
  e->parameter = vf_sub(e->parameter, over_moment(vf_mul(vf_set(s[0]), e->state[0]), e->state[2], s));
}
RULE_KERNEL(amsgrad, 3)

RULE(adamax) {
  (void)ratio;
  e->state[0] = mix(s[1], e->state[0], s[2], e->gradient);
  e->state[1] = vf_max(vf_mul(vf_set(s[3]), e->state[1]), vf_add(vf_abs(e->gradient), vf_set(s[4])));
  vf change = vf_div(vf_mul(vf_set(s[0]), e->state[0]), vf_add(e->state[1], vf_set(s[5])));
  e->parameter = vf_sub(e->parameter, change);
}
RULE_KERNEL(adamax, 2)

RULE(nadam) {
  (void)ratio;
  moments(e, s);
  vf direction = vf_fma(vf_set(s[7]), e->state[0], vf_mul(vf_set(s[0]), e->gradient));
  e->parameter = vf_sub(e->parameter, over_moment(direction, e->state[1], s));
}
RULE_KERNEL(nadam, 2)

RULE(lion) {
  (void)ratio;
  vf direction = mix(s[1], e->state[0], s[2], e->gradient);
  e->state[0] = mix(s[3], e->state[0], s[4], e->gradient);
  e->parameter = descend(e->parameter, s[0], sign_of(direction, vf_set(1)));
}
RULE_KERNEL(lion, 1)

static inline vf lamb_direction(element *e, const float *s) {
  moments(e, s);
  vf direction = over_moment(vf_mul(vf_set(s[0]), e->state[0]), e->state[1], s);
  return vf_fma(vf_set(s[7]), e->parameter, direction);
}

RULE(lamb) { e->parameter = descend(e->parameter, ratio, lamb_direction(e, s)); }
RULE_KERNEL(lamb, 2)

/* sqrt(b + g^2) - sqrt(b) is g^2 over their sum: nothing cancels. */
RULE(ftrl) {
  (void)ratio;
  vf g = e->gradient, before = vf_sqrt(e->state[1]), l1 = vf_set(s[2]);
  e->state[1] = vf_fma(g, g, e->state[1]);
  vf root = vf_sqrt(e->state[1]), both = vf_add(root, before);
  vf growth = vf_select(vf_eq(both, vf_zero()), vf_zero(), vf_div(vf_mul(g, g), both));
  vf sigma = vf_mul(growth, vf_set(s[0]));
  e->state[0] = vf_fma(vf_negate(sigma), e->parameter, vf_add(e->state[0], g));
  vf z = e->state[0], curvature = vf_fma(vf_add(vf_set(s[1]), root), vf_set(s[0]), vf_set(s[3]));
  vf p = vf_div(vf_sub(sign_of(z, l1), z), curvature);
  e->parameter = vf_select(vf_le(vf_abs(z), l1), vf_zero(), p);
}
RULE_KERNEL(ftrl, 2)

/* ---- passes that only read */

#if defined(__AVX512F__) && !defined(PANA_LANES)
enum { SIDES = 4 }; /* 16 sums, of 32 registers */
#else
enum { SIDES = 1 };
#endif
enum { AHEAD_OF_SQUARES = 1024 };

static ALWAYS_INLINE vf add_square(const float *gradient, float scale, int n, vf sum) {
  prefetch(gradient + AHEAD_OF_SQUARES);
  vf g = vf_mul(vf_load_up_to(gradient, n), vf_set(scale));
  return vf_fma(g, g, sum);
}

static ALWAYS_INLINE void square_of_gradient(const tensor *t, const pana_update *u, int64_t i, int n, squares *q,
                                             int k) {
  q->gradient.lane[k] = add_square(t->gradient + i, u->gradient_scale, n, q->gradient.lane[k]);
}

/* A single stream leaves a core waiting for memory: blocks side by side read it an eighth faster. */
FUNCTION void squares_side_by_side(const float *gradient, float scale, float *sums) {
  partials p[SIDES];
  for (int s = 0; s < SIDES; s++)
    p[s] = partials_zero();
  for (int64_t i = 0; i < PANA_BLOCK; i += PANA_PARTIALS)
    UNROLL(4)
  for (int s = 0; s < SIDES; s++)
    EACH_PARTIAL (k)
      p[s].lane[k] = add_square(gradient + s * PANA_BLOCK + i + k * LANES, scale, LANES, p[s].lane[k]);
  for (int s = 0; s < SIDES; s++) {
    sums[3 * s] = partials_tree(p[s]);
    sums[3 * s + 1] = sums[3 * s + 2] = 0;
  }
}

KERNEL(gradient_squares_f32) PANA_UPDATE {
  const tensor t = {parameter, gradient, {a, b, c}, average, 0};
  (void)ratio;
  for (; SIDES > 1 && to - from >= SIDES * PANA_BLOCK; from += SIDES * PANA_BLOCK)
    squares_side_by_side(gradient + from, update->gradient_scale, sums + 3 * (from / PANA_BLOCK));
  read_blocks(square_of_gradient, &t, update, sums, from, to);
}

static ALWAYS_INLINE void squares_of_lamb(const tensor *t, const pana_update *u, int64_t i, int n, squares *q, int k) {
  fetch_ahead(t, 2, i);
  vf p = vf_load_up_to(t->parameter + i, n), g = vf_mul(vf_load_up_to(t->gradient + i, n), vf_set(u->gradient_scale));
  element e = {.parameter = vf_mul(p, vf_set(u->shrink)), .gradient = followed(u, g, p)};
  e.state[0] = vf_load_up_to(t->state[0] + i, n);
  e.state[1] = vf_load_up_to(t->state[1] + i, n);
  vf r = lamb_direction(&e, u->scalar);
  /* absent lanes may hold 0 / 0 */
  r = n == LANES ? r : vf_select(vm_first(n), r, vf_zero());
  q->gradient.lane[k] = vf_fma(g, g, q->gradient.lane[k]);
  q->change.lane[k] = vf_fma(r, r, q->change.lane[k]);
  q->parameter.lane[k] = vf_fma(e.parameter, e.parameter, q->parameter.lane[k]);
}

KERNEL(lamb_squares_f32) PANA_UPDATE {
  const tensor t = {parameter, gradient, {a, b, c}, average, 0};
  (void)ratio;
  read_blocks(squares_of_lamb, &t, update, sums, from, to);
}

KERNEL(accumulate_f32)(const float *x, float *y, float scale, int64_t from, int64_t to) {
  vf s = vf_set(scale);
  for (int64_t i = from; i < to; i += LANES) {
    int n = first_lanes(to - i);
    vf_store_up_to(y + i, n, vf_fma(vf_load_up_to(x + i, n), s, vf_load_up_to(y + i, n)));
  }
}
