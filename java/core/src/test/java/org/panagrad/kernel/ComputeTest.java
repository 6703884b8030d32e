package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.ffi.NativeException;

/** Kernels as calls on plain arrays, and the choice of a product. */
class ComputeTest {
  private static final float LN_4 = 1.3862944f;

  static List<Kernels> backends() {
    return Backends.all();
  }

  private static Compute on(Kernels kernels) {
    return Compute.of(kernels, Product.Choice.BUILTIN, 1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void softmaxCrossEntropy(Kernels kernels) {
    try (Compute compute = on(kernels)) {
      // softmax is (1/4, 3/4) in the first row, (1/2, 1/2) in the second
      float[] logits = {0, 1.0986123f, 5, 5}, gradient = new float[4];
      int[] labels = {0, 1};
      float mean = compute.softmaxCrossEntropy(logits, labels, gradient, 2, 2, Reduction.MEAN);
      assertEquals((LN_4 + 0.6931472f) / 2, mean, 1e-6f);
      assertArrayEquals(new float[]{-0.375f, 0.375f, 0.25f, -0.25f}, gradient, 1e-6f);
      float sum = compute.softmaxCrossEntropy(logits, labels, gradient, 2, 2, Reduction.SUM);
      assertEquals(LN_4 + 0.6931472f, sum, 1e-6f);
      assertArrayEquals(new float[]{-0.75f, 0.75f, 0.5f, -0.5f}, gradient, 1e-6f);
      assertEquals(sum, compute.softmaxCrossEntropy(logits, labels, null, 2, 2, Reduction.NONE));
      assertEquals(mean, compute.softmaxCrossEntropy(logits, labels, logits, 2, 2, Reduction.MEAN));
      assertArrayEquals(new float[]{-0.375f, 0.375f, 0.25f, -0.25f}, logits, 1e-6f);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void meanSquaredError(Kernels kernels) {
    try (Compute compute = on(kernels)) {
      float[] prediction = {1, 2, 3, 5}, target = {1, 0, 4, 2}, gradient = new float[4];
      assertEquals(3.5f, compute.meanSquaredError(prediction, target, gradient, Reduction.MEAN));
      assertArrayEquals(new float[]{0, 1, -0.5f, 1.5f}, gradient);
      assertEquals(14, compute.meanSquaredError(prediction, target, gradient, Reduction.SUM));
      assertArrayEquals(new float[]{0, 4, -2, 6}, gradient);
      assertEquals(14, compute.meanSquaredError(prediction, target, null, Reduction.SUM));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void overNothing(Kernels kernels) {
    try (Compute compute = on(kernels)) {
      float[] none = {};
      assertEquals(Float.NaN, compute.softmaxCrossEntropy(none, new int[0], none, 0, 3, Reduction.MEAN));
      assertEquals(0, compute.softmaxCrossEntropy(none, new int[0], none, 0, 3, Reduction.SUM));
      assertEquals(Float.NaN, compute.meanSquaredError(none, none, none, Reduction.MEAN));
      assertEquals(0, compute.meanSquaredError(none, none, null, Reduction.SUM));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void badArrays(Kernels kernels) {
    try (Compute compute = on(kernels)) {
      float[] four = new float[4];
      int[] two = new int[2];
      assertThrows(IndexOutOfBoundsException.class,
          () -> compute.softmaxCrossEntropy(four, two, null, 3, 2, Reduction.MEAN));
      assertThrows(IndexOutOfBoundsException.class,
          () -> compute.softmaxCrossEntropy(four, two, null, -1, 2, Reduction.MEAN));
      assertThrows(IndexOutOfBoundsException.class,
          () -> compute.meanSquaredError(four, new float[3], null, Reduction.MEAN));
      assertThrows(NullPointerException.class, () -> compute.softmaxCrossEntropy(null, two, null, 2, 2, Reduction.SUM));
      // the scratch of an earlier, larger call does not hide a label
      Throwable thrown = assertThrows(IllegalArgumentException.class,
          () -> compute.softmaxCrossEntropy(four, new int[]{0, 2}, four, 2, 2, Reduction.MEAN));
      assertTrue(thrown.getMessage().contains("label 2 in row 1"), thrown.getMessage());
    }
  }

  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void allocatesNothing(Backend backend) {
    Kernels kernels = Backends.of(backend);
    int rows = 16, classes = 10;
    float[] logits = new float[rows * classes], target = new float[logits.length], gradient = new float[logits.length];
    int[] labels = new int[rows];
    try (Compute compute = on(kernels)) {
      Allocation.requireNone(backend + ": softmaxCrossEntropy",
          () -> compute.softmaxCrossEntropy(logits, labels, gradient, rows, classes, Reduction.MEAN));
      Allocation.requireNone(backend + ": meanSquaredError",
          () -> compute.meanSquaredError(logits, target, gradient, Reduction.MEAN));
    }
  }

  @Test
  void openBlasAgreesWithTheBuiltInProduct() {
    assumeTrue(Product.missing() == null, () -> "skipped, no OpenBLAS: " + Product.missing());
    Kernels kernels = Backends.of(Backend.AUTO);
    Product openBlas = Product.of(Product.Choice.OPENBLAS, kernels);
    Product builtin = Product.of(Product.Choice.BUILTIN, kernels);
    assertTrue(openBlas.name().contains("OpenBLAS"), openBlas.name());
    assertEquals("built-in (" + kernels.name() + ")", builtin.name());
    for (int[] row : Pairwise.of(4, 4, 4, 2, 2)) {
      int[] sizes = {1, 5, 33, 128};
      compare(openBlas, builtin, sizes[row[0]], sizes[row[1]], sizes[row[2]], row[3] == 1, row[4] == 1);
    }
  }

  private static void compare(Product one, Product other, int m, int n, int k, boolean transposed, boolean accumulate) {
    try (Arena arena = Arena.ofConfined()) {
      Random random = new Random(6);
      int lda = (transposed ? m : k) + 1;
      MemorySegment a = random(arena, random, (transposed ? k : m) * lda), b = random(arena, random, k * n);
      MemorySegment c = random(arena, random, m * n), d = arena.allocate(4L * m * n, 4).copyFrom(c);
      for (int middle : new int[]{0, m / 2}) { // two panels, then the whole of what is left
        long from = middle == 0 ? 0 : middle, to = middle == 0 ? m / 2 : m;
        one.multiply(a, b, c, n, k, lda, n, n, transposed, accumulate, from, to);
        other.multiply(a, b, d, n, k, lda, n, n, transposed, accumulate, from, to);
      }
      if (m == 1) {
        one.multiply(a, b, c, n, k, lda, n, n, transposed, false, 0, 1);
        other.multiply(a, b, d, n, k, lda, n, n, transposed, false, 0, 1);
      }
      // sums of k products below 1: each within k roundings of the exact one
      float[] got = c.toArray(ValueLayout.JAVA_FLOAT);
      assertArrayEquals(d.toArray(ValueLayout.JAVA_FLOAT), got, 2 * (k + 1) * k * 0x1p-24f,
          "m " + m + " n " + n + " k " + k + " transposed " + transposed + " accumulate " + accumulate + " seed 6");
    }
  }

  private static MemorySegment random(Arena arena, Random random, int n) {
    MemorySegment x = arena.allocate(4L * n, 4);
    for (int i = 0; i < n; i++) {
      x.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat(-1, 1));
    }
    return x;
  }

  @Test
  void openBlasTakesNoHeapArrays() {
    assumeTrue(Product.missing() == null, () -> "skipped, no OpenBLAS: " + Product.missing());
    Product openBlas = Product.of(Product.Choice.OPENBLAS, Backends.of(Backend.AUTO));
    MemorySegment heap = MemorySegment.ofArray(new float[4]), other = MemorySegment.ofArray(new float[4]),
        c = MemorySegment.ofArray(new float[4]);
    Throwable thrown = assertThrows(IllegalArgumentException.class,
        () -> openBlas.multiply(heap, other, c, 2, 2, 2, 2, 2, false, false, 0, 2));
    assertTrue(thrown.getMessage().contains("heap"), thrown.getMessage());
  }

  @Test
  void aMissingProductSaysWhy() {
    assumeTrue(Product.missing() != null, "skipped, OpenBLAS is there; BareJvmTest looks at a JVM without");
    Throwable thrown = assertThrows(NativeException.class,
        () -> Product.of(Product.Choice.OPENBLAS, Backends.of(Backend.AUTO)));
    assertTrue(thrown.getMessage().contains(Product.missing()), thrown.getMessage());
  }

  @Test
  void anotherThreadCountIsRefused() {
    Throwable thrown = assertThrows(IllegalArgumentException.class,
        () -> Compute.of(Backend.SCALAR, Product.Choice.BUILTIN, 0).close());
    assertTrue(thrown.getMessage().contains("threads is 0"), thrown.getMessage());
  }
}
