/*
 * The sweep under every update rule: a rule is one inline function on 16 lanes, and this reads and writes every array
 * once. kernels.def has the contract, under PANA_UPDATE.
 */
#ifndef PANA_UPDATE_H
#define PANA_UPDATE_H

#include "kernel.h"

/* Lanes of a tensor: the gradient is what the rule shall follow, the parameter has its decoupled decay. */
typedef struct {
  vf parameter, gradient, state[3];
} element;

/* s: the rule's scalars. Changes parameter and states. */
typedef void rule(element *e, const float *s, float ratio);

/* The way through matrices of rows x columns, to what each row and column has of an estimate that is their product. */
typedef struct {
  const float *row_root, *column_roots; /* of the row that it is in, and of that row's matrix */
  int64_t rows, columns;
  int64_t row, begin; /* which row of the matrix, and its first element */
} factors;

typedef struct {
  float *parameter, *gradient, *state[3], *average;
  factors *factors; /* null unless the number of states is FACTORED */
} tensor;

/* In place of a number of states: none is stored, the first is the product of factors. */
enum { FACTORED = -1 };

typedef struct {
  partials gradient, change, parameter;
} squares;

/* Elements ahead that a sweep fetches: left alone, it waits for memory wherever a page of one of its arrays ends. */
enum { AHEAD = 512 };

static ALWAYS_INLINE void fetch_ahead(const tensor *t, int states, int64_t i) {
  prefetch(t->parameter + i + AHEAD);
  prefetch(t->gradient + i + AHEAD);
  for (int s = 0; s < states; s++)
    prefetch(t->state[s] + i + AHEAD);
}

static inline vf sign_of(vf x, vf size) {
  vf y = vf_select(vf_lt(vf_zero(), x), size, x);
  return vf_select(vf_lt(x, vf_zero()), vf_negate(size), y);
}

/* share * x + fresh * y */
static inline vf mix(float share, vf x, float fresh, vf y) {
  return vf_fma(vf_set(share), x, vf_mul(vf_set(fresh), y));
}

/* share * x + (fresh * y) * y */
static inline vf mix_square(float share, vf x, float fresh, vf y) {
  return vf_fma(vf_set(share), x, vf_mul(vf_mul(vf_set(fresh), y), y));
}

/* p - factor * x */
static inline vf descend(vf p, float factor, vf x) { return vf_fma(vf_set(-factor), x, p); }

static inline void next_row(factors *f) {
  f->row_root++;
  f->begin += f->columns;
  if (++f->row == f->rows) {
    f->row = 0;
    f->column_roots += f->columns;
  }
}

/* The products of n lanes from element i on, which is in f's row or comes right behind it. */
static inline vf product_of_factors(factors *f, int64_t i, int n) {
  if (i - f->begin == f->columns)
    next_row(f);
  if (i - f->begin + n <= f->columns)
    return vf_mul(vf_set(*f->row_root), vf_load_up_to(f->column_roots + (i - f->begin), n));
  float lane[LANES] = {0};
  for (int k = 0; k < n; k++) {
    if (i + k - f->begin == f->columns)
      next_row(f);
    lane[k] = *f->row_root * f->column_roots[i + k - f->begin];
  }
  return vf_load(lane);
}

/* What a rule shall follow, of a gradient that is scaled already. */
static inline vf followed(const pana_update *u, vf g, vf p) {
  vf limit = vf_set(u->clip_value);
  g = vf_select(vf_lt(limit, g), limit, g);
  g = vf_select(vf_lt(g, vf_negate(limit)), vf_negate(limit), g);
  if (u->l2 != 0)
    g = vf_fma(vf_set(u->l2), p, g);
  if (u->l1 != 0)
    g = vf_add(g, sign_of(p, vf_set(u->l1)));
  return g;
}

/*
 * n lanes from element i. states, plain and counted are constants: how many states there are, or FACTORED; nothing but
 * the rule; and squares are summed. Returns the lanes' square in squares through q, of which lane k takes part.
 */
