/* What the oracles of all updates share. */
#ifndef PANA_TEST_SUPPORT_UPDATE_H
#define PANA_TEST_SUPPORT_UPDATE_H

#include <math.h>

#include "support_case.h"
#include "support_rounded.h"

static const float ratio = 0.0123f;

/* An element on its way through a rule's formula; unsure: a sign or a border that rounding may turn. */
typedef struct step {
  rounded old, p, g, a, b, c, direction; /* old: p before its decay */
  bool unsure;
} step;

/* share x + fresh y */
static inline rounded mix(float share, rounded x, float fresh, rounded y) {
  return plus(times(exactly((double)share), x), times(exactly((double)fresh), y));
}

static inline rounded mix_square(float share, rounded x, float fresh, rounded y) {
  return mix(share, x, 1, times(times(exactly((double)fresh), y), y));
}

static inline rounded minus_times(rounded p, float factor, rounded x) {
  return minus(p, times(exactly((double)factor), x));
}

/* The sign of x at a given size. */
static inline rounded sign_of(step *e, rounded x, double size) {
  e->unsure = e->unsure || fabs(x.value) <= x.error;
  return exactly(x.value > 0 ? size : x.value < 0 ? -size : x.value);
}

/* Nothing but the rule; and everything else. */
#define PLAIN(name)                                                                                                  \
  {                                                                                                                  \
    .rule = PANA_RULE_##name, .gradient_scale = 1, .clip_value = INFINITY, .shrink = 1, .scalar = { SCALARS_##name } \
  }
#define FULL(name)                                                                                             \
  {                                                                                                            \
    .rule = PANA_RULE_##name, .clear_gradient = 1, .gradient_scale = -1.25f, .clip_value = 0.75f, .l1 = 0.01f, \
    .l2 = 0.02f, .shrink = 0.999f, .average_keep = 0.9f, .average_fresh = 0.1f, .scalar = {                    \
      SCALARS_##name                                                                                           \
    }                                                                                                          \
  }

/* The gradient that a rule shall follow. */
static inline rounded followed(const pana_update *u, rounded g, double p, step *e) {
  double limit = (double)u->clip_value;
  g.value = g.value > limit ? limit : g.value < -limit ? -limit : g.value;
  if (u->l2 != 0)
    g = plus(g, times(exactly((double)u->l2), exactly(p)));
  return u->l1 != 0 ? plus(g, sign_of(e, exactly(p), (double)u->l1)) : g;
}

/* Its beginning: the gradient that the rule follows, and the parameter after its decay. */
static inline step step_at(const pana_update *u, double p, double g) {
  step e = {.old = exactly(p), .p = times(exactly(p), exactly((double)u->shrink))};
  e.g = followed(u, times(exactly(g), exactly((double)u->gradient_scale)), p, &e);
  return e;
}

/* What adafactor does with the root of an element's estimated square. */
static inline void by_root(step *e, rounded estimate, const float *s) {
  e->direction = over(e->g, greater(estimate, exactly((double)s[2])));
  e->p = minus_times(e->p, ratio, e->direction);
}

static inline void want_rounded(const wanted *w, int64_t i, rounded x, bool unsure) {
  want(w, i, x.value, unsure ? UNCHECKED : x.error);
}

typedef struct total {
  double value, error;
} total;

static inline void add_square(total *t, rounded x) {
  rounded square = times(x, x);
  t->value += square.value;
  t->error += square.error;
}

/* Sums of squares of a block of n elements: of the scaled gradient, the change and the parameter. */
static inline void want_total(const wanted *w, int64_t i, total t, int64_t n) {
  want(w, i, t.value, t.error + canonical_depth(n) * U * (t.value + t.error) + (double)n * TINY);
}

#endif
