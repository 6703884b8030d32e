/* Cases: updates of matrices, by what their rows and columns have. */
#include "support_update.h"

/* depth: how many matrices. */
static const shape matrices[] = {
    {.rows = 1, .columns = 1, .depth = 1},    {.rows = 5, .columns = 7, .depth = 0},
    {.rows = 3, .columns = 3, .depth = 4},    {.rows = 7, .columns = 17, .depth = 3},
    {.rows = 200, .columns = 10, .depth = 1}, {.rows = 63, .columns = 511, .depth = 1},
    {.rows = 64, .columns = 512, .depth = 2}, {.rows = 65, .columns = 513, .depth = 1},
    {.rows = 2, .columns = 4101, .depth = 1}, {.rows = 130, .columns = 64, .depth = 2},
};
LENGTH(elements, s->depth * s->rows * s->columns)
LENGTH(all_rows, s->depth * s->rows)
LENGTH(all_columns, s->depth * s->columns)
LENGTH(three_sums, 3 * ((elements(s) + 4095) / 4096))
LENGTH(blocks, (s->rows + 63) / 64)
LENGTH(tiles, (s->columns + 511) / 512)
LENGTH(all_tiles, s->depth *blocks(s) * tiles(s))
LENGTH(row_sums, all_rows(s) * tiles(s))
LENGTH(column_sums, all_columns(s) * blocks(s))

#define SCALARS_adafactor         0.9f, 0.1f, 1e-3f
#define SCALARS_adafactor_squares SCALARS_adafactor
static const pana_update plain = PLAIN(adafactor), full = FULL(adafactor), plain_reading = PLAIN(adafactor_squares),
                         full_reading = FULL(adafactor_squares);

/* ---- sums of the squares of rows and columns */

/* n elements that stand `stride` apart. unsure: a sign that rounding may turn. */
static total squares_of(const pana_update *u, const float *p, const float *g, int64_t n, int64_t stride, bool *unsure) {
  total t = {0};
  for (int64_t i = 0; i < n; i++) {
    step e = step_at(u, (double)p[i * stride], (double)g[i * stride]);
    *unsure = *unsure || e.unsure;
    add_square(&t, e.g);
  }
  return t;
}

static void squares_formula(const pana_update *u, const shape *s, const void *const *a, const wanted *w) {
  const float *p = a[0], *g = a[1];
  for (int64_t r = 0; r < all_rows(s); r++)
    for (int64_t k = 0; k < tiles(s); k++) {
      int64_t at = r * s->columns + k * 512, n = s->columns - k * 512 < 512 ? s->columns - k * 512 : 512;
      bool unsure = false;
      total t = squares_of(u, p + at, g + at, n, 1, &unsure);
      if (unsure)
        want(&w[2], r * tiles(s) + k, 0, UNCHECKED);
      else
        want_total(&w[2], r * tiles(s) + k, t, n);
    }
  for (int64_t i = 0; i < column_sums(s); i++) {
    int64_t column = i % s->columns, matrix = i / s->columns % s->depth, row = i / all_columns(s) * 64;
    int64_t at = (matrix * s->rows + row) * s->columns + column, n = s->rows - row < 64 ? s->rows - row : 64;
    bool unsure = false;
    total t = squares_of(u, p + at, g + at, n, s->columns, &unsure);
    /* one addition after the other */
    want(&w[3], i, t.value, unsure ? UNCHECKED : t.error + (double)n * (U * (t.value + t.error) + TINY));
  }
}

/* ---- the update */

