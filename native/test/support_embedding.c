/* Cases: rows of a table by their indices. */
#include <math.h>

#include "support_case.h"

/* rows: of y; depth: the vocabulary. Few words: most of them occur more than once; many: most do not occur. */
#define FEW_WORDS(n) \
  { .rows = 33, .columns = n, .depth = 5 }
#define MANY_WORDS(n) \
  { .rows = n, .columns = 3, .depth = 200 }
static const shape tables[] = {LENGTHS(FEW_WORDS), LENGTHS(MANY_WORDS), {.rows = 7, .columns = 1, .depth = 1}};
LENGTH(rows, s->rows)
LENGTH(vocabulary, s->depth)
LENGTH(table, s->depth * s->columns)
LENGTH(matrix, s->rows * s->columns)

CALL(embedding_f32, a[0], a[1], a[2], s->depth, s->columns, from, to)
CALL(embedding_backward_f32, a[0], a[1], a[2], s->rows, s->columns, from, to)

/* Among SPECIAL ones some are out of range. */
static void fill_words(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  static const int64_t wrong[] = {-1, INT32_MIN, INT32_MAX};
  int32_t *indices = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    bool special = how == SPECIAL && i % 4 == 3;
    int64_t outside = i % 16 == 15 ? s->depth : wrong[i / 4 % COUNT(wrong)];
    indices[i] = (int32_t)(special ? outside : (int64_t)(bits % (uint64_t)s->depth));
  }
}

ORACLE(embedding_copy) {
  const float *words = a[0];
  const int32_t *indices = a[1];
  for (int64_t i = 0; i < matrix(s); i++) {
    int64_t index = indices[i / s->columns];
    bool inside = index >= 0 && index < s->depth;
    want(&w[2], i, inside ? (double)words[index * s->columns + i % s->columns] : (double)NAN, EXACT);
  }
}

ORACLE(embedding_backward_sum) {
  const int32_t *indices = a[0];
  const float *dy = a[1];
  for (int64_t i = 0; i < table(s); i++)
    want(&w[2], i, 0, EXACT);
  for (int64_t i = 0; i < matrix(s); i++) {
    int64_t index = indices[i / s->columns], at = index * s->columns + i % s->columns;
    if (index >= 0 && index < s->depth)
      w[2].value[at] = (double)((float)w[2].value[at] + dy[i]);
  }
}

static const kernel_case cases[] = {
    {.kernel = "embedding_f32",
     SHAPES(tables),
     .units = rows,
     .call = call_embedding_f32,
     .canonical = embedding_copy,
     .arrays = {{"table", IN, table, -1, 1},
                {"indices", IN, rows, .fill = fill_words, .integer = true},
                {"y", OUT, matrix}}},
    {.kernel = "embedding_backward_f32",
     SHAPES(tables),
     .units = vocabulary,
     .call = call_embedding_backward_f32,
     .canonical = embedding_backward_sum,
     .arrays = {{"indices", IN, rows, .fill = fill_words, .integer = true},
                {"dy", IN, matrix, -1, 1},
                {"d_table", OUT, table}}},
};
const family embedding_family = {"embedding", cases, COUNT(cases)};
