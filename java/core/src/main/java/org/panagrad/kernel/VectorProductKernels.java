package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.L;

import java.lang.foreign.MemorySegment;

/** {@link ProductKernels} in the Vector API. */
sealed interface VectorProductKernels extends ScalarProductKernels permits VectorKernels {
  /** Terms added by one visit of a tile; a strip of b of this depth stays in the first cache. */
  int DEPTH = 64;

  /** The tallest tile, and its width in vectors: sums, a row of b and a factor in the 32 or 16 registers. */
  int TILE_ROWS = 6, WIDE_ROWS = 4, TILE_VECTORS = L == 16 ? 4 : 2;

  @Override
  default void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    VectorLoops loops = loops(a, b, c, null);
    long aRow = (transposeA ? 1 : lda) * BYTES, aStep = (transposeA ? lda : 1) * BYTES;
    long end = whole(0, n);
    for (long j = 0; j < end;) {
      int columns = strip(end - j);
      // at least one round, so that k = 0 writes the zeros
      long p = 0;
      do {
        int depth = (int) Math.min(DEPTH, k - p);
        boolean fresh = !accumulate && p == 0;
        for (long i = from; i < to;) {
          int rows = rowsOfTile(columns, to - i);
          multiply(loops, rows, columns, a, i * aRow + p * aStep, aRow, aStep, b, (p * ldb + j) * BYTES, ldb * BYTES, c,
              (i * ldc + j) * BYTES, ldc * BYTES, depth, fresh);
          i += rows;
        }
        p += depth;
      } while (p < k);
      j += columns;
    }
    lastColumns(a, b, c, end, n, k, aRow / BYTES, aStep / BYTES, ldb, ldc, accumulate, from, to);
  }

  /**
   * The columns behind the last whole vector, one by one: masked accesses make the loops too large for the JIT's first
   * compiler, and then they are never compiled by the second.
   */
  private static void lastColumns(MemorySegment a, MemorySegment b, MemorySegment c, long first, long n, long k,
      long aRow, long aStep, long ldb, long ldc, boolean accumulate, long from, long to) {
    for (long i = from; i < to; i++) {
      for (long j = first; j < n; j++) {
        float sum = accumulate ? get(c, i * ldc + j) : 0;
        for (long p = 0; p < k; p++) {
          sum = Math.fma(get(a, i * aRow + p * aStep), get(b, p * ldb + j), sum);
        }
        set(c, i * ldc + j, sum);
      }
    }
  }

  /** Columns of the next strip: as many vectors as a tile has, 2, or one. */
  private static int strip(long left) {
    return left >= TILE_VECTORS * L ? TILE_VECTORS * L : left >= 2 * L ? 2 * L : L;
  }

  private static int rowsOfTile(int columns, long left) {
    int rows = columns == 4 * L ? WIDE_ROWS : TILE_ROWS;
    return left < rows ? 1 : rows;
  }

  private static void multiply(VectorLoops loops, int rows, int columns, MemorySegment a, long ao, long aRow,
      long aStep, MemorySegment b, long bo, long ldb, MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    if (rows > 1) {
      switch (columns / L) {
        case 4 -> loops.products().multiply4x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
        case 2 -> loops.products().multiply6x2(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
        default -> loops.products().multiply6x1(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      }
    } else if (columns == 4 * L) {
      loops.products().multiply1x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
    } else {
      for (int v = 0; v < columns; v += L) {
        loops.products().multiply1x1(a, ao, aRow, aStep, b, bo + v * BYTES, ldb, c, co + v * BYTES, ldc, depth, fresh);
      }
    }
  }
}
