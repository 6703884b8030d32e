package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.assertSameBits;
import static org.panagrad.loss.LossAssertions.assertSlopes;
import static org.panagrad.loss.LossAssertions.below;
import static org.panagrad.loss.LossAssertions.bits;
import static org.panagrad.loss.LossAssertions.normal;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.refused;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.loss.SequenceCrossEntropy.Layout;
import org.panagrad.loss.SequenceCrossEntropy.Mean;

/** Steps that are there count, padding does not, whatever it holds. */
class SequenceCrossEntropyTest {
  private static final int SEQUENCES = 3, STEPS = 4, CLASSES = 2, ROWS = SEQUENCES * STEPS;
  private static final float NAN = Float.NaN;
  private static final int[] LENGTHS = {3, 0, 1};
  /** Losses ln(1 + e^-1), ln(1 + e), ln 2; none; ln 2: label against logits (1, 0) and (0, 0). Padding is garbage. */
  private static final float[] LOGITS = {1, 0, 1, 0, 0, 0, NAN, NAN, NAN, 1, 1, NAN, 9, 9, 9, 9, 0, 0, NAN, 0, 0, NAN,
      7,
      7};
  private static final int[] LABELS = {0, 1, 0, -1, -1, 99, -1, -1, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
  private static final double EASY = Math.log1p(Math.exp(-1)), HARD = Math.log1p(Math.E), EVEN = Math.log(2);

  static List<Kernels> few() {
    return LossAssertions.few();
  }

  /** Rows of elements, step by step instead of sequence by sequence. */
  private static float[] timeMajor(float[] x, int columns) {
    float[] y = new float[x.length];
    for (int n = 0; n < SEQUENCES; n++) {
      for (int t = 0; t < STEPS; t++) {
        System.arraycopy(x, (n * STEPS + t) * columns, y, (t * SEQUENCES + n) * columns, columns);
      }
    }
    return y;
  }

  private static int[] timeMajor(int[] labels) {
    int[] y = new int[ROWS];
    for (int r = 0; r < ROWS; r++) {
      y[r % STEPS * SEQUENCES + r / STEPS] = labels[r];
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource("few")
  void byHand(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] gradient = new float[ROWS * CLASSES], losses = new float[ROWS];
      SequenceCrossEntropy tokens = SequenceCrossEntropy.of(), sequences = tokens.mean(Mean.SEQUENCES);
      call.of(LOGITS, LABELS, gradient, ROWS, CLASSES).lengths(LENGTHS, STEPS).losses(losses);
      assertEquals((EASY + HARD + EVEN + EVEN) / 4, call.evaluate(tokens), 1e-6);
      float p = (float) (1 / (1 + Math.E)) / 4; // of the second class, over four steps
      float[] expected = new float[ROWS * CLASSES];
      System.arraycopy(new float[]{-p, p, 0.25f - p, p - 0.25f, -0.125f, 0.125f}, 0, expected, 0, 6);
      expected[16] = 0.125f;
      expected[17] = -0.125f;
      assertArrayEquals(expected, gradient, 1e-6f);
      assertArrayEquals(new float[]{(float) EASY, (float) HARD, (float) EVEN, 0, 0, 0, 0, 0, (float) EVEN, 0, 0, 0},
          losses, 1e-6f);

      // the empty sequence has no mean
      assertEquals(((EASY + HARD + EVEN) / 3 + EVEN) / 2, call.evaluate(sequences), 1e-6);
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= i < STEPS * CLASSES ? 4 / 6f : 2;
      }
      assertArrayEquals(expected, gradient, 1e-6f);

      assertEquals(EASY + HARD + EVEN + EVEN, call.evaluate(tokens.reduction(Reduction.SUM)), 1e-6);
      assertEquals(EASY + HARD + EVEN + EVEN, call.evaluate(sequences.reduction(Reduction.NONE)), 1e-6);

      // step by step
      float[] swapped = new float[gradient.length];
      call.evaluate(tokens);
      LossCall other = LossCall.on(compute).of(timeMajor(LOGITS, CLASSES), timeMajor(LABELS), swapped, ROWS, CLASSES)
          .lengths(LENGTHS, STEPS);
      assertEquals(((EASY + HARD + EVEN) / 3 + EVEN) / 2, other.evaluate(sequences.layout(Layout.TIME_MAJOR)), 1e-6);
      other.evaluate(tokens.layout(Layout.TIME_MAJOR));
      assertArrayEquals(timeMajor(gradient, CLASSES), swapped);
    }
  }

