/*
 * The driver of the elementwise losses, each of which is an inline function (prediction, target, options) -> (loss,
 * derivative). kernels.def has the contract.
 *
 * What a loss needs of exp, log and their like are its terms. The driver computes them first, each for a chunk of
 * elements in a loop of its own: in one loop they would be a chain of some hundred dependent operations, of which too
 * few elements fit into the processor's window at a time (twice the time for binary cross-entropy).
 */
#ifndef PANA_ELEMENT_LOSS_H
#define PANA_ELEMENT_LOSS_H

#include "kernel.h"
#include "statistics.h"

typedef struct {
  vf loss, derivative;
} loss_pair;

/* COLUMN_WEIGHT: where the weight of an element's column stands, for losses that have such weights. */
enum { MOST_TERMS = 4, COLUMN_WEIGHT = 2 };

/* The next term, after those of the same elements that are there: term[0] is the first. */
typedef vf term_function(vf x, vf t, const float *o, const vf *term);

typedef loss_pair loss_function(vf x, vf t, const float *o, const vf *term);

/* Elements whose terms are computed at a time. */
enum { CHUNK = 256 };

typedef struct {
  loss_function *loss;
  term_function *term[MOST_TERMS]; /* null after the last one */
  bool column_weights;             /* o[3] weights stand behind the options */
} formula;

/* What every call has; a loss may have more behind them. */
enum { OPTIONS = 8 };

typedef struct {
  const float *prediction, *target, *weights;
  float *gradient, *losses;
  const float *options;
  int64_t columns;
  float scale;
} loss_call;

/* The weights of the elements i .. i + n - 1. */
static inline vf weight_lanes(const loss_call *c, int64_t i, int n) {
  if (c->columns == 1)
    return vf_load_up_to(c->weights + i, n);
  float lane[LANES] = {0};
  int64_t row = i / c->columns, left = (row + 1) * c->columns - i;
  for (int k = 0; k < n; k++) {
    lane[k] = c->weights[row];
    if (--left == 0) {
      row++;
      left = c->columns;
    }
  }
  return vf_load(lane);
}

/* The weights of the columns of the elements i .. i + n - 1. A block may begin at any column. */
static inline vf column_lanes(const float *of_columns, int64_t columns, int64_t i, int n) {
  int64_t c = i % columns;
  if (c + n <= columns)
    return vf_load_up_to(of_columns + c, n);
  float lane[LANES] = {0};
  for (int k = 0; k < n; k++) {
    lane[k] = of_columns[c];
    if (++c == columns)
      c = 0;
  }
  return vf_load(lane);
}

/* Up to 16 elements: writes what is wanted, returns the losses with 0 in absent lanes. */
static ALWAYS_INLINE vf loss_lanes(formula f, const loss_call *c, const float *o, const vf *term, int64_t i, int n) {
  loss_pair l = f.loss(vf_load_up_to(c->prediction + i, n), vf_load_up_to(c->target + i, n), o, term);
  vf factor = vf_set(c->scale);
  if (c->weights) {
    vf w = weight_lanes(c, i, n);
    vm none = vf_eq(w, vf_zero());
    l.loss = vf_select(none, vf_zero(), vf_mul(l.loss, w));
    l.derivative = vf_select(none, vf_zero(), l.derivative);
    factor = vf_mul(w, factor);
  }
  if (c->gradient)
    vf_store_up_to(c->gradient + i, n, vf_mul(l.derivative, factor));
  if (c->losses)
    vf_store_up_to(c->losses + i, n, l.loss);
  return n == LANES ? l.loss : vf_select(vm_first(n), l.loss, vf_zero());
}

/* Terms of the elements from .. to - 1, at most a chunk: element from + 16 v + k is lane k of terms[v]. */
typedef vf chunk_terms[(int)CHUNK / LANES][MOST_TERMS];

/* The later terms leave the memory idle: what the next chunk needs comes meanwhile. Beyond the end it does no harm. */
static ALWAYS_INLINE void fetch_next_chunk(const loss_call *c, int64_t i) {
  prefetch(c->prediction + i + CHUNK);
  prefetch(c->target + i + CHUNK);
  if (c->gradient)
    prefetch_to_write(c->gradient + i + CHUNK);
}

static ALWAYS_INLINE void compute_term(formula f, int j, const loss_call *c, const float *o, chunk_terms terms,
                                       int64_t from, int64_t to) {
  if (!f.term[j])
    return;
  int64_t i = from, v = 0;
  for (; i + LANES <= to; i += LANES, v++) {
    if (j == 0)
      fetch_next_chunk(c, i);
    terms[v][j] = f.term[j](vf_load(c->prediction + i), vf_load(c->target + i), o, terms[v]);
  }
  if (i < to) {
    int n = first_lanes(to - i);
    terms[v][j] = f.term[j](vf_load_first(c->prediction + i, n), vf_load_first(c->target + i, n), o, terms[v]);
  }
}

