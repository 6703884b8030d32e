/* Cases: losses of boxes. The formulas, with their tolerances, are in Java's BoxCases; here the tiers are compared. */
#include <math.h>

#include "support_case.h"

static const float scale = 1.0f / 3, epsilon = 1e-7f;

#define BOXES(n) \
  { .rows = n }
static const shape boxes[] = {BOXES(0), BOXES(1), BOXES(2), BOXES(15), BOXES(17), BOXES(64), BOXES(1000)};
LENGTH(box_count, s->rows)
LENGTH(edge_count, 4 * s->rows)

CALL(iou_f32, a[0], a[1], a[2], a[3], scale, epsilon, from, to)
CALL(giou_f32, a[0], a[1], a[2], a[3], scale, epsilon, from, to)
CALL(diou_f32, a[0], a[1], a[2], a[3], scale, epsilon, from, to)
CALL(ciou_f32, a[0], a[1], a[2], a[3], scale, epsilon, from, to)

/* Corners on a coarse grid, so that edges coincide, boxes touch, lie apart, are empty; SPECIAL ones hold NaN or inf. */
static void fill_boxes(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)s;
  float *x = data;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = random_bits(stream, (uint64_t)i);
    double fine = random_unit(~stream, (uint64_t)i);
    float edge = (float)(bits % 8) + (how == LARGE ? (float)fine : 0.0f) + (i % 4 < 2 ? 0.0f : 4.0f);
    static const float specials[] = {NAN, INFINITY, -INFINITY, 1e-40f, -0.0f, 1e30f};
    x[i] = how == SPECIAL && bits >> 8 & 1 ? specials[(bits >> 16) % COUNT(specials)] : edge;
  }
}

static bool has_nan(const float *box) { return isnan(box[0]) || isnan(box[1]) || isnan(box[2]) || isnan(box[3]); }

/* A NaN makes all of a box NaN; what else comes out is for the tiers to agree on. */
ORACLE(spoilt) {
  const float *prediction = a[0], *target = a[1];
  for (int64_t i = 0; i < s->rows; i++) {
    if (!has_nan(prediction + 4 * i) && !has_nan(target + 4 * i))
      continue;
    want(&w[3], i, NAN, EXACT);
    for (int64_t e = 4 * i; e < 4 * i + 4; e++)
      want(&w[2], e, NAN, EXACT);
  }
}

#define BOX_CASE(name)                                                                                       \
  {                                                                                                          \
    .kernel = #name "_f32", SHAPES(boxes), .units = box_count, .call = call_##name##_f32, .formula = spoilt, \
    .arrays = {                                                                                              \
      {"prediction", IN, edge_count, .fill = fill_boxes},                                                    \
      {"target", IN, edge_count, .fill = fill_boxes},                                                        \
      {"gradient", OUT, edge_count, .in_place = 1, .nullable = true},                                        \
      {"losses", OUT, box_count}                                                                             \
    }                                                                                                        \
  }

static const kernel_case cases[] = {BOX_CASE(iou), BOX_CASE(giou), BOX_CASE(diou), BOX_CASE(ciou)};
const family box_family = {"box", cases, COUNT(cases)};
