package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.assertSameBits;
import static org.panagrad.loss.LossAssertions.assertSlopes;
import static org.panagrad.loss.LossAssertions.bits;
import static org.panagrad.loss.LossAssertions.normal;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.refused;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.loss.Consistency.Kind;
import org.panagrad.loss.PseudoLabels.Divisor;

/** Pseudo-labels and consistency of two views. */
class SemiSupervisedTest {
  /** Greatest probabilities 0.9, 1/2 (twice: the first counts), 0.75, NaN. */
  private static final float[] WEAK = {0, (float) Math.log(9), 0, 0, (float) Math.log(3), 0, Float.NaN, 0};
  private static final double LN2 = Math.log(2);

  static List<Kernels> few() {
    return LossAssertions.few();
  }

  @ParameterizedTest
  @MethodSource("few")
  void pseudoLabels(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] strong = {0, 0, 9, 0, 1, 0, 0, 0}, gradient = new float[8], losses = new float[4];
      double easy = Math.log1p(Math.exp(-1));
      float p = (float) (1 / (1 + Math.E));
      PseudoLabels rows = PseudoLabels.of(0.7), kept = rows.divisor(Divisor.KEPT);
      call.of(strong, WEAK, gradient, 4, 2).losses(losses);
      assertEquals((LN2 + easy) / 4, call.evaluate(rows), 1e-6);
      assertEquals(2, call.kept());
      assertArrayEquals(new float[]{0.125f, -0.125f, 0, 0, -p / 4, p / 4, 0, 0}, gradient, 1e-6f);
      assertArrayEquals(new float[]{(float) LN2, 0, (float) easy, 0}, losses, 1e-6f);
      assertEquals((LN2 + easy) / 2, call.evaluate(kept), 1e-6);
      assertArrayEquals(new float[]{0.25f, -0.25f, 0, 0, -p / 2, p / 2, 0, 0}, gradient, 1e-6f);
      assertEquals(LN2 + easy, call.evaluate(rows.reduction(Reduction.SUM)), 1e-6);
      // exactly sure enough is sure, and of equal ones the first counts
      assertEquals((LN2 + Math.log1p(Math.exp(-9)) + easy) / 3,
          call.evaluate(PseudoLabels.of(0.5).divisor(Divisor.KEPT)), 1e-6);
      assertEquals(3, call.kept());
      // weights
      call.of(strong, WEAK, gradient, 4, 2).sampleWeight(new float[]{2, 1, 0, 1});
      assertEquals(2 * LN2 / 4, call.evaluate(rows), 1e-6);
      assertEquals(1, call.kept());
      assertEquals(LN2, call.evaluate(kept), 1e-6);
      assertEquals(2 * LN2 / 3, call.evaluate(rows.reduction(Reduction.SUM_OVER_BATCH_SIZE)), 1e-6);
      // classes weigh in the numerator only, unless the kept rows divide
      call.of(strong, WEAK, gradient, 4, 2);
      assertEquals((3 * LN2 + easy) / 4, call.evaluate(rows.loss(Losses.softmaxCrossEntropy().classWeight(1, 3))),
          1e-6);
      assertEquals((3 * LN2 + easy) / 4, call.evaluate(kept.loss(Losses.softmaxCrossEntropy().classWeight(1, 3))),
          1e-6);
    }
  }

  @Test
  void nobodyIsSure() {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      float[] gradient = {5, 5};
      call.of(new float[2], new float[2], gradient, 1, 2);
      PseudoLabels rows = PseudoLabels.of(0.6), kept = rows.divisor(Divisor.KEPT);
      assertEquals(0, call.evaluate(rows));
      assertEquals(0, call.kept());
      assertArrayEquals(new float[2], gradient);
      assertTrue(Double.isNaN(call.evaluate(kept)));
      assertEquals(0, call.evaluate(kept.empty(EmptyPolicy.ZERO)));
      assertThrows(IllegalStateException.class, () -> call.evaluate(kept.empty(EmptyPolicy.THROW)));
      call.of(new float[0], new float[0], null, 0, 2);
      assertTrue(Double.isNaN(call.evaluate(rows)));
      assertEquals(0, call.evaluate(rows.empty(EmptyPolicy.ZERO)));
    }
  }

  /** Student (1/2, 1/2), teacher (3/4, 1/4). */
  @ParameterizedTest
  @MethodSource("few")
  void consistency(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] teacher = {(float) Math.log(3), 0, 1, 2}, student = {0, 0, 1, 2}, gradient = new float[4];
      double entropy = 0.75 * Math.log(4 / 3.0) + 0.25 * Math.log(4), same = secondEntropy();
      call.of(student, teacher, gradient, 2, 2);
      assertEquals(2 / 16.0 / 4, call.evaluate(Consistency.of(Kind.MEAN_SQUARED_ERROR)), 1e-7);
      // dL/dp = 2 (p - q) / 4 = -1/8 and 1/8; through the softmax p (d - sum d p)
      assertArrayEquals(new float[]{-1 / 16f, 1 / 16f, 0, 0}, gradient, 1e-7f);
      assertEquals(2 / 16.0, call.evaluate(Consistency.of(Kind.MEAN_SQUARED_ERROR).reduction(Reduction.SUM)), 1e-6);
      assertEquals((LN2 + same) / 2, call.evaluate(Consistency.of(Kind.CROSS_ENTROPY)), 1e-6);
      assertArrayEquals(new float[]{-1 / 8f, 1 / 8f, 0, 0}, gradient, 1e-6f);
      float[] other = gradient.clone(), losses = new float[2];
      assertEquals((LN2 - entropy) / 2, call.evaluate(Consistency.of(Kind.KULLBACK_LEIBLER)), 1e-6);
      assertArrayEquals(other, gradient);
      double value = call.evaluate(Consistency.of(Kind.KULLBACK_LEIBLER));
      assertEquals(value, call.losses(losses).evaluate(Consistency.of(Kind.KULLBACK_LEIBLER)));
      assertArrayEquals(new float[]{(float) (LN2 - entropy), 0}, losses, 1e-6f);
      // the value alone, and in place
      call.of(student, teacher, null, 2, 2);
      assertEquals(2 / 16.0 / 4, call.evaluate(Consistency.of(Kind.MEAN_SQUARED_ERROR)), 1e-7);
      call.of(student, teacher, student, 2, 2).evaluate(Consistency.of(Kind.MEAN_SQUARED_ERROR));
      assertArrayEquals(new float[]{-1 / 16f, 1 / 16f, 0, 0}, student, 1e-7f);
    }
  }

  /** Of the softmax of (1, 2). */
  private static double secondEntropy() {
    double p = 1 / (1 + Math.E);
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }

  /** A row of weight 0 counts nothing, whatever either side holds. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void weights(Kind kind) {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        LossCall call = LossCall.on(compute);
        float[] student = normal(1, 6, 1), teacher = normal(2, 6, 1), one = new float[3], all = new float[6];
        float[] first = java.util.Arrays.copyOf(student, 3), its = java.util.Arrays.copyOf(teacher, 3);
        double alone = call.of(first, its, one, 1, 3).evaluate(Consistency.of(kind));
        student[4] = teacher[5] = Float.NaN;
        call.of(student, teacher, all, 2, 3).sampleWeight(new float[]{2, 0});
        // 2 x / 2; the float factor 2 / 2n is 1 / n
        assertEquals(alone, call.evaluate(Consistency.of(kind)), 8 * EPS * (1 + Math.abs(alone)));
        assertArrayEquals(java.util.Arrays.copyOf(one, 6), all, 1e-6f);
        assertEquals(2 * alone, call.evaluate(Consistency.of(kind).reduction(Reduction.SUM_OVER_BATCH_SIZE)), 1e-5);
        call.sampleWeight(new float[2]);
        assertTrue(Double.isNaN(call.evaluate(Consistency.of(kind))));
        assertArrayEquals(new float[6], all);
        assertEquals(0, call.evaluate(Consistency.of(kind).empty(EmptyPolicy.ZERO)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void slopes(Kind kind) {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      float[] student = normal(1, 12, 1), teacher = normal(2, 12, 1), gradient = new float[12];
      Loss loss = Consistency.of(kind).reduction(Reduction.SUM);
      call.of(student, teacher, gradient, 3, 4).evaluate(loss);
      call.of(student, teacher, null, 3, 4);
      // three losses below 4; their third derivatives are below 1
      assertSlopes(kind.name(), student, gradient, 12, 1, () -> call.evaluate(loss));
    }
  }

  /** The teacher has no gradient and is not written; the weak view neither. */
  @Test
  void sameBits() {
    int rows = 2_700, columns = 50;
    float[] student = normal(1, rows * columns, 2), teacher = normal(2, rows * columns, 4), was = teacher.clone();
    List<Loss> losses = List.of(Consistency.of(Kind.MEAN_SQUARED_ERROR), Consistency.of(Kind.CROSS_ENTROPY),
        Consistency.of(Kind.KULLBACK_LEIBLER), PseudoLabels.of(0.8));
    for (Loss loss : losses) {
      assertSameBits(compute -> {
        float[] gradient = new float[student.length];
        LossCall call = LossCall.on(compute).of(student, teacher, gradient, rows, columns);
        return bits(call.evaluate(loss), gradient, new float[]{call.kept()});
      });
    }
    assertArrayEquals(was, teacher);
  }

  @Test
  void nonsense() {
    refused("confidence|1.5|from 0.0 to 1.0", () -> PseudoLabels.of(1.5));
    refused("confidence|NaN", () -> PseudoLabels.of(Double.NaN));
    refused("a loss with labels", () -> PseudoLabels.of(0.9).loss(Losses.entropy()));
    refused(NullPointerException.class, "divisor", () -> PseudoLabels.of(0.9).divisor(null));
    refused(NullPointerException.class, "kind", () -> Consistency.of(null));
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = new float[2], gradient = {7, 7};
      for (Loss loss : List.of(PseudoLabels.of(0.1), Consistency.of(Kind.MEAN_SQUARED_ERROR),
          Consistency.of(Kind.KULLBACK_LEIBLER))) {
        refused(IndexOutOfBoundsException.class, "1 elements, 2",
            () -> call.of(x, new float[1], gradient, 1, 2).evaluate(loss));
        refused("weights[0]|-1.0", () -> call.of(x, new float[2], gradient, 1, 2).sampleWeight(new float[]{-1})
            .evaluate(loss));
        refused("elementWeight", () -> call.elementWeight(new float[2]).evaluate(loss));
        refused("lengths", () -> call.of(x, new float[2], gradient, 1, 2).steps(1).evaluate(loss));
      }
      assertArrayEquals(new float[]{7, 7}, gradient);
    }
  }

  @Tag("allocation")
  @Test
  void allocatesNothing() {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        float[] x = normal(1, 20, 1), t = normal(2, 20, 2), gradient = new float[20];
        LossCall call = LossCall.on(compute);
        Loss pseudo = PseudoLabels.of(0.6), squares = Consistency.of(Kind.MEAN_SQUARED_ERROR),
            divergence = Consistency.of(Kind.KULLBACK_LEIBLER);
        Allocation.requireNone(kernels.name(), () -> {
          call.of(x, t, gradient, 5, 4).evaluate(pseudo);
          call.evaluate(squares);
          call.evaluate(divergence);
        });
      }
    }
  }
}
