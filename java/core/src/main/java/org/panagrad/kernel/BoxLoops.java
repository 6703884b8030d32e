package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * {@link BoxKernels} in plain Java: prediction and target of one box, measured, and what follows from that. One object
 * per thread, so that nothing is allocated.
 *
 * <p>A box's edges are x1, y1, x2, y2: edge e is the low (e &lt; 2) or high one of axis e % 2.
 */
final class BoxLoops {
  private static final ThreadLocal<BoxLoops> OF_THREAD = ThreadLocal.withInitial(BoxLoops::new);
  private static final int EDGES = 4;
  /** 4 / pi^2: makes a quarter of a turn 1. */
  private static final float SHAPE = 0x1.9f02f6p-2f;

  /** A loss of the measured box; it leaves the derivatives in slope. */
  @FunctionalInterface
  interface Loss {
    float of(BoxLoops box, float epsilon);
  }

  static final Loss IOU = BoxLoops::iouLoss, GIOU = BoxLoops::giouLoss, DIOU = BoxLoops::diouLoss,
      CIOU = BoxLoops::ciouLoss;

  /**
   * Along each axis: prediction, target, intersection, smallest box around both; from target's centre to prediction's.
   */
  private final float[] size = new float[2], targetSize = new float[2], inside = new float[2], around = new float[2],
      apart = new float[2];
  /** Derivatives by the prediction's edges: of inside, of around, of the loss. */
  private final float[] inner = new float[EDGES], outer = new float[EDGES], slope = new float[EDGES];
  /** Area of the union. */
  private float joint, jointDivisor, iou;

  private BoxLoops() {
  }

  static void each(Loss loss, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxLoops box = OF_THREAD.get();
    for (long i = from; i < to; i++) {
      box.measure(prediction, target, EDGES * i, epsilon);
      set(losses, i, loss.of(box, epsilon));
      for (int edge = 0; gradient != null && edge < EDGES; edge++) {
        set(gradient, EDGES * i + edge, box.slope[edge] * scale);
      }
    }
  }

  /** The derivative of the greater of a and b by a: at a tie half, so that the gradient favours neither side. */
  private static float lead(float a, float b) {
    return a > b ? 1 : a == b ? 0.5f : 0;
  }

  private void measure(MemorySegment prediction, MemorySegment target, long first, float epsilon) {
    for (int axis = 0; axis < 2; axis++) {
      float low = get(prediction, first + axis), high = get(prediction, first + axis + 2);
      float targetLow = get(target, first + axis), targetHigh = get(target, first + axis + 2);
      size[axis] = high - low;
      targetSize[axis] = targetHigh - targetLow;
      inside[axis] = (high < targetHigh ? high : targetHigh) - (low > targetLow ? low : targetLow);
      around[axis] = (high > targetHigh ? high : targetHigh) - (low < targetLow ? low : targetLow);
      apart[axis] = (high + low - (targetHigh + targetLow)) * 0.5f;
      inner[axis] = -lead(low, targetLow);
      inner[axis + 2] = lead(targetHigh, high);
      outer[axis] = -lead(targetLow, low);
      outer[axis + 2] = lead(high, targetHigh);
    }
    if (!(inside[0] > 0 && inside[1] > 0)) {
      inside[0] = 0;
      inside[1] = 0;
    }
    float overlap = inside[0] * inside[1];
    joint = size[0] * size[1] + targetSize[0] * targetSize[1] - overlap;
    jointDivisor = joint + epsilon;
    iou = overlap / jointDivisor;
  }

  private static int axis(int edge) {
    return edge % 2;
  }

  private static int across(int edge) {
    return 1 - edge % 2;
  }

  private float overlapSlope(int edge) {
    return inside[across(edge)] * inner[edge];
  }

  private float jointSlope(int edge) {
    float length = size[across(edge)];
    return (edge < 2 ? -length : length) - overlapSlope(edge);
  }

  private float iouSlope(int edge) {
    return (overlapSlope(edge) - iou * jointSlope(edge)) / jointDivisor;
  }

  private float iouLoss(float epsilon) {
    for (int edge = 0; edge < EDGES; edge++) {
      slope[edge] = -iouSlope(edge);
    }
    return 1 - iou;
  }

  private float giouLoss(float epsilon) {
    float area = around[0] * around[1], divisor = area + epsilon;
    float waste = (area - joint) / divisor;
    for (int edge = 0; edge < EDGES; edge++) {
      float areaSlope = around[across(edge)] * outer[edge];
      slope[edge] = (areaSlope - jointSlope(edge) - waste * areaSlope) / divisor - iouSlope(edge);
    }
    return 1 - (iou - waste);
  }

  private float diouLoss(float epsilon) {
    float diagonal = around[0] * around[0] + around[1] * around[1] + epsilon;
    float distance = (apart[0] * apart[0] + apart[1] * apart[1]) / diagonal;
    for (int edge = 0; edge < EDGES; edge++) {
      float diagonalSlope = 2 * around[axis(edge)] * outer[edge];
      slope[edge] = (apart[axis(edge)] - distance * diagonalSlope) / diagonal - iouSlope(edge);
    }
    return 1 - iou + distance;
  }

  private float ciouLoss(float epsilon) {
    float loss = diouLoss(epsilon);
    float width = size[0], height = size[1];
    float turn = Elementary.atan(targetSize[0] / targetSize[1]) - Elementary.atan(width / height);
    float shape = SHAPE * turn * turn;
    float weight = shape / (1 - iou + shape + epsilon);
    float steep = weight * (2 * SHAPE * turn / (width * width + height * height));
    for (int edge = 0; edge < EDGES; edge++) {
      float bySize = axis(edge) == 0 ? -height * steep : width * steep;
      slope[edge] += edge < 2 ? -bySize : bySize;
    }
    return loss + weight * shape;
  }
}
