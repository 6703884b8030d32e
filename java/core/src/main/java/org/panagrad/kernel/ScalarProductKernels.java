package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;

/** {@link ProductKernels} in plain Java. */
sealed interface ScalarProductKernels extends ProductKernels permits ScalarKernels, VectorProductKernels {
  @Override
  default void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    long row = transposeA ? 1 : lda, step = transposeA ? lda : 1;
    for (long i = from; i < to; i++) {
      if (!accumulate) {
        zero(c, i * ldc, i * ldc + n);
      }
      for (long p = 0; p < k; p++) {
        multiplyAdd(get(a, i * row + p * step), b, p * ldb, c, i * ldc, n);
      }
    }
  }

  private static void multiplyAdd(float factor, MemorySegment b, long from, MemorySegment c, long to, long n) {
    for (long j = 0; j < n; j++) {
      set(c, to + j, Math.fma(factor, get(b, from + j), get(c, to + j)));
    }
  }
}
