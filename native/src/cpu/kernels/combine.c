/* Functions of two elements, by their number, whose operands may be spread over rows or columns. */
#include "kernel.h"

/*
 * Along n elements, a multiple of LANES. An operand's step to the next LANES elements is LANES, or 0 where it is one
 * number, LANES times.
 */

/* dy where m, half of it at a tie, else 0. */
static inline vf taken(vm m, vf a, vf b, vf dy) {
  return vf_select(m, dy, vf_select(vf_eq(a, b), vf_mul(vf_set(0.5f), dy), vf_zero()));
}

/* dy but where m; half of it at a tie. */
static inline vf not_taken(vm m, vf a, vf b, vf dy) {
  return vf_select(m, vf_zero(), vf_select(vf_eq(a, b), vf_mul(vf_set(0.5f), dy), dy));
}

/* A function of a and b, and the gradients of a and of b. */
#define BINARY(name, value, by_a, by_b)                                                                        \
  FUNCTION void name##_values(const float *left, int64_t a_step, const float *right, int64_t b_step, float *y, \
                              int64_t n) {                                                                     \
    for (int64_t i = 0; i < n; i += LANES, left += a_step, right += b_step) {                                  \
      vf a = vf_load(left), b = vf_load(right);                                                                \
      vf_store(y + i, value);                                                                                  \
    }                                                                                                          \
  }                                                                                                            \
  FUNCTION void name##_gradient(const float *left, int64_t a_step, const float *right, int64_t b_step,         \
                                const float *gradient, float *da, float *db, int64_t n) {                      \
    for (int64_t i = 0; i < n; i += LANES, left += a_step, right += b_step) {                                  \
      vf a = vf_load(left), b = vf_load(right), dy = vf_load(gradient + i);                                    \
      (void)a, (void)b, (void)dy;                                                                              \
      if (da)                                                                                                  \
        vf_store(da + i, by_a);                                                                                \
      if (db)                                                                                                  \
        vf_store(db + i, by_b);                                                                                \
    }                                                                                                          \
  }

BINARY(add, vf_add(a, b), dy, dy)
BINARY(subtract, vf_sub(a, b), dy, vf_negate(dy))
BINARY(multiply, vf_mul(a, b), vf_mul(dy, b), vf_mul(dy, a))
BINARY(divide, vf_div(a, b), vf_div(dy, b), vf_negate(vf_mul(vf_div(dy, b), vf_div(a, b))))
BINARY(maximum, vf_max(a, b), taken(vf_lt(b, a), a, b, dy), not_taken(vf_lt(b, a), a, b, dy))
BINARY(minimum, vf_min(a, b), taken(vf_lt(a, b), a, b, dy), not_taken(vf_lt(a, b), a, b, dy))
BINARY(less, vf_select(vf_lt(a, b), vf_set(1.0f), vf_zero()), vf_zero(), vf_zero())

#define VALUES_CASE(name) \
  case PANA_BINARY_##name: name##_values(a, a_step, b, b_step, y, n); break;

FUNCTION void values(int32_t function, const float *a, int64_t a_step, const float *b, int64_t b_step, float *y,
                     int64_t n) {
  switch (function) {
    PANA_BINARY_FUNCTIONS(VALUES_CASE)
  default: break;
  }
}

#define GRADIENT_CASE(name) \
  case PANA_BINARY_##name: name##_gradient(a, a_step, b, b_step, dy, da, db, n); break;

FUNCTION void gradients(int32_t function, const float *a, int64_t a_step, const float *b, int64_t b_step,
                        const float *dy, float *da, float *db, int64_t n) {
  switch (function) {
    PANA_BINARY_FUNCTIONS(GRADIENT_CASE)
  default: break;
  }
}

/* An operand, and where it stands in a row. */
typedef struct {
  const float *data, *row;
  int32_t spread;
  int64_t columns, step;
  float number[LANES];
} operand;

FUNCTION void repeat(operand *o, float number) {
  vf_store(o->number, vf_set(number));
  o->row = o->number;
  o->step = 0;
}

/* In a single column numbers for each row are all elements, and those for each column one number. */
FUNCTION int32_t spread_of(int32_t spread, int64_t columns) {
  if (columns != 1)
    return spread;
  return spread == PANA_SPREAD_PER_ROW      ? PANA_SPREAD_FULL
         : spread == PANA_SPREAD_PER_COLUMN ? PANA_SPREAD_SCALAR
                                            : spread;
}

