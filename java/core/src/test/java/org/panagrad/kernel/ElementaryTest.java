package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The elementary functions over all of float. */
class ElementaryTest {
  /** A prime: about a million inputs, of every exponent and every ending. */
  private static final long STRIDE = 4099;

  /** A function and the promise of its contract. */
  private record Promise(String name, KernelCases.Map op, DoubleUnaryOperator exact, double ulps) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Promise> promises() {
    return List.of(new Promise("exp", Kernels::exp, StrictMath::exp, 1),
        new Promise("log", Kernels::log, StrictMath::log, 1),
        new Promise("log1p", Kernels::log1p, StrictMath::log1p, 1),
        new Promise("expm1", Kernels::expm1, StrictMath::expm1, 1.5),
        new Promise("tanh", Kernels::tanh, StrictMath::tanh, 1.5),
        new Promise("sigmoid", Kernels::sigmoid, KernelCases::sigmoid, 2.5),
        new Promise("softplus", Kernels::softplus, KernelCases::softplus, 2),
        new Promise("atan", Kernels::atan, StrictMath::atan, 2),
        new Promise("erf", (k, x, y, from, to) -> k.map(UnaryFunction.ERF, 0, 0, x, y, from, to), MapCases::erf, 1.5),
        power(0.3f), power(3), power(-1.7f));
  }

  private static Promise power(float a) {
    return new Promise("power " + a, (k, x, y, from, to) -> k.map(UnaryFunction.POWER, a, 0, x, y, from, to),
        x -> StrictMath.pow(x, a), 2);
  }

  @ParameterizedTest
  @MethodSource("promises")
  void keepsItsPromise(Promise promise) {
    int n = (int) ((1L << 32) / STRIDE);
    float[] x = new float[n], y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = Float.intBitsToFloat((int) (i * STRIDE));
    }
    promise.op.on(Backends.of(Backend.AUTO), MemorySegment.ofArray(x), MemorySegment.ofArray(y), 0, n);
    int finite = 0;
    for (int i = 0; i < n; i++) {
      double expected = promise.exact.applyAsDouble(x[i]);
      float rounded = (float) expected;
      boolean right = Float.compare(y[i], rounded) == 0
          || Math.abs(y[i] - expected) <= promise.ulps
              * Math.ulp(Math.abs(expected) > Float.MAX_VALUE ? Float.MAX_VALUE : rounded);
      assertTrue(right, () -> promise + " is not within " + promise.ulps + " ulp of " + expected);
      finite += rounded != 0 && Float.isFinite(rounded) ? 1 : 0;
    }
    assertTrue(finite > n / 8, promise + ": only " + finite + " of " + n + " results are finite and not 0");
  }

  /** All of them: every backend at every input has scalar Java's bits. */
  @ParameterizedTest
  @MethodSource("promises")
  @Tag("acceptance")
  void allInputsAgree(Promise promise) {
    Assumptions.assumeTrue(Backends.missing(Backend.NATIVE) == null, () -> Backends.missing(Backend.NATIVE));
    int n = 1 << 22;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * n, 64), expected = arena.allocate(4L * n, 64),
          y = arena.allocate(4L * n, 64);
      for (long start = 0; start < 1L << 32; start += n) {
        for (int i = 0; i < n; i++) {
          x.setAtIndex(ValueLayout.JAVA_INT, i, (int) (start + i));
        }
        promise.op.on(Backends.of(Backend.SCALAR), x, expected, 0, n);
        for (Kernels kernels : Backends.all()) {
          promise.op.on(kernels, x, y, 0, n);
          if (y.mismatch(expected) >= 0) {
            assertSameBits(kernels, x, expected, y, n);
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
}
