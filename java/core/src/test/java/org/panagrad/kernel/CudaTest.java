package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.ffi.NativeException;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** The kernels on a GPU, or on the emulated one of the build: the bits of all others, and what goes wrong is told. */
class CudaTest {
  private static final long SEED = 1;
  private static final long FLOATS = 1 << 22;
  private static CudaSession session;
  private static DeviceMemory memory;

  @BeforeAll
  static void open() {
    String missing = CudaSession.missing();
    assumeTrue(missing == null, () -> "skipped, " + missing);
    session = CudaSession.open(0);
    memory = session.floats(FLOATS);
    System.out.println("CUDA: " + CudaSession.describe(0));
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close();
    }
  }

  static List<KernelCase> cases() {
    return KernelCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameBits(KernelCase row) {
    for (Size size : row.sizes()) {
      for (Style style : List.of(Style.ORDINARY, Style.SPECIAL)) {
        compare(row, size, style);
      }
    }
  }

  private static void compare(KernelCase row, Size size, Style style) {
    Setup setup = row.at().apply(size);
    int[][] initial = Arguments.initial(setup, style, SEED);
    String where = row + " " + size + " " + style + " seed " + SEED;
    int[][] reference = Arguments.of(setup, initial, Memory.HEAP).call(Backends.of(Backend.SCALAR)).results();
    check(setup, reference, initial, 0, -1, where);
    for (int k = 0; k < initial.length; k++) {
      if (setup.arrays().get(k).inPlace() >= 0) {
        check(setup, reference, initial, 0, k, where + ", in place");
      }
      if (setup.arrays().get(k).nullable()) {
        check(setup, reference, initial, 1 << k, -1, where + ", with null");
      }
    }
  }

  private static void check(Setup setup, int[][] reference, int[][] initial, int nulls, int inPlace, String where) {
    Places places = new Places();
    Arguments arguments = Arguments.of(setup, initial, places, nulls, inPlace);
    memory.upload(0, places.end);
    arguments.spoilWritten(); // whoever works here rather than there is found out
    arguments.call(session.kernels());
    memory.download(0, places.end);
    Arguments.assertSame(setup, reference, arguments.results(), where);
  }

  /** One array behind the other in the session's memory, aligned to 4 bytes and no more. */
  private static final class Places implements Memory {
    private static final long GAP = 20;
    private long end = 4;

    @Override
    public MemorySegment place(Setup.Array array, int index) {
      MemorySegment place = memory.segment().asSlice(end, 4L * array.length());
      end += place.byteSize() + GAP;
      return place;
    }
  }

  @Test
  void memoryThatIsNotThereIsNamed() {
    OutOfMemoryError told = assertThrows(OutOfMemoryError.class, () -> session.floats(1L << 42));
    assertTrue(told.getMessage().contains("17592186044416 bytes") && told.getMessage().contains("free"),
        told::getMessage);
    assertThrows(IllegalArgumentException.class, () -> session.floats(0));
  }

  @Test
  void copiesOfAnyLengthArrive() {
    try (CudaSession other = CudaSession.open(0)) {
      long count = (9 << 20) / 4 + 3; // more than two stages
      DeviceMemory x = other.floats(count), y = other.floats(count);
      for (long i = 0; i < count; i++) {
        x.segment().setAtIndex(JAVA_FLOAT, i, i % 1000 - 500);
      }
      x.upload();
      other.kernels().relu(x.segment(), y.segment(), 0, count);
      y.download();
      for (long i = 0; i < count; i++) {
        assertEquals(Math.max(0, i % 1000 - 500), y.segment().getAtIndex(JAVA_FLOAT, i), "element " + i);
      }
      x.segment().fill((byte) 1);
      y.copyTo(x);
      x.download();
      assertEquals(-1, x.segment().mismatch(y.segment()));
      x.close();
      x.close();
      assertThrows(IllegalStateException.class, x::download);
      y.segment().fill((byte) 0);
      y.download(4 * 999, 4);
      assertEquals(499, y.segment().getAtIndex(JAVA_FLOAT, 999));
      assertEquals(0, y.segment().getAtIndex(JAVA_FLOAT, 1999));
    }
  }

  /** Five kernels and a copy: one by one at first, then as a graph whose arguments change. */
  @Test
  void theSameCallsAgainAreOneLaunch() {
    int n = 5000;
    Kernels here = Backends.of(Backend.AUTO);
    float[] expected = new float[n], scratch = new float[n];
    MemorySegment e = MemorySegment.ofArray(expected), s = MemorySegment.ofArray(scratch);
    try (CudaSession other = CudaSession.open(0)) {
      DeviceMemory x = other.floats(n), y = other.floats(n), z = other.floats(n);
      Kernels there = other.kernels();
      for (int round = 1; round <= 5; round++) {
        long before = other.launches();
        for (Kernels kernels : List.of(here, there)) {
          MemorySegment a = kernels == here ? e : x.segment(), b = kernels == here ? s : y.segment();
          kernels.uniform(b, -round, round, SEED, round, 0, n);
          kernels.tanh(b, b, 0, n);
          kernels.accumulate(b, a, 0.25f * round, 0, n);
          kernels.relu(b, b, 0, n);
          kernels.accumulate(b, a, 1, 0, n);
        }
        x.copyTo(z);
        assertEquals(before, other.launches(), "all of them wait");
        z.download();
        assertEquals(round == 1 ? 6 : 1, other.launches() - before, "round " + round);
        assertEquals(-1, z.segment().mismatch(other.floats(n).segment().copyFrom(e)), "round " + round);
      }
    }
  }

  /** Sums in another order: each is off by at most as many roundings as it has terms. */
  @Test
  void productsOfCublas() {
    int rows = 7, n = 5, k = 9, wide = 11;
    try (CudaSession other = CudaSession.open(0)) {
      Product product, builtIn = Product.of(Product.Choice.BUILTIN, other.kernels());
      try {
        product = Product.of(Product.Choice.CUBLAS, other.kernels());
      } catch (NativeException none) {
        assumeTrue(false, "skipped, " + none.getMessage());
        return;
      }
      assertTrue(product.name().startsWith("cuBLAS "), product.name());
      assertEquals(product.name(), Product.of(Product.Choice.AUTO, other.kernels()).name());
      DeviceMemory a = other.floats(wide * wide), b = other.floats(wide * wide), expected = other.floats(wide * wide),
          got = other.floats(wide * wide);
      other.kernels().uniform(a.segment(), -1, 1, SEED, 0, 0, wide * wide);
      other.kernels().uniform(b.segment(), -1, 1, SEED, 1, 0, wide * wide);
      for (int round = 0; round < 3; round++) { // the second and the third are graphs
        for (boolean transposed : new boolean[]{false, true}) {
          for (boolean accumulate : new boolean[]{false, true}) {
            for (Product by : List.of(builtIn, product)) {
              MemorySegment c = by == product ? got.segment() : expected.segment();
              by.multiply(a.segment(), b.segment(), c, n, k, wide, wide, wide, transposed, accumulate, 1, 3);
              by.multiply(a.segment(), b.segment(), c, n, k, wide, wide, wide, transposed, accumulate, 3, rows);
            }
          }
        }
        expected.download();
        got.download();
        for (int i = 0; i < wide * wide; i++) {
          assertEquals(expected.segment().getAtIndex(JAVA_FLOAT, i), got.segment().getAtIndex(JAVA_FLOAT, i),
              4 * k * k * 0x1p-24, "element " + i + ", round " + round);
        }
      }
      rounded(product, other);
      assertThrows(NativeException.class, () -> Product.of(Product.Choice.OPENBLAS, other.kernels()));
      assertThrows(NativeException.class, () -> Product.of(Product.Choice.CUBLAS, Backends.of(Backend.AUTO)));
    }
  }

  /** Of both products in one session each has its own arithmetic, also where both are notes of a graph. */
  private static void rounded(Product exact, CudaSession session) {
    Product tf32 = Product.of(Product.Choice.CUBLAS_TF32, session.kernels());
    assertEquals(exact.name() + ", TF32", tf32.name());
    DeviceMemory x = session.floats(1), y = session.floats(3);
    x.segment().set(JAVA_FLOAT, 0, 1 + 0x1p-12f);
    x.upload();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 6; i++) {
        (i % 2 == 0 ? exact : tf32).multiply(x.segment(), x.segment(), y.segment().asSlice(4 * (i % 3)), 1, 1, 1, 1, 1,
            false, false, 0, 1);
      }
      (round == 1 ? tf32 : exact).multiply(x.segment(), x.segment(), y.segment(), 1, 1, 1, 1, 1, false, false, 0, 1);
      y.download();
      assertEquals(round == 1 ? 1 : (1 + 0x1p-12f) * (1 + 0x1p-12f), y.segment().getAtIndex(JAVA_FLOAT, 0),
          round == 1 ? 0x1p-10 : 0, "round " + round);
      assertEquals((1 + 0x1p-12f) * (1 + 0x1p-12f), y.segment().getAtIndex(JAVA_FLOAT, 1));
    }
  }

  @Test
  void aClosedSessionSaysSo() {
    CudaSession closed = CudaSession.open(0);
    DeviceMemory x = closed.floats(1);
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, closed::synchronize);
    assertThrows(IllegalStateException.class, x::upload);
    assertThrows(IllegalStateException.class, () -> session.kernels().exp(x.segment(), x.segment(), 0, 1));
  }
}
