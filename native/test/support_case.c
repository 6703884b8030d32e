#include "support_case.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What outputs hold before a call: a NaN that no kernel makes, so that an element never written shows. */
static const uint32_t UNWRITTEN = 0x7fdeadbe;

/* One way to make the same call. */
typedef struct trial {
  const char *name;
  placement side;
  int64_t piece;    /* mean length of the range's pieces, in grains; 0: one call */
  int in_place;     /* 1 + the output that is the same array as its input */
  unsigned nullify; /* one bit for each output that is null */
} trial;

typedef struct bench {
  const kernel_case *test;
  const shape *shape;
  style style;
  uint64_t stream;
  int64_t length[ARRAYS];
  uint32_t *initial[ARRAYS], *reference[ARRAYS];
  bool measured; /* the reference stands */
} bench;

static buffer buffers[ARRAYS];
static wanted wants[ARRAYS];

static bool is_output(const array_spec *a) { return a->role == OUT || a->role == INOUT; }

/* ---- values */

static const float specials[] = {0.0f,    -0.0f,   1.0f,     -1.0f,    NAN,      INFINITY,  -INFINITY,  1e-40f,
                                 -1e-40f, FLT_MAX, -FLT_MAX, FLT_MIN,  -FLT_MIN, 0x1p-149f, -0x1p-149f, 88.8f,
                                 -88.0f,  -103.9f, 0x1p64f,  0x1p-64f, 1e4f,     -1e4f};

static void fill(const bench *b, int k) {
  const array_spec *spec = &b->test->arrays[k];
  uint32_t *data = b->initial[k];
  uint64_t stream = b->stream + (uint64_t)k;
  if (spec->role == OUT || spec->role == SCRATCH) {
    for (int64_t i = 0; i < b->length[k]; i++)
      data[i] = UNWRITTEN;
  } else if (spec->fill) {
    spec->fill(b->shape, b->style, data, b->length[k], stream);
  } else {
    for (int64_t i = 0; i < b->length[k]; i++) {
      double x = spec->low + (spec->high - spec->low) * random_unit(stream, (uint64_t)i);
      uint64_t choice = random_bits(~stream, (uint64_t)i);
      if (b->style == LARGE)
        x = ldexp(x, (int)(choice % 13));
      if (b->style == SPECIAL && choice % 4 == 0)
        x = (double)specials[choice / 4 % (uint64_t)COUNT(specials)];
      data[i] = bits_of((float)x);
    }
  }
}

/* ---- checks */

static void check_oracle(const bench *b, oracle *ask, const char *name) {
  if (!ask)
    return;
  where.step = name;
  for (int k = 0; k < ARRAYS; k++) {
    size_t bytes = (size_t)(b->length[k] + 1) * sizeof(double);
    wants[k] = (wanted){realloc(wants[k].value, bytes), realloc(wants[k].tolerance, bytes)};
    for (int64_t i = 0; i < b->length[k]; i++)
      want(&wants[k], i, NAN, UNCHECKED);
  }
  ask(b->shape, (const void *const *)b->initial, wants);
  for (int k = 0; k < ARRAYS; k++) {
    const array_spec *spec = &b->test->arrays[k];
    for (int64_t i = 0; is_output(spec) && i < b->length[k]; i++) {
      double value = wants[k].value[i], tolerance = wants[k].tolerance[i];
      uint32_t word = b->reference[k][i], old = b->initial[k][i];
      if (tolerance == UNTOUCHED) {
        CHECK(word == old, "%s[%" PRId64 "] was touched", spec->name, i);
        continue;
      }
      CHECK(word != UNWRITTEN, "%s[%" PRId64 "] was never written", spec->name, i);
      if (tolerance == UNCHECKED)
        continue;
      if (spec->integer) {
        CHECK((int32_t)word == (int32_t)value, "%s[%" PRId64 "] got %d, expected %d", spec->name, i, (int32_t)word,
              (int32_t)value);
        continue;
      }
      float got = float_of(word);
      bool right = tolerance == EXACT || isnan(value) ? same(got, (float)value)
                                                      : got == (float)value || fabs((double)got - value) <= tolerance;
      CHECK(right, "%s[%" PRId64 "] got %a (%.9g), expected %a (%.17g) within %.3g", spec->name, i, (double)got,
            (double)got, value, value, tolerance);
    }
  }
}

