package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.CombinedLoss.part;
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
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Reduction;

/** Sums of losses: of heads, and of one prediction. */
class CombinedLossTest {
  private static final SumOfLosses SUM = SumOfLosses.of(part("square", 2, Losses.meanSquaredError()),
      part("size", -0.5, Losses.meanAbsoluteError().reduction(Reduction.SUM)),
      part("seen", 0, Losses.leastSquares()));

  static List<Kernels> few() {
    return LossAssertions.few();
  }

  @ParameterizedTest
  @MethodSource("few")
  void onePrediction(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = {3, -1}, t = {1, 0}, gradient = {9, 9};
      // squares 4 and 1, sizes 2 and 1, half squares 2 and 1/2
      assertEquals(2 * 2.5 - 0.5 * 3, call.of(x, t, gradient, 1, 2).evaluate(SUM));
      assertArrayEquals(new float[]{2 * 2 - 0.5f, -2 + 0.5f}, gradient);
      assertEquals(3, call.parts().size());
      assertEquals(2.5, call.parts().value("square"));
      assertEquals(3, call.parts().value(1));
      assertEquals("seen", call.parts().name(2));
      assertEquals(1.25, call.parts().value("seen"));
      assertEquals("[square 2.5, size 3.0, seen 1.25]", call.parts().toString());
      // the value alone
      assertEquals(2 * 2.5 - 0.5 * 3, call.of(x, t, null, 1, 2).evaluate(SUM));
      // weights are the call's
      assertEquals(2 * 4 - 0.5 * 2, call.of(x, t, null, 1, 2).elementWeight(new float[]{1, 0}).evaluate(SUM));
      // in place; the weights are gone, and with them that they were of elements
      call.of(x, t, x, 1, 2).evaluate(SUM);
      assertArrayEquals(gradient, x);
    }
  }

  /** A part of weight 0 is reported, and its NaN is its own. */
  @ParameterizedTest
  @MethodSource("few")
  void onlyReported(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      float[] x = {-3}, t = {1}, gradient = new float[1];
      WeightedLoss bad = part("bad", 0, Losses.meanSquaredLogarithmicError());
      LossCall call = LossCall.on(compute).of(x, t, gradient, 1, 1);
      assertEquals(16, call.evaluate(SumOfLosses.of(bad, part("good", 1, Losses.meanSquaredError()))));
      assertTrue(Double.isNaN(call.parts().value("bad")));
      assertEquals(-8, gradient[0]);

      CombinedCall heads = CombinedLoss.of(bad, part("good", 1, Losses.meanSquaredError())).on(compute);
      float[] other = {5};
      heads.part("good").of(x, t, gradient, 1, 1);
      heads.part("bad").of(x, t, other, 1, 1);
      assertEquals(16, heads.evaluate());
      assertTrue(Double.isNaN(heads.parts().value("bad")));
      assertEquals(0, other[0]);
    }
  }

  /** Labels for one part, nothing for another; statistics see the rows once. */
  @ParameterizedTest
  @MethodSource("few")
  void partsWithoutTarget(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      SumOfLosses loss = SumOfLosses.of(part("entropy", 0.5, Losses.entropy()),
          part("class", 1, Losses.softmaxCrossEntropy()));
      assertTrue(loss.takesLabels());
      assertTrue(loss.takesTarget());
      assertFalse(SumOfLosses.of(part("entropy", 1, Losses.entropy())).takesTarget());
      LossStatistics statistics = new LossStatistics();
      LossCall call = LossCall.on(compute).statistics(statistics);
      float[] gradient = new float[2];
      assertEquals(1.5 * Math.log(2), call.of(new float[2], new int[]{1}, gradient, 1, 2).evaluate(loss), 1e-6);
      assertArrayEquals(new float[]{0.5f, -0.5f}, gradient);
      call.of(new float[]{Float.NaN, 0}, new int[]{1}, gradient, 1, 2).evaluate(loss);
      assertEquals(1, statistics.nonfinite());
      assertSame(statistics, call.statistics());
    }
  }

  @ParameterizedTest
  @MethodSource("few")
  void heads(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      CombinedLoss loss = CombinedLoss.of(part("class", 1, Losses.softmaxCrossEntropy()),
          part("box", 2, Losses.smoothL1(1)), part("both", 3, SUM));
      CombinedCall call = loss.on(compute);
      float[] d1 = new float[2], d2 = new float[1], x = {3, -1};
      call.part("class").of(new float[2], new int[]{1}, d1, 1, 2);
      call.part("box").of(new float[]{3}, new float[]{1}, d2, 1, 1);
      call.part("both").of(x, new float[]{1, 0}, x, 1, 2);
      assertEquals(Math.log(2) + 2 * 1.5 + 3 * 3.5, call.evaluate(), 1e-6);
      assertArrayEquals(new float[]{0.5f, -0.5f}, d1);
      assertArrayEquals(new float[]{2}, d2);
      assertArrayEquals(new float[]{10.5f, -4.5f}, x);
      assertEquals(1.5, call.parts().value("box"));
      assertEquals(3.5, call.parts().value("both"));
      assertEquals(3, call.part("both").parts().value("size"));
      // values alone
      call.part("class").of(new float[2], new int[]{1}, null, 1, 2);
      call.part("box").of(new float[]{3}, new float[]{1}, null, 1, 1);
      call.part("both").of(new float[]{3, -1}, new float[]{1, 0}, null, 1, 2);
      assertEquals(Math.log(2) + 2 * 1.5 + 3 * 3.5, call.evaluate(), 1e-6);
    }
  }

  @Test
  void slopes() {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      SumOfLosses loss = SumOfLosses.of(part("square", 0.3, Losses.meanSquaredError()),
          part("cosh", 2, Losses.logCosh()), part("robust", -1, Losses.generalRobust(1, 1)));
      float[] x = normal(3, 12, 1), t = normal(4, 12, 1), gradient = new float[12];
      call.of(x, t, gradient, 4, 3).evaluate(loss);
      call.of(x, t, null, 4, 3);
      // parts up to 0.3 * 16 + 2 * 4 + 4; third derivatives below 2 * 0.8 + 1, over 12 elements
      assertSlopes("sum", x, gradient, 17, 3 / 12.0, () -> call.evaluate(loss));
    }
  }

  @Test
  void sameBits() {
    int rows = 3_300, columns = 41;
    float[] x = normal(1, rows * columns, 2);
    int[] labels = below(2, rows, columns);
    SumOfLosses sum = SumOfLosses.of(part("class", 0.7, Losses.softmaxCrossEntropy()),
        part("entropy", 0.1, Losses.entropy()));
    assertSameBits(compute -> {
      float[] gradient = new float[x.length];
      return bits(LossCall.on(compute).of(x, labels, gradient, rows, columns).evaluate(sum), gradient);
    });
    CombinedLoss heads = CombinedLoss.of(part("class", 0.7, Losses.softmaxCrossEntropy()));
    assertSameBits(compute -> {
      float[] gradient = new float[x.length];
      CombinedCall call = heads.on(compute);
      call.part("class").of(x, labels, gradient, rows, columns);
      return bits(call.evaluate(), gradient);
    });
  }

  @Test
  void nonsense() {
    refused("weight of a|NaN", () -> part("a", Double.NaN, Losses.entropy()));
    refused("name is \" \"", () -> part(" ", 1, Losses.entropy()));
    refused("parts is empty", () -> CombinedLoss.of());
    refused("parts is empty", () -> SumOfLosses.of());
    refused("two parts are named a",
        () -> CombinedLoss.of(part("a", 1, Losses.entropy()), part("a", 1, Losses.nll())));
    refused("part a takes labels and part b|numbers",
        () -> SumOfLosses.of(part("b", 1, Losses.huber(1)), part("a", 1, Losses.nll())));
    refused("part a is a sum", () -> SumOfLosses.of(part("a", 1, SUM)));
    try (Compute compute = on(few().getLast(), 1)) {
      float[] x = {0}, gradient = {7};
      refused("losses are wanted", () -> LossCall.on(compute).of(x, x, null, 1, 1).losses(new float[1]).evaluate(SUM));
      CombinedCall heads = CombinedLoss.of(part("a", 1, Losses.entropy())).on(compute);
      refused("no part b", () -> heads.part("b"));
      refused("no part b", () -> heads.parts().value("b"));
      refused(IndexOutOfBoundsException.class, "part 0 of 0", () -> heads.parts().value(0));
      // the second part refuses: nothing is written, and the call is as it was
      SumOfLosses sum = SumOfLosses.of(part("a", 1, Losses.huber(1)), part("b", 2, Losses.hinge()));
      LossCall call = LossCall.on(compute).of(x, new float[]{0.5f}, gradient, 1, 1);
      refused("target[0]|0.5", () -> call.evaluate(sum));
      assertEquals(7, gradient[0]);
      call.evaluate(Losses.huber(1));
      assertEquals(-0.5f, gradient[0]);
    }
  }

  @Tag("allocation")
  @Test
  void allocatesNothing() {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        float[] x = normal(1, 20, 1), t = normal(2, 20, 1), gradient = new float[20], other = new float[20];
        int[] labels = below(3, 5, 4);
        CombinedCall call = CombinedLoss.of(part("class", 2, Losses.softmaxCrossEntropy()), part("sum", 1, SUM))
            .on(compute);
        Allocation.requireNone(kernels.name(), () -> {
          call.part("class").of(x, labels, gradient, 5, 4);
          call.part("sum").of(x, t, other, 5, 4);
          call.evaluate();
          call.parts().value("sum");
        });
      }
    }
  }
}
