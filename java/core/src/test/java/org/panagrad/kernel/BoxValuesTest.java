package org.panagrad.kernel;

import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jspecify.annotations.Nullable;

/** What the contract says of identical, touching, disjoint, empty and broken boxes, on every backend. */
@Tag("width")
class BoxValuesTest {
  private static final long SEED = 6;
  private static final float EPSILON = 1e-7f;
  private static final float[] UNIT = {0, 0, 1, 1};

  static List<Kernels> backends() {
    return Backends.all();
  }

  @FunctionalInterface
  private interface Loss {
    void on(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, MemorySegment losses,
        float scale, float epsilon, long from, long to);
  }

  /** A box's loss and gradient. */
  private static void assertLoss(Loss loss, float[] prediction, float[] target, float expected, float... gradient) {
    float[] got = new float[4], losses = new float[1];
    loss.on(MemorySegment.ofArray(prediction), MemorySegment.ofArray(target), MemorySegment.ofArray(got),
        MemorySegment.ofArray(losses), 1, EPSILON, 0, 1);
    assertEquals(expected, losses[0]);
    // 0 and -0 are one here
    assertArrayEquals(gradient, got, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void identicalBoxesHaveHalfTheGradientOfEachSide(Kernels k) {
    // each edge moves the overlap by 1/2 and the union by the other half; epsilon keeps these from cancelling
    float iou = 1 / (1 + EPSILON), outward = (0.5f - iou * 0.5f) / (1 + EPSILON);
    for (Loss loss : List.<Loss>of(k::iou, k::diou, k::ciou)) {
      assertLoss(loss, UNIT, UNIT, 1 - iou, outward, outward, -outward, -outward);
    }
    // the outer box moves by half as well, and so exactly as the union
    assertLoss(k::giou, UNIT, UNIT, 1 - iou, outward, outward, -outward, -outward);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void touchingAndDisjointBoxes(Kernels k) {
    float[] touching = {1, 0, 2, 1}, far = {3, 0, 4, 1};
    assertLoss(k::iou, touching, UNIT, 1, 0, 0, 0, 0);
    assertLoss(k::iou, far, UNIT, 1, 0, 0, 0, 0);
    // the box around both has area 4, of which 2 is empty; edges y coincide, and move it by half
    float[] giou = gradient(k::giou, far, UNIT);
    assertEquals(slope(4, 2, 0, -1), giou[0], 1e-6f);
    assertEquals(slope(4, 2, 1, 1), giou[2], 1e-6f);
    assertEquals(slope(4, 2, -4 * 0.5f, -1), giou[1], 1e-6f);
    // centres 3 apart, diagonal^2 = 17: moving either edge moves the centre by half
    float[] diou = gradient(k::diou, far, UNIT);
    assertEquals(3 / 17f, diou[0], 1e-6f);
    assertEquals(3 / 17f - 9 / 17f * 8 / 17f, diou[2], 1e-6f);
  }

  /** The derivative of (c - u) / c by an edge that changes c and u so. */
  private static float slope(float c, float u, float changeOfC, float changeOfU) {
    return (changeOfC - changeOfU) / c - (c - u) * changeOfC / (c * c);
  }

  private static float[] gradient(Loss loss, float[] prediction, float[] target) {
    float[] gradient = new float[4];
    loss.on(MemorySegment.ofArray(prediction), MemorySegment.ofArray(target), MemorySegment.ofArray(gradient),
        MemorySegment.ofArray(new float[1]), 1, EPSILON, 0, 1);
    return gradient;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void boxesWithoutArea(Kernels k) {
    float[] point = {0.5f, 0.5f, 0.5f, 0.5f}, line = {0, 0.5f, 1, 0.5f};
    assertLoss(k::iou, point, UNIT, 1, 0, 0, 0, 0);
    assertLoss(k::iou, point, point, 1, 0, 0, 0, 0);
    assertLoss(k::giou, point, point, 1, 0, 0, 0, 0);
    assertLoss(k::diou, point, UNIT, 1, 0, 0, 0, 0);
    assertLoss(k::ciou, point, UNIT, NaN, NaN, NaN, NaN, NaN);
    // the angle of a line is pi / 2, that of a square pi / 4: v = 1 / 4, alpha = 1 / 5
    float[] losses = new float[1];
    k.ciou(MemorySegment.ofArray(line), MemorySegment.ofArray(UNIT), null, MemorySegment.ofArray(losses), 1, EPSILON, 0,
        1);
    assertEquals(1.05f, losses[0], 1e-6f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aNaNSpoilsItsBoxAlone(Kernels k) {
    for (Loss loss : List.<Loss>of(k::iou, k::giou, k::diou, k::ciou)) {
      for (int edge = 0; edge < 8; edge++) {
        float[] two = {0, 0, 1, 1, 0, 0, 1, 1}, other = {0, 0, 2, 3, 0, 0, 2, 3}, gradient = new float[8];
        (edge < 4 ? two : other)[edge % 4] = NaN;
        float[] losses = new float[2];
        loss.on(MemorySegment.ofArray(two), MemorySegment.ofArray(other), MemorySegment.ofArray(gradient),
            MemorySegment.ofArray(losses), 1, EPSILON, 0, 2);
        for (int i = 0; i < 4; i++) {
          assertEquals(NaN, gradient[i]);
          assertEquals(true, Float.isFinite(gradient[4 + i]));
        }
        assertEquals(NaN, losses[0]);
        assertEquals(true, Float.isFinite(losses[1]));
      }
    }
    float[] losses = new float[1];
    k.iou(MemorySegment.ofArray(new float[]{0, 0, POSITIVE_INFINITY, 1}), MemorySegment.ofArray(UNIT), null,
        MemorySegment.ofArray(losses), 1, EPSILON, 0, 1);
    assertEquals(1, losses[0]); // 1 / inf
  }

  /** By finite differences of the formula in double, alpha being what it is at the box. */
  @ParameterizedTest
  @MethodSource("backends")
  void completeGradientTakesAlphaAsConstant(Kernels k) {
    Random random = new Random(SEED);
    for (int trial = 0; trial < 100; trial++) {
      float[] prediction = random(random), target = random(random), gradient = gradient(k::ciou, prediction, target);
      double alpha = alpha(prediction, target), step = 1e-6;
      for (int edge = 0; edge < 4; edge++) {
        double[] above = new double[4], below = new double[4];
        for (int i = 0; i < 4; i++) {
          above[i] = prediction[i] + (i == edge ? step : 0);
          below[i] = prediction[i] - (i == edge ? step : 0);
        }
        double derivative = (complete(above, target, alpha) - complete(below, target, alpha)) / (2 * step);
        assertEquals(derivative, gradient[edge], 1e-5 * (1 + Math.abs(derivative)),
            "seed " + SEED + ", trial " + trial);
      }
    }
  }

  private static float[] random(Random random) {
    return new float[]{random.nextFloat(), random.nextFloat(), 2 + random.nextFloat(), 3 + random.nextFloat()};
  }

  private static double alpha(float[] p, float[] t) {
    double[] prediction = {p[0], p[1], p[2], p[3]};
    double shape = shape(prediction, t);
    return shape / (1 - iou(prediction, t) + shape + EPSILON);
  }

  private static double shape(double[] p, float[] t) {
    double turn = StrictMath.atan(((double) t[2] - t[0]) / ((double) t[3] - t[1]))
        - StrictMath.atan((p[2] - p[0]) / (p[3] - p[1]));
    return 4 / (Math.PI * Math.PI) * turn * turn;
  }

  private static double iou(double[] p, float[] t) {
    double overlap = (Math.min(p[2], t[2]) - Math.max(p[0], t[0])) * (Math.min(p[3], t[3]) - Math.max(p[1], t[1]));
    double both = (p[2] - p[0]) * (p[3] - p[1]) + ((double) t[2] - t[0]) * ((double) t[3] - t[1]);
    return overlap / (both - overlap + EPSILON);
  }

  private static double complete(double[] p, float[] t, double alpha) {
    double width = Math.max(p[2], t[2]) - Math.min(p[0], t[0]), height = Math.max(p[3], t[3]) - Math.min(p[1], t[1]);
    double x = (p[0] + p[2] - t[0] - t[2]) / 2, y = (p[1] + p[3] - t[1] - t[3]) / 2;
    return 1 - iou(p, t) + (x * x + y * y) / (width * width + height * height + EPSILON) + alpha * shape(p, t);
  }
}
