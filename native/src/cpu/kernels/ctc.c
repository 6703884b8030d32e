/*
 * The CTC loss (Graves et al. 2006): the probability that a walk through the frames, which in each frame emits a
 * class by the softmax of the frame's logits, spells the target once repeats are merged and blanks dropped.
 *
 * The lattice has 2 S + 1 states for a target of S labels: blank, label, blank, ... label, blank. From a frame to the
 * next one the walk stays, goes to the next state, or skips the blank between two different labels. alpha is the log of
 * the probability of all ways to a state, beta that of all ways from it; each row of them is kept relative to its
 * greatest element, so that the floats stay small however long the sequence is. docs/numerics.md gives the order.
 *
 * State -1 stands before the first frame, state 2 S + 1 behind the last one; rows have room for two states more, so
 * that no step asks for the lattice's border.
 */
#include "softmax.h"

/* One sample, and its scratch. */
typedef struct {
  const float *logits;   /* frames x classes */
  const int32_t *labels; /* as many as the target has */
  int64_t frames, states, classes, stride;
  int32_t blank;
  float *alpha;         /* (frames + 1) x stride: the row before frame 0 first; state s stands at s + 2 */
  float *beta;          /* state s stands at s */
  float *emission;      /* log-probability of each state's class in one frame */
  float *skip;          /* 0 where a state may be entered from the last but one, else -inf */
  float *maxima, *logs; /* of each frame: its greatest logit, and log sum e^(x - maximum) */
} lattice;

static inline void fill(float *x, int64_t n, float value) {
  lanes_meet();
  EACH_OF(i, n)
  x[i] = value;
  lanes_meet();
}

/* The class of a state, or -1: the caller has checked the labels, but another thread may write. */
static inline int64_t state_class(const lattice *l, int64_t state) {
  int32_t symbol = state % 2 ? l->labels[state / 2] : l->blank;
  return symbol >= 0 && symbol < l->classes ? symbol : -1;
}

/* Which states may be entered by a skip: the first label and the end from outside, a label unless it repeats. */
FUNCTION int find_skips(const lattice *l) {
  int known = 1;
  fill(l->skip, l->states + 2, -INFINITY);
  for (int64_t s = 1; s < l->states; s += 2) {
    int64_t symbol = state_class(l, s);
    known &= symbol >= 0;
    if (s == 1 || symbol != state_class(l, s - 2))
      l->skip[s] = 0;
  }
  l->skip[l->states] = 0;
  return known;
}

/* ln(e^a + e^b + e^c): the maximum, then the terms in this order. Of nothing but -inf it is -inf, with a NaN NaN. */
static inline vf log_sum_exp(vf a, vf b, vf c) {
  vf m = vf_max(c, vf_max(b, a));
  vf sum = vf_add(vf_add(vf_exp(vf_sub(a, m)), vf_exp(vf_sub(b, m))), vf_exp(vf_sub(c, m)));
  return vf_select(vf_eq(m, vf_set(-INFINITY)), vf_add(vf_add(a, b), c), vf_add(m, vf_log(sum)));
}

static inline void normalise_frame(const lattice *l, int64_t t) {
  const float *x = l->logits + t * l->classes;
  float maximum = row_maximum(x, l->classes);
  l->maxima[t] = maximum;
  l->logs[t] = vf_lane0(vf_log(vf_set(exp_row(x, 0, l->classes, maximum))));
}

FUNCTION void gather_emissions(const lattice *l, int64_t t) {
  const float *x = l->logits + t * l->classes;
  lanes_meet();
  EACH_OF(s, l->states) {
    int64_t symbol = state_class(l, s);
    l->emission[s] = symbol < 0 ? NAN : (x[symbol] - l->maxima[t]) - l->logs[t];
  }
  lanes_meet();
}

/* Makes a row relative to its greatest element, which it returns; 0 where no state can be reached. */
FUNCTION float make_relative(float *x, int64_t n) {
  lanes_meet();
  float maximum = row_maximum(x, n);
  if (!(maximum > -INFINITY))
    return 0;
  for (int64_t i = 0; i < n; i += LANES) {
    int count = first_lanes(n - i);
    vf_store_first(x + i, count, vf_sub(vf_load_first(x + i, count), vf_set(maximum)));
  }
  return maximum;
}

FUNCTION void forward_step(const lattice *l, const float *previous, float *next) {
  next[0] = next[1] = -INFINITY;
  for (int64_t s = 0; s < l->states; s += LANES) {
    int n = first_lanes(l->states - s);
    vf skipped = vf_add(vf_load_first(previous + s, n), vf_load_first(l->skip + s, n));
    vf ways = log_sum_exp(skipped, vf_load_first(previous + s + 1, n), vf_load_first(previous + s + 2, n));
    vf_store_first(next + s + 2, n, vf_add(ways, vf_load_first(l->emission + s, n)));
  }
}

