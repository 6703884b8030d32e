/*
 * The elementary functions of every float: within their bounds of double libm, and the same bits on all tiers. Without
 * "--all" every STRIDE-th float (about a second), every float around the borders, and the special values.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

enum { CHUNK = 1 << 14, STRIDE = 1021 }; /* a prime: all low bits occur */

typedef void function(const float *x, float *y, int64_t from, int64_t to);
typedef struct subject {
  const char *name;
  size_t member; /* offset of the function in a tier's table ... */
  int32_t unary; /* ... or what map_f32 takes, where this is not 0 */
  double (*exact)(double);
  double bound, worst; /* ulps */
  float worst_at;
} subject;

#define SUBJECT(function, formula, ulps) \
  { .name = #function, .member = offsetof(kernels, function), .exact = formula, .bound = ulps }
static subject subjects[] = {SUBJECT(exp_f32, exp, 1),
                             SUBJECT(log_f32, log, 1),
                             SUBJECT(log1p_f32, log1p, 1),
                             SUBJECT(expm1_f32, expm1, 1.5),
                             SUBJECT(tanh_f32, tanh, 1.5),
                             SUBJECT(sigmoid_f32, exact_sigmoid, 2.5),
                             SUBJECT(softplus_f32, exact_softplus, 2),
                             SUBJECT(atan_f32, atan, 2),
                             {.name = "erf", .unary = PANA_UNARY_erf, .exact = erf, .bound = 1.5}};

static void apply(const subject *f, const tier *t, const float *x, float *y, int64_t n) {
  if (f->unary) {
    t->kernels->map_f32(x, y, 0, 0, f->unary, 0, n);
    return;
  }
  function *found;
  memcpy(&found, (const char *)t->kernels + f->member, sizeof found);
  found(x, y, 0, n);
}

static const tier *all;
static int tier_count, active;

static void check_chunk(subject *f, const float *x, int n) {
  static float first[CHUNK], other[CHUNK];
  where.kernel = f->name;
  where.tier = all[active].name;
  apply(f, &all[active], x, first, n);
  for (int i = 0; i < n; i++) {
    double exact = f->exact((double)x[i]), error = ulps(first[i], exact);
    if (error > f->worst) {
      f->worst = error;
      f->worst_at = x[i];
    }
    CHECK(error <= f->bound, "of %a got %a, expected %a: %.3f ulp", (double)x[i], (double)first[i], exact, error);
  }
  for (int t = 0; t < tier_count; t++) {
    where.tier = all[t].name;
    if (t == active)
      continue;
    apply(f, &all[t], x, other, n);
    for (int i = 0; i < n; i++)
      CHECK(same(first[i], other[i]), "of %a got %a, tier %s %a", (double)x[i], (double)other[i], all[active].name,
            (double)first[i]);
  }
}

/* The floats with bits from, from + stride, ... below to. */
static void check_range(uint64_t from, uint64_t to, uint64_t stride) {
  static float x[CHUNK];
  for (uint64_t bits = from; bits < to;) {
    int n = 0;
    for (; n < CHUNK && bits < to; bits += stride)
      x[n++] = float_of((uint32_t)bits);
    for (int f = 0; f < COUNT(subjects); f++)
      check_chunk(&subjects[f], x, n);
  }
}

/* Where something changes: overflow, underflow, denormals, borders of ranges, powers of two, the ends. */
static void check_borders(void) {
  const float borders[] = {
      0.0f,     -0.0f,           FLT_MIN,       -FLT_MIN,      0x1.62e42ep+6f, -0x1.5d58ap+6f, 89.0f,
      -104.0f,  -0x1.9fe368p+6f, 1.0f,          -1.0f,         0x1.6a09e6p-1f, 0.5f,           2.0f,
      INFINITY, -INFINITY,       0x1p-125f,     0x1.62e43p-2f, FLT_MAX,        -FLT_MAX,       0x1p23f,
      0x1p24f,  0x1p-24f,        -0x1p-24f,     0.625f,        -0.625f,        -0.25f,         -18.0f,
      0x1p-25f, -0x1p-25f,       4.0f,          -4.0f,         9.0f,           -9.0f,          17.0f,
      -0.5f,    0x1.8p127f,      -0x1.62e43p-2f};
  for (int i = 0; i < COUNT(borders); i++) {
    uint64_t bits = bits_of(borders[i]), least = bits < 4096 ? 0 : bits - 4096;
    check_range(least, bits + 4096 > (uint64_t)1 << 32 ? (uint64_t)1 << 32 : bits + 4096, 1);
  }
}

/* Bits and all: what libm's comparison would let pass. The functions of each number in the order of subjects. */
static void check_special(void) {
  const float tiny = 0x1p-149f, ln2 = 0x1.62e43p-1f, pi_2 = 0x1.921fb6p+0f;
  const struct {
    float x, y[COUNT(subjects)];
  } rows[] = {
      {0.0f, {1, -INFINITY, 0, 0, 0, 0.5f, ln2, 0, 0}},
      {-0.0f, {1, -INFINITY, -0.0f, -0.0f, -0.0f, 0.5f, ln2, -0.0f, -0.0f}},
      {INFINITY, {INFINITY, INFINITY, INFINITY, INFINITY, 1, 1, INFINITY, pi_2, 1}},
      {-INFINITY, {0, NAN, NAN, -1, -1, 0, 0, -pi_2, -1}},
      {NAN, {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
      {FLT_MAX, {INFINITY, 0x1.62e43p+6f, 0x1.62e43p+6f, INFINITY, 1, 1, FLT_MAX, pi_2, 1}},
      {-FLT_MAX, {0, NAN, NAN, -1, -1, 0, 0, -pi_2, -1}},
      {tiny, {1, -0x1.9d1dap+6f, tiny, tiny, tiny, 0.5f, ln2, tiny, tiny}},
      {-tiny, {1, NAN, -tiny, -tiny, -tiny, 0.5f, ln2, -tiny, -tiny}},
      {1.0f,
       {0x1.5bf0a8p+1f, 0, ln2, 0x1.b7e152p+0f, 0x1.85efacp-1f, 0x1.764d5p-1f, 0x1.5031ecp+0f, 0x1.921fb4p-1f,
        0x1.af767ap-1f}},
      {-1.0f,
       {0x1.78b564p-2f, NAN, -INFINITY, -0x1.43a54ep-1f, -0x1.85efacp-1f, 0x1.136562p-2f, 0x1.40c7acp-2f,
        -0x1.921fb4p-1f, -0x1.af767ap-1f}},
  };
  for (int t = 0; t < tier_count; t++)
    for (int i = 0; i < COUNT(rows); i++)
      for (int f = 0; f < COUNT(subjects); f++) {
        float y;
        where.tier = all[t].name;
        where.kernel = subjects[f].name;
        apply(&subjects[f], &all[t], &rows[i].x, &y, 1);
        CHECK(same(y, rows[i].y[f]), "of %a got %a, expected %a", (double)rows[i].x, (double)y, (double)rows[i].y[f]);
      }
}

int main(int argc, char **argv) {
  start();
  all = tiers(&tier_count);
  for (active = 0; all[active].kernels != pana_tier_kernels(pana_active_tier());)
    active++;
  tier_count--; /* "exported" is the active one again */
  bool complete = argc > 1 && !strcmp(argv[1], "--all");
  check_special();
  check_borders();
  const uint64_t every = (uint64_t)1 << 32, part = every / 64;
  for (uint64_t from = 0; from < every; from += part) {
    check_range(complete ? from : from + random_bits(0, from) % STRIDE, from + part, complete ? 1 : STRIDE);
    if (complete && from / part % 8 == 7) {
      printf("%" PRIu64 " of 64 parts\n", from / part + 1);
      fflush(stdout);
    }
  }
  for (int f = 0; f < COUNT(subjects); f++)
    printf("%s: at most %.4f ulp, at %a\n", subjects[f].name, subjects[f].worst, (double)subjects[f].worst_at);
  return finish(complete ? "of all 2^32 floats" : "of a sample (--all: of every float)");
}
