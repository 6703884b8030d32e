/* Cases: losses of sequences. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_case.h"

/* rows: samples; columns: classes; depth: frames; gap: labels of a row; transposed: an infinite loss becomes 0. */
#define CTC(samples, classes, time, target) \
  { .rows = samples, .columns = classes, .depth = time, .gap = target }
#define CTC_ZERO(samples, classes, time, target) \
  { .rows = samples, .columns = classes, .depth = time, .gap = target, .transposed = true }
static const shape sequences[] = {
    CTC(0, 5, 3, 2),    CTC(1, 1, 1, 0),      CTC(3, 1, 4, 0),        CTC(2, 2, 1, 1),      CTC(5, 2, 7, 3),
    CTC(4, 3, 5, 2),    CTC(3, 15, 15, 7),    CTC(3, 16, 16, 8),      CTC(3, 17, 17, 8),    CTC(2, 63, 31, 15),
    CTC(2, 64, 32, 16), CTC(2, 65, 33, 16),   CTC(9, 29, 60, 20),     CTC(1, 4097, 3, 1),   CTC(1, 70, 130, 65),
    CTC(40, 5, 4, 2),   CTC_ZERO(6, 2, 4, 4), CTC_ZERO(7, 10, 9, 12), CTC_ZERO(20, 3, 6, 5)};

LENGTH(samples, s->rows)
LENGTH(logits, s->rows * s->depth * s->columns)
LENGTH(labels, s->rows * s->gap)
LENGTH(scratch, s->rows *((s->depth + 4) * (2 * s->gap + 3) + 2 * s->depth))

static int32_t blank_of(const shape *s) { return (int32_t)(s->rows % 3 * (s->columns - 1) / 2); }

static void call_ctc_f32(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  k->ctc_f32(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], s->depth, s->columns, s->gap, blank_of(s), s->transposed,
             from, to);
}

static void fill_frames(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)n;
  shape frames = {.rows = s->rows * s->depth, .columns = s->columns};
  fill_logits(&frames, how, data, frames.rows * frames.columns, stream);
}

/* Not the blank. Among SPECIAL ones every eighth label is out of range. */
static void fill_targets(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  const int32_t strangers[] = {-1, (int32_t)s->columns, INT32_MAX, INT32_MIN, 1 << 30};
  int32_t *labels = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    int32_t label = (int32_t)((bits >> 8) % (uint64_t)(s->columns - 1));
    labels[i] = how == SPECIAL && bits % 8 == 0 ? strangers[(bits >> 8) % 5] : label + (label >= blank_of(s));
  }
}

/* Mostly all frames, at times fewer or none. Among SPECIAL ones every eighth is out of range. */
static void fill_input_lengths(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  const int32_t strangers[] = {-1, (int32_t)s->depth + 1, INT32_MAX, INT32_MIN};
  int32_t *lengths = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    int64_t shorter = i % 3 == 1 ? (int64_t)((bits >> 8) % (uint64_t)(s->depth + 1)) : 0;
    lengths[i] = how == SPECIAL && bits % 8 == 0 ? strangers[(bits >> 8) % 4] : (int32_t)(s->depth - shorter);
  }
}

static void fill_target_lengths(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  const int32_t strangers[] = {-1, (int32_t)s->gap + 1, INT32_MAX, INT32_MIN};
  int32_t *lengths = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    int64_t shorter = i % 3 == 2 ? (int64_t)((bits >> 8) % (uint64_t)(s->gap + 1)) : 0;
    lengths[i] = how == SPECIAL && bits % 8 == 0 ? strangers[(bits >> 8) % 4] : (int32_t)(s->gap - shorter);
  }
}

/* ---- the oracle: alpha and beta in double, each with a bound of the float's error beside it */

typedef struct term {
  double value, error;
} term;

static const term nowhere = {-INFINITY, 0};

/*
 * The errors of the terms count by their shares (what is second order in them is covered by the factor), and never for
 * more than the largest of them. Of its own the sum adds the roundings of the differences, of three exps within 1 ulp
 * (2 U), of two additions, the logarithm within 1 ulp and the last addition.
 */
