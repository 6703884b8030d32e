package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.function.Executable;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** What holds for losses that are made of others: same bits everywhere, true gradients, nothing allocated. */
final class LossAssertions {
  /** Half an ulp of 1. */
  static final double EPS = 0x1p-24;

  private LossAssertions() {
  }

  static List<Kernels> few() {
    return List.of(Backends.of(Backend.SCALAR), Backends.of(Backend.AUTO));
  }

  static Compute on(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  /** On one thread. */
  static LossCall call(Kernels kernels) {
    return LossCall.on(on(kernels, 1));
  }

  /** The same with another reduction. */
  static Loss with(Loss loss, Reduction reduction) {
    return loss instanceof ElementwiseLoss e ? e.reduction(reduction) : ((RowwiseLoss) loss).reduction(reduction);
  }

  static float[] filled(int n, float value) {
    float[] x = new float[n];
    Arrays.fill(x, value);
    return x;
  }

  static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  static MemorySegment of(int... x) {
    return MemorySegment.ofArray(x);
  }

  static float[] normal(long seed, int n, double width) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (random.nextGaussian() * width);
    }
    return x;
  }

  static int[] below(long seed, int n, int bound) {
    return new Random(seed).ints(n, 0, bound).toArray();
  }

  /** Values and gradients are those of plain Java on one thread. */
  static void assertSameBits(Function<Compute, float[]> run) {
    float[] expected;
    try (Compute compute = on(Backends.of(Backend.SCALAR), 1)) {
      expected = run.apply(compute);
    }
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = on(kernels, threads)) {
          float[] got = run.apply(compute);
          for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(got[i])) {
              assertEquals(expected[i], got[i], kernels.name() + ", threads " + threads + ", element " + i);
            }
          }
        }
      }
    }
  }

  /** A double in two floats, for {@link #assertSameBits}. */
  static float[] bits(double value, float[]... more) {
    int n = 2;
    for (float[] x : more) {
      n += x.length;
    }
    float[] all = new float[n];
    all[0] = (float) value;
    all[1] = (float) (value - (float) value);
    int at = 2;
    for (float[] x : more) {
      System.arraycopy(x, 0, all, at, x.length);
      at += x.length;
    }
    return all;
  }

  /**
   * The gradient at x is that of the value by central differences.
   *
   * @param value    of what x holds; a sum of numbers of size {@code size}, each within 8 roundings
   * @param third    bound of the third derivative
   */
  static void assertSlopes(String what, float[] x, float[] gradient, double size, double third, DoubleSupplier value) {
    double h = 0x1p-7, tolerance = 8 * EPS * size / h + third * h * h / 6 + 1e-6;
    for (int i = 0; i < x.length; i++) {
      float was = x[i], up = (float) (was + h), down = (float) (was - h);
      x[i] = up;
      double above = value.getAsDouble();
      x[i] = down;
      double below = value.getAsDouble();
      x[i] = was;
      int at = i;
      assertEquals((above - below) / ((double) up - down), gradient[i], tolerance, () -> what + ", element " + at);
    }
  }

  static <T extends Throwable> void refused(Class<T> kind, String words, Executable call) {
    String message = assertThrows(kind, call).getMessage();
    for (String word : words.split("\\|")) {
      assertTrue(message.contains(word), () -> word + " is not in: " + message);
    }
  }

  static void refused(String words, Executable call) {
    refused(IllegalArgumentException.class, words, call);
  }
}
