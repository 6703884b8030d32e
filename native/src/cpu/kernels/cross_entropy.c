/*
 * Softmax-cross-entropy with labels and with probabilities. Formulas stand in kernels.def; Java's RowFormula has the
 * same operations in the same order.
 */
#include "elementary.h"
#include "kernel.h"
#include "row.h"

/* ---- with labels */

static inline vf weighted_distance(const row *r, int64_t c, int n, vf maximum) {
  return vf_mul(weight_lanes(r, c, n), vf_sub(maximum, vf_load_up_to(r->x + c, n)));
}

/* gradient = gradient * factor - each * class weight */
static inline void spread_row(const row *r, float factor, float each) {
  vf f = vf_set(factor), e = vf_set(-each);
  for (int64_t c = 0; c < r->columns; c += LANES) {
    int n = first_lanes(r->columns - c);
    vf g = vf_mul(vf_load_up_to(r->gradient + c, n), f);
    vf_store_up_to(r->gradient + c, n, vf_fma(e, weight_lanes(r, c, n), g));
  }
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
  vf exps[GROUP]; /* of narrow rows */
} row_group;

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
  float maximum = row_maximum(r.x, r.columns), each = c->options->smoothing / (float)r.columns;
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
  vf_store(g->loss, loss);
  vf_store(g->factor, vf_div(vf_mul(all, scale), sum));
  vf_store(g->at_label, vf_negate(vf_mul(hit, scale)));
}

static ALWAYS_INLINE void close_row(const row_call *c, const row_group *g, int64_t i, int64_t k) {
  row r = row_at(c, i);
  r.sum = g->sum[k];
  if (g->counts[k] && r.gradient) {
    if (c->options->smoothing > 0)
      spread_row(&r, g->factor[k], c->options->smoothing / (float)c->columns * r.scale);
    else
      scale_row(r.gradient, r.columns, g->factor[k]);
    add_at_label(&r, g->at_label[k]);
  }
  end_row(c, i, &r, g->counts[k], g->loss[k]);
}

/* Rows of at most 16 classes are vectors: no loops, and each step for all rows of the group before the next one. */
static ALWAYS_INLINE void open_narrow_rows(const row_call *c, row_group *g, int64_t first, int64_t n) {
  const vf lowest = vf_set(-INFINITY);
  const int columns = (int)c->columns;
  const vm there = vm_first(columns);
  for (int64_t k = 0; k < n; k++) {
    vf x = vf_load_up_to(c->x + (first + k) * c->columns, columns);
    g->exps[k] = x;
    g->maximum[k] = vf_greatest(vf_max(vf_select(there, x, lowest), lowest));
  }
  for (int64_t k = 0; k < n; k++) {
    row r = begin_row(c, first + k);
    g->to_target[k] = g->maximum[k] - target_of(&r);
    g->counts[k] = row_counts(c, first + k);
    keep_weights(c, g, &r, first + k, k);
  }
  for (int64_t k = 0; k < n; k++)
    g->exps[k] = vf_select(there, vf_exp(vf_sub(g->exps[k], vf_set(g->maximum[k]))), vf_zero());
  for (int64_t k = 0; k < n; k++)
    g->sum[k] = vf_tree(g->exps[k]);
}

static ALWAYS_INLINE void close_narrow_row(const row_call *c, const row_group *g, int64_t i, int64_t k) {
  static const int32_t places[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  row r = row_at(c, i);
  r.sum = g->counts[k] ? g->sum[k] : 0;
  if (g->counts[k] && r.gradient) {
    vf gradient = vf_mul(g->exps[k], vf_set(g->factor[k]));
    vm at_label = vi_eq(vi_load(places), vi_set(r.known ? (int32_t)r.label : -1));
    gradient = vf_select(at_label, vf_add(gradient, vf_set(g->at_label[k])), gradient);
    vf_store_up_to(r.gradient, (int)r.columns, gradient);
  }
  end_row(c, i, &r, g->counts[k], g->loss[k]);
}

static ALWAYS_INLINE void narrow_rows(const row_call *c, int64_t from, int64_t to) {
  row_group g;
  for (int64_t first = from; first < to; first += GROUP) {
    int64_t n = to - first < GROUP ? to - first : GROUP;
    open_narrow_rows(c, &g, first, n);
    weigh_rows(c, &g, (int)n);
    for (int64_t k = 0; k < n; k++)
      close_narrow_row(c, &g, first + k, k);
  }
}

static void wide_rows(const row_call *c, int64_t from, int64_t to) {
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

void PANA_FN(softmax_cross_entropy_f32) PANA_ROW_LOSS {
  const row_call any = {x, target, 0, weights, class_weights, gradient, losses, statistics, options, columns, scale};
  /* the usual call, compiled without the questions */
  const row_call plain = {.x = x,
                          .labels = target,
                          .gradient = gradient,
                          .losses = losses,
                          .options = options,
                          .columns = columns,
                          .scale = scale};
  if (columns > LANES || options->smoothing > 0)
    wide_rows(&any, from, to);
  else if (weights || class_weights || statistics)
    narrow_rows(&any, from, to);
  else
    narrow_rows(&plain, from, to);
}

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

static inline float with_probabilities(row *r) {
  float maximum = row_maximum(r->x, r->columns);
  float mass = sum_row(probability_mass, r, maximum), distance = sum_row(probability_distance, r, maximum);
  r->sum = exp_row(r->x, r->gradient, r->columns, maximum);
  if (r->gradient) {
    vf factor = vf_set(mass * r->scale / r->sum), scale = vf_set(-r->scale);
    for (int64_t c = 0; c < r->columns; c += LANES) {
      int n = first_lanes(r->columns - c);
      vf g = vf_mul(vf_load_up_to(r->gradient + c, n), factor);
      vf_store_up_to(r->gradient + c, n, vf_fma(scale, probability_lanes(r, c, n), g));
    }
  }
  return fmaf(mass, logarithm(r->sum), distance);
}

void PANA_FN(softmax_cross_entropy_probabilities_f32) PANA_ROW_LOSS {
  const row_call c = {x, 0, target, weights, class_weights, gradient, losses, statistics, options, columns, scale};
  for (int64_t i = from; i < to; i++) {
    row r = begin_row(&c, i);
    bool counts = row_counts(&c, i);
    end_row(&c, i, &r, counts, counts ? with_probabilities(&r) : 0);
  }
}
