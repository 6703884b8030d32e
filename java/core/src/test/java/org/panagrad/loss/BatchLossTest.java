package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/**
 * Losses that look at a whole row or batch before they have a gradient: reductions, weights, edges. {@link GoldenTest}
 * has libtorch's values.
 */
class BatchLossTest {
  private static final double EPS = 0x1p-24;
  /** No term of a block passes more additions than this, and the rounding of the result. */
  private static final double ADDITIONS = 1 + 6 + 1 + 1;
  private static final long SEED = 7;

  static List<Kernels> backends() {
    return List.of(Backends.of(Backend.SCALAR), Backends.of(Backend.AUTO));
  }

  private static LossCall call(Kernels kernels, int threads) {
    return LossCall.on(Compute.of(kernels, Product.Choice.BUILTIN, threads));
  }

  // overlaps

  private static float[] random(int n, double low, double high, long seed) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(low, high);
    }
    return x;
  }

  private static float[] mask(int n, long seed) {
    float[] x = random(n, 0, 1, seed);
    for (int i = 0; i < n; i++) {
      x[i] = x[i] < 0.3 ? 1 : 0;
    }
    return x;
  }

  /** Value of the Tversky loss in double, of logits, rows weighted. */
  private static double tversky(double[] x, float[] t, float[] w, int rows, Tversky loss) {
    int columns = x.length / rows;
    double mean = 0, weights = 0, hitAll = 0, missedAll = 0;
    for (int r = 0; r < rows; r++) {
      double hit = 0, missed = 0;
      for (int i = r * columns; i < (r + 1) * columns; i++) {
        double p = 1 / (1 + Math.exp(-x[i]));
        hit += p * t[i];
        missed += loss.alpha() * p * (1 - t[i]) + loss.beta() * (1 - p) * t[i];
      }
      mean += w[r] * missed / (hit + loss.smooth() + missed);
      weights += w[r];
      hitAll += w[r] * hit;
      missedAll += w[r] * missed;
    }
    return loss.perSample() ? mean / weights : missedAll / (hitAll + loss.smooth() + missedAll);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void overlapsOfLogitsHaveTheirDerivative(boolean perSample) {
    int rows = 3, columns = 21, n = rows * columns;
    float[] x = random(n, -4, 4, SEED), t = mask(n, SEED + 1), w = {0.5f, 2, 1.25f}, gradient = new float[n];
    Tversky loss = Tversky.of(0.25, 0.75).perSample(perSample);
    double[] exact = new double[n];
    for (int i = 0; i < n; i++) {
      exact[i] = x[i];
    }
    double value = call(Backends.of(Backend.SCALAR), 1).of(x, t, gradient, rows, columns).sampleWeight(w)
        .evaluate(loss);
    // sums of 21 elements, each of a sigmoid of 2.5 ulp
    assertEquals(tversky(exact, t, w, rows, loss), value, 2 * (ADDITIONS + 5) * EPS * 4);
    double step = 1e-5;
    for (int i = 0; i < n; i++) {
      exact[i] = x[i] + step;
      double above = tversky(exact, t, w, rows, loss);
      exact[i] = x[i] - step;
      double below = tversky(exact, t, w, rows, loss);
      exact[i] = x[i];
      double derivative = (above - below) / (2 * step);
      // three quotients of sums as above, which at most double in slope t + base; sigmoid's own slope
      double relative = 2 * 3 * 4 * (ADDITIONS + 5) * EPS + 20 * EPS;
      assertEquals(derivative, gradient[i], 1e-9 + relative * Math.abs(derivative), "seed " + SEED + " gradient " + i);
    }
  }

  @Test
  void overlapsHaveTheSameBitsOnThreadsAndBackends() {
    int rows = 9, columns = 3 * Kernels.BLOCK + 5, n = rows * columns;
    float[] x = random(n, -4, 4, SEED), t = mask(n, SEED + 1), w = random(rows, 0.5, 2, SEED + 2);
    for (Loss loss : List.of(Dice.of(), Dice.of().perSample(false), Tversky.of(0.3, 0.7).fromLogits(false))) {
      float[] expected = new float[n];
      double value = call(Backends.of(Backend.SCALAR), 1).of(x, t, expected, rows, columns).sampleWeight(w)
          .evaluate(loss);
      for (int threads : new int[]{1, 2}) {
        Compute compute = Compute.of(Backends.of(Backend.AUTO), Product.Choice.BUILTIN, threads);
        try (compute) {
          float[] gradient = new float[n];
          LossCall call = LossCall.on(compute).of(x, t, gradient, rows, columns).sampleWeight(w);
          assertEquals(value, call.evaluate(loss), loss + " on threads: " + threads);
          assertArrayEquals(expected, gradient);
          assertEquals(value, LossCall.on(compute).of(x, t, null, rows, columns).sampleWeight(w).evaluate(loss));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aWeightOfZeroTakesARowOutOfAnOverlap(Kernels kernels) {
    float[] x = {0.5f, 0.25f, Float.NaN, 1, 0.75f, 0}, t = {1, 0, 1, 0, 1, 1}, w = {1, 0, 1}, gradient = new float[6];
    float[] others = {0.5f, 0.25f, 0.75f, 0}, targets = {1, 0, 1, 1}, expected = new float[4];
    for (boolean perSample : new boolean[]{true, false}) {
      Dice loss = Dice.of().fromLogits(false).perSample(perSample);
      double value = call(kernels, 1).of(others, targets, expected, 2, 2).evaluate(loss);
      assertEquals(value, call(kernels, 1).of(x, t, gradient, 3, 2).sampleWeight(w).evaluate(loss));
      assertArrayEquals(new float[]{expected[0], expected[1], 0, 0, expected[2], expected[3]}, gradient);
      assertEquals(value, call(kernels, 1).of(x, t, gradient, 3, 2).sampleWeight(w)
          .evaluate(loss.reduction(Reduction.SUM_OVER_BATCH_SIZE)));
      // without the weight the NaN shows
      assertTrue(Double.isNaN(call(kernels, 1).of(x, t, gradient, 3, 2).evaluate(loss)));
      assertTrue(Float.isNaN(gradient[3]));
      assertEquals(!perSample, Float.isNaN(gradient[0]));
    }
    float[] losses = new float[3];
    double sum = call(kernels, 1).of(x, t, null, 3, 2).sampleWeight(w).losses(losses)
        .evaluate(Dice.of().fromLogits(false).reduction(Reduction.SUM));
    assertEquals(0, losses[1]);
    assertEquals(sum, losses[0] + (double) losses[2], 2 * EPS);
  }

  @Test
  void overlapsOfNothing() {
    Kernels kernels = Backends.of(Backend.SCALAR);
    float[] none = {}, x = {1, 2}, t = {1, 0}, zero = {0}, gradient = {5, 5};
    for (boolean perSample : new boolean[]{true, false}) {
      Dice dice = Dice.of().perSample(perSample);
      assertTrue(Double.isNaN(call(kernels, 1).of(none, none, none, 0, 2).evaluate(dice)));
      assertEquals(0, call(kernels, 1).of(none, none, none, 0, 2).evaluate(dice.empty(EmptyPolicy.ZERO)));
      LossCall masked = call(kernels, 1).of(x, t, gradient, 1, 2).sampleWeight(zero);
      assertEquals(0, masked.evaluate(dice.empty(EmptyPolicy.ZERO)));
      assertThrows(IllegalStateException.class, () -> masked.evaluate(dice.empty(EmptyPolicy.THROW)));
      assertArrayEquals(new float[2], gradient);
    }
    assertEquals(0, call(kernels, 1).of(none, none, none, 0, 2).evaluate(Dice.of().reduction(Reduction.SUM)));
    // an empty mask that is found empty
    float[] empty = new float[2];
    assertEquals(0, call(kernels, 1).of(empty, empty, null, 1, 2).evaluate(Dice.of().fromLogits(false)));
    assertTrue(Double.isNaN(call(kernels, 1).of(empty, empty, null, 1, 2)
        .evaluate(Dice.of().smooth(0).fromLogits(false))));
  }

  private static void assertRefused(String message, org.junit.jupiter.api.function.Executable what) {
    String got = assertThrows(IllegalArgumentException.class, what).getMessage();
    assertTrue(got.contains(message), got);
  }

  @Test
  void wrongOptionsOfOverlapsAreRefused() {
    assertRefused("alpha is -1.0", () -> Tversky.of(-1, 0));
    assertRefused("beta is NaN", () -> Tversky.of(1, Double.NaN));
    assertRefused("smooth is -1.0", () -> Dice.of().smooth(-1));
    assertRefused("reduction is NONE: there is one value", () -> Dice.of().perSample(false).reduction(Reduction.NONE));
    assertRefused("reduction is SUM", () -> Tversky.of(1, 1).reduction(Reduction.SUM).perSample(false));
    float[] x = {1, 2}, gradient = {5, 5}, weight = {-1}, losses = new float[1];
    LossCall call = call(Backends.of(Backend.SCALAR), 1).of(x, x, gradient, 1, 2);
    assertRefused("elementWeight", () -> call.elementWeight(x).evaluate(Dice.of()));
    assertRefused("sampleWeight[0] is -1.0", () -> call.sampleWeight(weight).evaluate(Dice.of()));
    assertRefused("no losses of single rows", () -> call.of(x, x, gradient, 1, 2).losses(losses)
        .evaluate(Dice.of().perSample(false)));
    assertRefused("lengths are for SequenceCrossEntropy", () -> call.of(x, x, gradient, 1, 2).lengths(new int[]{1}, 1)
        .evaluate(Dice.of()));
    assertRefused("columns", () -> call.of(x, x, gradient, 1, 0).evaluate(Dice.of()));
    assertArrayEquals(new float[]{5, 5}, gradient);
  }

  // the root of the mean

  @ParameterizedTest
  @MethodSource("backends")
  void rootOfTheMeanWithWeights(Kernels kernels) {
    float[] x = {3, 1, Float.NaN, 5}, t = {0, 1, 1, 1}, mask = {1, 1, 0, 1}, heavy = {2, 0}, gradient = new float[4];
    LossCall call = call(kernels, 1);
    // 9 + 0 + 16 over 3
    double rmse = Math.sqrt(25 / 3.0);
    assertEquals(rmse, call.of(x, t, gradient, 2, 2).elementWeight(mask).evaluate(Losses.rootMeanSquaredError()),
        1e-15);
    assertArrayEquals(new float[]{(float) (3 / (3 * rmse)), 0, 0, (float) (4 / (3 * rmse))}, gradient, 2e-7f);
    // 2 (9 + 0) over 4, and over the two elements that count
    assertEquals(Math.sqrt(18 / 4.0), call.of(x, t, gradient, 2, 2).sampleWeight(heavy)
        .evaluate(RootMeanSquaredError.of()), 1e-15);
    assertEquals((float) (2 * 3 / (4 * Math.sqrt(18 / 4.0))), gradient[0], 2e-7f);
    assertEquals(Math.sqrt(18 / 2.0), call.of(x, t, gradient, 2, 2).sampleWeight(heavy)
        .evaluate(RootMeanSquaredError.of().reduction(Reduction.SUM_OVER_BATCH_SIZE)), 1e-15);
    assertEquals(1, gradient[0], 2e-7f); // 2 * 3 / (2 * 3)

    assertTrue(Double.isNaN(call.of(x, t, gradient, 2, 2).evaluate(RootMeanSquaredError.of())));
    for (float g : gradient) {
      assertTrue(Float.isNaN(g));
    }
    assertEquals(0, call.of(t, t, gradient, 2, 2).evaluate(RootMeanSquaredError.of()));
    assertArrayEquals(new float[4], gradient);
  }

  @Test
  void rootOfTheMeanOfNothing() {
    float[] x = {1, 2}, t = {0, 0}, zero = {0}, gradient = {5, 5};
    LossCall call = call(Backends.of(Backend.SCALAR), 1).of(x, t, gradient, 1, 2).sampleWeight(zero);
    assertThrows(IllegalStateException.class,
        () -> call.evaluate(RootMeanSquaredError.of().empty(EmptyPolicy.THROW)));
    assertEquals(0, call.evaluate(RootMeanSquaredError.of().empty(EmptyPolicy.ZERO)));
    assertArrayEquals(new float[2], gradient);
    assertTrue(Double.isNaN(call.evaluate(RootMeanSquaredError.of())));
    assertArrayEquals(new float[2], gradient);
    assertRefused("reduction is NONE: there is one value", () -> RootMeanSquaredError.of().reduction(Reduction.NONE));
    assertRefused("reduction is SUM: there is one value", () -> RootMeanSquaredError.of().reduction(Reduction.SUM));
  }

  @Test
  void statisticsSeeTheRootOfTheMeanOnce() {
    float[] x = {Float.NaN, 2}, t = {0, 0}, gradient = new float[2];
    for (float[] wanted : new float[][]{gradient, null}) {
      LossStatistics statistics = new LossStatistics();
      call(Backends.of(Backend.SCALAR), 1).statistics(statistics).of(x, t, wanted, 1, 2)
          .evaluate(RootMeanSquaredError.of());
      assertEquals(1, statistics.nonfinite());
    }
  }

  // a weight of positives for each column

  @Test
  void posWeightsAreCopied() {
    float[] x = {1, -2}, t = {1, 0.5f}, posWeight = {2, 3};
    LossCall call = call(Backends.of(Backend.SCALAR), 1).of(x, t, null, 1, 2);
    Loss loss = Losses.binaryCrossEntropy(posWeight, 0);
    double before = call.evaluate(loss);
    Arrays.fill(posWeight, Float.NaN);
    assertEquals(before, call.evaluate(loss));
  }

  @Test
  void posWeightsThatDoNotFitAreRefused() {
    assertRefused("posWeight[1] is -1.0", () -> Losses.binaryCrossEntropy(new float[]{1, -1}, 0));
    assertRefused("posWeight[0] is NaN", () -> Losses.binaryCrossEntropy(new float[]{Float.NaN}, 0));
    assertRefused("posWeight has 0 weights", () -> Losses.binaryCrossEntropy(new float[0], 0));
    float[] x = {1, 2, 3, 4}, gradient = {5, 5, 5, 5};
    LossCall call = call(Backends.of(Backend.SCALAR), 1).of(x, x, gradient, 2, 2);
    assertRefused("posWeight has 4 weights, there are 2 columns",
        () -> call.evaluate(Losses.binaryCrossEntropy(new float[]{1, 1, 1, 1}, 0)));
    assertArrayEquals(new float[]{5, 5, 5, 5}, gradient);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aGradientMayTakeThePlaceOfThePredictions(Kernels kernels) {
    int rows = 3, columns = 21, n = rows * columns;
    float[] x = random(n, -4, 4, SEED), t = mask(n, SEED + 1), posWeight = random(columns, 0, 3, SEED + 2);
    for (Loss loss : List.of(RootMeanSquaredError.of(), Dice.of(), Tversky.of(0.3, 0.7).perSample(false),
        Losses.binaryCrossEntropy(posWeight, 0.1))) {
      float[] apart = new float[n], place = x.clone();
      double value = call(kernels, 1).of(x, t, apart, rows, columns).evaluate(loss);
      assertEquals(value, call(kernels, 1).of(place, t, place, rows, columns).evaluate(loss));
      assertArrayEquals(apart, place, () -> loss.describe().toString());
    }
  }
}
