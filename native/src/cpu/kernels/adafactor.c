/* Adafactor: its rule, and what its matrices need, whose estimate is a product of rows and columns. See kernels.def. */
#include "update.h"

/* g over the root of its estimated square; a NaN in that is kept. */
static inline vf normal(vf g, vf root, const float *s) {
  vf least = vf_set(s[2]);
  return vf_div(g, vf_select(vf_lt(root, least), least, root));
}

static inline vf of_vector(element *e, const float *s) {
  e->state[0] = mix_square(s[0], e->state[0], s[1], e->gradient);
  return normal(e->gradient, vf_sqrt(e->state[0]), s);
}

RULE(adafactor) { e->parameter = descend(e->parameter, ratio, of_vector(e, s)); }
RULE_KERNEL(adafactor, 1)

RULE(matrix) { e->parameter = descend(e->parameter, ratio, normal(e->gradient, e->state[0], s)); }

/* matrix is a constant: whether the estimate is a product. */
static ALWAYS_INLINE void read_squares(bool matrix, const tensor *t, const pana_update *u, int64_t i, int n, squares *q,
                                       int k) {
  fetch_ahead(t, 0, i);
  vf p = vf_load_up_to(t->parameter + i, n), g = vf_mul(vf_load_up_to(t->gradient + i, n), vf_set(u->gradient_scale));
  element e = {.parameter = p, .gradient = followed(u, g, p)};
  e.state[0] = matrix ? product_of_factors(t->factors, i, n) : vf_load_up_to(t->state[0] + i, n);
  vf x = matrix ? normal(e.gradient, e.state[0], u->scalar) : of_vector(&e, u->scalar);
  /* absent lanes may hold 0 / 0 */
  x = n == LANES ? x : vf_select(vm_first(n), x, vf_zero());
  q->gradient.lane[k] = vf_fma(g, g, q->gradient.lane[k]);
  q->change.lane[k] = vf_fma(x, x, q->change.lane[k]);
  q->parameter.lane[k] = vf_fma(p, p, q->parameter.lane[k]);
}

static ALWAYS_INLINE void squares_of_vector(const tensor *t, const pana_update *u, int64_t i, int n, squares *q,
                                            int k) {
  read_squares(false, t, u, i, n, q, k);
}

static ALWAYS_INLINE void squares_of_matrix(const tensor *t, const pana_update *u, int64_t i, int n, squares *q,
                                            int k) {
  read_squares(true, t, u, i, n, q, k);
}

KERNEL(adafactor_squares_f32) PANA_UPDATE {
  const tensor t = {parameter, gradient, {a, b, c}, average, 0};
  (void)ratio;
  read_blocks(squares_of_vector, &t, update, sums, from, to);
}

KERNEL(update_matrix_f32)
(float *parameter, float *gradient, const float *row_roots, const float *column_roots, float *average, float *sums,
 const pana_update *update, float ratio, int64_t rows, int64_t columns, int64_t from, int64_t to) {
  if (from >= to)
    return;
  int64_t row = from / columns;
  factors f = {row_roots + row, column_roots + row / rows * columns, rows, columns, row % rows, row * columns};
  const tensor t = {parameter, gradient, {0}, average, &f};
  if (update->rule == PANA_RULE_adafactor_squares)
    read_blocks(squares_of_matrix, &t, update, sums, from, to);
  else
    update_with(matrix_rule, FACTORED, &t, sums, update, ratio, from, to);
}

/* ---- sums of squares of rows and columns */

enum { TILE_ROWS = 64, TILE_COLUMNS = 512 };

/* g of n lanes. */
static inline vf gradient_lanes(const pana_update *u, const float *parameter, const float *gradient, int n) {
  vf g = vf_mul(vf_load_up_to(gradient, n), vf_set(u->gradient_scale));
  vf p = u->l1 != 0 || u->l2 != 0 ? vf_load_up_to(parameter, n) : vf_zero();
  return followed(u, g, p);
}

static inline void add_lanes(const pana_update *u, const float *parameter, const float *gradient, float *sums, int n,
                             bool first, partials *row, int k) {
  vf g = gradient_lanes(u, parameter, gradient, n);
  row->lane[k] = vf_fma(g, g, row->lane[k]);
  vf_store_up_to(sums, n, vf_fma(g, g, first ? vf_zero() : vf_load_up_to(sums, n)));
}

/*
 * A row of a tile: returns its sum, and adds to those of the columns, which begin with the first row. The next row,
 * behind which the processor does not see, is fetched meanwhile.
 */
static inline float add_row(const pana_update *u, const float *parameter, const float *gradient, float *sums,
                            int64_t columns, int64_t stride, bool first) {
  partials row = partials_zero();
  int64_t c = 0;
  for (; c + PANA_PARTIALS <= columns; c += PANA_PARTIALS)
    for (int k = 0; k < 4; k++) {
      prefetch(gradient + c + k * LANES + stride);
      add_lanes(u, parameter + c + k * LANES, gradient + c + k * LANES, sums + c + k * LANES, LANES, first, &row, k);
    }
  for (int k = 0; c < columns; c += LANES, k++)
    add_lanes(u, parameter + c, gradient + c, sums + c, first_lanes(columns - c), first, &row, k);
  return partials_tree(row);
}

KERNEL(matrix_squares_f32)
(const float *parameter, const float *gradient, float *row_sums, float *column_sums, const pana_update *update,
 int64_t matrices, int64_t rows, int64_t columns, int64_t from, int64_t to) {
  const pana_update u = *update;
  const int64_t blocks = (rows + TILE_ROWS - 1) / TILE_ROWS, tiles = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  for (int64_t i = from; i < to; i++) {
    int64_t tile = i % tiles, block = i / tiles % blocks, matrix = i / tiles / blocks;
    int64_t row = block * TILE_ROWS, last = rows - row < TILE_ROWS ? rows : row + TILE_ROWS;
    int64_t column = tile * TILE_COLUMNS, width = columns - column < TILE_COLUMNS ? columns - column : TILE_COLUMNS;
    float *sums = column_sums + (block * matrices + matrix) * columns + column;
    for (int64_t r = row; r < last; r++) {
      int64_t at = (matrix * rows + r) * columns + column;
      row_sums[(matrix * rows + r) * tiles + tile] =
          add_row(&u, parameter + at, gradient + at, sums, width, columns, r == row);
    }
  }
}
