package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.ProductCalls;

/** {@link ProductKernels} in native code. */
sealed interface NativeProductKernels extends ProductKernels, NativeForm permits NativeKernels {
  /** Multiply-adds of a product in the time of one element of an elementwise kernel. */
  long PRODUCTS = 16;

  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment product;

    Functions(NativeTier tier) {
      product = tier.function("product_f32");
    }
  }

  /** Those of this tier. */
  Functions productFunctions();

  @Override
  default void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    // a row's multiply-adds, and the reading of b from memory when it is large
    long work = n * k / PRODUCTS + 1;
    if (tooLong(work, a, b) || tooLong(work, b, c)) {
      java().product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
    } else {
      ProductCalls.call(productFunctions().product, step(work), a, b, c, n, k, lda, ldb, ldc, transposeA ? 1 : 0,
          accumulate ? 1 : 0, from, to);
    }
  }
}
