package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** Losses as a caller uses them: edges, divisors, what is refused, and what must not change a bit. */
class LossCallTest {
  private static final float NOT_WRITTEN = -77, HUGE = 3e38f, INF = Float.POSITIVE_INFINITY, NAN = Float.NaN,
      DENORMAL = 1e-40f;
  private static final double EPS = 0x1p-24;
  private static final long SEED = 11;
  private static final List<Reduction> DIVIDING = List.of(Reduction.MEAN, Reduction.SUM_OVER_BATCH_SIZE);

  static List<Kernels> backends() {
    return Backends.all();
  }

  private static Compute compute(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  private static LossCall call(Kernels kernels) {
    return LossCall.on(compute(kernels, 1));
  }

  private static float[] filled(int n, float value) {
    float[] x = new float[n];
    Arrays.fill(x, value);
    return x;
  }

  private static float[] random(Random random, int n, double low, double high) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(low, high);
    }
    return x;
  }

  private static int[] labels(Random random, int rows, int classes) {
    return random.ints(rows, 0, classes).toArray();
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

  private static Loss with(Loss loss, Reduction reduction) {
    return loss instanceof ElementwiseLoss e ? e.reduction(reduction) : ((RowwiseLoss) loss).reduction(reduction);
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

  // what counts nothing, and what is refused

  @ParameterizedTest
  @MethodSource("backends")
  void weightZeroHidesNaN(Kernels k) {
    float[] x = {NAN, INF, 1, 2}, t = {0, NAN, 0, 0}, gradient = filled(4, NOT_WRITTEN),
        losses = filled(4, NOT_WRITTEN);
    double value = call(k).of(x, t, gradient, 2, 2).sampleWeight(new float[]{0, 1}).losses(losses)
        .evaluate(Losses.meanSquaredError());
    assertEquals(2.5, value);
    assertArrayEquals(new float[]{0, 0, 1, 2}, gradient);
    assertArrayEquals(new float[]{0, 0, 1, 4}, losses);
    value = call(k).of(x, t, gradient, 2, 2).elementWeight(new float[]{0, 0, 0, 3}).evaluate(Losses.meanSquaredError());
    assertEquals(4, value);
    assertArrayEquals(new float[]{0, 0, 0, 4}, gradient);
    value = call(k).of(new float[]{NAN, 0, 0, 0}, new int[]{0, 1}, gradient, 2, 2).sampleWeight(new float[]{0, 2})
        .evaluate(Losses.softmaxCrossEntropy());
    assertEquals(Math.log(2), value, 2 * EPS);
    assertArrayEquals(new float[]{0, 0, 0.5f, -0.5f}, gradient);
  }

  /** More than one part of work each, the wrong one in the last of them. */
  private static final int ROWS = 50_001, COLUMNS = 4, LAST = ROWS - 2;

  @ParameterizedTest
  @MethodSource("backends")
  void wrongWeights(Kernels k) {
    for (int threads = 1; threads <= 3; threads++) {
      try (Compute compute = compute(k, threads)) {
        for (float wrong : new float[]{-1, NAN, INF, -DENORMAL}) {
          float[] rows = filled(ROWS, 1), elements = filled(ROWS * COLUMNS, 1);
          rows[LAST] = elements[elements.length - 1] = wrong;
          String words = "[" + LAST + "] is " + wrong, other = "[" + (elements.length - 1) + "] is " + wrong;
          for (Reduction reduction : Reduction.values()) {
            assertRefused(compute, Losses.huber(1).reduction(reduction), null, c -> c.sampleWeight(rows), words);
            assertRefused(compute, Losses.huber(1).reduction(reduction), null, c -> c.elementWeight(elements), other);
            assertRefused(compute, Losses.nll().reduction(reduction), new int[ROWS], c -> c.sampleWeight(rows), words);
          }
        }
        assertRefused(compute, Losses.nll(), new int[ROWS], c -> c.elementWeight(filled(ROWS * COLUMNS, 1)),
            "elementWeight");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void wrongLabels(Kernels k) {
    for (int threads = 1; threads <= 3; threads++) {
      try (Compute compute = compute(k, threads)) {
        for (int wrong : new int[]{-1, COLUMNS, -100, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
          int[] labels = new int[ROWS];
          labels[LAST] = wrong;
          for (RowwiseLoss loss : List.of(Losses.softmaxCrossEntropy(), Losses.zeroOne().ignoreIndex(-2),
              Losses.nll().classWeight(1, 2, 3, 4), Losses.multiClassHinge().reduction(Reduction.SUM))) {
            assertRefused(compute, loss, labels, c -> c, "label " + wrong + " in row " + LAST);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void wrongSigns(Kernels k) {
    for (int threads = 1; threads <= 3; threads++) {
      try (Compute compute = compute(k, threads)) {
        float[] target = filled(ROWS * COLUMNS, 1), x = filled(ROWS * COLUMNS, 0), g = filled(x.length, NOT_WRITTEN);
        target[x.length - 1] = 0;
        String message = assertThrowsExactly(IllegalArgumentException.class,
            () -> LossCall.on(compute).of(x, target, g, ROWS, COLUMNS).evaluate(Losses.hinge())).getMessage();
        assertTrue(message.contains("target[" + (x.length - 1) + "] is 0.0"), message);
        assertArrayEquals(filled(x.length, NOT_WRITTEN), g);
      }
    }
  }

  private static void assertRefused(Compute compute, Loss loss, int[] labels,
      UnaryOperator<LossCall> more, String words) {
    int n = ROWS * COLUMNS;
    float[] x = new float[n], gradient = filled(n, NOT_WRITTEN), losses = filled(n, NOT_WRITTEN);
    LossCall call = LossCall.on(compute);
    if (labels == null) {
      call.of(x, x.clone(), gradient, ROWS, COLUMNS);
    } else {
      call.of(x, labels, gradient, ROWS, COLUMNS);
    }
    LossCall filled = more.apply(call.losses(losses));
    String message = assertThrowsExactly(IllegalArgumentException.class, () -> filled.evaluate(loss)).getMessage();
    assertTrue(message.contains(words), () -> words + " is not in: " + message);
    float[] untouched = filled(n, NOT_WRITTEN);
    assertArrayEquals(untouched, gradient, "gradient");
    assertArrayEquals(untouched, losses, "losses");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ignoredLabelIsLegal(Kernels k) {
    float[] x = {1, 2, 0, 0}, gradient = filled(4, NOT_WRITTEN);
    for (int ignored : new int[]{-1, 2, -100, 0}) { // outside the classes, and one of them
      double value = call(k).of(x, new int[]{ignored, 1}, gradient, 2, 2)
          .evaluate(Losses.softmaxCrossEntropy().ignoreIndex(ignored));
      assertEquals(Math.log(2), value, 2 * EPS);
      assertArrayEquals(new float[]{0, 0, 0.5f, -0.5f}, gradient);
    }
  }

  @Test
  void tooShortAndTooLarge() {
    for (Kernels k : Backends.all()) {
      for (int threads = 1; threads <= 2; threads++) {
        try (Compute compute = compute(k, threads)) {
          LossCall call = LossCall.on(compute);
          float[] six = new float[6], five = new float[5];
          assertThrows(IndexOutOfBoundsException.class,
              () -> call.of(five, six, six.clone(), 2, 3).evaluate(Losses.meanSquaredError()));
          assertThrows(IndexOutOfBoundsException.class,
              () -> call.of(six, six.clone(), null, 2, 3).sampleWeight(new float[1]).evaluate(Losses.hinge()));
          assertThrows(IndexOutOfBoundsException.class,
              () -> call.of(six, new int[1], null, 2, 3).evaluate(Losses.nll()));
          assertThrows(IllegalArgumentException.class,
              () -> call.of(six, new int[2], null, 2, 3).evaluate(Losses.nll().classWeight(1, 1)));
          MemorySegment x = MemorySegment.ofArray(six);
          assertThrows(IllegalArgumentException.class, () -> call.of(x, x, null, 1L << 33, 1L << 33));
          assertThrows(IllegalArgumentException.class, () -> call.of(x, x, null, -1, 3));
        }
      }
    }
  }

  // numbers at the ends of float

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

  // wide rows

  private static final int WIDE = 200_003;

  @ParameterizedTest
  @MethodSource("backends")
  void wideRows(Kernels k) {
    float[] x = random(new Random(SEED), 3 * WIDE, -5, 5);
    int[] labels = {0, WIDE - 1, 77_777};
    float[] heap = new float[x.length], losses = new float[3];
    call(k).of(x, labels, heap, 3, WIDE).losses(losses)
        .evaluate(Losses.softmaxCrossEntropy().reduction(Reduction.SUM));
    for (int r = 0; r < 3; r++) {
      int first = r * WIDE;
      double sum = IntStream.range(first, first + WIDE).mapToDouble(i -> Math.exp(x[i])).sum();
      double expected = Math.log(sum) - x[first + labels[r]];
      // blocks of 64 partials of 64, 49 blocks in double: an error of 2 + 64 + 6 roundings of the sum, of the e^-d about
      // 10 more, each an absolute one of its logarithm; the logarithm and the distance are some tens, and rounded
      assertEquals(expected, losses[r], 96 * EPS + 4 * EPS * 20, "row " + r);
      for (int i = first; i < first + WIDE; i++) {
        double p = Math.exp(x[i]) / sum, hit = i - first == labels[r] ? 1 : 0;
        assertEquals(p - hit, heap[i], 128 * EPS * p + 4 * EPS * hit, "gradient " + i);
      }
    }
    try (Arena arena = Arena.ofShared(); Compute two = compute(k, 2)) {
      MemorySegment off = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      LossCall.on(two).of(off, arena.allocateFrom(ValueLayout.JAVA_INT, labels), off, 3, WIDE)
          .evaluate(Losses.softmaxCrossEntropy().reduction(Reduction.SUM));
      assertSameBits(heap, off.toArray(ValueLayout.JAVA_FLOAT), "off the heap, in place, two threads");
    }
  }

  // what changes no bit

  /** A loss, and what it takes. */
  private record Example(Loss loss, boolean labels) {
  }

  private static List<Example> examples() {
    return List.of(new Example(Losses.meanSquaredError(), false),
        new Example(Losses.binaryCrossEntropy(2, 0.125).reduction(Reduction.SUM), false),
        new Example(Losses.softmaxCrossEntropy().labelSmoothing(0.125).ignoreIndex(3), true),
        new Example(Losses.softmaxCrossEntropyOfProbabilities().reduction(Reduction.SUM_OVER_BATCH_SIZE), false),
        new Example(Losses.entropy(), false), new Example(Losses.multiClassHinge(), true));
  }

  /** Several parts of work for elements and for rows. */
  private static final int MANY = 9_401, NARROW = 7;

  @ParameterizedTest
  @MethodSource("backends")
  void sameBitsHoweverItIsCalled(Kernels k) {
    Random random = new Random(SEED);
    int n = MANY * NARROW;
    float[] x = random(random, n, -4, 4), t = random(random, n, 0, 1), w = random(random, MANY, 0, 2);
    w[5] = 0;
    int[] labels = labels(random, MANY, NARROW);
    for (Example e : examples()) {
      float[] expected = new float[n];
      LossCall call = call(k);
      double value = fill(call, e, x, t, labels, expected).sampleWeight(w).evaluate(e.loss);
      assertEquals(value, fill(call, e, x, t, labels, null).sampleWeight(w).evaluate(e.loss), "value alone");
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = compute(k, threads); Arena arena = Arena.ofShared()) {
          String what = e.loss.describe() + " in " + threads + " threads";
          float[] place = x.clone();
          LossCall same = LossCall.on(compute).statistics(new LossStatistics());
          assertEquals(value, fill(same, e, place, t, labels, place).sampleWeight(w).evaluate(e.loss), what);
          assertSameBits(expected, place, what + ", in place, with statistics");
          MemorySegment off = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
          MemorySegment target = e.labels
              ? arena.allocateFrom(ValueLayout.JAVA_INT, labels)
              : arena.allocateFrom(ValueLayout.JAVA_FLOAT, t);
          assertEquals(value, same.statistics(null).of(off, target, off, MANY, NARROW)
              .sampleWeight(arena.allocateFrom(ValueLayout.JAVA_FLOAT, w))
              .losses(arena.allocate(ValueLayout.JAVA_FLOAT, n)).evaluate(e.loss), what + ", off the heap");
          assertSameBits(expected, off.toArray(ValueLayout.JAVA_FLOAT), what + ", off the heap, with single losses");
        }
      }
    }
  }

  private static LossCall fill(LossCall call, Example e, float[] x, float[] t, int[] labels, float[] gradient) {
    return e.labels ? call.of(x, labels, gradient, MANY, NARROW) : call.of(x, t, gradient, MANY, NARROW);
  }

  private static void assertSameBits(float[] expected, float[] got, String what) {
    int at = Arrays.mismatch(expected, got); // compares floats by their bits, NaN as one
    assertTrue(at < 0, () -> what + ": element " + at + " is " + got[at] + ", not " + expected[at]);
  }

  /** Loss and gradient of a row under NONE and SUM: whatever the others are, wherever it stands. */
  @ParameterizedTest
  @MethodSource("backends")
  void rowsAreIndependent(Kernels k) {
    Random random = new Random(SEED);
    float[] x = random(random, MANY * NARROW, -4, 4), t = random(random, MANY * NARROW, 0, 1);
    int[] labels = labels(random, MANY, NARROW), order = random.ints(MANY, 0, MANY).toArray();
    float[] otherX = rows(x, order), otherT = rows(t, order);
    int[] otherLabels = Arrays.stream(order).map(r -> labels[r]).toArray();
    try (Compute compute = compute(k, 2)) {
      for (Example e : examples()) {
        for (Reduction reduction : new Reduction[]{Reduction.NONE, Reduction.SUM}) {
          Loss loss = with(e.loss, reduction);
          float[] one = new float[x.length], other = new float[x.length];
          float[] losses = new float[x.length], otherLosses = new float[x.length];
          fill(call(k), e, x, t, labels, one).losses(losses).evaluate(loss);
          fill(LossCall.on(compute), e, otherX, otherT, otherLabels, other).losses(otherLosses).evaluate(loss);
          assertSameBits(rows(one, order), other, loss.describe() + " gradient");
          float[] expected = loss instanceof ElementwiseLoss ? rows(losses, order) : new float[x.length];
          for (int r = 0; loss instanceof RowwiseLoss && r < MANY; r++) {
            expected[r] = losses[order[r]];
          }
          assertSameBits(expected, otherLosses, loss.describe() + " losses");
        }
      }
    }
  }

  private static float[] rows(float[] x, int[] order) {
    float[] y = new float[x.length];
    for (int r = 0; r < order.length; r++) {
      System.arraycopy(x, order[r] * NARROW, y, r * NARROW, NARROW);
    }
    return y;
  }

  /** A weight for a row is that weight for each of its elements. */
  @ParameterizedTest
  @MethodSource("backends")
  void sampleWeightIsElementWeightOfTheRow(Kernels k) {
    Random random = new Random(SEED);
    int rows = 1000, n = rows * NARROW;
    float[] x = random(random, n, -4, 4), t = random(random, n, 0, 1), elements = new float[n];
    float[] samples = new float[rows];
    for (int i = 0; i < n; i++) { // eighths, whose sums are exact
      samples[i / NARROW] = i % NARROW == 0 ? random.nextInt(9) / 8f : samples[i / NARROW];
      elements[i] = samples[i / NARROW];
    }
    for (Reduction reduction : Reduction.values()) {
      ElementwiseLoss loss = Losses.binaryCrossEntropy().reduction(reduction);
      float[] one = new float[n], other = new float[n];
      assertEquals(call(k).of(x, t, one, rows, NARROW).sampleWeight(samples).evaluate(loss),
          call(k).of(x, t, other, rows, NARROW).elementWeight(elements).evaluate(loss));
      assertSameBits(one, other, reduction.toString());
    }
  }

  /** A call forgets its weights and places when it is filled again. */
  @Test
  void fillingAgainTakesWeightsAway() {
    for (Kernels k : Backends.all()) {
      LossCall call = call(k);
      float[] x = {1, 2}, t = new float[2], losses = filled(2, NOT_WRITTEN);
      assertEquals(1, call.of(x, t, null, 2, 1).sampleWeight(new float[]{1, 0}).losses(losses.clone())
          .evaluate(Losses.meanSquaredError()));
      assertEquals(2.5, call.of(x, t, null, 2, 1).evaluate(Losses.meanSquaredError()));
      assertEquals(4, call.of(x, t, null, 2, 1).elementWeight(new float[]{0, 1}).evaluate(Losses.meanSquaredError()));
      assertEquals(1.5, call.of(new float[]{-1, -2}, new int[2], null, 2, 1).evaluate(Losses.nll()));
    }
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