/* The same bits as the first call of the scalar tier. */
static void check_same(const bench *b, const uint32_t *const *got, unsigned nullify) {
  for (int k = 0; k < ARRAYS; k++) {
    const array_spec *spec = &b->test->arrays[k];
    if (!is_output(spec) || (nullify >> k & 1))
      continue;
    for (int64_t i = 0; i < b->length[k]; i++) {
      uint32_t x = got[k][i], y = b->reference[k][i];
      if (x == y || (!spec->integer && x != UNWRITTEN && same(float_of(x), float_of(y))))
        continue;
      fail("%s[%" PRId64 "] got bits %08x (%.9g), the scalar tier's whole call gave %08x (%.9g)", spec->name, i, x,
           (double)float_of(x), y, (double)float_of(y));
    }
  }
}

/* ---- calls */

/* Odd pieces first, then even ones: what a piece writes beyond its ends spoils a finished neighbour. */
static void call_in_pieces(const bench *b, const kernels *functions, void *const *a, int64_t piece) {
  int64_t units = b->test->units(b->shape), grain = b->test->grain ? b->test->grain : 1;
  if (!piece) {
    b->test->call(functions, b->shape, a, 0, units);
    return;
  }
  for (int parity = 1; parity >= 0; parity--) {
    int64_t from = 0;
    for (uint64_t number = 0; from < units; number++) {
      int64_t grains = 1 + (int64_t)(random_bits(b->stream ^ 0xC07, number) % (uint64_t)(2 * piece - 1));
      int64_t to = units - from < grains * grain ? units : from + grains * grain;
      if ((int)(number % 2) == parity)
        b->test->call(functions, b->shape, a, from, to);
      from = to;
    }
  }
}

static void try(bench *b, const tier *t, const trial *how) {
  where.tier = t->name;
  where.step = how->name;
  void *a[ARRAYS] = {0};
  for (int k = 0; k < ARRAYS; k++) {
    size_t bytes = (size_t)b->length[k] * sizeof(uint32_t);
    if (b->test->arrays[k].role == UNUSED || (how->nullify >> k & 1))
      continue;
    a[k] = buffer_place(&buffers[k], bytes, how->side);
    memcpy(a[k], b->initial[k], bytes);
  }
  int output = how->in_place - 1, input = how->in_place ? b->test->arrays[output].in_place - 1 : -1;
  if (how->in_place)
    a[output] = a[input];

  uint32_t control = floating_point_control();
  call_in_pieces(b, t->kernels, a, how->piece);
  CHECK(floating_point_control() == control, "floating-point control %x became %x", control, floating_point_control());

  for (int k = 0; k < ARRAYS; k++) {
    const array_spec *spec = &b->test->arrays[k];
    if (!a[k])
      continue;
    buffer_check(&buffers[k], spec->name);
    if (spec->role == IN && k != input)
      CHECK(!memcmp(a[k], b->initial[k], (size_t)b->length[k] * sizeof(uint32_t)), "input %s was changed", spec->name);
  }
  if (b->measured) {
    check_same(b, (const uint32_t *const *)a, how->nullify);
    return;
  }
  for (int k = 0; k < ARRAYS; k++)
    if (a[k])
      memcpy(b->reference[k], a[k], (size_t)b->length[k] * sizeof(uint32_t));
  b->measured = true;
  check_oracle(b, b->test->canonical, "canonical order");
  if (b->style != SPECIAL || !b->test->finite)
    check_oracle(b, b->test->formula, "formula");
}

static void try_all(bench *b, const tier *t) {
  const kernel_case *test = b->test;
  int64_t grains = test->units(b->shape) / (test->grain ? test->grain : 1);
  try(b, t, &(trial){.name = "whole, before a guard page", .side = BEFORE_GUARD});
  try(b, t, &(trial){.name = "whole, after a guard page", .side = AFTER_GUARD});
  try(b, t, &(trial){.name = "in pieces", .piece = 1 + grains / 5});
  if (grains <= 200)
    try(b, t, &(trial){.name = "in single units", .side = AFTER_GUARD, .piece = 1});
  unsigned nullable = 0;
  for (int k = 0; k < ARRAYS; k++) {
    if (test->arrays[k].nullable)
      nullable |= 1u << k;
    if (!test->arrays[k].in_place)
      continue;
    try(b, t, &(trial){.name = "in place", .in_place = k + 1});
    try(b, t, &(trial){.name = "in place, in pieces", .side = AFTER_GUARD, .in_place = k + 1, .piece = 1 + grains / 7});
  }
  for (unsigned some = nullable; some; some = (some - 1) & nullable)
    try(b, t, &(trial){.name = "with null outputs", .nullify = some});
}

