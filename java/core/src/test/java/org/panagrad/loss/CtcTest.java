package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** The CTC loss of a batch: its reductions, and arrays against memory. */
class CtcTest {
  private static final int TIME = 3, CLASSES = 2, MAX_TARGET = 2;
  /** Equal logits: of 8 walks, 1 spells (1, 1) and 1 nothing; of the 2 walks of one frame, 1 spells (1). */
  private static final double[] LOSSES = {Math.log(8), Math.log(8), Math.log(2)};
  private static final int[] LABELS = {1, 1, 9, 9, 1, 9}, INPUTS = {3, 3, 1}, TARGETS = {2, 0, 1};
  /** Of the sum: softmax is 1/2 everywhere, and the walks leave no choice. */
  private static final float[] GRADIENT = {0.5f, -0.5f, -0.5f, 0.5f, 0.5f, -0.5f, -0.5f, 0.5f, -0.5f, 0.5f, -0.5f, 0.5f,
      0.5f, -0.5f, 0, 0, 0, 0};

  private final float[] logits = new float[3 * TIME * CLASSES], gradient = new float[logits.length];
  private final CtcScratch scratch = CtcScratch.of(3, TIME, MAX_TARGET);

  static List<Kernels> backends() {
    return Backends.all();
  }

  private double evaluate(Ctc ctc, Kernels kernels, float[] gradient) {
    return ctc.evaluate(kernels, logits, LABELS, INPUTS, TARGETS, gradient, scratch, TIME, CLASSES, MAX_TARGET);
  }

  private static float[] scaled(double... factors) {
    float[] scaled = GRADIENT.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= (float) factors[i / (TIME * CLASSES)];
    }
    return scaled;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void reductions(Kernels kernels) {
    Ctc ctc = Ctc.of(0);
    double sum = LOSSES[0] + LOSSES[1] + LOSSES[2], mean = (LOSSES[0] / 2 + LOSSES[1] + LOSSES[2]) / 3;
    assertEquals(mean, evaluate(ctc, kernels, gradient), 1e-6);
    assertArrayEquals(scaled(1 / 6.0, 1 / 3.0, 1 / 3.0), gradient, 1e-6f);
    assertEquals(sum, evaluate(ctc.withReduction(Reduction.SUM), kernels, gradient), 1e-6);
    assertArrayEquals(GRADIENT, gradient, 1e-6f);
    assertEquals(sum, evaluate(ctc.withReduction(Reduction.NONE), kernels, null), 1e-6);
    for (int n = 0; n < 3; n++) {
      assertEquals(LOSSES[n], scratch.losses().getAtIndex(ValueLayout.JAVA_FLOAT, n), 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void offHeapIsTheSame(Kernels kernels) {
    double expected = evaluate(Ctc.of(0), kernels, gradient);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, logits);
      assertEquals(expected, Ctc.of(0).evaluate(kernels, x, arena.allocateFrom(ValueLayout.JAVA_INT, LABELS),
          arena.allocateFrom(ValueLayout.JAVA_INT, INPUTS), arena.allocateFrom(ValueLayout.JAVA_INT, TARGETS), x,
          CtcScratch.of(arena, 3, TIME, MAX_TARGET), 3, TIME, CLASSES, MAX_TARGET));
      assertArrayEquals(gradient, x.toArray(ValueLayout.JAVA_FLOAT));
    }
  }

  @Test
  void infiniteLosses() {
    for (Kernels kernels : Backends.all()) {
      int[] short2 = {2, 3, 1};
      Ctc ctc = Ctc.of(0);
      assertEquals(Double.POSITIVE_INFINITY, ctc.evaluate(kernels, logits, LABELS, short2, TARGETS, gradient, scratch,
          TIME, CLASSES, MAX_TARGET));
      // the sample still counts
      assertEquals((LOSSES[1] + LOSSES[2]) / 3, ctc.withZeroInfinity(true).evaluate(kernels, logits, LABELS, short2,
          TARGETS, gradient, scratch, TIME, CLASSES, MAX_TARGET), 1e-6);
      assertArrayEquals(scaled(0, 1 / 3.0, 1 / 3.0), gradient, 1e-6f);
    }
  }

  @Test
  void nothing() {
    for (Kernels kernels : Backends.all()) {
      assertEquals(Double.NaN, none(Ctc.of(0), kernels));
      assertEquals(0, none(Ctc.of(0).withReduction(Reduction.SUM), kernels));
    }
  }

  private double none(Ctc ctc, Kernels kernels) {
    return ctc.evaluate(kernels, logits, LABELS, new int[0], TARGETS, gradient, scratch, TIME, CLASSES, MAX_TARGET);
  }

  @Test
  void options() {
    assertEquals(new Ctc(4, false, Reduction.MEAN), Ctc.of(4));
    assertEquals(new Ctc(4, true, Reduction.SUM), Ctc.of(4).withZeroInfinity(true).withReduction(Reduction.SUM));
    assertThrows(IllegalArgumentException.class, () -> Ctc.of(-1));
  }

  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void allocatesNothing(Backend backend) {
    Kernels kernels = Backends.of(backend);
    Ctc ctc = Ctc.of(0);
    Allocation.requireNone(backend.toString(), () -> evaluate(ctc, kernels, gradient));
  }
}