static void matrix_formula(const pana_update *u, bool reads, const shape *s, const void *const *a, const wanted *w) {
  const float *p = a[0], *g = a[1], *rows = a[2], *columns = a[3], *average = a[4];
  for (int64_t from = 0; from < elements(s); from += 4096) {
    int64_t n = elements(s) - from < 4096 ? elements(s) - from : 4096;
    total squares[3] = {{0}};
    bool unsure = false;
    for (int64_t i = from; i < from + n; i++) {
      int64_t row = i / s->columns, column = row / s->rows * s->columns + i % s->columns;
      step e = step_at(u, (double)p[i], (double)g[i]);
      by_root(&e, times(exactly((double)rows[row]), exactly((double)columns[column])), u->scalar);
      unsure = unsure || e.unsure;
      add_square(&squares[0], times(exactly((double)g[i]), exactly((double)u->gradient_scale)));
      add_square(&squares[1], reads ? e.direction : minus(e.p, e.old));
      add_square(&squares[2], reads ? e.old : e.p);
      if (reads)
        continue;
      want_rounded(&w[0], i, e.p, e.unsure);
      if (u->clear_gradient)
        want(&w[1], i, 0, EXACT);
      want_rounded(&w[4], i, mix(u->average_keep, exactly((double)average[i]), u->average_fresh, e.p), e.unsure);
    }
    for (int k = 0; k < 3; k++)
      if (unsure && k > 0)
        want(&w[5], 3 * (from / 4096) + k, 0, UNCHECKED);
      else
        want_total(&w[5], 3 * (from / 4096) + k, squares[k], n);
  }
}

#define SQUARES_OF(how)                                                                                        \
  static void call_squares_##how(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) { \
    k->matrix_squares_f32(a[0], a[1], a[2], a[3], &how, s->depth, s->rows, s->columns, from, to);              \
  }                                                                                                            \
  ORACLE(squares_##how) { squares_formula(&how, s, a, w); }
SQUARES_OF(plain)
SQUARES_OF(full)

#define UPDATE_BY(how, READS)                                                                                 \
  static void call_update_##how(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) { \
    k->update_matrix_f32(a[0], a[1], a[2], a[3], a[4], a[5], &how, ratio, s->rows, s->columns, from, to);     \
  }                                                                                                           \
  ORACLE(update_##how) { matrix_formula(&how, READS, s, a, w); }
UPDATE_BY(plain, false)
UPDATE_BY(full, false)
UPDATE_BY(plain_reading, true)
UPDATE_BY(full_reading, true)

#define SQUARES(how)                                                                                  \
  {                                                                                                   \
    .kernel = "matrix_squares_f32", SHAPES(matrices), .units = all_tiles, .call = call_squares_##how, \
    .formula = squares_##how, .finite = true, .arrays = {                                             \
      {"parameter", IN, elements, -1, 1},                                                             \
      {"gradient", IN, elements, -1, 1},                                                              \
      {"row_sums", OUT, row_sums},                                                                    \
      {"column_sums", OUT, column_sums}                                                               \
    }                                                                                                 \
  }
#define UPDATE(how, ROLE, ...)                                                                                    \
  {                                                                                                               \
    .kernel = "update_matrix_f32", SHAPES(matrices), .units = elements, .grain = 4096, .call = call_update_##how, \
    .formula = update_##how, .finite = true, .arrays = {                                                          \
      {"parameter", ROLE, elements, -1, 1},                                                                       \
      {"gradient", ROLE, elements, -1, 1},                                                                        \
      {"row_roots", IN, all_rows, 0, 2},                                                                          \
      {"column_roots", IN, all_columns, 0, 1},                                                                    \
      __VA_ARGS__                                                                                                 \
    }                                                                                                             \
  }
#define BOTH \
  [4] = {"average", INOUT, elements, -1, 1, .nullable = true}, [5] = {"sums", OUT, three_sums, .nullable = true}

static const kernel_case cases[] = {
    SQUARES(plain),
    SQUARES(full),
    UPDATE(plain, INOUT, BOTH),
    UPDATE(full, INOUT, BOTH),
    UPDATE(plain_reading, IN, [5] = {"sums", OUT, three_sums}),
    UPDATE(full_reading, IN, [5] = {"sums", OUT, three_sums}),
};
const family matrix_family = {"matrix", cases, COUNT(cases)};
