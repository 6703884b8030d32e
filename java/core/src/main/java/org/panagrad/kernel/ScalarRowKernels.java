package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link RowKernels} in plain Java. */
sealed interface ScalarRowKernels extends RowKernels permits ScalarKernels, VectorRowKernels {
  @Override
  default void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        set(y, r * columns + c, get(x, r * columns + c) + get(bias, c));
      }
    }
  }

  @Override
  default void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    sumColumns(x, sums, 0, rows, columns, blockRows, from, to);
  }

  /** {@link #columnSums} of the columns from one on. */
  static void sumColumns(MemorySegment x, MemorySegment sums, long firstColumn, long rows, long columns, long blockRows,
      long from, long to) {
    float[] partial = Partials.ofThread();
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = firstColumn; c < columns; c++) {
        Partials.clear(partial);
        for (int r = 0; r < count; r++) {
          partial[r % PARTIALS] += get(x, (first + r) * columns + c);
        }
        set(sums, b * columns + c, Partials.tree(partial));
      }
    }
  }

  @Override
  default void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    for (long i = from; i < to; i++) {
      double sum = 0;
      for (long p = 0; p < parts; p++) {
        sum += get(x, p * n + i);
      }
      set(y, i, (float) sum);
    }
  }

  @Override
  default void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    for (long c = from; c < to; c++) {
      for (long r = 0; r < rows; r++) {
        set(y, c * rows + r, get(x, r * columns + c));
      }
    }
  }
}
