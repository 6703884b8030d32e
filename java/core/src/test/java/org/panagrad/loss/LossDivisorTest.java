package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.call;
import static org.panagrad.loss.LossAssertions.filled;
import static org.panagrad.loss.LossAssertions.with;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** What a mean divides by, and what losses are of nothing, of one element, and where everything is ignored. */
class LossDivisorTest {
  private static final float NOT_WRITTEN = -77, INF = Float.POSITIVE_INFINITY, NAN = Float.NaN;
  private static final List<Reduction> DIVIDING = List.of(Reduction.MEAN, Reduction.SUM_OVER_BATCH_SIZE);

  static List<Kernels> backends() {
    return Backends.all();
  }

  // nothing, and one

  @ParameterizedTest
  @MethodSource("backends")
  void emptyBatch(Kernels k) {
    float[] none = {};
    for (Loss loss : variants(Losses.meanSquaredError())) {
      assertNothing(loss, () -> call(k).of(none, none, none, 0, 5).evaluate(loss));
    }
    for (Loss loss : variants(Losses.softmaxCrossEntropy().classWeight(1, 2, 3))) {
      assertNothing(loss, () -> call(k).of(none, new int[0], none, 0, 3).evaluate(loss));
    }
  }

  /** Every row's label is ignored, or every weight 0: the gradient is 0 whatever the rows hold. */
  @ParameterizedTest
  @MethodSource("backends")
  void everythingIgnored(Kernels k) {
    float[] x = {NAN, 1, INF, 2, 3, -INF}, t = new float[6], zeros = new float[6];
    for (Loss loss : variants(Losses.softmaxCrossEntropy().ignoreIndex(-100))) {
      assertIgnored(loss, call(k), c -> c.of(x, new int[]{-100, -100}, c.g, 2, 3));
    }
    for (Loss loss : variants(Losses.focalSoftmax(2))) {
      assertIgnored(loss, call(k), c -> c.of(x, new int[]{0, 1}, c.g, 2, 3).sampleWeight(new float[2]));
    }
    for (Loss loss : variants(Losses.binaryCrossEntropy())) {
      assertIgnored(loss, call(k), c -> c.of(x, t, c.g, 2, 3).sampleWeight(new float[2]));
      assertIgnored(loss, call(k), c -> c.of(x, t, c.g, 2, 3).elementWeight(zeros));
    }
  }

  private interface Filling {
    LossCall fill(Filled filled);
  }

  /** A call, and the array for its gradient. */
  private record Filled(LossCall call, float[] g) {
    LossCall of(float[] x, int[] labels, float[] gradient, int rows, int columns) {
      return call.of(x, labels, gradient, rows, columns);
    }

    LossCall of(float[] x, float[] target, float[] gradient, int rows, int columns) {
      return call.of(x, target, gradient, rows, columns);
    }
  }

  private static void assertIgnored(Loss loss, LossCall call, Filling filling) {
    float[] gradient = filled(6, NOT_WRITTEN);
    assertNothing(loss, () -> filling.fill(new Filled(call, gradient)).evaluate(loss));
    assertArrayEquals(new float[6], gradient, loss.toString());
  }

  private static List<Loss> variants(Loss loss) {
    List<Loss> all = new ArrayList<>();
    for (Reduction reduction : Reduction.values()) {
      for (EmptyPolicy empty : EmptyPolicy.values()) {
        all.add(with(loss, reduction) instanceof ElementwiseLoss e
            ? e.empty(empty)
            : ((RowwiseLoss) with(loss, reduction)).empty(empty));
      }
    }
    return all;
  }

