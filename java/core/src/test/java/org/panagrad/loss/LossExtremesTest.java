package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.call;
import static org.panagrad.loss.LossAssertions.filled;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** Predictions and targets at the ends of float: very large, infinite, denormal, and no numbers. */
class LossExtremesTest {
  private static final float NOT_WRITTEN = -77, HUGE = 3e38f, INF = Float.POSITIVE_INFINITY, NAN = Float.NaN,
      DENORMAL = 1e-40f;

  static List<Kernels> backends() {
    return Backends.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void logitsAtTheEnds(Kernels k) {
    float ln2 = (float) Math.log(2);
    for (float big : new float[]{1e4f, HUGE}) {
      assertElement(k, Losses.binaryCrossEntropy(), big, 1, 0, 0);
      assertElement(k, Losses.binaryCrossEntropy(), big, 0, big, 1);
      assertElement(k, Losses.binaryCrossEntropy(), -big, 1, big, -1);
      assertElement(k, Losses.binaryCrossEntropy(), -big, 0, 0, 0);
      assertElement(k, Losses.focal(2), big, 1, 0, 0);
      assertElement(k, Losses.focal(2), big, 0, big, 1);
      assertElement(k, Losses.hinge(), -big, 1, big + 1, -1);
      assertElement(k, Losses.meanAbsoluteError(), -big, 0, big, -1);
      assertElement(k, Losses.huber(1), big, 0, big - 0.5f, 1);
      assertElement(k, Losses.smoothL1(1), big, 0, big - 0.5f, 1);
      assertElement(k, Losses.logCosh(), -big, 0, big - ln2, -1);
      assertElement(k, Losses.quantile(0.25), big, 0, 0.75f * big, 0.75f);
      assertElement(k, Losses.wasserstein(), big, -1, big, 1);
      assertRow(k, Losses.softmaxCrossEntropy(), big, 0, 0, 0, 0, 0);
      assertRow(k, Losses.softmaxCrossEntropy(), big, 0, 1, big, 1, -1);
      assertRow(k, Losses.softmaxCrossEntropy(), 0, -big, 1, big, 1, -1);
      assertRow(k, Losses.softmaxCrossEntropy(), big, big, 0, ln2, -0.5f, 0.5f);
      assertRow(k, Losses.softmaxCrossEntropy(), -big, -big, 0, ln2, -0.5f, 0.5f);
      assertRow(k, Losses.focalSoftmax(2), big, 0, 0, 0, 0, 0);
      assertRow(k, Losses.focalSoftmax(2), big, 0, 1, big, 1, -1);
      assertRow(k, Losses.multiClassHinge(), big, 0, 1, big + 1, 1, -1);
      assertRow(k, Losses.entropy(), big, -big, 0, 0, 0, 0);
      assertRow(k, Losses.entropy(), big, big, 0, ln2, 0, 0);
      assertRow(k, Losses.nll(), 0, -big, 1, big, 0, -1);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void probabilitiesAtTheEnds(Kernels k) {
    ElementwiseLoss loss = Losses.binaryCrossEntropyOfProbabilities();
    assertElement(k, loss, 0, 0, 0, 0);
    assertElement(k, loss, 1, 1, 0, 0);
    assertElement(k, loss, 0, 1, 100, -1e12f); // PyTorch's bounds of the logarithm and of the divisor
    assertElement(k, loss, 1, 0, 100, 1e12f);
    assertElement(k, Losses.kullbackLeibler(), -INF, 0, 0, 0);
    assertElement(k, Losses.kullbackLeibler(), 0, 1, 0, -1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void denormals(Kernels k) {
    assertElement(k, Losses.meanAbsoluteError(), DENORMAL, 0, DENORMAL, 1);
    assertElement(k, Losses.meanAbsoluteError(), Float.MIN_VALUE, 0, Float.MIN_VALUE, 1);
    assertElement(k, Losses.leastSquares(), DENORMAL, 0, 0, DENORMAL);
    assertElement(k, Losses.wasserstein(), DENORMAL, -1, DENORMAL, 1);
    assertElement(k, Losses.logCosh(), DENORMAL, 0, 0, DENORMAL);
    assertElement(k, Losses.binaryCrossEntropy(), DENORMAL, 1, (float) Math.log(2), -0.5f);
    assertRow(k, Losses.nll(), -DENORMAL, 0, 0, DENORMAL, -1, 0);
    assertRow(k, Losses.softmaxCrossEntropy(), DENORMAL, -DENORMAL, 0, (float) Math.log(2), -0.5f, 0.5f);
  }

  /** Loss and derivative: exact, or a rounded function or two. */
  private static void assertElement(Kernels k, ElementwiseLoss loss, float x, float t, float expected, float slope) {
    float[] gradient = {NOT_WRITTEN}, losses = {NOT_WRITTEN};
    double value = call(k).of(new float[]{x}, new float[]{t}, gradient, 1, 1).losses(losses).evaluate(loss);
    String what = loss.describe() + " at " + x + ", " + t;
    assertEquals(expected, losses[0], within(expected), what);
    assertEquals(losses[0] + 0.0, value, what); // a sum begins with +0
    assertEquals(slope, gradient[0], within(slope), what);
  }

  private static double within(float expected) {
    return Float.isInfinite(expected) ? 0 : 4 * EPS * Math.abs(expected);
  }

  private static void assertRow(Kernels k, RowwiseLoss loss, float x0, float x1, int label, float expected, float g0,
      float g1) {
    float[] gradient = filled(2, NOT_WRITTEN), losses = {NOT_WRITTEN};
    double value = call(k).of(new float[]{x0, x1}, new int[]{label}, gradient, 1, 2).losses(losses).evaluate(
        loss.reduction(Reduction.SUM));
    String what = loss.describe() + " of " + x0 + ", " + x1 + ", label " + label;
    assertEquals(expected, losses[0], within(expected), what);
    assertEquals(losses[0] + 0.0, value, what); // a sum begins with +0
    assertArrayEquals(new float[]{g0, g1}, gradient, (float) (4 * EPS), what);
  }

  /** What is no number spoils its own row and the value, and no other row. */
  @ParameterizedTest
  @MethodSource("backends")
  void badRowsStayAlone(Kernels k) {
    for (float bad : new float[]{NAN, INF}) {
      float[] x = {0, 0, bad, 0, 0, 0}, gradient = new float[6], losses = new float[3];
      double value = call(k).of(x, new int[]{0, 1, 1}, gradient, 3, 2).losses(losses)
          .evaluate(Losses.softmaxCrossEntropy().reduction(Reduction.SUM));
      assertTrue(Double.isNaN(value));
      assertTrue(Float.isNaN(losses[1]) && Float.isNaN(gradient[2]) && Float.isNaN(gradient[3]));
      assertEquals(losses[0], losses[2]);
      assertArrayEquals(new float[]{-0.5f, 0.5f}, Arrays.copyOf(gradient, 2));
      assertArrayEquals(new float[]{0.5f, -0.5f}, Arrays.copyOfRange(gradient, 4, 6));
    }
    // minus infinity is a class that is ruled out
    assertRow(k, Losses.softmaxCrossEntropy(), -INF, 0, 1, 0, 0, 0);
    assertRow(k, Losses.softmaxCrossEntropy(), -INF, 0, 0, INF, -1, 1);
  }

  /** What the contracts of both losses say of squares and distances that no float holds. */
  @ParameterizedTest
  @MethodSource("backends")
  void whereFloatsEnd(Kernels k) {
    float[] x = {1e20f}, t = {0}, g = {NOT_WRITTEN};
    for (double alpha : new double[]{0, 1, 1.5}) {
      assertEquals(INF, call(k).of(x, t, g, 1, 1).evaluate(Losses.generalRobust(alpha, 1)));
      assertEquals(0, g[0]);
    }
    assertEquals(2, call(k).of(x, t, g, 1, 1).evaluate(Losses.generalRobust(-2, 1)), 4 * EPS);
    float[] logits = {HUGE, -HUGE}, gradient = new float[2];
    assertEquals(INF,
        call(k).of(logits, new int[]{0}, gradient, 1, 2).evaluate(Losses.softmaxCrossEntropy().labelSmoothing(0.1)));
    assertArrayEquals(new float[]{0.05f, -0.05f}, gradient, (float) (4 * EPS));
  }
}
