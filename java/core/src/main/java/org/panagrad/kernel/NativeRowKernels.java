package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RowCalls;

/** {@link RowKernels} in native code. */
sealed interface NativeRowKernels extends RowKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment bias, columnSums, sumPartials, transpose;

    Functions(NativeTier tier) {
      bias = tier.function("bias_f32");
      columnSums = tier.function("column_sums_f32");
      sumPartials = tier.function("sum_partials_f32");
      transpose = tier.function("transpose_f32");
    }
  }

  /** Those of this tier. */
  Functions rowFunctions();

  @Override
  default void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    if (tooLong(columns, x, y)) {
      java().bias(x, bias, y, columns, from, to);
    } else {
      RowCalls.call(rowFunctions().bias, step(columns), x, bias, y, columns, from, to);
    }
  }

  @Override
  default void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    long work = Math.min(rows, blockRows) * columns;
    if (tooLong(work, x, sums)) {
      java().columnSums(x, sums, rows, columns, blockRows, from, to);
    } else {
      RowCalls.call(rowFunctions().columnSums, step(work), x, sums, rows, columns, blockRows, from, to);
    }
  }

  @Override
  default void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    RowCalls.call(rowFunctions().sumPartials, step(parts + 1), x, y, parts, n, from, to);
  }

  @Override
  default void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    if (tooLong(rows, x, y)) {
      java().transpose(x, y, rows, columns, from, to);
    } else {
      RowCalls.call(rowFunctions().transpose, step(4 * rows), x, y, rows, columns, from, to);
    }
  }
}