static term add_terms(term a, term b, term c) {
  const term terms[] = {a, b, c};
  double m = fmax(fmax(a.value, b.value), c.value);
  if (m == -INFINITY)
    return nowhere;
  double sum = 0, error = 0, distance = 0, largest = 0;
  for (int i = 0; i < 3; i++) {
    double share = exp(terms[i].value - m);
    if (share > 0) {
      sum += share;
      error += share * terms[i].error;
      distance += share * (m - terms[i].value);
      largest = fmax(largest, terms[i].error);
    }
  }
  double value = m + log(sum), passed_on = fmin(largest, error / sum * (1 + 2 * largest));
  return (term){value, passed_on + U * (distance / sum + 4 + 2 * log(sum) + fabs(value))};
}

static term plus(term a, term b) {
  double value = a.value + b.value;
  return value == -INFINITY ? nowhere : (term){value, a.error + b.error + U * fabs(value)};
}

/* As the contract keeps rows: relative to the greatest. The subtraction rounds; the maximum itself is exact. */
static double make_relative(term *row, int64_t n) {
  double m = -INFINITY;
  for (int64_t i = 0; i < n; i++)
    m = fmax(m, row[i].value);
  for (int64_t i = 0; i < n && m > -INFINITY; i++)
    if (row[i].value > -INFINITY) {
      row[i].value -= m;
      row[i].error += U * fabs(row[i].value);
    }
  return m > -INFINITY ? m : 0;
}

typedef struct frame_sum {
  double maximum, sum, error;
} frame_sum;

/* Softmax's sum and its relative error: support_rows.c. */
static frame_sum sum_frame(const float *x, int64_t classes) {
  frame_sum f = {-INFINITY, 0, 0};
  double mean = 0;
  for (int64_t c = 0; c < classes; c++)
    f.maximum = fmax(f.maximum, (double)x[c]);
  for (int64_t c = 0; c < classes; c++) {
    double d = f.maximum - (double)x[c], e = exp(-d);
    f.sum += e;
    mean += e > 0 ? e * d : 0;
  }
  f.error = U * (mean / f.sum + canonical_depth(classes) + 3);
  return f;
}

typedef struct sample {
  const float *x;
  const int32_t *labels;
  int64_t frames, states, classes;
  int32_t blank;
} sample;

static int32_t class_of(const sample *n, int64_t state) { return state % 2 ? n->labels[state / 2] : n->blank; }

static term emission(const sample *n, int64_t t, int64_t state) {
  frame_sum f = sum_frame(n->x + t * n->classes, n->classes);
  double d = (double)n->x[t * n->classes + class_of(n, state)] - f.maximum, value = d - log(f.sum);
  return (term){value, f.error + U * (fabs(d) + 2 * log(f.sum) + fabs(value))};
}

/* From state - 2 into state; outside of the lattice stand the start at -1 and the end at `states`. */
static bool may_skip(const sample *n, int64_t state) {
  return state % 2 && (state == 1 || state >= n->states || class_of(n, state) != class_of(n, state - 2));
}

static term at(const term *row, int64_t states, int64_t state) {
  return state >= 0 && state < states ? row[state] : nowhere;
}

static term *alphas(const sample *n, double *log_probability, double *error) {
  term *alpha = calloc((size_t)((n->frames + 1) * n->states), sizeof(term));
  const term certain = {0, 0};
  double taken = 0;
  for (int64_t t = 0; t < n->frames; t++) {
    term *row = alpha + t * n->states, *before = row - n->states;
    for (int64_t s = 0; s < n->states; s++) {
      term ways = t == 0 ? (s < 2 ? certain : nowhere)
                         : add_terms(may_skip(n, s) ? at(before, n->states, s - 2) : nowhere,
                                     at(before, n->states, s - 1), before[s]);
      row[s] = plus(ways, emission(n, t, s));
    }
    taken += make_relative(row, n->states);
  }
  term *last = alpha + (n->frames - 1) * n->states;
  term end = n->frames        ? add_terms(at(last, n->states, n->states - 2), last[n->states - 1], nowhere)
             : n->states == 1 ? certain
                              : nowhere;
  *log_probability = taken + end.value;
  *error = end.error;
  return alpha;
}

/* Shares of the states in one frame: an absolute error of the logarithm is a relative one of the share. */
static void shares(const sample *n, const term *through, double *share, double *relative) {
  double m = -INFINITY, sum = 0, error = 0;
  for (int64_t s = 0; s < n->states; s++)
    m = fmax(m, through[s].value);
  for (int64_t s = 0; s < n->states; s++) {
    share[s] = exp(through[s].value - m);
    relative[s] = share[s] > 0 ? through[s].error + U * (m - through[s].value + 2) : 0;
    sum += share[s];
    error += share[s] * relative[s];
  }
  error = error / sum + U * canonical_depth(n->states);
  for (int64_t s = 0; s < n->states; s++) {
    share[s] /= sum;
    relative[s] = (relative[s] + error + 3 * U) * (1 + 4 * (relative[s] + error));
  }
}

