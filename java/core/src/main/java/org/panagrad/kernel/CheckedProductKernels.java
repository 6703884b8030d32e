package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.atLeastOne;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link ProductKernels}. */
sealed interface CheckedProductKernels extends ProductKernels, CheckedForm permits CheckedKernels {
  @Override
  default void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    check(a, b, c, n, k, lda, ldb, ldc, transposeA, from, to);
    backend().product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
  }

  /** The checks of a product, whoever computes it. */
  static void check(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, long from, long to) {
    range(from, to);
    atLeastOne("n", n);
    if (k < 0) {
      throw new IllegalArgumentException("k is " + k + ": it must not be negative");
    }
    long aRows = transposeA ? k : to, aColumns = transposeA ? to : k;
    long aSize = matrix("lda", aRows, aColumns, lda), bSize = matrix("ldb", k, n, ldb), cSize = matrix("ldc", to, n,
        ldc);
    in("a", a, aSize);
    in("b", b, bSize);
    out("c", c, cSize);
    apart("c", c, cSize, "a", a, aSize);
    apart("c", c, cSize, "b", b, bSize);
  }

  /** Floats that a matrix spans. */
  private static long matrix(String leadingName, long rows, long columns, long leading) {
    if (leading < columns) {
      throw new IllegalArgumentException(
          leadingName + " is " + leading + ": it must be at least the length of a row, " + columns);
    }
    return rows == 0 || columns == 0 ? 0 : elements(leadingName, leading, rows - 1) + columns;
  }
}
