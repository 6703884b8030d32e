/*
 * A row of scores and what every loss of rows knows of it: weights, ignored rows, statistics. kernels.def has the
 * contract.
 */
#ifndef PANA_ROW_H
#define PANA_ROW_H

#include "softmax.h"
#include "statistics.h"

typedef struct {
  const float *x;
  float *gradient; /* may be null */
  int64_t columns, label;
  bool known; /* the label is in range */
  float target_weight, scale;
  const float *targets, *class_weights;
  const pana_row_options *options;
  float sum; /* of e^(x - maximum), left for the statistics; 0 where there is none */
} row;

static inline float logarithm(float x) { return vf_lane0(vf_log(vf_set(x))); }

static inline float target_of(const row *r) { return r->known ? r->x[r->label] : NAN; }

/* Adds to the label's element of the gradient. */
static inline void add_at_label(const row *r, float value) {
  if (r->known)
    r->gradient[r->label] += value;
}

static inline vf weight_lanes(const row *r, int64_t c, int n) {
  return r->class_weights ? vf_load_up_to(r->class_weights + c, n) : vf_set(1);
}

static inline void clear(const row *r) { memset(r->gradient, 0, (size_t)r->columns * sizeof(float)); }

/* Canonical sum over a row of f at up to 16 elements, in which absent lanes are 0. */
typedef vf lanes_function(const row *r, int64_t c, int n, vf maximum);

static ALWAYS_INLINE float sum_row(lanes_function *f, const row *r, float maximum) {
  double sum = 0;
  vf m = vf_set(maximum);
  for (int64_t block = 0; block < r->columns; block += PANA_BLOCK) {
    int64_t end = r->columns - block < PANA_BLOCK ? r->columns : block + PANA_BLOCK, c = block;
    partials p = partials_zero();
    for (; c + PANA_PARTIALS <= end; c += PANA_PARTIALS)
      for (int k = 0; k < 4; k++)
        p.lane[k] = vf_add(p.lane[k], f(r, c + k * LANES, LANES, m));
    for (int k = 0; c < end; c += LANES, k++) {
      int n = first_lanes(end - c);
      p.lane[k] = vf_add(p.lane[k], vf_select(vm_first(n), f(r, c, n, m), vf_zero()));
    }
    sum += (double)partials_tree(p);
  }
  return (float)sum;
}

/* Whether the first greatest logit is the label's. */
static inline bool is_correct(const row *r) {
  if (!r->known || r->x[r->label] != row_maximum(r->x, r->columns))
    return false;
  for (int64_t c = 0; c < r->label; c++)
    if (r->x[c] == r->x[r->label])
      return false;
  return true;
}

/* What a call has, under the names of PANA_ROW_LOSS. */
typedef struct {
  const float *x;
  const int32_t *labels; /* null for losses without labels, */
  const float *targets;  /* and this for those without probabilities */
  const float *weights, *class_weights;
  float *gradient, *losses;
  pana_statistics *statistics;
  const pana_row_options *options;
  int64_t columns;
  float scale;
} row_call;

static inline float row_weight(const row_call *c, int64_t i) { return c->weights ? c->weights[i] : 1; }

/* A row whose label is ignored, or whose weight is 0, has neither loss nor gradient, whatever it holds. */
static inline bool row_counts(const row_call *c, int64_t i) {
  return row_weight(c, i) != 0 && !(c->labels && c->labels[i] == c->options->ignore_index);
}

static ALWAYS_INLINE row row_at(const row_call *c, int64_t i) {
  row r = {.x = c->x + i * c->columns,
           .gradient = c->gradient ? c->gradient + i * c->columns : 0,
           .columns = c->columns,
           .label = c->labels ? c->labels[i] : -1,
           .target_weight = 1,
           .scale = row_weight(c, i) * c->scale,
           .targets = c->targets ? c->targets + i * c->columns : 0,
           .class_weights = c->class_weights,
           .options = c->options};
  r.known = r.label >= 0 && r.label < c->columns;
  if (c->class_weights && r.known)
    r.target_weight = c->class_weights[r.label];
  return r;
}

/* Row i, its statistics of inputs written: its gradient may overwrite it. */
static ALWAYS_INLINE row begin_row(const row_call *c, int64_t i) {
  row r = row_at(c, i);
  if (c->statistics) {
    statistics_of_inputs(c->statistics + i, r.x, c->columns, i * c->columns);
    c->statistics[i].correct = is_correct(&r);
  }
  return r;
}

/* Writes what row i came to. */
static ALWAYS_INLINE void end_row(const row_call *c, int64_t i, const row *r, bool counts, float loss) {
  if (!counts) {
    c->losses[i] = 0;
    if (r->gradient)
      clear(r);
  } else {
    c->losses[i] = c->weights ? loss * c->weights[i] : loss;
  }
  if (c->statistics) {
    pana_statistics *s = c->statistics + i;
    s->saturated = r->sum > 0 && r->sum <= 1.000001f;
    if (r->gradient)
      statistics_of_gradient(s, r->gradient, c->columns);
  }
}

#endif