static ALWAYS_INLINE void loss_chunk(formula f, const loss_call *c, const float *o, chunk_terms terms, partials *p,
                                     int64_t from, int64_t to) {
  compute_term(f, 0, c, o, terms, from, to);
  compute_term(f, 1, c, o, terms, from, to);
  compute_term(f, 2, c, o, terms, from, to);
  compute_term(f, 3, c, o, terms, from, to);
  if (f.column_weights)
    for (int64_t i = from, v = 0; i < to; i += LANES, v++)
      terms[v][COLUMN_WEIGHT] = column_lanes(c->options + OPTIONS, (int64_t)o[3], i, first_lanes(to - i));
  int64_t i = from, v = 0;
  for (; i + PANA_PARTIALS <= to; i += PANA_PARTIALS, v += 4)
    EACH_PARTIAL (k)
      p->lane[k] = vf_add(p->lane[k], loss_lanes(f, c, o, terms[v + k], i + k * LANES, LANES));
  for (int k = 0; i < to; i += LANES, k++)
    p->lane[k] = vf_add(p->lane[k], loss_lanes(f, c, o, terms[v + k], i, first_lanes(to - i)));
}

static ALWAYS_INLINE float loss_block(formula f, const loss_call *c, const float *o, chunk_terms terms, int64_t from,
                                      int64_t to) {
  partials p = partials_zero();
  for (int64_t i = from; i < to; i += CHUNK)
    loss_chunk(f, c, o, terms, &p, i, to - i < CHUNK ? to : i + CHUNK);
  return partials_tree(p);
}

static ALWAYS_INLINE void loss_range(formula f, const loss_call *c, chunk_terms terms, float *sums,
                                     pana_statistics *statistics, int64_t from, int64_t to) {
  float o[OPTIONS]; /* a copy of our own, which no store can change */
  memcpy(o, c->options, sizeof o);
  for (int64_t block = from; block < to; block += PANA_BLOCK) {
    int64_t end = to - block < PANA_BLOCK ? to : block + PANA_BLOCK;
    pana_statistics *s = statistics ? statistics + block / PANA_BLOCK : 0;
    if (s)
      statistics_of_inputs(s, c->prediction + block, end - block, block);
    sums[block / PANA_BLOCK] = loss_block(f, c, o, terms, block, end);
    if (s && c->gradient)
      statistics_of_gradient(s, c->gradient + block, end - block);
  }
}

/*
 * The usual call, gradient and sums, is compiled on its own, without the questions. The terms are the kernel's, or each
 * formula of a kernel would take its own place on the stack.
 */
static ALWAYS_INLINE void drive(formula f, chunk_terms terms, const float *prediction, const float *target,
                                const float *weights, float *gradient, float *losses, float *sums,
                                pana_statistics *statistics, const pana_element_options *options, int64_t columns,
                                float scale, int64_t from, int64_t to) {
  if (gradient && !weights && !losses) {
    loss_call plain = {
        .prediction = prediction, .target = target, .gradient = gradient, .options = options->o, .scale = scale};
    loss_range(f, &plain, terms, sums, statistics, from, to);
  } else {
    loss_call any = {prediction, target, weights, gradient, losses, options->o, columns, scale};
    loss_range(f, &any, terms, sums, statistics, from, to);
  }
}

/* A function of one formula: a loss, whether it has weights of columns, and its terms in their order, or 0 for none. */
#define FORMULA(declaration, name, has_column_weights, ...)                                                         \
  declaration PANA_ELEMENT_LOSS {                                                                                   \
    const formula f = {.loss = name, .term = {__VA_ARGS__}, .column_weights = has_column_weights};                  \
    chunk_terms terms;                                                                                              \
    drive(f, terms, prediction, target, weights, gradient, losses, sums, statistics, options, columns, scale, from, \
          to);                                                                                                      \
  }

#define ELEMENT_LOSS(name, ...) FORMULA(KERNEL(name##_f32), name, __VA_ARGS__)

/* One of several that a loss chooses from: a function of its own, or their stack frames would add up. */
#define CHOICE(name, ...) FORMULA(NOINLINE void name##_losses, name, false, __VA_ARGS__)
#define CHOOSE(name)      name##_losses PANA_ELEMENT_LOSS_ARGUMENTS

#endif