/* What is not 0 of the shape, and the style. */
static void describe(const shape *s, style how) {
  static const char *const styles[STYLES] = {"ordinary", "large", "special"};
  const pana_window *w = &s->window;
  const struct {
    const char *name;
    int64_t value;
  } parts[] = {{"rows", s->rows},
               {"columns", s->columns},
               {"depth", s->depth},
               {"gap", s->gap},
               {"transposed", s->transposed},
               {"height", w->height},
               {"width", w->width},
               {"channels", w->channels},
               {"kernel_height", w->kernel_height},
               {"kernel_width", w->kernel_width},
               {"stride", w->stride},
               {"padding", w->padding},
               {"dilation", w->dilation}};
  size_t used = 0;
  for (int i = 0; i < COUNT(parts); i++)
    if (parts[i].value)
      used += (size_t)snprintf(where.size + used, sizeof where.size - used, "%s %" PRId64 " ", parts[i].name,
                               parts[i].value);
  snprintf(where.size + used, sizeof where.size - used, "(%s values)", styles[how]);
}

void run_case(const kernel_case *test) {
  int tier_count;
  const tier *available = tiers(&tier_count);
  where = (place){.kernel = test->kernel};
  for (int n = 0; n < test->shape_count; n++)
    for (style how = ORDINARY; how < STYLES; how++) {
      bench b = {.test = test, .shape = &test->shapes[n], .style = how};
      b.stream = (uint64_t)(n * STYLES + (int)how) * ARRAYS;
      for (const char *c = test->kernel; *c; c++)
        b.stream += (uint64_t)*c << 20;
      describe(b.shape, how);
      for (int k = 0; k < ARRAYS; k++) {
        if (test->arrays[k].role == UNUSED)
          continue;
        b.length[k] = test->arrays[k].length(b.shape);
        b.initial[k] = malloc((size_t)(b.length[k] + 1) * sizeof(uint32_t));
        b.reference[k] = malloc((size_t)(b.length[k] + 1) * sizeof(uint32_t));
        fill(&b, k);
      }
      for (int t = 0; t < tier_count; t++)
        try_all(&b, &available[t]);
      for (int k = 0; k < ARRAYS; k++) {
        free(b.initial[k]);
        free(b.reference[k]);
      }
    }
  for (int k = 0; k < ARRAYS; k++) {
    buffer_free(&buffers[k]);
    free(wants[k].value);
    free(wants[k].tolerance);
    wants[k] = (wanted){0};
  }
  where = (place){0};
}

/* ---- for the tables */

float canonical_sum(const float *x, int64_t n, int64_t stride) {
  float p[64] = {0};
  for (int64_t i = 0; i < n; i++)
    p[i % 64] += x[i * stride];
  for (int w = 32; w > 0; w /= 2)
    for (int j = 0; j < w; j++)
      p[j] += p[j + w];
  return p[0];
}

double canonical_depth(int64_t n) { return (double)((n < 4096 ? n : 4096) / 64 + 1 + 6); }

static float special_logit(int64_t row, int64_t column, bool chosen, float ordinary) {
  switch (row % 9) {
  case 0: return chosen ? NAN : ordinary;
  case 1: return chosen ? INFINITY : ordinary;
  case 2: return -INFINITY;
  case 3: return column % 2 ? -INFINITY : ordinary;
  case 4: return chosen ? FLT_MAX : column % 3 ? -FLT_MAX : ordinary;
  case 5: return column % 2 ? 1e-40f : -0.0f;
  case 6: return column % 2 ? 1e4f : -1e4f;
  case 7: return -FLT_MAX;
  default: return ordinary;
  }
}

void fill_logits(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  float *x = data;
  for (int64_t i = 0; i < n; i++) {
    float ordinary = (float)(16 * random_unit(stream, (uint64_t)i) - 8);
    int64_t row = i / s->columns, column = i % s->columns;
    /* In each such row stands one chosen column; the stream turns the kinds, so that few rows see all of them. */
    int64_t chosen = (int64_t)(random_bits(~stream, (uint64_t)row) % (uint64_t)s->columns);
    x[i] = how == ORDINARY ? ordinary
           : how == LARGE  ? ordinary * 1250 /* -1e4 .. 1e4 */
                           : special_logit(row + (int64_t)(stream % 9), column, column == chosen, ordinary);
  }
}
