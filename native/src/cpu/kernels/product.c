/*
 * The built-in matrix product. Each element of c is one chain of fused multiply-adds over p in order,
 * so any cut of rows, columns and p (through memory, which rounds nothing) gives the same bits.
 *
 * Loops: strips of up to STRIP vectors of columns, then even blocks of at most DEPTH of p (a strip of b of
 * this size stays in the first cache), then up to ROWS rows at a time with all sums in registers. A single
 * row has no other use for them than strips of WIDE vectors, whose chains hide each other's latency.
 */
#include "kernel.h"

#if defined(PANA_LANES) || defined(__AVX512F__)
enum { ROWS = 6, STRIP = 4, WIDE = 8 }; /* 24 sums and 4 of b in 32 registers */
#elif defined(__AVX2__)
enum { ROWS = 6, STRIP = 1, WIDE = 4 }; /* 6 sums of two registers each, of 16 */
#else
enum { ROWS = 2, STRIP = 1, WIDE = 1 };
#endif
/* A packed block of b stands on the stack, which has less room: 15 kB. Threads of a GPU have none. */
#if defined(PANA_LANES)
enum { DEPTH = 72, PACKED_DEPTH = 1, WORTH_PACKING = INT32_MAX };
#else
enum { DEPTH = 72, PACKED_DEPTH = 60, WORTH_PACKING = 4 * ROWS };
#endif

typedef struct {
  const float *a, *b;
  float *c;
  int64_t a_row, a_step, ldb, ldc; /* a(i, p) = a[i * a_row + p * a_step] */
  int64_t depth;
  int fresh; /* sums start at 0 rather than at c */
} tile;

/* rows x vectors of c; rows, vectors and whole are constants where this is inlined. The last vector
 * holds `last` columns unless the tile is whole. */
static ALWAYS_INLINE void multiply_tile(const tile *t, const int rows, const int vectors, const int whole, int last) {
  vf sum[ROWS * STRIP];
  UNROLL(8)
  for (int i = 0; i < rows; i++)
    UNROLL(8)
  for (int v = 0; v < vectors; v++) {
    const float *c = t->c + i * t->ldc + v * LANES;
    sum[i * vectors + v] = t->fresh ? vf_zero() : whole || v < vectors - 1 ? vf_load(c) : vf_load_first(c, last);
  }
  const float *a = t->a, *b = t->b;
  for (int64_t p = 0; p < t->depth; p++, a += t->a_step, b += t->ldb) {
    vf row[WIDE];
    UNROLL(8)
    for (int v = 0; v < vectors; v++)
      row[v] = whole || v < vectors - 1 ? vf_load(b + v * LANES) : vf_load_first(b + v * LANES, last);
    UNROLL(8)
    for (int i = 0; i < rows; i++) {
      vf factor = vf_set(a[i * t->a_row]);
      UNROLL(8)
      for (int v = 0; v < vectors; v++)
        sum[i * vectors + v] = vf_fma(factor, row[v], sum[i * vectors + v]);
    }
  }
  UNROLL(8)
  for (int i = 0; i < rows; i++)
    UNROLL(8)
  for (int v = 0; v < vectors; v++) {
    float *c = t->c + i * t->ldc + v * LANES;
    if (whole || v < vectors - 1)
      vf_store(c, sum[i * vectors + v]);
    else
      vf_store_first(c, last, sum[i * vectors + v]);
  }
}

/* All rows of one strip of columns and one block of p. */
static ALWAYS_INLINE void multiply_strip(tile t, int64_t rows, const int vectors, const int whole, int last) {
  int64_t i = 0;
  for (; i + ROWS <= rows; i += ROWS, t.a += ROWS * t.a_row, t.c += ROWS * t.ldc)
    multiply_tile(&t, ROWS, vectors, whole, last);
  switch (rows - i) {
#if defined(PANA_LANES) || defined(__AVX2__)
  case 5: multiply_tile(&t, 5, vectors, whole, last); break;
  case 4: multiply_tile(&t, 4, vectors, whole, last); break;
  case 3: multiply_tile(&t, 3, vectors, whole, last); break;
  case 2: multiply_tile(&t, 2, vectors, whole, last); break;
#endif
  case 1: multiply_tile(&t, 1, vectors, whole, last); break;
  default: break;
  }
}

