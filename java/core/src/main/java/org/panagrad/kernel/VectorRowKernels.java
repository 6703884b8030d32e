package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarRowKernels.sumColumns;
import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.rows;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.L;

import java.lang.foreign.MemorySegment;

/** {@link RowKernels} in the Vector API. */
sealed interface VectorRowKernels extends ScalarRowKernels permits VectorKernels {
  /** A vector for each partial sum, one set per thread so that nothing is allocated. */
  ThreadLocal<float[]> COLUMN_PARTIALS = ThreadLocal.withInitial(() -> new float[PARTIALS * L]);

  @Override
  default void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    VectorLoops loops = loops(x, bias, y, null);
    long stride = columns * BYTES;
    for (long c = 0; c < columns;) {
      int count = block(c, columns);
      for (long r = from; r < to;) {
        int rows = rows(to - r, count);
        long row = r * stride + c * BYTES;
        loops.rows().add(x, row, stride, bias, c * BYTES, 0, y, row, stride, rows, count);
        r += rows;
      }
      c += count;
    }
  }

  @Override
  default void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    VectorLoops loops = loops(x, sums, null, null);
    float[] partial = COLUMN_PARTIALS.get();
    long end = whole(0, columns);
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = 0; c < end; c += L) {
        loops.rows().columnSums(x, (first * columns + c) * BYTES, columns * BYTES, count, sums,
            (b * columns + c) * BYTES, partial);
      }
    }
    sumColumns(x, sums, end, rows, columns, blockRows, from, to);
  }
}
