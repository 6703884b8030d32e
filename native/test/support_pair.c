/* Cases: losses of pairs and triplets. The formulas of those of rows are in Java's PairCases. */
#include <math.h>

#include "support_case.h"

static const float scale = 1.0f / 3; /* no power of two, so that its rounding shows */

#define MATRIX(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n }
/* Transposed: with swap. */
#define SWAPPED(n) \
  { .rows = (n) <= 129 ? 7 : 2, .columns = n, .transposed = true }
static const shape matrices[] = {LENGTHS(MATRIX), {.rows = 0, .columns = 5}, {.rows = 130, .columns = 10}};
static const shape triplets[] = {LENGTHS(MATRIX), LENGTHS(SWAPPED), {.rows = 0, .columns = 5}};
LENGTH(rows, s->rows)
LENGTH(matrix, s->rows * s->columns)

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)

/* A margin about which distances lie: rows whose hinge is met, and others. */
static float margin(const shape *s) { return sqrtf(2.0f / 3 * (float)s->columns); }

CALL(triplet_margin_f32, a[0], a[1], a[2], a[3], a[4], a[5], a[6], s->columns, 0.01f, 1e-6f, s->transposed, scale, from,
     to)
CALL(contrastive_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, margin(s), scale, from, to)
CALL(cosine_embedding_f32, a[0], a[1], a[2], a[3], a[4], a[5], s->columns, 0.01f, scale, from, to)
CALL(margin_ranking_f32, a[0], a[1], a[2], a[3], a[4], a[5], 0.1f, scale, from, to)

/* Among SPECIAL ones every fourth label is none. */
static void fill_labels(style how, int32_t *labels, int64_t n, uint64_t stream, int32_t other) {
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    labels[i] = how == SPECIAL && bits % 4 == 0 ? (int32_t)(bits >> 32) | 2 : bits >> 8 & 1 ? 1 : other;
  }
}

static void fill_similar(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)s;
  fill_labels(how, data, n, stream, 0);
}

static void fill_signs(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)s;
  fill_labels(how, data, n, stream, -1);
}

/* Asks for nothing but that every element is written. */
ORACLE(written) {
  (void)s;
  (void)a;
  (void)w;
}

ORACLE(ranking_canonical) {
  const float *x1 = a[0], *x2 = a[1];
  const int32_t *labels = a[2];
  for (int64_t i = 0; i < s->columns; i++) {
    float y = labels[i] == 1 || labels[i] == -1 ? (float)labels[i] : NAN;
    float hinge = y * (x2[i] - x1[i]) + 0.1f, g = hinge <= 0 ? 0.0f : y * scale;
    want(&w[3], i, (double)(0.0f - g), EXACT);
    want(&w[4], i, (double)g, EXACT);
    want(&w[5], i, hinge <= 0 ? 0.0 : (double)hinge, EXACT);
  }
}

#define PAIRS(length, labels_length, fill_function)                                 \
  .arrays = {{"x1", IN, length, -1, 1},                                             \
             {"x2", IN, length, -1, 1},                                             \
             {"labels", IN, labels_length, .fill = fill_function, .integer = true}, \
             {"x1_gradient", OUT, length, .in_place = 1, .nullable = true},         \
             {"x2_gradient", OUT, length, .in_place = 2, .nullable = true},         \
             {"losses", OUT, labels_length}}

static const kernel_case cases[] = {
    {.kernel = "triplet_margin_f32",
     SHAPES(triplets),
     .units = rows,
     .call = call_triplet_margin_f32,
     .formula = written,
     .arrays = {{"anchor", IN, matrix, -1, 1},
                {"positive", IN, matrix, -1, 1},
                {"negative", IN, matrix, -1, 1},
                {"anchor_gradient", OUT, matrix, .in_place = 1, .nullable = true},
                {"positive_gradient", OUT, matrix, .in_place = 2, .nullable = true},
                {"negative_gradient", OUT, matrix, .in_place = 3, .nullable = true},
                {"losses", OUT, rows}}},
    {.kernel = "contrastive_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_contrastive_f32,
     .formula = written,
     PAIRS(matrix, rows, fill_similar)},
    {.kernel = "cosine_embedding_f32",
     SHAPES(matrices),
     .units = rows,
     .call = call_cosine_embedding_f32,
     .formula = written,
     PAIRS(matrix, rows, fill_signs)},
    {.kernel = "margin_ranking_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_margin_ranking_f32,
     .canonical = ranking_canonical,
     PAIRS(vector, vector, fill_signs)},
};
const family pair_family = {"pair", cases, COUNT(cases)};