FUNCTION void multiply_columns(tile t, int64_t rows, int vectors, int last) {
  int whole = last == LANES;
  switch (vectors * 2 + whole) {
#if defined(PANA_LANES) || defined(__AVX512F__)
  case 9: multiply_strip(t, rows, 4, 1, last); break;
  case 8: multiply_strip(t, rows, 4, 0, last); break;
  case 7: multiply_strip(t, rows, 3, 1, last); break;
  case 6: multiply_strip(t, rows, 3, 0, last); break;
  case 5: multiply_strip(t, rows, 2, 1, last); break;
  case 4: multiply_strip(t, rows, 2, 0, last); break;
#endif
  case 3: multiply_strip(t, rows, 1, 1, last); break;
  default: multiply_strip(t, rows, 1, 0, last); break;
  }
}

/* Whether many rows of c are worth a copy of b: its rows lie on many pages, or across the lines of the cache. */
static inline int worth_packing(int64_t rows, int64_t k, int64_t ldb) {
  return rows >= WORTH_PACKING && k > DEPTH && (ldb > 576 || (ldb > 128 && ldb % LANES != 0));
}

static inline void pack(float *packed, const float *b, int64_t ldb, int64_t depth, int64_t columns) {
  for (int64_t p = 0; p < depth; p++)
    for (int64_t v = 0; v < columns; v += LANES)
      vf_store(packed + p * STRIP * LANES + v, vf_load_up_to(b + p * ldb + v, first_lanes(columns - v)));
}

/* Columns of a single row as long as there are WIDE vectors of them; returns how many it has done. */
FUNCTION int64_t multiply_row(tile t, int64_t n) {
  int64_t j = 0;
  for (; j + WIDE * LANES <= n; j += WIDE * LANES, t.b += WIDE * LANES, t.c += WIDE * LANES)
    multiply_tile(&t, 1, WIDE, 1, LANES);
  return j;
}

KERNEL(product_f32)
(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda, int64_t ldb, int64_t ldc,
 int32_t transpose_a, int32_t accumulate, int64_t from, int64_t to) {
  __attribute__((aligned(64))) float packed[PACKED_DEPTH * STRIP * LANES];
  int64_t a_row = transpose_a ? 1 : lda, a_step = transpose_a ? lda : 1, rows = to - from;
  a += from * a_row;
  c += from * ldc;
  int packing = worth_packing(rows, k, ldb);
  int64_t deepest = packing ? PACKED_DEPTH : rows == 1 ? k : DEPTH;
  int64_t blocks = k > deepest ? (k + deepest - 1) / deepest : 1;
  int64_t j = rows == 1 ? multiply_row((tile){a, b, c, a_row, a_step, ldb, ldc, k, !accumulate}, n) : 0;
  for (; j < n; j += STRIP * LANES) {
    int64_t columns = n - j < STRIP * LANES ? n - j : STRIP * LANES;
    int vectors = (int)((columns + LANES - 1) / LANES);
    int last = (int)(columns - (vectors - 1) * LANES);
    /* At least one block, so that k = 0 writes the zeros. */
    for (int64_t block = 0; block < blocks; block++) {
      int64_t p = block * k / blocks, depth = (block + 1) * k / blocks - p;
      tile t = {a + p * a_step, b + p * ldb + j, c + j, a_row, a_step, ldb, ldc, depth, !accumulate && p == 0};
      if (packing) {
        pack(packed, t.b, ldb, depth, columns);
        t.b = packed;
        t.ldb = STRIP * LANES;
      }
      multiply_columns(t, rows, vectors, last);
    }
  }
}
