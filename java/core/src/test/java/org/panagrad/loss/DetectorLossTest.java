package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.assertSameBits;
import static org.panagrad.loss.LossAssertions.assertSlopes;
import static org.panagrad.loss.LossAssertions.below;
import static org.panagrad.loss.LossAssertions.bits;
import static org.panagrad.loss.LossAssertions.normal;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.refused;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;

/** Classes of all rows, boxes of those with an object. */
class DetectorLossTest {
  private static final float NAN = Float.NaN;
  private static final double LN2 = Math.log(2);

  static List<Kernels> few() {
    return LossAssertions.few();
  }

  /** Offsets off by 1/18, 1, 0 and -1: 1/72, 1 - 1/18, 0, 1 - 1/18 with beta 1/9. */
  private static final float[] OFF = {1 / 18f, 1, 5, 2};
  private static final float[] TO = {0, 0, 5, 3};
  private static final double OFFSETS = 1 / 72.0 + 2 * (1 - 1 / 18.0);

  private static float[] row(float[] middle) {
    return new float[]{NAN, NAN, NAN, NAN, middle[0], middle[1], middle[2], middle[3], 1, 1, 1, 1};
  }

  @ParameterizedTest
  @MethodSource("few")
  void offsets(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      DetectorCall call = DetectorCall.on(compute);
      float[] logits = new float[6], boxes = row(OFF), targets = row(TO);
      float[] dLogits = new float[6], dBoxes = new float[12], expected = new float[12];
      int[] labels = {0, 1, 0};
      DetectorLoss loss = DetectorLoss.of();
      call.of(logits, labels, dLogits, boxes, targets, dBoxes, 3, 2, 4);
      assertEquals(LN2 + OFFSETS / 3, call.evaluate(loss), 1e-6);
      assertEquals(LN2, call.parts().value("class"), 1e-6);
      assertEquals(OFFSETS / 3, call.parts().value("box"), 1e-6);
      assertEquals(1, call.positives());
      System.arraycopy(new float[]{0.5f / 3, 1 / 3f, 0, -1 / 3f}, 0, expected, 4, 4);
      assertArrayEquals(expected, dBoxes, 1e-6f);
      assertEquals(-1 / 6f, dLogits[0], 1e-6f);
      // by positives, and twice
      assertEquals(LN2 + 2 * OFFSETS, call.evaluate(loss.divisor(DetectorLoss.Divisor.POSITIVES).boxWeight(2)), 1e-6);
      System.arraycopy(new float[]{1, 2, 0, -2}, 0, expected, 4, 4);
      assertArrayEquals(expected, dBoxes, 1e-6f);
      // only reported
      assertEquals(LN2, call.evaluate(loss.boxWeight(0)), 1e-6);
      assertEquals(OFFSETS / 3, call.parts().value("box"), 1e-6);
      assertArrayEquals(new float[12], dBoxes);
      // another function; an ignored row is not sampled
      DetectorLoss ignoring = loss.offsets(ElementLoss.meanAbsoluteError())
          .classes(Losses.softmaxCrossEntropy().ignoreIndex(7));
      call.of(logits, new int[]{7, 1, 0}, dLogits, boxes, targets, dBoxes, 3, 2, 4);
      assertEquals(LN2 + (1 / 18.0 + 2) / 2, call.evaluate(ignoring), 1e-6);
      assertEquals(1, call.positives());
    }
  }

  /** A box for each class: the label's counts. In place. */
  @ParameterizedTest
  @MethodSource("few")
  void boxOfEachClass(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      float[] boxes = new float[24], logits = new float[6], expected = new float[24];
      java.util.Arrays.fill(boxes, NAN);
      System.arraycopy(OFF, 0, boxes, 12 + 8, 4); // row 1, class 2
      float[] targets = {NAN, NAN, NAN, NAN, TO[0], TO[1], TO[2], TO[3]};
      assertEquals(Math.log(3) + OFFSETS / 2, DetectorCall.on(compute)
          .of(logits, new int[]{0, 2}, logits, boxes, targets, boxes, 2, 3, 12).evaluate(DetectorLoss.of()), 1e-6);
      System.arraycopy(new float[]{0.25f, 0.5f, 0, -0.5f}, 0, expected, 20, 4);
      assertArrayEquals(expected, boxes, 1e-6f);
      assertEquals(-0.5f / 3 - 0.5f / 3, logits[0], 1e-6f);
    }
  }

  /** Unit squares, half of each covered: IoU 1/3, and the union grows to the right. */
  @ParameterizedTest
  @MethodSource("few")
  void boxes(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      float[] boxes = {0, 0, 1, 1, NAN, 0, 0, 0}, targets = {0.5f, 0, 1.5f, 1, 0, 0, 0, 0}, gradient = new float[8];
      DetectorCall call = DetectorCall.on(compute).of(new float[4], new int[]{1, 0}, null, boxes, targets, gradient, 2,
          2, 4);
      DetectorLoss loss = DetectorLoss.of().boxes(BoxLoss.of(BoxLoss.Kind.IOU));
      assertEquals(LN2 + (1 - 1 / 3.0) / 2, call.evaluate(loss), 1e-6);
      // i = x2 - 1/2, u = 2 - i... by x2: i grows by 1, u not: -1 / 1.5; over two rows
      assertEquals(-1 / 1.5f / 2, gradient[2], 1e-6f);
      assertArrayEquals(new float[4], java.util.Arrays.copyOfRange(gradient, 4, 8));
    }
  }

  /** An image without objects: 0 and not NaN, unless one asks. */
  @Test
  void noObjects() {
    try (Compute compute = on(few().getLast(), 1)) {
      DetectorCall call = DetectorCall.on(compute);
      float[] gradient = {5, 5, 5, 5};
      call.of(new float[2], new int[1], null, new float[4], new float[4], gradient, 1, 2, 4);
      DetectorLoss positives = DetectorLoss.of().divisor(DetectorLoss.Divisor.POSITIVES);
      assertEquals(LN2, call.evaluate(DetectorLoss.of()), 1e-6);
      assertArrayEquals(new float[4], gradient);
      assertEquals(LN2, call.evaluate(positives), 1e-6);
      assertEquals(0, call.parts().value("box"));
      assertTrue(Double.isNaN(call.evaluate(positives.empty(EmptyPolicy.NAN))));
      refused(IllegalStateException.class, "over nothing", () -> call.evaluate(positives.empty(EmptyPolicy.THROW)));
      call.of(new float[0], new int[0], null, new float[0], new float[0], null, 0, 2, 4);
      assertEquals(0, call.evaluate(DetectorLoss.of().classes(Losses.softmaxCrossEntropy().empty(EmptyPolicy.ZERO))));
    }
  }

  @Test
  void slopes() {
    try (Compute compute = on(few().getLast(), 1)) {
      DetectorCall call = DetectorCall.on(compute);
      float[] logits = normal(1, 15, 1), boxes = normal(2, 60, 1), targets = normal(3, 20, 1);
      float[] dLogits = new float[15], dBoxes = new float[60];
      int[] labels = {1, 0, 2, 0, 2};
      DetectorLoss loss = DetectorLoss.of().offsets(ElementLoss.logCosh()).boxWeight(1.5);
      call.of(logits, labels, dLogits, boxes, targets, dBoxes, 5, 3, 12).evaluate(loss);
      call.of(logits, labels, null, boxes, targets, null, 5, 3, 12);
      // three boxes of four offsets below 4 each, over 5 rows; third derivatives below 0.8 * 1.5 / 5
      assertSlopes("logits", logits, dLogits, 20, 0.1, () -> call.evaluate(loss));
      assertSlopes("boxes", boxes, dBoxes, 20, 0.25, () -> call.evaluate(loss));
    }
  }

  @Test
  void sameBits() {
    int rows = 40_000, classes = 4;
    float[] logits = normal(1, rows * classes, 2), boxes = normal(2, rows * 4, 1), targets = normal(3, rows * 4, 1);
    int[] labels = below(4, rows, classes);
    for (DetectorLoss loss : List.of(DetectorLoss.of().boxWeight(0.3),
        DetectorLoss.of().boxes(BoxLoss.of(BoxLoss.Kind.GIOU)).divisor(DetectorLoss.Divisor.POSITIVES))) {
      assertSameBits(compute -> {
        float[] dLogits = new float[logits.length], dBoxes = new float[boxes.length];
        return bits(DetectorCall.on(compute).of(logits, labels, dLogits, boxes, targets, dBoxes, rows, classes, 4)
            .evaluate(loss), dLogits, dBoxes);
      });
    }
  }

  @Test
  void nonsense() {
    refused("boxWeight|-1.0", () -> DetectorLoss.of().boxWeight(-1));
    refused("a loss with labels", () -> DetectorLoss.of().classes(Losses.entropy()));
    refused(NullPointerException.class, "divisor", () -> DetectorLoss.of().divisor(null));
    refused(NullPointerException.class, "function", () -> DetectorLoss.of().offsets(null));
    refused(NullPointerException.class, "loss", () -> DetectorLoss.of().boxes(null));
    try (Compute compute = on(few().getLast(), 1)) {
      DetectorCall call = DetectorCall.on(compute);
      float[] four = new float[4], gradient = {7, 7, 7, 7};
      refused("boxColumns is 5|4 times classes, 12",
          () -> call.of(four, new int[1], null, four, four, null, 1, 3, 5));
      refused(IndexOutOfBoundsException.class, "boxes has 4 elements, 12",
          () -> call.of(four, new int[1], null, four, four, null, 1, 3, 12));
      refused(IndexOutOfBoundsException.class, "targets has 0 elements, 4",
          () -> call.of(four, new int[1], null, four, new float[0], null, 1, 4, 4));
      refused(IndexOutOfBoundsException.class, "boxesGradient has 1 elements, 4",
          () -> call.of(four, new int[1], null, four, four, new float[1], 1, 4, 4));
      refused("label 4|row 0", () -> call.of(four, new int[]{4}, null, four, four, gradient, 1, 4, 4)
          .evaluate(DetectorLoss.of()));
      assertArrayEquals(new float[]{7, 7, 7, 7}, gradient);
    }
  }

  @Tag("allocation")
  @Test
  void allocatesNothing() {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        DetectorCall call = DetectorCall.on(compute);
        float[] logits = normal(1, 24, 1), boxes = normal(2, 32, 1), targets = normal(3, 32, 1);
        float[] dLogits = new float[24], dBoxes = new float[32];
        int[] labels = {0, 1, 2, 0, 1, 2, 0, 1};
        DetectorLoss offsets = DetectorLoss.of(), giou = offsets.boxes(BoxLoss.of(BoxLoss.Kind.GIOU));
        Allocation.requireNone(kernels.name(), () -> {
          call.of(logits, labels, dLogits, boxes, targets, dBoxes, 8, 3, 4).evaluate(offsets);
          call.evaluate(giou);
        });
      }
    }
  }
}
