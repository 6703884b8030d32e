package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** InfoNCE and NT-Xent: their options, tiles, edges, the same bits everywhere; {@link GoldenTest} has their values. */
class ContrastTest {
  private static final double EPS = 0x1p-24;

  private static Compute compute(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  /** Tiles of the sizes that are in use, and tiles that cut everything. */
  private static SimilarityCall call(Compute compute, Arena arena, long rows, long columns, boolean small) {
    return small
        ? new SimilarityCall(compute, arena, rows, columns, 2, 3)
        : SimilarityCall.on(compute, arena, rows, columns);
  }

  private static float[] random(long seed, int n) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** Similarities that are summed tile by tile differ by roundings. */
  @Test
  void tiles() {
    int rows = 8, columns = 17;
    float[] q = random(5, rows * columns), k = random(6, rows * columns);
    SimilarityBound bound = SimilarityBound.of(rows, columns, 0.25, true, q, k);
    float[][] whole = new float[3][q.length], cut = new float[3][q.length];
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      double[] values = contrast(call(compute, arena, rows, columns, false), q, k, whole, rows);
      double[] again = contrast(call(compute, arena, rows, columns, true), q, k, cut, rows);
      assertArrayEquals(values, again, 2 * bound.loss());
    }
    for (int g = 0; g < 3; g++) {
      assertArrayEquals(whole[g], cut[g], (float) (2 * bound.gradient(1.0 / rows)));
    }
  }

  /** Both losses, with the gradients of queries, keys and views. */
  private static double[] contrast(SimilarityCall call, float[] q, float[] k, float[][] gradients, int rows) {
    return new double[]{
        InfoNce.of(0.25).evaluate(call, of(q), of(k), of(gradients[0]), of(gradients[1]), rows, rows),
        NtXent.of(0.25).evaluate(call, of(q), of(gradients[2]), rows)};
  }

  /** The symmetric form is the mean of both directions; so are its losses and gradients. */
  @Test
  void symmetric() {
    int rows = 9, columns = 5;
    float[] q = random(1, rows * columns), k = random(2, rows * columns);
    SimilarityBound bound = SimilarityBound.of(rows, columns, 0.25, true, q, k);
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, rows, columns, true);
      for (Reduction reduction : Reduction.values()) {
        InfoNce one = InfoNce.of(0.25).reduction(reduction);
        float[][] there = new float[2][q.length], back = new float[2][q.length], both = new float[2][q.length];
        double first = one.evaluate(call, of(q), of(k), of(there[0]), of(there[1]), rows, rows);
        float[] losses = call.losses().toArray(JAVA_FLOAT);
        double second = one.evaluate(call, of(k), of(q), of(back[1]), of(back[0]), rows, rows);
        float[] others = call.losses().toArray(JAVA_FLOAT);
        double mean = one.symmetric(true).evaluate(call, of(q), of(k), of(both[0]), of(both[1]), rows, rows);
        assertEquals((first + second) / 2, mean, 1e-15 * rows * 10);
        for (int r = 0; r < rows; r++) {
          assertEquals((losses[r] + (double) others[r]) / 2, call.losses().getAtIndex(JAVA_FLOAT, r),
              EPS * (losses[r] + others[r]));
        }
        for (int s = 0; s < 2; s++) {
          for (int i = 0; i < q.length; i++) {
            assertEquals((there[s][i] + (double) back[s][i]) / 2, both[s][i], bound.gradient(reduction.scale(rows)));
          }
        }
      }
    }
  }

  /** Further keys are further negatives: of a batch without them, and of one key that is far away, it is the same. */
  @Test
  void furtherKeys() {
    int rows = 4, columns = 3;
    float[] q = {1, 0, 0, 2, 0, 0, 0, 3, 0, 1, 1, 0}, k = {1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 1, -1e4f, -1e4f, -1e4f};
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 5, columns, true);
      InfoNce loss = InfoNce.of(1).normalized(false);
      float[] dk = new float[15];
      double without = loss.evaluate(call, of(q), of(k), null, null, rows, rows);
      assertEquals(without, loss.evaluate(call, of(q), of(k), null, of(dk), rows, 5));
      assertArrayEquals(new float[3], java.util.Arrays.copyOfRange(dk, 12, 15));
      k[12] = 1;
      assertTrue(loss.evaluate(call, of(q), of(k), null, null, rows, 5) > without);
    }
  }

  /** A row of zeros has no direction: it is as far from all others, and its gradient is finite. */
  @Test
  void aRowOfZeros() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 4, 2, false);
      float[] z = {0, 0, 1, 0, 0, 1, 1, 1}, dz = new float[8];
      assertTrue(Double.isFinite(NtXent.of().evaluate(call, of(z), of(dz), 4)));
      assertEquals(Math.log(3), call.losses().getAtIndex(JAVA_FLOAT, 0), 4 * EPS);
      for (float d : dz) {
        assertTrue(Float.isFinite(d));
      }
    }
  }

  @Test
  void sameBitsEverywhere() {
    int rows = 70, columns = 19;
    float[] q = random(3, rows * columns), k = random(4, rows * columns);
    float[] expected = null;
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = compute(kernels, threads); Arena arena = Arena.ofShared()) {
          SimilarityCall call = new SimilarityCall(compute, arena, rows, columns, 33, 16);
          float[] all = new float[2 + 3 * q.length];
          MemorySegment out = of(all);
          all[0] = (float) InfoNce.of(0.1).symmetric(true).evaluate(call, of(q), of(k), out.asSlice(8),
              out.asSlice(8 + 4L * q.length), rows, rows);
          all[1] = (float) NtXent.of().evaluate(call, of(q), out.asSlice(8 + 8L * q.length), rows);
          expected = expected == null ? all : expected;
          assertArrayEquals(expected, all, kernels.name() + ", threads " + threads);
        }
      }
    }
  }

  @Test
  void edges() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 4, 2, false);
      MemorySegment z = of(new float[8]);
      assertTrue(Double.isNaN(NtXent.of().evaluate(call, z, null, 0)));
      assertEquals(0, InfoNce.of(1).reduction(Reduction.SUM).evaluate(call, z, z, null, null, 0, 0));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of(0));
      assertThrowsExactly(IllegalArgumentException.class, () -> InfoNce.of(Double.NaN));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, null, 3));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, null, 6));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, z, 4));
      InfoNce loss = InfoNce.of(1);
      assertThrowsExactly(IllegalArgumentException.class, () -> loss.evaluate(call, z, z, null, null, 4, 3));
      assertThrowsExactly(IllegalArgumentException.class,
          () -> loss.symmetric(true).evaluate(call, z, z, null, null, 3, 4));
      assertThrowsExactly(IndexOutOfBoundsException.class,
          () -> loss.evaluate(call, z, of(new float[7]), null, null, 4, 4));
    }
  }
}
