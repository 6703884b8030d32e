package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.call;
import static org.panagrad.loss.LossAssertions.filled;
import static org.panagrad.loss.LossAssertions.on;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** What counts nothing, what is refused, and that nothing is written then. */
class LossRefusalTest {
  private static final float NOT_WRITTEN = -77, INF = Float.POSITIVE_INFINITY, NAN = Float.NaN,
      DENORMAL = 1e-40f;

  static List<Kernels> backends() {
    return Backends.all();
  }

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
      try (Compute compute = on(k, threads)) {
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
      try (Compute compute = on(k, threads)) {
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
      try (Compute compute = on(k, threads)) {
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
        try (Compute compute = on(k, threads)) {
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
}