  /** A mask says the same as lengths; both together mean both. */
  @ParameterizedTest
  @MethodSource("few")
  void masks(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      float[] gradient = new float[ROWS * CLASSES], again = new float[ROWS * CLASSES];
      float[] mask = {1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0}, half = {2, 1, 0, NAN, -1, 0, 0, 0, 1, -1, 0, 0};
      LossCall call = LossCall.on(compute), other = LossCall.on(compute);
      call.of(LOGITS, LABELS, gradient, ROWS, CLASSES).lengths(LENGTHS, STEPS);
      other.of(LOGITS, LABELS, again, ROWS, CLASSES).sampleWeight(mask);
      assertEquals(call.evaluate(SequenceCrossEntropy.of()), other.evaluate(SequenceCrossEntropy.of()));
      assertArrayEquals(gradient, again);
      SequenceCrossEntropy sequences = SequenceCrossEntropy.of().mean(Mean.SEQUENCES);
      assertEquals(call.evaluate(sequences), other.steps(STEPS).evaluate(sequences));
      assertArrayEquals(gradient, again);
      // weights in the padding are not read
      call.sampleWeight(half);
      assertEquals((2 * EASY + HARD + EVEN) / 4, call.evaluate(SequenceCrossEntropy.of()), 1e-6);
      assertEquals(((2 * EASY + HARD) / 3 + EVEN) / 2, call.evaluate(sequences), 1e-6);
      assertEquals(((2 * EASY + HARD) / 2 + EVEN) / 2,
          call.evaluate(sequences.reduction(Reduction.SUM_OVER_BATCH_SIZE)), 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("few")
  void optionsOfTheStep(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      call.of(LOGITS, LABELS, null, ROWS, CLASSES).lengths(LENGTHS, STEPS);
      SequenceCrossEntropy weighted = SequenceCrossEntropy.of().classWeight(1, 3);
      assertEquals((EASY + 3 * HARD + EVEN + 3 * EVEN) / 8, call.evaluate(weighted), 1e-6);
      assertEquals(((EASY + 3 * HARD + EVEN) / 5 + EVEN) / 2, call.evaluate(weighted.mean(Mean.SEQUENCES)), 1e-6);
      // an ignored label inside a sequence leaves its divisor, and a sequence of such labels the mean
      SequenceCrossEntropy ignoring = SequenceCrossEntropy.of().ignoreIndex(1);
      assertEquals((EASY + EVEN) / 2, call.evaluate(ignoring), 1e-6);
      assertEquals((EASY + EVEN) / 2, call.evaluate(ignoring.mean(Mean.SEQUENCES)), 1e-6);
      // half of the target is spread: 3/4 and 1/4 of the classes' losses
      double smooth = 0.75 * EASY + 0.25 * HARD + 0.75 * HARD + 0.25 * EASY + EVEN + EVEN;
      assertEquals(smooth / 4, call.evaluate(SequenceCrossEntropy.of().labelSmoothing(0.5)), 1e-6);
      // of ln(1 + e) twice and ln 2 twice
      double z = (2 * HARD * HARD + 2 * EVEN * EVEN) / 4;
      assertEquals((EASY + HARD + EVEN + EVEN) / 4 + 0.5 * z, call.evaluate(SequenceCrossEntropy.of().zLoss(0.5)),
          1e-5);
      SequenceCrossEntropy focal = SequenceCrossEntropy.of(Losses.focalSoftmax(0));
      assertEquals((EASY + HARD + EVEN + EVEN) / 4, call.evaluate(focal), 1e-6);
    }
  }

  @Test
  void slopes() {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = normal(7, 6 * 3, 1.5), gradient = new float[18];
      int[] labels = {2, 0, -1, 1, 1, -1}, lengths = {2, 3}, swapped = {2, -1, 0, 1, 1, 1};
      for (Mean mean : Mean.values()) {
        for (Layout layout : Layout.values()) {
          SequenceCrossEntropy loss = SequenceCrossEntropy.of().classWeight(1, 2, 0.5f).labelSmoothing(0.1).mean(mean)
              .layout(layout).ignoreIndex(-1);
          int[] order = layout == Layout.BATCH_MAJOR ? labels : swapped;
          call.of(x, order, gradient, 6, 3).lengths(lengths, 3).evaluate(loss);
          call.of(x, order, null, 6, 3).lengths(lengths, 3);
          // losses of a size up to 2 * (6 + ln 3), whose third derivative is below 2 * 0.1
          assertSlopes(mean + " " + layout, x, gradient, 15, 0.2, () -> call.evaluate(loss));
        }
      }
    }
  }

