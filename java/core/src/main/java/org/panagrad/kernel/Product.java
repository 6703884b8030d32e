package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.Blas;
import org.panagrad.ffi.CudaLibrary;
import org.panagrad.ffi.ProductCalls;
import org.panagrad.ffi.NativeException;

/** Who computes matrix products. */
public final class Product {
  private static final System.Logger LOG = System.getLogger("org.panagrad");

  /** Which product to use. */
  public enum Choice {
    /** OpenBLAS where it is found, on a GPU cuBLAS, else the built-in one. */
    AUTO,
    /** OpenBLAS: its bits are the same on any number of threads of one kind of processor. */
    OPENBLAS,
    /** Sums in fixed order: its bits are the same everywhere. */
    BUILTIN,
    /** cuBLAS, on a GPU: its bits are the same on one kind of GPU. */
    CUBLAS,
    /** cuBLAS with the upper 10 bits of fractions only: some times faster, and as much less exact. */
    CUBLAS_TF32
  }

  /** Multiply-adds of a short call, about 10 microseconds. */
  private static final long SHORT_PRODUCT = 262_144;

  private final Kernels kernels;
  private final @Nullable Library library;

  /** Somebody else's product. */
  private record Library(MemorySegment function, String name) {
  }

  private Product(Kernels kernels, @Nullable Library library) {
    this.kernels = kernels;
    this.library = library;
  }

  /**
   * A product.
   *
   * @param choice  which
   * @param kernels do the built-in one, where the arrays lie
   * @return the product
   * @throws NativeException if a library is asked for by name and cannot be had there, with the reason
   */
  public static Product of(Choice choice, Kernels kernels) {
    return new Product(kernels, switch (choice) {
      case BUILTIN -> null;
      case OPENBLAS -> openBlas(kernels);
      case CUBLAS -> cuBlas(kernels, false);
      case CUBLAS_TF32 -> cuBlas(kernels, true);
      case AUTO -> automatic(kernels);
    });
  }

  private static @Nullable Library automatic(Kernels kernels) {
    try {
      return kernels.onDevice() ? cuBlas(kernels, false) : openBlas(kernels);
    } catch (NativeException e) {
      LOG.log(System.Logger.Level.INFO, "matrix products are the built-in ones: {0}", e.getMessage());
      return null;
    }
  }

  private static Library openBlas(Kernels kernels) {
    if (kernels.onDevice()) {
      throw new NativeException("OpenBLAS multiplies on a processor, not on a GPU: use AUTO, CUBLAS or BUILTIN");
    }
    String missing = Blas.missing();
    if (missing != null) {
      throw new NativeException("no OpenBLAS: " + missing);
    }
    return new Library(Blas.get().product(), Blas.get().config());
  }

  private static Library cuBlas(Kernels kernels, boolean tf32) {
    if (kernels instanceof CheckedKernels(_, CudaSession session)) {
      String name = session.openBlas();
      return new Library(CudaLibrary.get().blasProduct(tf32), tf32 ? name + ", TF32" : name);
    }
    throw new NativeException("cuBLAS multiplies on a GPU: use Backend.CUDA, or AUTO");
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
   * @return "built-in (native avx512)" or the library's own words
   */
  public String name() {
    return library == null ? "built-in (" + kernels.name() + ")" : library.name;
  }

  /**
   * {@code c = (accumulate ? c : 0) + op(a) b} for the rows [from, to) of c, off the heap; see
   * {@link ProductKernels#product}. A library's bits depend on the range: callers cut by shape
   * alone.
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
    if (library == null) {
      kernels.product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
      return;
    }
    CheckedProductKernels.check(a, b, c, n, k, lda, ldb, ldc, transposeA, from, to);
    if (!(a.isNative() && b.isNative() && c.isNative())) {
      throw new IllegalArgumentException(
          library.name + " takes no heap arrays: use memory of an arena, or the built-in product");
    }
    Math.toIntExact(Math.max(Math.max(Math.max(lda, ldb), Math.max(ldc, n)), Math.max(k, to - from)));
    if (to > from) {
      // one call for the range, never cut: a short one is critical, a longer one plain, as all of a GPU's are
      long step = !kernels.onDevice() && (to - from) * n * k <= SHORT_PRODUCT ? to - from : 0;
      ProductCalls.call(library.function, step, a, b, c, n, k, lda, ldb, ldc, transposeA ? 1 : 0, accumulate ? 1 : 0,
          from,
          to);
    }
  }
}