static void frame_gradient(const sample *n, int64_t t, const term *through, double scale, const wanted *w, int64_t at) {
  frame_sum f = sum_frame(n->x + t * n->classes, n->classes);
  double *share = calloc((size_t)n->states, sizeof(double)), *relative = calloc((size_t)n->states, sizeof(double));
  shares(n, through, share, relative);
  for (int64_t c = 0; c < n->classes; c++) {
    double d = f.maximum - (double)n->x[t * n->classes + c], y = exp(-d) / f.sum;
    double error = y > 0 ? y * (U * (d + 5) + f.error) : 0, posterior = 0, subtractions = 0;
    for (int64_t s = 0; s < n->states; s++)
      if (class_of(n, s) == c) {
        posterior += share[s];
        error += share[s] * relative[s];
        subtractions += 1;
      }
    error += subtractions * U * fmax(y, posterior);
    want(w, at + c, (y - posterior) * scale, (error + (subtractions + 4) * TINY) * fmax(1, scale));
  }
  free(share);
  free(relative);
}

static void gradient(const sample *n, const term *alpha, double scale, const wanted *w, int64_t first) {
  term *beta = calloc((size_t)n->states, sizeof(term)), *through = calloc((size_t)n->states, sizeof(term));
  const term certain = {0, 0};
  for (int64_t t = n->frames - 1; t >= 0; t--) {
    for (int64_t s = 0; s < n->states; s++) {
      term ways = t == n->frames - 1 ? (s >= n->states - 2 ? certain : nowhere)
                                     : add_terms(beta[s], at(beta, n->states, s + 1),
                                                 may_skip(n, s + 2) ? at(beta, n->states, s + 2) : nowhere);
      through[s] = plus(alpha[t * n->states + s], ways);
      beta[s] = plus(ways, emission(n, t, s)); /* state s of the later frame is not asked for again */
    }
    make_relative(beta, n->states);
    frame_gradient(n, t, through, scale, w, first + t * n->classes);
  }
  free(beta);
  free(through);
}

ORACLE(ctc_formula) {
  const int32_t *input_lengths = a[2], *target_lengths = a[3];
  const float *scales = a[4];
  for (int64_t r = 0; r < s->rows; r++) {
    sample n = {.x = (const float *)a[0] + r * s->depth * s->columns,
                .labels = (const int32_t *)a[1] + r * s->gap,
                .frames = input_lengths[r],
                .states = 2 * target_lengths[r] + 1,
                .classes = s->columns,
                .blank = blank_of(s)};
    double log_probability, error;
    term *alpha = alphas(&n, &log_probability, &error);
    bool possible = log_probability > -INFINITY, nothing = !possible && s->transposed;
    double loss = nothing ? 0 : 0 - log_probability;
    want(&w[6], r, loss, possible ? error + U * fabs(loss) + TINY : EXACT);
    int64_t first = r * s->depth * s->columns, read = n.frames * s->columns;
    if (possible)
      gradient(&n, alpha, (double)scales[r], &w[5], first);
    for (int64_t i = 0; i < s->depth * s->columns; i++)
      if (i >= read || !possible)
        want(&w[5], first + i, i >= read || nothing ? 0 : (double)NAN, EXACT);
    free(alpha);
  }
}

static const kernel_case cases[] = {
    {.kernel = "ctc_f32",
     SHAPES(sequences),
     .units = samples,
     .call = call_ctc_f32,
     .formula = ctc_formula,
     .finite = true,
     .arrays = {{"logits", IN, logits, .fill = fill_frames},
                {"labels", IN, labels, .fill = fill_targets, .integer = true},
                {"input_lengths", IN, samples, .fill = fill_input_lengths, .integer = true},
                {"target_lengths", IN, samples, .fill = fill_target_lengths, .integer = true},
                {"scales", IN, samples, 0.25, 1},
                {"gradient", OUT, logits, .in_place = 1, .nullable = true},
                {"losses", OUT, samples},
                {"scratch", SCRATCH, scratch}}},
};
const family sequence_family = {"sequence", cases, COUNT(cases)};