  private static void assertNothing(Loss loss, DoubleSupplier value) {
    Reduction reduction = loss instanceof ElementwiseLoss e ? e.reduction() : ((RowwiseLoss) loss).reduction();
    EmptyPolicy empty = loss instanceof ElementwiseLoss e ? e.empty() : ((RowwiseLoss) loss).empty();
    if (!DIVIDING.contains(reduction) || empty == EmptyPolicy.ZERO) {
      assertEquals(0.0, value.getAsDouble(), loss.toString());
    } else if (empty == EmptyPolicy.NAN) {
      assertEquals(Double.NaN, value.getAsDouble(), loss.toString());
    } else {
      assertThrowsExactly(IllegalStateException.class, value::getAsDouble, loss.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void oneElement(Kernels k) {
    for (Reduction reduction : Reduction.values()) {
      float[] gradient = {NOT_WRITTEN};
      assertEquals(4, call(k).of(new float[]{3}, new float[]{1}, gradient, 1, 1)
          .evaluate(Losses.meanSquaredError().reduction(reduction)));
      assertEquals(4, gradient[0]);
      gradient[0] = NOT_WRITTEN; // of one class the probability is 1
      assertEquals(0, call(k).of(new float[]{3}, new int[]{0}, gradient, 1, 1)
          .evaluate(Losses.softmaxCrossEntropy().reduction(reduction)));
      assertEquals(0, gradient[0]);
    }
  }

  // divisors

  @ParameterizedTest
  @MethodSource("backends")
  void divisorsOfElements(Kernels k) {
    // squares 1, 4, 9, 16, 25, 36
    float[] x = {1, 2, 3, 4, 5, 6}, t = new float[6], rows = {0.5f, 0, 2}, elements = {1, 0, 0.5f, 0, 0, 2};
    assertReductions(k, c -> c.of(x, t, c.g, 3, 2), Losses.meanSquaredError(), 91, 6, 6);
    assertReductions(k, c -> c.of(x, t, c.g, 3, 2).sampleWeight(rows), Losses.meanSquaredError(),
        0.5 * 5 + 2 * 61, 2 * 2.5, 4);
    assertReductions(k, c -> c.of(x, t, c.g, 3, 2).elementWeight(elements), Losses.meanSquaredError(),
        1 + 4.5 + 72, 3.5, 3);
    // -t x for t = 1/2: Keras's mean of it is over the rows
    float[] half = filled(6, 0.5f);
    double sum = 6 * 0.5 * Math.log(0.5) - 0.5 * 21;
    assertReductions(k, c -> c.of(x, half, c.g, 3, 2), Losses.kullbackLeibler(), sum, 6, 3);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void divisorsOfRows(Kernels k) {
    // losses 1, 2, 4 and, ignored, nothing
    float[] x = {-1, 0, 0, -2, -4, 0, NAN, NAN}, weights = {0.5f, 3, 0, 7};
    int[] labels = {0, 1, 0, -1};
    RowwiseLoss nll = Losses.nll().ignoreIndex(-1);
    assertReductions(k, c -> c.of(x, labels, c.g, 4, 2), nll, 7, 3, 3);
    assertReductions(k, c -> c.of(x, labels, c.g, 4, 2).sampleWeight(weights), nll, 0.5 + 6, 3.5, 2);
    assertReductions(k, c -> c.of(x, labels, c.g, 4, 2), nll.classWeight(2, 0.25f), 2 + 0.5 + 8, 4.25, 3);
    assertReductions(k, c -> c.of(x, labels, c.g, 4, 2).sampleWeight(weights), nll.classWeight(2, 0.25f), 1 + 1.5,
        1.75, 2);
    // soft targets: class weights are no part of the divisor
    float[] zeros = new float[8], soft = {1, 0, 0, 1, 0.5f, 0.5f, 0, 0};
    assertReductions(k, c -> c.of(zeros, soft, c.g, 4, 2).sampleWeight(new float[]{1, 0.5f, 2, 0}),
        Losses.softmaxCrossEntropyOfProbabilities().classWeight(3, 1), Math.log(2) * (3 + 0.5 + 4), 3.5, 3);
  }

  /** The gradient of a mean is that of the sum over the same divisor. */
  private static void assertReductions(Kernels k, Filling filling, Loss loss, double sum, double weights,
      double number) {
    float[] summed = gradientOf(k, filling, with(loss, Reduction.SUM), sum);
    assertArrayEquals(summed, gradientOf(k, filling, with(loss, Reduction.NONE), sum));
    for (Reduction reduction : DIVIDING) {
      double divisor = reduction == Reduction.MEAN ? weights : number;
      float[] mean = gradientOf(k, filling, with(loss, reduction), sum / divisor);
      for (int i = 0; i < mean.length; i++) { // the scale is rounded, and once more what it multiplies
        assertEquals(summed[i] / divisor, mean[i], 4 * EPS * Math.abs(summed[i] / divisor), "gradient " + i);
      }
    }
  }

  private static float[] gradientOf(Kernels k, Filling filling, Loss loss, double expected) {
    LossCall call = call(k);
    int most = 8;
    float[] gradient = new float[most];
    double value = filling.fill(new Filled(call, gradient)).evaluate(loss);
    // numbers are small integers and halves but for logarithms, which are within 1 ulp, and sums of 8
    assertEquals(expected, value, 16 * EPS * Math.abs(expected), loss.toString());
    return gradient;
  }
}
