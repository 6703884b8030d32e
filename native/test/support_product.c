/* Cases: the matrix product c = a b, and c += a b. */
#include <math.h>

#include "support_case.h"

/* Rows about the tiles' 2 and 6, columns about strips of 16, 64 and 128, depths about blocks of 72, a b that is worth
 * packing; then transposed. */
#define PRODUCT(m, n, k, wider)                                           \
  {.rows = m, .columns = n, .depth = k, .gap = wider}, {                  \
    .rows = m, .columns = n, .depth = k, .gap = wider, .transposed = true \
  }
static const shape shapes[] = {
    PRODUCT(0, 3, 2, 0),    PRODUCT(3, 0, 2, 0),    PRODUCT(3, 2, 0, 1),      PRODUCT(1, 1, 1, 0),
    PRODUCT(2, 15, 3, 0),   PRODUCT(5, 16, 63, 2),  PRODUCT(6, 17, 64, 0),    PRODUCT(7, 31, 65, 1),
    PRODUCT(12, 33, 5, 0),  PRODUCT(13, 48, 17, 3), PRODUCT(1, 63, 129, 0),   PRODUCT(3, 64, 16, 0),
    PRODUCT(19, 65, 33, 5), PRODUCT(6, 80, 7, 0),   PRODUCT(31, 127, 40, 0),  PRODUCT(8, 129, 200, 1),
    PRODUCT(1, 200, 80, 1), PRODUCT(10, 40, 74, 0), PRODUCT(25, 130, 145, 1),
};
LENGTH(m, s->rows)
LENGTH(lda, (s->transposed ? s->rows : s->depth) + s->gap)
LENGTH(ldb, s->columns + s->gap)
LENGTH(ldc, s->columns + s->gap + (s->gap > 0))
/* The last row ends with its last element, so that a guard page stands right there. */
LENGTH(a_length, s->rows * s->depth == 0 ? 0
                 : s->transposed         ? (s->depth - 1) * lda(s) + s->rows
                                         : (s->rows - 1) * lda(s) + s->depth)
LENGTH(b_length, s->depth * s->columns == 0 ? 0 : (s->depth - 1) * ldb(s) + s->columns)
LENGTH(c_length, s->rows * s->columns == 0 ? 0 : (s->rows - 1) * ldc(s) + s->columns)

static float a_at(const shape *s, const float *a, int64_t i, int64_t p) {
  return s->transposed ? a[p * lda(s) + i] : a[i * lda(s) + p];
}

/* Bit by bit: a chain of fused multiply-adds for each element. */
static void chain(const shape *s, const void *const *a, const wanted *w, bool accumulate) {
  const float *left = a[0], *b = a[1], *c = a[2];
  for (int64_t o = 0; o < c_length(s); o++) {
    int64_t i = o / ldc(s), j = o % ldc(s);
    float sum = accumulate ? c[o] : 0.0f;
    for (int64_t p = 0; j < s->columns && p < s->depth; p++)
      sum = fmaf(a_at(s, left, i, p), b[p * ldb(s) + j], sum);
    want(&w[2], o, (double)sum, j < s->columns ? EXACT : UNTOUCHED);
  }
}

/* A term passes through at most depth + 1 roundings. */
static void formula(const shape *s, const void *const *a, const wanted *w, bool accumulate) {
  const float *left = a[0], *b = a[1], *c = a[2];
  for (int64_t o = 0; o < c_length(s); o++) {
    int64_t i = o / ldc(s), j = o % ldc(s);
    double sum = accumulate ? (double)c[o] : 0, magnitude = fabs(sum);
    for (int64_t p = 0; j < s->columns && p < s->depth; p++) {
      double term = (double)a_at(s, left, i, p) * (double)b[p * ldb(s) + j];
      sum += term;
      magnitude += fabs(term);
    }
    want(&w[2], o, sum, j < s->columns ? (double)(s->depth + 1) * U * magnitude : UNTOUCHED);
  }
}

ORACLE(assign_chain) { chain(s, a, w, false); }
ORACLE(assign_formula) { formula(s, a, w, false); }
ORACLE(accumulate_chain) { chain(s, a, w, true); }
ORACLE(accumulate_formula) { formula(s, a, w, true); }

static void call(const kernels *k, const shape *s, void *const *a, int32_t accumulate, int64_t from, int64_t to) {
  k->product_f32(a[0], a[1], a[2], s->columns, s->depth, lda(s), ldb(s), ldc(s), s->transposed, accumulate, from, to);
}
static void assign(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  call(k, s, a, 0, from, to);
}
static void accumulate(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  call(k, s, a, 1, from, to);
}

static const kernel_case cases[] = {
    {.kernel = "product_f32",
     SHAPES(shapes),
     .units = m,
     .call = assign,
     .formula = assign_formula,
     .canonical = assign_chain,
     .finite = true,
     .arrays = {{"a", IN, a_length, -1, 1}, {"b", IN, b_length, -1, 1}, {"c", OUT, c_length}}},
    {.kernel = "product_f32",
     SHAPES(shapes),
     .units = m,
     .call = accumulate,
     .formula = accumulate_formula,
     .canonical = accumulate_chain,
     .finite = true,
     .arrays = {{"a", IN, a_length, -1, 1}, {"b", IN, b_length, -1, 1}, {"c", INOUT, c_length, -1, 1}}},
};
const family product_family = {"product", cases, COUNT(cases)};
