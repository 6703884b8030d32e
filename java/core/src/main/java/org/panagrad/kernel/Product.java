package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.Blas;
import org.panagrad.ffi.ProductCalls;
import org.panagrad.ffi.NativeException;

/** Who computes matrix products. */
public final class Product {
  private static final System.Logger LOG = System.getLogger("org.panagrad");

  /** Which product to use. */
  public enum Choice {
    /** OpenBLAS where it is found, else the built-in one. */
    AUTO,
    /** OpenBLAS: its bits are the same on any number of threads of one kind of processor. */
    OPENBLAS,
    /** Sums in fixed order: its bits are the same everywhere. */
    BUILTIN
  }

  /** Multiply-adds of a short call, about 10 microseconds. */
  private static final long SHORT_PRODUCT = 262_144;

  private final Kernels kernels;
  private final @Nullable Blas blas;

  private Product(Kernels kernels, @Nullable Blas blas) {
    this.kernels = kernels;
    this.blas = blas;
  }

  /**
   * A product.
   *
   * @param choice  which
   * @param kernels do the built-in one
   * @return the product
   * @throws NativeException if OPENBLAS is asked for and cannot be had, with the reason
   */
  public static Product of(Choice choice, Kernels kernels) {
    if (kernels.onDevice() && choice == Choice.OPENBLAS) {
      throw new NativeException("OpenBLAS multiplies on a processor, not on a GPU: use AUTO or BUILTIN");
    }
    return switch (kernels.onDevice() ? Choice.BUILTIN : choice) {
      case BUILTIN -> new Product(kernels, null);
      case OPENBLAS -> new Product(kernels, blas());
      case AUTO -> new Product(kernels, Blas.missing() == null ? Blas.get() : fallback());
    };
  }

  private static Blas blas() {
    String missing = Blas.missing();
    if (missing != null) {
      throw new NativeException("no OpenBLAS: " + missing);
    }
    return Blas.get();
  }

  private static @Nullable Blas fallback() {
    LOG.log(System.Logger.Level.INFO, "matrix products are the built-in ones: {0}", Blas.missing());
    return null;
  }

  /**
   * Why OpenBLAS cannot be had.
   *
   * @return the reason, or null if it can
   */
  public static @Nullable String missing() {
    return Blas.missing();
  }

  /**
   * Names the product for people.
   *
   * @return "built-in (native avx512)" or OpenBLAS's own words
   */
  public String name() {
    return blas == null ? "built-in (" + kernels.name() + ")" : blas.config();
  }

  /**
   * {@code c = (accumulate ? c : 0) + op(a) b} for the rows [from, to) of c, off the heap; see
   * {@link ProductKernels#product}. OpenBLAS's bits depend on the range: callers cut by shape alone.
   *
   * @param a          the left matrix
   * @param b          k rows of n floats, {@code ldb} apart
   * @param c          rows of n floats, {@code ldc} apart
   * @param n          columns of b and c
   * @param k          length of the sums
   * @param lda        floats from one row of a to the next
   * @param ldb        floats from one row of b to the next
   * @param ldc        floats from one row of c to the next
   * @param transposeA whether a holds its columns as rows
   * @param accumulate whether to add to c
   * @param from       first row of c
   * @param to         end
   */
  public void multiply(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    if (blas == null) {
      kernels.product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
      return;
    }
    CheckedProductKernels.check(a, b, c, n, k, lda, ldb, ldc, transposeA, from, to);
    if (!(a.isNative() && b.isNative() && c.isNative())) {
      throw new IllegalArgumentException(
          "OpenBLAS takes no heap arrays: use memory of an arena, or the built-in product");
    }
    Math.toIntExact(Math.max(Math.max(Math.max(lda, ldb), Math.max(ldc, n)), Math.max(k, to - from)));
    if (to > from) {
      // one call for the range, never cut: a short one is critical, a longer one plain
      long step = (to - from) * n * k <= SHORT_PRODUCT ? to - from : 0;
      ProductCalls.call(blas.product(), step, a, b, c, n, k, lda, ldb, ldc, transposeA ? 1 : 0, accumulate ? 1 : 0,
          from,
          to);
    }
  }
}