static ALWAYS_INLINE void update_lanes(rule *f, int states, bool plain, bool counted, const pana_update *u, float ratio,
                                       const tensor *t, int64_t i, int n, squares *q, int k) {
  fetch_ahead(t, states, i);
  vf old = vf_load_up_to(t->parameter + i, n), g = vf_load_up_to(t->gradient + i, n);
  element e = {.parameter = old, .gradient = g};
  if (!plain) {
    g = vf_mul(g, vf_set(u->gradient_scale));
    e.gradient = followed(u, g, old);
    e.parameter = vf_mul(old, vf_set(u->shrink));
  }
  for (int s = 0; s < states; s++)
    e.state[s] = vf_load_up_to(t->state[s] + i, n);
  if (states == FACTORED)
    e.state[0] = product_of_factors(t->factors, i, n);
  f(&e, u->scalar, ratio);
  vf_store_up_to(t->parameter + i, n, e.parameter);
  for (int s = 0; s < states; s++)
    vf_store_up_to(t->state[s] + i, n, e.state[s]);
  if (plain)
    return;
  if (t->average) {
    vf fresh = vf_mul(vf_set(u->average_fresh), e.parameter);
    vf_store_up_to(t->average + i, n, vf_fma(vf_set(u->average_keep), vf_load_up_to(t->average + i, n), fresh));
  }
  if (u->clear_gradient)
    vf_store_up_to(t->gradient + i, n, vf_zero());
  if (counted) {
    /* lanes that are absent hold zeros, but a rule may make something else of them */
    vf p = n == LANES ? e.parameter : vf_select(vm_first(n), e.parameter, vf_zero());
    vf change = vf_sub(p, old);
    q->gradient.lane[k] = vf_fma(g, g, q->gradient.lane[k]);
    q->change.lane[k] = vf_fma(change, change, q->change.lane[k]);
    q->parameter.lane[k] = vf_fma(p, p, q->parameter.lane[k]);
  }
}

/* A canonical block. */
static ALWAYS_INLINE void update_block(rule *f, int states, bool plain, bool counted, const pana_update *u, float ratio,
                                       const tensor *t, float *sums, int64_t from, int64_t to) {
  squares q = {partials_zero(), partials_zero(), partials_zero()};
  int64_t i = from;
  for (; i + PANA_PARTIALS <= to; i += PANA_PARTIALS)
    EACH_PARTIAL (k)
      update_lanes(f, states, plain, counted, u, ratio, t, i + k * LANES, LANES, &q, k);
  for (int k = 0; i < to; i += LANES, k++)
    update_lanes(f, states, plain, counted, u, ratio, t, i, first_lanes(to - i), &q, k);
  if (counted) {
    sums[0] = partials_tree(q.gradient);
    sums[1] = partials_tree(q.change);
    sums[2] = partials_tree(q.parameter);
  }
}

static ALWAYS_INLINE void update_blocks(rule *f, int states, bool plain, bool counted, const pana_update *u,
                                        float ratio, const tensor *t, float *sums, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i += PANA_BLOCK)
    update_block(f, states, plain, counted, u, ratio, t, counted ? sums + 3 * (i / PANA_BLOCK) : 0, i,
                 to - i < PANA_BLOCK ? to : i + PANA_BLOCK);
}

static inline bool nothing_but_the_rule(const pana_update *u) {
  return u->gradient_scale == 1 && u->clip_value == INFINITY && u->l1 == 0 && u->l2 == 0 && u->shrink == 1 &&
         !u->clear_gradient;
}

/* The update is copied so that the compiler knows that no store changes it. */
static ALWAYS_INLINE void update_with(rule *f, int states, const tensor *t, float *sums, const pana_update *update,
                                      float ratio, int64_t from, int64_t to) {
  const pana_update u = *update;
  if (sums)
    update_blocks(f, states, false, true, &u, ratio, t, sums, from, to);
  else if (t->average || !nothing_but_the_rule(&u))
    update_blocks(f, states, false, false, &u, ratio, t, 0, from, to);
  else
    update_blocks(f, states, true, false, &u, ratio, t, 0, from, to);
}

#define RULE(name) static ALWAYS_INLINE void name##_rule(element *e, const float *s, float ratio)

#define RULE_KERNEL(name, states)                                        \
  KERNEL(name##_f32) PANA_UPDATE {                                       \
    const tensor t = {parameter, gradient, {a, b, c}, average, 0};       \
    update_with(name##_rule, states, &t, sums, update, ratio, from, to); \
  }

/* ---- passes that only read */

/* Squares of n lanes from element i; what a rule would do stays in e. */
typedef void reading_function(const tensor *t, const pana_update *u, int64_t i, int n, squares *q, int k);

static ALWAYS_INLINE void read_blocks(reading_function *f, const tensor *t, const pana_update *update, float *sums,
                                      int64_t from, int64_t to) {
  const pana_update u = *update;
  for (int64_t block = from; block < to; block += PANA_BLOCK) {
    int64_t end = to - block < PANA_BLOCK ? to : block + PANA_BLOCK, i = block;
    squares q = {partials_zero(), partials_zero(), partials_zero()};
    for (; i + PANA_PARTIALS <= end; i += PANA_PARTIALS)
      EACH_PARTIAL (k)
        f(t, &u, i + k * LANES, LANES, &q, k);
    for (int k = 0; i < end; i += LANES, k++)
      f(t, &u, i, first_lanes(end - i), &q, k);
    float *sum = sums + 3 * (block / PANA_BLOCK);
    sum[0] = partials_tree(q.gradient);
    sum[1] = partials_tree(q.change);
    sum[2] = partials_tree(q.parameter);
  }
}

#endif
