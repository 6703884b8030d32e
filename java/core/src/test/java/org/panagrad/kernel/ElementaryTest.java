package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** exp and log over all of float. */
class ElementaryTest {
  /** A prime: about a million inputs, of every exponent and every ending. */
  private static final long STRIDE = 4099;

  @Test
  void expIsWithinOneUlp() {
    assertWithinOneUlp("exp", Kernels::exp, StrictMath::exp);
  }

  @Test
  void logIsWithinOneUlp() {
    assertWithinOneUlp("log", Kernels::log, StrictMath::log);
  }

  private static void assertWithinOneUlp(String name, Map op, DoubleUnaryOperator exact) {
    int n = (int) ((1L << 32) / STRIDE);
    float[] x = new float[n], y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = Float.intBitsToFloat((int) (i * STRIDE));
    }
    op.on(Backends.of(Backend.AUTO), MemorySegment.ofArray(x), MemorySegment.ofArray(y), 0, n);
    int finite = 0;
    for (int i = 0; i < n; i++) {
      double expected = exact.applyAsDouble(x[i]);
      float rounded = (float) expected;
      boolean right = Float.compare(y[i], rounded) == 0
          || Math.abs(y[i] - expected) <= Math.ulp(Math.abs(expected) > Float.MAX_VALUE ? Float.MAX_VALUE : rounded);
      assertTrue(right, () -> name + " is not within 1 ulp of " + expected);
      finite += rounded != 0 && Float.isFinite(rounded) ? 1 : 0;
    }
    assertTrue(finite > n / 8, name + ": only " + finite + " of " + n + " results are finite and not 0");
  }

  /** All of them: every backend at every input has scalar Java's bits. */
  @Test
  @Tag("acceptance")
  void allInputsAgree() {
    Assumptions.assumeTrue(Backends.missing(Backend.NATIVE) == null, () -> Backends.missing(Backend.NATIVE));
    for (Map op : new Map[]{Kernels::exp, Kernels::log}) {
      int n = 1 << 22;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = arena.allocate(4L * n, 64), expected = arena.allocate(4L * n, 64),
            y = arena.allocate(4L * n, 64);
        for (long start = 0; start < 1L << 32; start += n) {
          for (int i = 0; i < n; i++) {
            x.setAtIndex(ValueLayout.JAVA_INT, i, (int) (start + i));
          }
          op.on(Backends.of(Backend.SCALAR), x, expected, 0, n);
          for (Kernels kernels : Backends.all()) {
            op.on(kernels, x, y, 0, n);
            if (y.mismatch(expected) >= 0) {
              assertSameBits(kernels, x, expected, y, n);
            }
          }
        }
      }
    }
  }

  private static void assertSameBits(Kernels kernels, MemorySegment x, MemorySegment expected, MemorySegment y, int n) {
    for (int i = 0; i < n; i++) {
      float a = expected.getAtIndex(ValueLayout.JAVA_FLOAT, i), b = y.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      int input = x.getAtIndex(ValueLayout.JAVA_INT, i);
      // floatToIntBits has one NaN
      assertEquals(Float.floatToIntBits(a), Float.floatToIntBits(b),
          () -> kernels.name() + " at " + Float.intBitsToFloat(input));
    }
  }

  @FunctionalInterface
  private interface Map {
    void on(Kernels kernels, MemorySegment x, MemorySegment y, long from, long to);
  }
}