FUNCTION void operand_of(operand *o, const float *data, int32_t spread, int64_t columns) {
  o->data = o->row = data;
  o->spread = spread;
  o->columns = columns;
  o->step = LANES;
  if (spread == PANA_SPREAD_SCALAR)
    repeat(o, data[0]);
}

FUNCTION void move_to(operand *o, int64_t r) {
  if (o->spread == PANA_SPREAD_FULL)
    o->row = o->data + r * o->columns;
  else if (o->spread == PANA_SPREAD_PER_ROW)
    repeat(o, o->data[r]);
}

/* What follows n elements of the row, up to LANES; elsewhere, so that a whole vector may be read. */
FUNCTION const float *rest(const operand *o, int64_t n, int left, float *lane) {
  if (!o->step)
    return o->number;
  vf_store(lane, vf_load_first(o->row + n, left));
  return lane;
}

FUNCTION void values_of_row(int32_t function, const operand *a, const operand *b, float *y, int64_t n) {
  int left = (int)(n % LANES);
  n -= left;
  values(function, a->row, a->step, b->row, b->step, y, n);
  if (left) {
    float in[2][LANES], out[LANES];
    values(function, rest(a, n, left, in[0]), 0, rest(b, n, left, in[1]), 0, out, LANES);
    vf_store_first(y + n, left, vf_load(out));
  }
}

FUNCTION void gradient_of_row(int32_t function, const operand *a, const operand *b, const float *dy, float *da,
                              float *db, int64_t n) {
  int left = (int)(n % LANES);
  n -= left;
  gradients(function, a->row, a->step, b->row, b->step, dy, da, db, n);
  if (left) {
    float in[3][LANES], out[2][LANES];
    vf_store(in[2], vf_load_first(dy + n, left));
    gradients(function, rest(a, n, left, in[0]), 0, rest(b, n, left, in[1]), 0, in[2], out[0], out[1], LANES);
    if (da)
      vf_store_first(da + n, left, vf_load(out[0]));
    if (db)
      vf_store_first(db + n, left, vf_load(out[1]));
  }
}

/* Whether one row ends where the next begins, and nothing changes between them. */
FUNCTION bool even(int32_t spread) { return spread == PANA_SPREAD_FULL || spread == PANA_SPREAD_SCALAR; }

/* Rows as they are, or all in one. */
typedef struct {
  operand a, b;
  int64_t from, to, columns;
} operands;

FUNCTION void operands_of(operands *o, const float *a, const float *b, int32_t a_spread, int32_t b_spread,
                          int64_t columns, int64_t from, int64_t to) {
  a_spread = spread_of(a_spread, columns);
  b_spread = spread_of(b_spread, columns);
  operand_of(&o->a, a, a_spread, columns);
  operand_of(&o->b, b, b_spread, columns);
  bool together = from < to && even(a_spread) && even(b_spread);
  o->from = from;
  o->to = together ? from + 1 : to;
  o->columns = together ? columns * (to - from) : columns;
}

KERNEL(combine_f32)
(const float *a, const float *b, float *y, int32_t function, int32_t a_spread, int32_t b_spread, int64_t columns,
 int64_t from, int64_t to) {
  operands o;
  operands_of(&o, a, b, a_spread, b_spread, columns, from, to);
  for (int64_t r = o.from; r < o.to; r++) {
    move_to(&o.a, r);
    move_to(&o.b, r);
    values_of_row(function, &o.a, &o.b, y + r * columns, o.columns);
  }
}

KERNEL(combine_backward_f32)
(const float *a, const float *b, const float *dy, float *da, float *db, int32_t function, int32_t a_spread,
 int32_t b_spread, int64_t columns, int64_t from, int64_t to) {
  operands o;
  operands_of(&o, a, b, a_spread, b_spread, columns, from, to);
  for (int64_t r = o.from; r < o.to; r++) {
    move_to(&o.a, r);
    move_to(&o.b, r);
    int64_t start = r * columns;
    gradient_of_row(function, &o.a, &o.b, dy + start, da ? da + start : 0, db ? db + start : 0, o.columns);
  }
}
