/* Losses of boxes: one driver, one inline function (prediction, target) -> (loss, gradient) each. */
#include "derived.h"
#include "kernel.h"

/* A box's edges are x1, y1, x2, y2: edge e is the low (e < 2) or high one of axis e % 2. */
enum { EDGES = 4 };

static inline int axis_of(int edge) { return edge % 2; }
static inline int across(int edge) { return 1 - edge % 2; }

/* Prediction and target, measured. */
typedef struct {
  float size[2], inside[2], around[2]; /* along each axis: prediction, intersection, smallest box around both */
  float target[2], apart[2];           /* target's size; from its centre to the prediction's */
  float inner[EDGES], outer[EDGES];    /* derivatives of inside and around by the prediction's edges */
  float joint, joint_divisor, iou;     /* area of the union */
} measures;

/* The derivative of the greater of a and b by a: at a tie half, so that the gradient favours neither side. */
static inline float lead(float a, float b) { return a > b ? 1.0f : a == b ? 0.5f : 0.0f; }

static inline measures measure(const float *prediction, const float *target, float epsilon) {
  measures m;
  for (int axis = 0; axis < 2; axis++) {
    float low = prediction[axis], high = prediction[axis + 2];
    float target_low = target[axis], target_high = target[axis + 2];
    m.size[axis] = high - low;
    m.target[axis] = target_high - target_low;
    m.inside[axis] = (high < target_high ? high : target_high) - (low > target_low ? low : target_low);
    m.around[axis] = (high > target_high ? high : target_high) - (low < target_low ? low : target_low);
    m.apart[axis] = ((high + low) - (target_high + target_low)) * 0.5f;
    m.inner[axis] = -lead(low, target_low);
    m.inner[axis + 2] = lead(target_high, high);
    m.outer[axis] = -lead(target_low, low);
    m.outer[axis + 2] = lead(high, target_high);
  }
  if (!(m.inside[0] > 0 && m.inside[1] > 0))
    m.inside[0] = m.inside[1] = 0;
  float overlap = m.inside[0] * m.inside[1];
  m.joint = m.size[0] * m.size[1] + m.target[0] * m.target[1] - overlap;
  m.joint_divisor = m.joint + epsilon;
  m.iou = overlap / m.joint_divisor;
  return m;
}

static inline float overlap_slope(const measures *m, int edge) { return m->inside[across(edge)] * m->inner[edge]; }

static inline float joint_slope(const measures *m, int edge) {
  float size = m->size[across(edge)];
  return (edge < 2 ? -size : size) - overlap_slope(m, edge);
}

static inline float iou_slope(const measures *m, int edge) {
  return (overlap_slope(m, edge) - m->iou * joint_slope(m, edge)) / m->joint_divisor;
}

static inline float iou_loss(const measures *m, float epsilon, float *gradient) {
  (void)epsilon;
  for (int edge = 0; gradient && edge < EDGES; edge++)
    gradient[edge] = -iou_slope(m, edge);
  return 1.0f - m->iou;
}

static inline float giou_loss(const measures *m, float epsilon, float *gradient) {
  float area = m->around[0] * m->around[1], divisor = area + epsilon;
  float waste = (area - m->joint) / divisor;
  for (int edge = 0; gradient && edge < EDGES; edge++) {
    float area_slope = m->around[across(edge)] * m->outer[edge];
    gradient[edge] = (area_slope - joint_slope(m, edge) - waste * area_slope) / divisor - iou_slope(m, edge);
  }
  return 1.0f - (m->iou - waste);
}

static inline float diou_loss(const measures *m, float epsilon, float *gradient) {
  float diagonal = m->around[0] * m->around[0] + m->around[1] * m->around[1] + epsilon;
  float distance = (m->apart[0] * m->apart[0] + m->apart[1] * m->apart[1]) / diagonal;
  for (int edge = 0; gradient && edge < EDGES; edge++) {
    float diagonal_slope = 2.0f * m->around[axis_of(edge)] * m->outer[edge];
    gradient[edge] = (m->apart[axis_of(edge)] - distance * diagonal_slope) / diagonal - iou_slope(m, edge);
  }
  return 1.0f - m->iou + distance;
}

/* 4 / pi^2: makes a quarter of a turn 1. */
#define SHAPE 0x1.9f02f6p-2f

static inline float ciou_loss(const measures *m, float epsilon, float *gradient) {
  float loss = diou_loss(m, epsilon, gradient);
  float width = m->size[0], height = m->size[1];
  float angles[LANES] = {width / height, m->target[0] / m->target[1]};
  vf_spread(angles, vf_atan(vf_load(angles)));
  float turn = angles[1] - angles[0], shape = SHAPE * turn * turn;
  float weight = shape / (1.0f - m->iou + shape + epsilon);
  float steep = weight * (2.0f * SHAPE * turn / (width * width + height * height));
  for (int edge = 0; gradient && edge < EDGES; edge++) {
    float by_size = axis_of(edge) == 0 ? -height * steep : width * steep;
    gradient[edge] += edge < 2 ? -by_size : by_size;
  }
  return loss + weight * shape;
}

typedef float box_loss(const measures *m, float epsilon, float *gradient);

static inline void each_box(box_loss *loss, const float *prediction, const float *target, float *gradient,
                            float *losses, float scale, float epsilon, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    float slopes[EDGES];
    measures m = measure(prediction + EDGES * i, target + EDGES * i, epsilon);
    lanes_meet(); /* gradient may be prediction */
    losses[i] = loss(&m, epsilon, gradient ? slopes : 0);
    for (int edge = 0; gradient && edge < EDGES; edge++)
      gradient[EDGES * i + edge] = slopes[edge] * scale;
  }
}

#define BOX_KERNEL(name)                                                                                     \
  KERNEL(name##_f32)                                                                                         \
  (const float *prediction, const float *target, float *gradient, float *losses, float scale, float epsilon, \
   int64_t from, int64_t to) {                                                                               \
    each_box(name##_loss, prediction, target, gradient, losses, scale, epsilon, from, to);                   \
  }

BOX_KERNEL(iou)
BOX_KERNEL(giou)
BOX_KERNEL(diou)
BOX_KERNEL(ciou)