  @Test
  void sameBits() {
    int sequences = 130, steps = 61, classes = 37, rows = sequences * steps;
    float[] x = normal(1, rows * classes, 2);
    int[] labels = below(2, rows, classes), lengths = below(3, sequences, steps + 1);
    for (Mean mean : Mean.values()) {
      for (Layout layout : Layout.values()) {
        SequenceCrossEntropy loss = SequenceCrossEntropy.of().mean(mean).layout(layout);
        assertSameBits(compute -> {
          float[] gradient = new float[x.length], losses = new float[rows];
          double value = LossCall.on(compute).of(x, labels, gradient, rows, classes).lengths(lengths, steps)
              .losses(losses).evaluate(loss);
          return bits(value, gradient, losses);
        });
      }
    }
  }

  @Test
  void nothing() {
    try (Compute compute = on(few().getLast(), 1)) {
      float[] gradient = new float[ROWS * CLASSES];
      Arrays.fill(gradient, 5);
      LossCall call = LossCall.on(compute).of(LOGITS, LABELS, gradient, ROWS, CLASSES).lengths(new int[SEQUENCES],
          STEPS);
      for (Mean mean : Mean.values()) {
        SequenceCrossEntropy loss = SequenceCrossEntropy.of().mean(mean);
        assertTrue(Double.isNaN(call.evaluate(loss)));
        assertArrayEquals(new float[ROWS * CLASSES], gradient);
        assertEquals(0, call.evaluate(loss.empty(EmptyPolicy.ZERO)));
        assertEquals(0, call.evaluate(loss.reduction(Reduction.SUM)));
        assertThrows(IllegalStateException.class, () -> call.evaluate(loss.empty(EmptyPolicy.THROW)));
      }
      LossCall none = LossCall.on(compute).of(new float[0], new int[0], null, 0, CLASSES).lengths(new int[0], STEPS);
      assertTrue(Double.isNaN(none.evaluate(SequenceCrossEntropy.of())));
    }
  }

  @Test
  void nonsense() {
    try (Compute compute = on(few().getLast(), 1)) {
      SequenceCrossEntropy loss = SequenceCrossEntropy.of();
      LossCall call = LossCall.on(compute);
      float[] gradient = {7, 7, 7, 7};
      float[] x = {0, 0, 0, 0};
      int[] labels = {0, 2};
      call.of(x, labels, gradient, 2, 2);
      refused("lengths[0]|3|0 to steps, 2", () -> call.lengths(new int[]{3}, 2).evaluate(loss));
      refused("lengths[1]|-1", () -> call.lengths(new int[]{1, -1}, 1).evaluate(loss));
      refused(IndexOutOfBoundsException.class, "lengths has 1 elements|2", () -> call.lengths(new int[1], 1)
          .evaluate(loss));
      refused("rows is 2|multiple of steps, 3", () -> call.steps(3).evaluate(loss));
      refused("steps is -1", () -> call.steps(-1).evaluate(loss));
      refused("steps is 0", () -> call.steps(0).evaluate(loss.mean(Mean.SEQUENCES)));
      for (Mean mean : Mean.values()) {
        refused("label 2|row 1|[0, 2)", () -> call.steps(2).evaluate(loss.mean(mean)));
      }
      refused("sampleWeight[0]|-2.0", () -> call.sampleWeight(new float[]{-2, 0}).evaluate(loss));
      refused("elementWeight", () -> call.elementWeight(new float[4]).evaluate(loss));
      assertArrayEquals(new float[]{7, 7, 7, 7}, gradient);
      refused("a loss of steps with labels", () -> SequenceCrossEntropy.of(Losses.entropy()));
      refused("labelSmoothing|1.5", () -> loss.labelSmoothing(1.5));
      refused(NullPointerException.class, "mean", () -> loss.mean(null));
      // other losses would count the padding
      refused("lengths|SequenceCrossEntropy", () -> call.of(x, labels, gradient, 2, 2).lengths(new int[]{1}, 2)
          .evaluate(Losses.softmaxCrossEntropy()));
      refused("lengths|SequenceCrossEntropy", () -> call.of(x, x.clone(), gradient, 2, 2).lengths(new int[]{1}, 2)
          .evaluate(Losses.meanSquaredError()));
    }
  }

  @Tag("allocation")
  @Test
  void allocatesNothing() {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        LossCall call = LossCall.on(compute);
        float[] gradient = new float[ROWS * CLASSES];
        SequenceCrossEntropy sequences = SequenceCrossEntropy.of().classWeight(1, 2).mean(Mean.SEQUENCES);
        SequenceCrossEntropy tokens = SequenceCrossEntropy.of();
        Allocation.requireNone(kernels.name(), () -> {
          call.of(LOGITS, LABELS, gradient, ROWS, CLASSES).lengths(LENGTHS, STEPS).evaluate(tokens);
          call.evaluate(sequences);
        });
      }
    }
  }
}
