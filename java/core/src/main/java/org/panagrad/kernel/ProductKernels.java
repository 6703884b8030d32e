package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** The built-in matrix product; the range counts rows of c. */
public sealed interface ProductKernels
    permits Kernels, CheckedProductKernels, NativeProductKernels, ScalarProductKernels {

  /**
   * {@code c[i][j] = accumulate ? c[i][j] : 0}, then for p = 0, 1, ... k - 1
   * {@code c[i][j] = fma(a(i, p), b[p][j], c[i][j])}, where a(i, p) is {@code a[i * lda + p]}, or {@code a[p * lda +
   * i]} when a is transposed.
   *
   * @param a          the left matrix
   * @param b          k rows of n floats, {@code ldb} apart
   * @param c          rows of n floats, {@code ldc} apart
   * @param n          columns of b and c
   * @param k          length of the sums; 0 leaves c, or zeros
   * @param lda        floats from one row of a to the next
   * @param ldb        floats from one row of b to the next
   * @param ldc        floats from one row of c to the next
   * @param transposeA whether a holds its columns as rows
   * @param accumulate whether to add to c
   * @param from       first row of c
   * @param to         end
   */
  void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to);
}
