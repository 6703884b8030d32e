package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.OptimizerCalls;

/** {@link OptimizerKernels} in native code. */
sealed interface NativeOptimizerKernels extends OptimizerKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment[] rules = new MemorySegment[UpdateRule.values().length];
    private final MemorySegment updateTensors, updateRows, matrixSquares, updateMatrix, accumulate;

    Functions(NativeTier tier) {
      for (UpdateRule rule : UpdateRule.values()) {
        rules[rule.ordinal()] = tier.function(rule.symbol());
      }
      updateTensors = tier.function("update_tensors_f32");
      updateRows = tier.function("update_rows_f32");
      matrixSquares = tier.function("matrix_squares_f32");
      updateMatrix = tier.function("update_matrix_f32");
      accumulate = tier.function("accumulate_f32");
    }
  }

  /** Those of this tier. */
  Functions optimizerFunctions();

  @Override
  default void update(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long from, long to) {
    OptimizerCalls.update(optimizerFunctions().rules[update.rule().ordinal()], blocks(2), parameter, gradient,
        orNull(a), orNull(b), orNull(c), orNull(average), orNull(sums), update.struct(), ratio, from, to);
  }

  @Override
  default void updateTensors(TensorTable table, @Nullable MemorySegment sums, long from, long to) {
    if (!table.isEmpty()) {
      OptimizerCalls.updateTensors(optimizerFunctions().updateTensors, step(2 * BLOCK), table.struct(),
          table.updates(), orNull(sums), table.alive(0), table.alive(1), table.alive(2), table.size(), from, to);
    }
  }

  @Override
  default void updateRows(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, MemorySegment rows, long tableRows, long columns, long from,
      long to) {
    if (tooLong(2 * columns, parameter, gradient)) {
      java().updateRows(update, parameter, gradient, a, b, c, rows, tableRows, columns, from, to);
    } else {
      OptimizerCalls.updateRows(optimizerFunctions().updateRows, step(2 * columns), parameter, gradient, orNull(a),
          orNull(b), orNull(c), rows, update.struct(), tableRows, columns, from, to);
    }
  }

  @Override
  default void matrixSquares(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowSums,
      MemorySegment columnSums, MatrixTiles tiles, long from, long to) {
    long work = Math.min(tiles.rows(), MatrixTiles.ROWS) * Math.min(tiles.columns(), MatrixTiles.COLUMNS);
    if (tooLong(work, parameter, gradient)) {
      java().matrixSquares(update, parameter, gradient, rowSums, columnSums, tiles, from, to);
    } else {
      OptimizerCalls.matrixSquares(optimizerFunctions().matrixSquares, step(work), parameter, gradient, rowSums,
          columnSums, update.struct(), tiles.matrices(), tiles.rows(), tiles.columns(), from, to);
    }
  }

  @Override
  default void updateMatrix(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowRoots,
      MemorySegment columnRoots, @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long rows,
      long columns, long from, long to) {
    OptimizerCalls.updateMatrix(optimizerFunctions().updateMatrix, blocks(2), parameter, gradient, rowRoots,
        columnRoots, orNull(average), orNull(sums), update.struct(), ratio, rows, columns, from, to);
  }

  @Override
  default void accumulate(MemorySegment x, MemorySegment y, float scale, long from, long to) {
    OptimizerCalls.accumulate(optimizerFunctions().accumulate, shortWork(), x, y, scale, from, to);
  }
}
