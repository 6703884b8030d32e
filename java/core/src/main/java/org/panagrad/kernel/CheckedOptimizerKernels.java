package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.range;
import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link OptimizerKernels}. */
sealed interface CheckedOptimizerKernels extends OptimizerKernels, CheckedForm permits CheckedKernels {
  @Override
  default void update(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long from, long to) {
    range(from, to);
    if (from % BLOCK != 0) {
      throw new IllegalArgumentException("from is " + from + ": it must be a multiple of " + BLOCK);
    }
    UpdateChecks.states(update.rule(), a, b, c);
    UpdateChecks.arrays(parameter, gradient, a, b, c, average, to);
    UpdateChecks.sums(update.rule(), sums, Checks.parts(to, BLOCK));
    backend().update(update, parameter, gradient, a, b, c, average, sums, ratio, from, to);
  }

  @Override
  default void updateTensors(TensorTable table, @Nullable MemorySegment sums, long from, long to) {
    range(from, to);
    if (to > table.blocks()) {
      throw new IndexOutOfBoundsException("range ends at block " + to + ", the table has " + table.blocks());
    }
    table.check(sums, to);
    backend().updateTensors(table, sums, from, to);
  }

  @Override
  default void updateRows(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, MemorySegment rows, long tableRows, long columns, long from,
      long to) {
    range(from, to);
    if (update.rule().reads()) {
      throw new IllegalArgumentException(update.rule() + " only reads: rows are updated");
    }
    UpdateChecks.states(update.rule(), a, b, c);
    long elements = Checks.elements("columns", columns, tableRows), fresh = Checks.elements("columns", columns, to);
    in("rows", rows, to);
    UpdateChecks.rows(rows, tableRows, from, to);
    UpdateChecks.arrays(parameter, a, b, c, elements);
    out("gradient", gradient, fresh);
    UpdateChecks.apart("gradient", gradient, fresh, parameter, a, b, c, elements);
    UpdateChecks.apart("rows", rows, to, parameter, a, b, c, elements);
    apart("gradient", gradient, fresh, "rows", rows, to);
    backend().updateRows(update, parameter, gradient, a, b, c, rows, tableRows, columns, from, to);
  }

  @Override
  default void matrixSquares(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowSums,
      MemorySegment columnSums, MatrixTiles tiles, long from, long to) {
    range(from, to);
    long rows = UpdateChecks.rowsOf(tiles), n = Checks.elements("columns", tiles.columns(), rows);
    if (to > tiles.count()) {
      throw new IndexOutOfBoundsException("range ends at tile " + to + ", there are " + tiles.count());
    }
    in("parameter", parameter, n);
    in("gradient", gradient, n);
    out("rowSums", rowSums, tiles.rowSums());
    out("columnSums", columnSums, tiles.columnSums());
    apart("rowSums", rowSums, tiles.rowSums(), "parameter", parameter, n);
    apart("rowSums", rowSums, tiles.rowSums(), "gradient", gradient, n);
    apart("columnSums", columnSums, tiles.columnSums(), "parameter", parameter, n);
    apart("columnSums", columnSums, tiles.columnSums(), "gradient", gradient, n);
    apart("columnSums", columnSums, tiles.columnSums(), "rowSums", rowSums, tiles.rowSums());
    backend().matrixSquares(update, parameter, gradient, rowSums, columnSums, tiles, from, to);
  }

  @Override
  default void updateMatrix(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowRoots,
      MemorySegment columnRoots, @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long rows,
      long columns, long from, long to) {
    Checks.blockRange(from, to);
    if (update.rule() != UpdateRule.ADAFACTOR && update.rule() != UpdateRule.ADAFACTOR_SQUARES) {
      throw new IllegalArgumentException(update.rule() + " is no rule of matrices: these are updated by ADAFACTOR");
    }
    Checks.atLeastOne("rows", rows);
    Checks.atLeastOne("columns", columns);
    long ends = Checks.parts(to, columns), columnsInAll = Checks.parts(ends, rows) * columns;
    UpdateChecks.arrays(parameter, gradient, null, null, null, average, to);
    UpdateChecks.sums(update.rule(), sums, Checks.parts(to, BLOCK));
    in("rowRoots", rowRoots, ends);
    in("columnRoots", columnRoots, columnsInAll);
    UpdateChecks.apartFrom("rowRoots", rowRoots, ends, parameter, gradient, average, to);
    UpdateChecks.apartFrom("columnRoots", columnRoots, columnsInAll, parameter, gradient, average, to);
    backend().updateMatrix(update, parameter, gradient, rowRoots, columnRoots, average, sums, ratio, rows, columns,
        from, to);
  }

  @Override
  default void accumulate(MemorySegment x, MemorySegment y, float scale, long from, long to) {
    range(from, to);
    in("x", x, to);
    out("y", y, to);
    apart("y", y, to, "x", x, to);
    backend().accumulate(x, y, scale, from, to);
  }
}