/* All rows of alpha; the log of the target's probability. */
FUNCTION double forward(const lattice *l) {
  float *row = l->alpha;
  fill(row, l->states + 2, -INFINITY);
  row[1] = 0;
  double taken = 0;
  for (int64_t t = 0; t < l->frames; t++) {
    normalise_frame(l, t);
    gather_emissions(l, t);
    forward_step(l, row, row + l->stride);
    row += l->stride;
    taken += (double)make_relative(row + 2, l->states);
  }
  lanes_meet();
  vf last = log_sum_exp(vf_set(row[l->states]), vf_set(row[l->states + 1]), vf_set(-INFINITY));
  return taken + (double)vf_lane0(last);
}

/* beta of a frame from that of the next one; alpha becomes the log of what passes through each state. */
FUNCTION void backward_step(const lattice *l, float *alpha) {
  float *beta = l->beta;
  for (int64_t s = 0; s < l->states; s += LANES) {
    int n = first_lanes(l->states - s);
    vf skipped = vf_add(vf_load_first(beta + s + 2, n), vf_load_first(l->skip + s + 2, n));
    vf ways = log_sum_exp(vf_load_first(beta + s, n), vf_load_first(beta + s + 1, n), skipped);
    lanes_meet(); /* neighbours have read beta */
    vf_store_first(alpha + s, n, vf_add(vf_load_first(alpha + s, n), ways));
    vf_store_first(beta + s, n, vf_add(ways, vf_load_first(l->emission + s, n)));
  }
  beta[l->states] = -INFINITY;
  make_relative(beta, l->states);
}

/* (softmax of the frame - share of each class in what passes through the states) * scale; may overwrite the frame. */
FUNCTION void frame_gradient(const lattice *l, int64_t t, float *share, float *gradient, float scale) {
  lanes_meet();
  float through = exp_row(share, share, l->states, row_maximum(share, l->states));
  scale_row(share, l->states, scale / through);
  float sum = exp_row(l->logits + t * l->classes, gradient, l->classes, l->maxima[t]);
  scale_row(gradient, l->classes, scale / sum);
  lanes_meet();
  for (int64_t s = 0; is_first_lane() && s < l->states; s++) {
    int64_t symbol = state_class(l, s);
    if (symbol >= 0)
      gradient[symbol] -= share[s];
  }
  lanes_meet();
}

FUNCTION void backward(const lattice *l, float *gradient, float scale) {
  fill(l->beta, l->states + 2, -INFINITY);
  l->beta[l->states] = 0;
  for (int64_t t = l->frames - 1; t >= 0; t--) {
    float *alpha = l->alpha + (t + 1) * l->stride + 2;
    gather_emissions(l, t);
    backward_step(l, alpha);
    frame_gradient(l, t, alpha, gradient + t * l->classes, scale);
  }
}

KERNEL(ctc_f32)
(const float *logits, const int32_t *labels, const int32_t *input_lengths, const int32_t *target_lengths,
 const float *scales, float *gradient, float *losses, float *scratch, int64_t time, int64_t classes, int64_t max_target,
 int32_t blank, int32_t zero_infinity, int64_t from, int64_t to) {
  int64_t stride = 2 * max_target + 3, scratch_size = (time + 4) * stride + 2 * time;
  for (int64_t n = from; n < to; n++) {
    int64_t frames = input_lengths[n], targets = target_lengths[n];
    int known = frames >= 0 && frames <= time && targets >= 0 && targets <= max_target;
    lattice l = {.logits = logits + n * time * classes,
                 .labels = labels + n * max_target,
                 .frames = known ? frames : time,
                 .states = known ? 2 * targets + 1 : 1,
                 .classes = classes,
                 .stride = stride,
                 .blank = blank,
                 .alpha = scratch + n * scratch_size};
    l.beta = l.alpha + (time + 1) * stride;
    l.emission = l.beta + stride;
    l.skip = l.emission + stride;
    l.maxima = l.skip + stride;
    l.logs = l.maxima + time;

    float loss = find_skips(&l) && known ? (float)(0.0 - forward(&l)) : NAN;
    int nothing = zero_infinity && loss == INFINITY;
    losses[n] = nothing ? 0 : loss;
    if (!gradient)
      continue;
    float *out = gradient + n * time * classes;
    if (loss < INFINITY)
      backward(&l, out, scales ? scales[n] : 1);
    else
      fill(out, l.frames * classes, nothing ? 0 : NAN);
    fill(out + l.frames * classes, (time - l.frames) * classes, 0);
  }
}
