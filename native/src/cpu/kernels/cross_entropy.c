/*
 * Softmax-cross-entropy with labels and with probabilities. Formulas stand in kernels.def; Java's RowFormula has the
 * same operations in the same order.
 */
#include "block_rows.h"
#include "elementary.h"
#include "kernel.h"
#include "row.h"

/* ---- with labels */

static inline vf weighted_distance(const row *r, int64_t c, int n, vf maximum) {
  return vf_mul(weight_lanes(r, c, n), vf_sub(maximum, vf_load_up_to(r->x + c, n)));
}

/* gradient * factor + each * class weight */
static inline vf spread_gradient(const row *r, int64_t c, int n, vf factor, vf each) {
  return vf_fma(each, weight_lanes(r, c, n), scaled_gradient(r, c, n, factor, each));
}

/*
 * Short rows go together: one row is a chain of maximum, exp, sum, logarithm and division, in which the processor
 * mostly waits. Rows do not depend on each other, so in a group it has the next ones to work on, and what is one number
 * for a row is computed for all rows of the group at once.
 */
enum { GROUP = LANES, SHORT_ROW = 256 };

/* Of each row of a group. */
typedef struct {
  float maximum[GROUP], sum[GROUP], to_target[GROUP], distance[GROUP], target_weight[GROUP], weight[GROUP];
  float loss[GROUP], factor[GROUP], at_label[GROUP];
  bool counts[GROUP];
  /* of narrow rows */
  int32_t label[GROUP]; /* -1 where it is out of range */
  bool all_count;
  vf lanes[GROUP]; /* what became of their elements */
} row_group;

