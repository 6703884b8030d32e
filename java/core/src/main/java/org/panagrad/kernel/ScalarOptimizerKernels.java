package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link OptimizerKernels} in plain Java: native/src/cpu/kernels/update_table.c. */
sealed interface ScalarOptimizerKernels extends OptimizerKernels permits ScalarKernels, VectorOptimizerKernels {
  /**
   * A rule's step, as {@link #update} has it, on a piece of greater arrays: element 0 of the range stands at base in
   * parameter, states and average, and at gradientBase in gradient; block 0 at firstBlock in sums.
   */
  default void updatePiece(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long base, long gradientBase, long firstBlock, long from, long to) {
    Squares squares = sums == null ? null : Squares.ofThread();
    for (long block = from; block < to;) {
      long end = Math.min(block + Kernels.BLOCK, to);
      if (squares != null) {
        squares.clear();
      }
      updateElements(update, parameter, gradient, a, b, c, average, squares, ratio, base, gradientBase, block, end);
      if (squares != null) {
        squares.sums(sums, firstBlock + block / Kernels.BLOCK);
      }
      block = end;
    }
  }

  /** Elements of a block of {@link #updatePiece}; adds to the partial sums of their squares. */
  default void updateElements(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average, @Nullable Squares squares,
      float ratio, long base, long gradientBase, long from, long to) {
    UpdateLoops.elements(update, parameter, gradient, a, b, c, average, squares, ratio, base, gradientBase, from, to);
  }

  @Override
  default void update(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long from, long to) {
    updatePiece(update, parameter, gradient, a, b, c, average, sums, ratio, 0, 0, 0, from, to);
  }

  @Override
  default void updateTensors(TensorTable table, @Nullable MemorySegment sums, long from, long to) {
    for (int i = table.tensorOf(from); i < table.size() && table.firstBlock(i) < to; i++) {
      TensorTable.Tensor t = table.tensor(i);
      long first = Math.max(0, from - t.firstBlock()) * Kernels.BLOCK;
      long last = Math.min((to - t.firstBlock()) * Kernels.BLOCK, t.elements());
      updatePiece(table.updateOf(i), t.parameter(), t.gradient(), t.a(), t.b(), t.c(), t.average(), sums,
          table.ratio(i), 0, 0, t.firstBlock(), first, last);
    }
  }

  @Override
  default void updateRows(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, MemorySegment rows, long tableRows, long columns, long from,
      long to) {
    for (long r = from; r < to; r++) {
      long row = rows.getAtIndex(JAVA_INT, r);
      if (row >= 0 && row < tableRows) {
        updatePiece(update, parameter, gradient, a, b, c, null, null, 1, row * columns, r * columns, 0, 0, columns);
      }
    }
  }

  @Override
  default void matrixSquares(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowSums,
      MemorySegment columnSums, MatrixTiles tiles, long from, long to) {
    tiles.squares(update, parameter, gradient, rowSums, columnSums, from, to);
  }

  @Override
  default void updateMatrix(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowRoots,
      MemorySegment columnRoots, @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long rows,
      long columns, long from, long to) {
    UpdateLoops.matrix(update, parameter, gradient, rowRoots, columnRoots, average, sums, ratio, rows, columns, from,
        to);
  }

  @Override
  default void accumulate(MemorySegment x, MemorySegment y, float scale, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Math.fma(get(x, i), scale, get(y, i)));
    }
  }
}
