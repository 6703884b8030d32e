package org.panagrad.kernel;

import static java.lang.Float.NEGATIVE_INFINITY;
import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gaussians and penalties at the places where something changes, and with bad arguments, on every backend. */
@Tag("width")
class GaussianValuesTest {
  private static final float LN_MAX = 88.72284f;

  static List<Kernels> backends() {
    return Backends.all();
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  /** Elements of that many floats with a value that is seen if it is overwritten. */
  private static float[] sevens(int n) {
    float[] x = new float[n];
    java.util.Arrays.fill(x, 7);
    return x;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nll(Kernels k) {
    // below epsilon, at it, -0, infinite, NaN; an error whose square overflows; an infinite and a NaN error
    float[] mean = {2, 2, 2, 1, 1, 1e30f, POSITIVE_INFINITY, NaN}, target = {1, 1, 1, 0, 0, 0, 0, 0};
    float[] variance = {0, 1, -0.0f, POSITIVE_INFINITY, NaN, Float.MAX_VALUE, 1, 1};
    float[] byMean = sevens(8), byVariance = sevens(8), losses = sevens(8), sums = sevens(1);
    k.gaussianNll(of(mean), of(variance), of(target), of(byMean), of(byVariance), of(losses), of(sums), 1, 0, 2, 0, 8);
    float quotient = 1e30f / Float.MAX_VALUE, square = 1e30f * quotient;
    assertArrayEquals(new float[]{2, 2, 2, 0, NaN, 2 * quotient, POSITIVE_INFINITY, NaN}, byMean);
    assertArrayEquals(new float[]{0, 0, 0, 0, NaN, (1 - square) / Float.MAX_VALUE, NEGATIVE_INFINITY, NaN}, byVariance);
    assertArrayEquals(new float[]{0.5f, 0.5f, 0.5f, POSITIVE_INFINITY, NaN, (LN_MAX + square) / 2, POSITIVE_INFINITY,
        NaN}, losses, 1e16f);
    assertEquals(NaN, sums[0]);
    k.gaussianNll(of(mean), of(variance), of(target), null, null, of(losses), of(sums), 0.25f, 4, 1, 0, 1);
    assertEquals((float) ((Math.log(0.25) + 4 + 4) / 2), losses[0], 1e-6f);
    assertEquals(losses[0], sums[0]);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void kl(Kernels k) {
    float[] mean = {0, -0.0f, 3, NaN, POSITIVE_INFINITY, 0, 0, 0, 0, 1e-3f},
        logVariance = {0, -0.0f, 0, 0, 0, POSITIVE_INFINITY, NEGATIVE_INFINITY, 90, -200, 2e-3f};
    float[] byMean = sevens(10), byVariance = sevens(10), losses = sevens(10), sums = sevens(1);
    k.gaussianKl(of(mean), of(logVariance), of(byMean), of(byVariance), of(losses), of(sums), 2, 0, 10);
    assertArrayEquals(new float[]{0, -0.0f, 6, NaN, POSITIVE_INFINITY, 0, 0, 0, 0, 2e-3f}, byMean);
    assertArrayEquals(
        new float[]{0, -0.0f, 0, 0, 0, POSITIVE_INFINITY, -1, POSITIVE_INFINITY, -1, (float) Math.expm1(2e-3f)},
        byVariance, 1e-9f);
    assertArrayEquals(new float[]{0, 0, 4.5f, NaN, POSITIVE_INFINITY, NaN, POSITIVE_INFINITY, POSITIVE_INFINITY, 99.5f},
        java.util.Arrays.copyOf(losses, 9));
    // (1e-6 + 2e-6 + 8e-9 / 6) / 2: by e^x - 1 - x in floats half of the digits would be lost
    assertEquals(1.500667e-6f, losses[9], 1e-12f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void penalty(Kernels k) {
    float[] parameters = {0, -0.0f, 2, -3, NaN}, gradient = {1, 1, 1, 1, 1}, sums = sevens(1);
    k.penalty(of(parameters), null, of(gradient), of(sums), 0.5f, 2, 1, 0, 4);
    assertArrayEquals(new float[]{1, 1, 1 + 0.5f + 4, 1 - 0.5f - 6, 1}, gradient);
    assertEquals(0.5f * 5 + 13, sums[0]);
    k.penalty(of(parameters), of(0, 1, 1, 1, 1), of(gradient), of(sums), 0, 1, 0.5f, 0, 5);
    assertArrayEquals(new float[]{1, 0.5f, 6, -7.5f, NaN}, gradient);
    assertEquals(NaN, sums[0]);
    k.penalty(of(POSITIVE_INFINITY), null, null, of(sums), 0, 1, 1, 0, 1);
    assertEquals(POSITIVE_INFINITY, sums[0]);
    k.penalty(of(POSITIVE_INFINITY), null, null, of(sums), 1, 0, 1, 0, 1);
    assertEquals(NaN, sums[0]);
  }

  private static <T extends RuntimeException> void bad(Class<T> type, String words, Runnable call) {
    String message = String.valueOf(assertThrowsExactly(type, call::run, words).getMessage());
    for (String word : words.split("\\|")) {
      assertTrue(message.contains(word), () -> word + " is not in: " + message);
    }
  }

  private static void illegal(String words, Runnable call) {
    bad(IllegalArgumentException.class, words, call);
  }

  private static void tooShort(String words, Runnable call) {
    bad(IndexOutOfBoundsException.class, words, call);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void badArguments(Kernels k) {
    float[] written = sevens(8), sum = sevens(1);
    MemorySegment x = of(new float[8]), y = of(new float[8]), t = of(new float[8]), g = of(written), s = of(sum);
    MemorySegment negative = of(1, 1, 1, -0.5f, 1, 1, 1, 1);
    illegal("variance[3]|-0.5", () -> k.gaussianNll(x, negative, t, g, null, null, s, 1, 0, 1, 0, 8));
    illegal("epsilon|0.0", () -> k.gaussianNll(x, y, t, g, null, null, s, 0, 0, 1, 0, 8));
    illegal("epsilon|NaN", () -> k.gaussianNll(x, y, t, g, null, null, s, NaN, 0, 1, 0, 8));
    illegal("from|1", () -> k.gaussianNll(x, y, t, g, null, null, s, 1, 0, 1, 1, 8));
    tooShort("target|3|8", () -> k.gaussianNll(x, y, of(1, 2, 3), g, null, null, s, 1, 0, 1, 0, 8));
    tooShort("variance|3|8", () -> k.gaussianNll(x, of(1, 2, 3), t, g, null, null, s, 1, 0, 1, 0, 8));
    illegal("meanGradient|target", () -> k.gaussianNll(x, y, g, g, null, null, s, 1, 0, 1, 0, 8));
    illegal("varianceGradient|target", () -> k.gaussianNll(x, y, g, null, g, null, s, 1, 0, 1, 0, 8));
    illegal("losses|target", () -> k.gaussianNll(x, y, g, null, null, g, s, 1, 0, 1, 0, 8));
    illegal("sums|target", () -> k.gaussianNll(x, y, g, null, null, null, g, 1, 0, 1, 0, 8));
    illegal("varianceGradient|mean", () -> k.gaussianNll(g, y, t, null, g, null, s, 1, 0, 1, 0, 8));

    tooShort("sums|0|1", () -> k.gaussianKl(x, y, g, null, null, of(), 1, 0, 8));
    tooShort("logVariance|3|8", () -> k.gaussianKl(x, of(1, 2, 3), g, null, null, s, 1, 0, 8));
    tooShort("losses|3|8", () -> k.gaussianKl(x, y, g, null, of(1, 2, 3), s, 1, 0, 8));
    illegal("meanGradient|logVariance", () -> k.gaussianKl(x, g, g, null, null, s, 1, 0, 8));
    illegal("logVarianceGradient|meanGradient", () -> k.gaussianKl(x, y, g, g, null, s, 1, 0, 8));
    illegal("logVarianceGradient|losses", () -> k.gaussianKl(x, y, null, g, g, s, 1, 0, 8));
    illegal("meanGradient|sums", () -> k.gaussianKl(x, y, g, null, null, g, 1, 0, 8));
    illegal("meanGradient|read-only", () -> k.gaussianKl(x, y, g.asReadOnly(), null, null, s, 1, 0, 8));
    illegal("meanGradient|mean|in part", () -> k.gaussianKl(g, y, g.asSlice(4), null, null, s, 1, 0, 7));

    illegal("from|1", () -> k.penalty(x, null, g, s, 1, 1, 1, 1, 8));
    tooShort("parameters|8|9", () -> k.penalty(x, null, g, s, 1, 1, 1, 0, 9));
    tooShort("parameters|8|9", () -> k.penalty(x, null, g, s, 1, 1, 1, 9, 9));
    tooShort("reference|3|8", () -> k.penalty(x, of(1, 2, 3), g, s, 1, 1, 1, 0, 8));
    tooShort("gradient|3|8", () -> k.penalty(x, null, of(1, 2, 3), s, 1, 1, 1, 0, 8));
    illegal("gradient|parameters", () -> k.penalty(g, null, g, s, 1, 1, 1, 0, 8));
    illegal("gradient|reference", () -> k.penalty(x, g, g, s, 1, 1, 1, 0, 8));
    illegal("sums|reference", () -> k.penalty(x, g, null, g, 1, 1, 1, 0, 8));
    assertArrayEquals(sevens(8), written);
    assertArrayEquals(sevens(1), sum);
  }
}