TABLE int32_t lane_numbers[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Where there are none they are 1, and weigh_rows knows it. */
static ALWAYS_INLINE void keep_weights(const row_call *c, row_group *g, const row *r, int64_t i, int64_t k) {
  if (c->class_weights)
    g->target_weight[k] = r->target_weight;
  if (c->weights)
    g->weight[k] = c->weights[i];
}

/* Reads row i, the k-th of the group, and leaves e^(x - maximum) in its gradient. */
static ALWAYS_INLINE void open_row(const row_call *c, row_group *g, int64_t i, int64_t k, bool fetch_next) {
  row r = begin_row(c, i);
  g->counts[k] = row_counts(c, i);
  g->sum[k] = 0;
  if (!g->counts[k])
    return;
  float maximum = find_maximum(&r), each = c->options->smoothing / (float)r.columns;
  g->maximum[k] = maximum;
  g->to_target[k] = maximum - target_of(&r);
  if (each > 0)
    g->distance[k] = each * sum_row(weighted_distance, &r, maximum);
  keep_weights(c, g, &r, i, k);
  g->sum[k] = exp_row_fetching(r.x, r.gradient, r.columns, maximum, fetch_next ? r.x + r.columns : 0);
}

/*
 * Whether rows come from memory, not from a cache, and are so long that the sweeps after the first one leave it idle,
 * but not so long that the next row would drive out the present one.
 */
static inline bool worth_fetching(const row_call *c, int64_t rows) {
  const int64_t all = 1 << 20, held = 1 << 18; /* elements: 4 MiB, and 1 MiB, a cache of the second level */
  return rows * c->columns >= all && c->columns >= PANA_BLOCK && c->columns * (c->gradient ? 3 : 2) <= held;
}

/* Losses of the n rows, and what makes gradients of what is there. */
static ALWAYS_INLINE void weigh_rows(const row_call *c, row_group *g, int n) {
  const pana_row_options *o = c->options;
  float each = o->smoothing / (float)c->columns;
  vf total = vf_set(c->class_weights ? o->class_weight_sum : (float)c->columns);
  vf hit = vf_set(o->keep), all, distance = vf_zero(), scale = vf_set(c->scale);
  if (c->class_weights)
    hit = vf_mul(hit, vf_load_up_to(g->target_weight, n));
  all = hit;
  if (each > 0) {
    all = vf_fma(vf_set(each), total, hit);
    distance = vf_load_up_to(g->distance, n);
  }
  vf sum = vf_load_up_to(g->sum, n), l = vf_log(sum), whole = vf_add(vf_load_up_to(g->maximum, n), l);
  vf loss = vf_fma(all, l, vf_fma(hit, vf_load_up_to(g->to_target, n), distance));
  if (o->z_loss > 0) {
    loss = vf_fma(vf_mul(vf_set(o->z_loss), whole), whole, loss);
    all = vf_fma(vf_set(2 * o->z_loss), whole, all);
  }
  if (c->weights)
    scale = vf_mul(vf_load_up_to(g->weight, n), scale);
  vf_spread(g->loss, loss);
  vf_spread(g->factor, vf_div(vf_mul(all, scale), sum));
  vf_spread(g->at_label, vf_negate(vf_mul(hit, scale)));
}

static ALWAYS_INLINE void close_row(const row_call *c, const row_group *g, int64_t i, int64_t k) {
  row r = row_at(c, i);
  r.sum = g->sum[k];
  if (g->counts[k] && r.gradient) {
    if (c->options->smoothing > 0)
      write_gradient(spread_gradient, &r, g->factor[k], -(c->options->smoothing / (float)c->columns * r.scale),
                     g->at_label[k]);
    else
      write_gradient(scaled_gradient, &r, g->factor[k], 0, g->at_label[k]);
  }
  end_row(c, i, &r, g->counts[k], g->loss[k]);
}

/*
 * Rows of at most 16 classes are vectors: no loops, and each step for all rows of the group before the next one. What
 * goes across the lanes of a row is folded for the whole group, if it is full.
 */
static ALWAYS_INLINE void greatest_of_rows(float *greatest, const vf *rows, int64_t n) {
  if (n == GROUP)
    vf_spread(greatest, vf_fold(vf_max, rows));
  else
    for (int64_t k = 0; k < n; k++)
      greatest[k] = vf_greatest(rows[k]);
}

static ALWAYS_INLINE void tree_of_rows(float *sum, const vf *rows, int64_t n) {
  if (n == GROUP)
    vf_spread(sum, vf_fold(vf_add, rows));
  else
    for (int64_t k = 0; k < n; k++)
      sum[k] = vf_tree(rows[k]);
}

/* Memory that a group of rows needs soon: processors look ahead by themselves, but not into the next page. */
static ALWAYS_INLINE void fetch_rows(const row_call *c, int64_t first, int64_t end) {
  if (first + GROUP > end)
    return;
  const int64_t line = 64 / sizeof(float);
  for (int64_t i = first * c->columns; i < (first + GROUP) * c->columns; i += line) {
    prefetch(c->x + i);
    if (c->gradient)
      prefetch_to_write(c->gradient + i);
  }
}

/* Leaves e^(x - maximum) in the lanes. */
static ALWAYS_INLINE void open_narrow_rows(const row_call *c, row_group *g, int64_t first, int64_t n) {
  const vf lowest = vf_set(-INFINITY);
  const int columns = (int)c->columns;
  const vm there = vm_first(columns);
  vf x[GROUP], numbers[GROUP];
  for (int64_t k = 0; k < n; k++) {
    x[k] = vf_load_up_to(c->x + (first + k) * c->columns, columns);
    numbers[k] = vf_max(vf_select(there, x[k], lowest), lowest);
  }
  greatest_of_rows(g->maximum, numbers, n);
  for (int64_t k = 0; k < n; k++)
    g->lanes[k] = vf_select(there, vf_exp(vf_sub(x[k], vf_set(g->maximum[k]))), vf_zero());
  tree_of_rows(g->sum, g->lanes, n);
  g->all_count = true;
  for (int64_t k = 0; k < n; k++) {
    row r = row_at(c, first + k);
    g->label[k] = r.known ? (int32_t)r.label : -1;
    g->to_target[k] = g->maximum[k] - target_of(&r);
    g->counts[k] = row_counts(c, first + k);
    g->all_count &= g->counts[k];
    keep_weights(c, g, &r, first + k, k);
  }
}

/* What statistics tell of the inputs, as statistics_of_inputs and is_correct have it. */
FUNCTION void watch_narrow_rows(const row_call *c, const row_group *g, int64_t first, int64_t n) {
  const vf places = vf_from_int(vi_load(lane_numbers)), none = vf_set(LANES);
  const vm there = vm_first((int)c->columns);
  float greatest_negated[GROUP], greatest_place[GROUP]; /* of the negated ones: the least */
  vf negated[GROUP], place[GROUP];
  for (int64_t k = 0; k < n; k++) {
    vf x = vf_load_up_to(c->x + (first + k) * c->columns, (int)c->columns);
    negated[k] = vf_select(there, vf_max(vf_negate(x), vf_set(-INFINITY)), vf_set(-INFINITY));
    vf found = vf_select(vf_eq(x, vf_set(g->maximum[k])), places, none);
    place[k] = vf_negate(vf_select(there, found, none));
  }
  greatest_of_rows(greatest_negated, negated, n);
  greatest_of_rows(greatest_place, place, n);
  for (int64_t k = 0; k < n; k++) {
    pana_statistics *s = c->statistics + first + k;
    float sum = g->sum[k], minimum = -greatest_negated[k];
    *s = (pana_statistics){.first_nonfinite = -1,
                           .minimum = minimum + 0.0f,
                           .maximum = g->maximum[k] + 0.0f,
                           .saturated = g->counts[k] && is_saturated(sum),
                           .correct = -greatest_place[k] == (float)g->label[k]};
    /* a NaN, an infinite maximum and nothing but -inf give a sum that is NaN */
    if (sum != sum || minimum == -INFINITY)
      find_nonfinite(s, c->x + (first + k) * c->columns, c->columns, (first + k) * c->columns);
  }
}

/* Weighs the losses; rows that do not count have neither loss nor gradient. */
static ALWAYS_INLINE void finish_narrow_rows(const row_call *c, row_group *g, int64_t n) {
  if (c->weights)
    vf_spread(g->loss, vf_mul(vf_load(g->loss), vf_load_up_to(g->weight, (int)n)));
  for (int64_t k = 0; k < n && !g->all_count; k++)
    if (!g->counts[k]) {
      g->loss[k] = g->factor[k] = g->at_label[k] = 0;
      g->lanes[k] = vf_zero();
    }
}

static ALWAYS_INLINE void write_narrow_gradient(const row_call *c, row_group *g, int64_t first, int64_t n) {
  lanes_meet(); /* the gradient may be x, of which all have read the label's element */
  const vi places = vi_load(lane_numbers);
  const int columns = (int)c->columns;
  float *gradient = c->gradient + first * columns;
  for (int64_t k = 0; k < n; k++) {
    vf v = vf_mul(g->lanes[k], vf_set(g->factor[k]));
    v = vf_select(vi_eq(places, vi_set(g->label[k])), vf_add(v, vf_set(g->at_label[k])), v);
    vf_store_up_to(gradient + k * columns, columns, v);
    if (c->statistics)
      g->lanes[k] = vf_select(vm_first(columns), v, vf_zero());
  }
}

FUNCTION void watch_narrow_gradient(const row_call *c, const row_group *g, int64_t first, int64_t n) {
  vf squares[GROUP];
  float sum[GROUP];
  for (int64_t k = 0; k < n; k++)
    squares[k] = vf_fma(g->lanes[k], g->lanes[k], vf_zero());
  tree_of_rows(sum, squares, n);
  for (int64_t k = 0; k < n; k++)
    c->statistics[first + k].gradient_square = sum[k];
}

static ALWAYS_INLINE void narrow_group(const row_call *c, int64_t first, int64_t n) {
  row_group g;
  open_narrow_rows(c, &g, first, n);
  if (c->statistics)
    watch_narrow_rows(c, &g, first, n);
  weigh_rows(c, &g, (int)n);
  finish_narrow_rows(c, &g, n);
  vf_store_up_to(c->losses + first, (int)n, vf_load(g.loss));
  if (c->gradient)
    write_narrow_gradient(c, &g, first, n);
  if (c->gradient && c->statistics)
    watch_narrow_gradient(c, &g, first, n);
}

/* No loop around it: a single row would pay for the constants that the compiler keeps ready for the next group. */
NOINLINE void any_narrow_group(const row_call *c, int64_t first, int64_t n) { narrow_group(c, first, n); }

/* The usual call, compiled without the questions: full groups alone. */
FUNCTION void plain_narrow_groups(const float *x, const int32_t *labels, float *gradient, float *losses,
                                  const pana_row_options *options, int64_t columns, float scale, int64_t from,
                                  int64_t to) {
  const row_call c = {.x = x,
                      .labels = labels,
                      .gradient = gradient,
                      .losses = losses,
                      .options = options,
                      .columns = columns,
                      .scale = scale};
  for (int64_t first = from; first < to; first += GROUP) {
    fetch_rows(&c, first + 2 * GROUP, to);
    narrow_group(&c, first, GROUP);
  }
}

FUNCTION void narrow_rows(const row_call *c, int64_t from, int64_t to) {
  if (!c->weights && !c->class_weights && !c->statistics) {
    int64_t full = from + (to - from) / GROUP * GROUP;
    plain_narrow_groups(c->x, c->labels, c->gradient, c->losses, c->options, c->columns, c->scale, from, full);
    from = full;
  }
  for (int64_t first = from; first < to; first += GROUP) {
    fetch_rows(c, first + 2 * GROUP, to);
    any_narrow_group(c, first, to - first < GROUP ? to - first : GROUP);
  }
}

FUNCTION void wide_rows(const row_call *c, int64_t from, int64_t to) {
  bool fetch = worth_fetching(c, to - from);
  int64_t group = c->columns <= SHORT_ROW ? GROUP : 1;
  row_group g;
  memset(&g, 0, sizeof g); /* a row that does not count leaves its numbers as they are */
  for (int64_t first = from; first < to; first += group) {
    int64_t n = to - first < group ? to - first : group;
    for (int64_t k = 0; k < n; k++)
      open_row(c, &g, first + k, k, fetch && first + k + 1 < to);
    weigh_rows(c, &g, (int)n);
    for (int64_t k = 0; k < n; k++)
      close_row(c, &g, first + k, k);
  }
}

KERNEL(softmax_cross_entropy_f32) PANA_ROW_LOSS {
  const row_call c = {
      x, (const int32_t *)target, 0, weights, class_weights, gradient, losses, statistics, options, columns, scale};
  if (columns > LANES || options->smoothing > 0)
    wide_rows(&c, from, to);
  else
    narrow_rows(&c, from, to);
}

#if defined(PANA_LANES)
/* ---- with labels, block by block */

static inline float greatest_of(const float *maxima, int64_t blocks) {
  float greatest = -INFINITY;
  for (int64_t b = 0; b < blocks; b++)
    greatest = maxima[b] > greatest ? maxima[b] : greatest;
  return greatest;
}

static inline int64_t first_of(int64_t blocks, int64_t unit) { return unit % blocks * PANA_BLOCK; }

static inline int64_t end_of(int64_t columns, int64_t first) {
  return columns - first < PANA_BLOCK ? columns : first + PANA_BLOCK;
}

KERNEL(block_maximum) PANA_BLOCK_MAXIMUM {
  int64_t first = first_of(blocks, unit);
  float maximum = row_maximum(x + unit / blocks * columns + first, end_of(columns, first) - first);
  if (is_first_lane())
    maxima[unit] = maximum;
}

KERNEL(block_exp_sum) PANA_BLOCK_SUM {
  int64_t first = first_of(blocks, unit), row = unit / blocks;
  vf maximum = vf_set(greatest_of(maxima + row * blocks, blocks));
  float sum = exp_block(x + row * columns + first, 0, end_of(columns, first) - first, maximum, 0);
  if (is_first_lane())
    sums[unit] = sum;
}

/* The gradient of elements [first, end) of a row, which may lie where they do. */
static ALWAYS_INLINE void write_block(const row *r, const row_group *g, int64_t first, int64_t end) {
  const vi places = vi_load(lane_numbers);
  for (int64_t c = first; c < end; c += LANES) {
    int n = first_lanes(end - c);
    vf v = vf_mul(exp_lanes(r->x + c, 0, n, vf_set(g->maximum[0])), vf_set(g->factor[0]));
    if (r->known && r->label >= c && r->label < c + n)
      v = vf_select(vi_eq(places, vi_set((int32_t)(r->label - c))), vf_add(v, vf_set(g->at_label[0])), v);
    vf_store_up_to(r->gradient + c, n, v);
  }
}

KERNEL(block_cross_entropy) PANA_BLOCK_LOSS {
  const row_call c = {.x = x,
                      .labels = labels,
                      .weights = weights,
                      .class_weights = class_weights,
                      .gradient = gradient,
                      .losses = losses,
                      .options = options,
                      .columns = columns,
                      .scale = scale};
  const int64_t i = unit / blocks, first = first_of(blocks, unit), end = end_of(columns, first);
  const row r = row_at(&c, i);
  const bool counts = row_counts(&c, i);
  /* who has the label's element, which the gradient may overwrite, tells the loss */
  const bool tells = r.known ? r.label >= first && r.label < end : first == 0;
  row_group g;
  memset(&g, 0, sizeof g);
  double sum = 0;
  for (int64_t b = 0; b < blocks; b++)
    sum += (double)sums[i * blocks + b];
  g.maximum[0] = greatest_of(maxima + i * blocks, blocks);
  g.sum[0] = (float)sum;
  if (tells)
    g.to_target[0] = g.maximum[0] - target_of(&r);
  keep_weights(&c, &g, &r, i, 0);
  weigh_rows(&c, &g, 1);
  lanes_meet();
  if (tells && is_first_lane())
    losses[i] = !counts ? 0 : weights ? g.loss[0] * weights[i] : g.loss[0];
  if (gradient && counts)
    write_block(&r, &g, first, end);
  else if (gradient)
    clear_floats(r.gradient + first, end - first);
}
#endif

/* ---- with probabilities */

static inline vf probability_lanes(const row *r, int64_t c, int n) {
  float each = r->options->smoothing / (float)r->columns;
  vf y = vf_fma(vf_load_up_to(r->targets + c, n), vf_set(r->options->keep), vf_set(each));
  return r->class_weights ? vf_mul(y, weight_lanes(r, c, n)) : y;
}

static inline vf probability_mass(const row *r, int64_t c, int n, vf maximum) {
  (void)maximum;
  return probability_lanes(r, c, n);
}

/* Nothing where the probability is 0, however far away the logit. */
static inline vf probability_distance(const row *r, int64_t c, int n, vf maximum) {
  vf y = probability_lanes(r, c, n);
  vf d = vf_mul(y, vf_sub(maximum, vf_load_up_to(r->x + c, n)));
  return vf_select(vf_eq(y, vf_zero()), vf_zero(), d);
}

static inline vf probability_gradient(const row *r, int64_t c, int n, vf factor, vf scale) {
  return vf_fma(scale, probability_lanes(r, c, n), scaled_gradient(r, c, n, factor, scale));
}

static inline float with_probabilities(row *r) {
  float maximum = find_maximum(r);
  float mass = sum_row(probability_mass, r, maximum), distance = sum_row(probability_distance, r, maximum);
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  if (r->gradient)
    write_gradient(probability_gradient, r, mass * r->scale / r->sum, -r->scale, 0);
  return fmaf(mass, logarithm(r->sum), distance);
}

KERNEL(softmax_cross_entropy_probabilities_f32) PANA_ROW_LOSS {
  const row_call c = {
      x, 0, (const float *)target, weights, class_weights, gradient, losses, statistics, options, columns, scale};
  for (int64_t i = from; i < to; i++) {
    row r = begin_row(&c, i);
    bool counts = row_counts(&c, i);
    end_row(&c, i, &r, counts, counts ? with_probabilities(&r) : 0);
  }
}
