package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Adding to rows, summing over them, and turning them into columns. */
public sealed interface RowKernels permits Kernels, CheckedRowKernels, NativeRowKernels, ScalarRowKernels {

  /**
   * {@code y[r][c] = x[r][c] + bias[c]}. The range counts rows. In place.
   *
   * @param x       rows x columns floats
   * @param bias    columns floats
   * @param y       rows x columns floats
   * @param columns length of a row, at least 1
   * @param from    first row
   * @param to      end
   */
  void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to);

  /**
   * {@code sums[b][c]} = canonical sum of {@code x[r][c]} over the rows r of block b, which are
   * {@code [b * blockRows, min(rows, (b + 1) * blockRows))}. The range counts blocks.
   *
   * @param x         rows x columns floats
   * @param sums      one row of columns floats for each block
   * @param rows      rows of x
   * @param columns   length of a row, at least 1
   * @param blockRows rows of a block, from 1 to {@link Kernels#BLOCK}
   * @param from      first block
   * @param to        end
   */
  void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from, long to);

  /**
   * {@code y[i] = x[0][i] + x[1][i] + ...}, in this order in double, rounded once. The range counts elements of y.
   *
   * @param x     parts x n floats
   * @param y     n floats
   * @param parts rows of x; 0 gives zeros
   * @param n     length of a row
   * @param from  first element
   * @param to    end
   */
  void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to);

  /**
   * {@code y[c][r] = x[r][c]}. The range counts rows of y, that is columns of x.
   *
   * @param x       rows x columns floats
   * @param y       columns x rows floats
   * @param rows    rows of x
   * @param columns columns of x
   * @param from    first column of x
   * @param to      end
   */
  void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to);
}
