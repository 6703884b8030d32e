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
  pana_statistics *statistics; /* may be null */
  float maximum;               /* once it was found */
  float sum;                   /* of e^(x - maximum), left for the statistics; 0 where there is none */
} row;

static inline float logarithm(float x) { return vf_lane0(vf_log(vf_set(x))); }

static inline float target_of(const row *r) { return r->known ? r->x[r->label] : NAN; }

/* Adds to the label's element of the gradient. */
static inline void add_at_label(const row *r, float value) {
  lanes_meet();
  if (r->known && is_first_lane())
    r->gradient[r->label] += value;
  lanes_meet();
}

static inline vf weight_lanes(const row *r, int64_t c, int n) {
  return r->class_weights ? vf_load_up_to(r->class_weights + c, n) : vf_set(1);
}

/* The greatest element, which the sweep for the statistics has found. */
static inline float find_maximum(row *r) {
  if (!r->statistics)
    r->maximum = row_maximum(r->x, r->columns);
  return r->maximum;
}

static inline void clear(const row *r) { clear_floats(r->gradient, r->columns); }

/* Canonical sum over a row of f at up to 16 elements, in which absent lanes are 0. */
typedef vf lanes_function(const row *r, int64_t c, int n, vf maximum);

static ALWAYS_INLINE float sum_row(lanes_function *f, const row *r, float maximum) {
  double sum = 0;
  vf m = vf_set(maximum);
  for (int64_t block = 0; block < r->columns; block += PANA_BLOCK) {
    int64_t end = r->columns - block < PANA_BLOCK ? r->columns : block + PANA_BLOCK, c = block;
    partials p = partials_zero();
    for (; c + PANA_PARTIALS <= end; c += PANA_PARTIALS)
      EACH_PARTIAL (k)
        p.lane[k] = vf_add(p.lane[k], f(r, c + k * LANES, LANES, m));
    for (int k = 0; c < end; c += LANES, k++) {
      int n = first_lanes(end - c);
      p.lane[k] = vf_add(p.lane[k], vf_select(vm_first(n), f(r, c, n, m), vf_zero()));
    }
    sum += (double)partials_tree(p);
  }
  return (float)sum;
}

/* Up to 16 elements of a gradient, of two numbers; its first form may lie where the gradient goes. */
typedef vf gradient_function(const row *r, int64_t c, int n, vf a, vf b);

static inline vf scaled_gradient(const row *r, int64_t c, int n, vf factor, vf unused) {
  (void)unused;
  return vf_mul(vf_load_up_to(r->gradient + c, n), factor);
}

/* What makes the gradient of a row: f of a and b, and the label's element has something besides. */
typedef struct {
  gradient_function *f;
  float a, b, at_label;
  bool watched; /* the statistics want its square */
} gradient_maker;

/*
 * n elements from c, at most 64. Who watches wants the squares of what is there in the end: the label's element is
 * completed and all are read back. Else that one waits for the end of the row.
 */
static ALWAYS_INLINE void write_gradient_chunk(const gradient_maker *m, const row *r, partials *squares, int64_t c,
                                               int64_t n) {
  const vf a = vf_set(m->a), b = vf_set(m->b);
  UNROLL(4)
  for (int k = 0; k < 4; k++)
    if (k * LANES < n) {
      int lanes = first_lanes(n - k * LANES);
      vf_store_up_to(r->gradient + c + k * LANES, lanes, m->f(r, c + k * LANES, lanes, a, b));
    }
  if (!m->watched)
    return;
  if (r->label >= c && r->label < c + n)
    add_at_label(r, m->at_label);
  UNROLL(4)
  for (int k = 0; k < 4; k++)
    if (k * LANES < n) {
      vf v = vf_load_up_to(r->gradient + c + k * LANES, first_lanes(n - k * LANES));
      squares->lane[k] = vf_fma(v, v, squares->lane[k]);
    }
}

/* Returns the sum of the squares, where they are watched: blocks are summed in double. */
static ALWAYS_INLINE float write_gradient_row(const gradient_maker *m, const row *r) {
  double sum = 0;
  for (int64_t block = 0; block < r->columns; block += PANA_BLOCK) {
    int64_t end = r->columns - block < PANA_BLOCK ? r->columns : block + PANA_BLOCK, c = block;
    partials squares = partials_zero();
    for (; c + PANA_PARTIALS <= end; c += PANA_PARTIALS)
      write_gradient_chunk(m, r, &squares, c, PANA_PARTIALS);
    if (c < end)
      write_gradient_chunk(m, r, &squares, c, end - c);
    sum += (double)partials_tree(squares);
  }
  return (float)sum;
}

static ALWAYS_INLINE void write_gradient(gradient_function *f, const row *r, float a, float b, float at_label) {
  const gradient_maker alone = {f, a, b, at_label, false}, watched = {f, a, b, at_label, true};
  if (r->statistics) {
    r->statistics->gradient_square = write_gradient_row(&watched, r);
    return;
  }
  write_gradient_row(&alone, r);
  add_at_label(r, at_label);
}

/* The same for a gradient that was written otherwise. */
static inline void square_gradient(const row *r) {
  if (r->statistics)
    statistics_of_gradient(r->statistics, r->gradient, r->columns);
}

/* Whether the first greatest logit is the label's; the maximum has been found. */
static inline bool is_correct(const row *r) {
  if (!r->known || r->x[r->label] != r->maximum)
    return false;
  vf before = vf_zero(), m = vf_set(r->maximum);
  for (int64_t c = 0; c < r->label; c += LANES) {
    int n = first_lanes(r->label - c);
    vm equal = vf_eq(vf_load_up_to(r->x + c, n), m);
    vf one = vf_select(equal, vf_set(1), vf_zero());
    before = vf_add(before, vf_select(vm_first(n), one, vf_zero()));
  }
  return vf_tree(before) == 0;
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
           .options = c->options,
           .statistics = c->statistics ? c->statistics + i : 0};
  r.known = r.label >= 0 && r.label < c->columns;
  if (c->class_weights && r.known)
    r.target_weight = c->class_weights[r.label];
  return r;
}

/* Row i, its statistics of inputs written: its gradient may overwrite it. */
static ALWAYS_INLINE row begin_row(const row_call *c, int64_t i) {
  row r = row_at(c, i);
  if (r.statistics) {
    r.maximum = statistics_of_inputs(r.statistics, r.x, c->columns, i * c->columns).maximum;
    r.statistics->correct = is_correct(&r);
  }
  return r;
}

/* Whether one class has all but a millionth, by a row's sum of e^(x - maximum). */
static inline bool is_saturated(float sum) { return sum > 0 && sum <= 1.000001f; }

/* Writes what row i came to. */
static ALWAYS_INLINE void end_row(const row_call *c, int64_t i, const row *r, bool counts, float loss) {
  if (!counts) {
    c->losses[i] = 0;
    if (r->gradient)
      clear(r);
  } else {
    c->losses[i] = c->weights ? loss * c->weights[i] : loss;
  }
  if (r->statistics)
    r->statistics->saturated = is_saturated(r->sum);
}

#endif
