/* Cases: sums and gradient of an overlap. The formulas of logits are in Java's OverlapCases. */
#include <math.h>

#include "support_case.h"

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
/* Transposed: logits. */
#define LOGITS(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n, .transposed = true }
static const shape matrices[] = {LENGTHS(MATRIX), LENGTHS(LOGITS), {.rows = 0, .columns = 5}};
LENGTH(matrix, s->rows * s->columns)
LENGTH(units, s->rows *((s->columns + 4095) / 4096))
LENGTH(block_sums, 3 * units(s))
LENGTH(row_slopes, 2 * s->rows)

CALL(overlap_sums_f32, a[0], a[1], a[2], s->columns, s->transposed, from, to)
CALL(overlap_gradient_f32, a[0], a[1], a[2], a[3], s->columns, s->transposed, from, to)

/* Every third row has none. */
static void fill_slopes(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)s;
  float *slopes = data;
  for (int64_t i = 0; i < n; i++) {
    float slope = (float)(2 * random_unit(stream, (uint64_t)i) - 1);
    slopes[i] = i / 2 % 3 == 2 ? 0.0f : how == SPECIAL && i % 5 == 0 ? NAN : slope;
  }
}

ORACLE(sums_canonical) {
  const float *x = a[0], *t = a[1];
  int64_t unit = 0;
  for (int64_t r = 0; r < s->rows && !s->transposed; r++)
    for (int64_t c = 0; c < s->columns; c += 4096, unit++) {
      int64_t n = s->columns - c < 4096 ? s->columns - c : 4096, first = r * s->columns + c;
      want(&w[2], 3 * unit + 1, (double)canonical_sum(x + first, n, 1), EXACT);
      want(&w[2], 3 * unit + 2, (double)canonical_sum(t + first, n, 1), EXACT);
    }
}

ORACLE(gradient_canonical) {
  const float *t = a[1], *slopes = a[2];
  for (int64_t i = 0; i < s->rows * s->columns; i++) {
    const float *slope = slopes + 2 * (i / s->columns);
    if (slope[0] == 0 && slope[1] == 0)
      want(&w[3], i, 0, EXACT);
    else if (!s->transposed)
      want(&w[3], i, (double)fmaf(slope[0], t[i], slope[1]), EXACT);
  }
}

static const kernel_case cases[] = {
    {.kernel = "overlap_sums_f32",
     SHAPES(matrices),
     .units = units,
     .call = call_overlap_sums_f32,
     .canonical = sums_canonical,
     .arrays = {{"prediction", IN, matrix, -1, 1}, {"target", IN, matrix, 0, 1}, {"sums", OUT, block_sums}}},
    {.kernel = "overlap_gradient_f32",
     SHAPES(matrices),
     .units = units,
     .call = call_overlap_gradient_f32,
     .canonical = gradient_canonical,
     .arrays = {{"prediction", IN, matrix, -9, 9},
                {"target", IN, matrix, 0, 1},
                {"slopes", IN, row_slopes, .fill = fill_slopes},
                {"gradient", OUT, matrix, .in_place = 1}}},
};
const family overlap_family = {"overlap", cases, COUNT(cases)};
