package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Update rules, element by element. An {@link Update} says which and how: the gradient is scaled, cut and penalised,
 * the parameter decays, the rule follows, then come the average of weights, the gradient's clearing and the sums. The
 * formulas stand in kernels.def. The scalars that depend on the step alone are computed once, in double, by the caller.
 */
public sealed interface OptimizerKernels
    permits Kernels, CheckedOptimizerKernels, NativeOptimizerKernels, ScalarOptimizerKernels {

  /**
   * One tensor. The rules that {@link UpdateRule#GRADIENT_SQUARES only read} write nothing but sums. The range counts
   * elements and begins at a multiple of 4096.
   *
   * @param update    which rule, and how
   * @param parameter n floats
   * @param gradient  n floats; written where it is to be cleared
   * @param a         the rule's first state, n floats; null where it has fewer; 0 before the first step
   * @param b         its second
   * @param c         its third
   * @param average   an average of the parameters, n floats, or null
   * @param sums      three floats for each block of 4096 elements: canonical sums of the squares of the scaled
   *                  gradient, of the parameter's change, and of the new parameter; or null
   * @param ratio     length of the step, for {@link UpdateRule#LAMB} and {@link UpdateRule#ADAFACTOR}
   * @param from      first element
   * @param to        end: a multiple of 4096, or n
   */
  void update(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long from, long to);

  /**
   * Many tensors. The range counts blocks of 4096 elements through all of them.
   *
   * @param table the tensors, and what each group does
   * @param sums  three floats for each block, as above, or null
   * @param from  first block
   * @param to    end
   */
  void updateTensors(TensorTable table, @Nullable MemorySegment sums, long from, long to);

  /**
   * Some rows of a table: row rows[r] of parameter and states, by row r of gradient. The others are not touched. The
   * range counts rows of the gradient.
   *
   * @param update    which rule, and how; not one that only reads
   * @param parameter tableRows x columns
   * @param gradient  as many rows as there are to update; written where it is to be cleared
   * @param a         the rule's first state, tableRows x columns; null where it has fewer
   * @param b         its second
   * @param c         its third
   * @param rows      an int32 for each row of gradient, in [0, tableRows); none twice, which is not asked
   * @param tableRows rows of parameter
   * @param columns   elements of a row
   * @param from      first row
   * @param to        end
   */
  void updateRows(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, MemorySegment rows, long tableRows, long columns, long from,
      long to);

  /**
   * Sums of g^2 over the rows and columns of matrices, of the g that a rule would follow. The range counts
   * {@link MatrixTiles tiles}.
   *
   * @param update     how the gradient is scaled, cut and penalised; its rule does not matter
   * @param parameter  the matrices, one behind the other, each dense by rows; read where there are penalties
   * @param gradient   as many floats
   * @param rowSums    of row r (counted through all matrices) of a tile: at r * tiles.across() + the tile's place in
   *                   the row
   * @param columnSums of column c of matrix m over the rows of block b: at (b * tiles.matrices() + m) * tiles.columns()
   *                   + c, so that {@link RowKernels#sumPartials} adds the blocks up
   * @param tiles      the matrices, and how they are cut
   * @param from       first tile
   * @param to         end
   */
  void matrixSquares(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowSums,
      MemorySegment columnSums, MatrixTiles tiles, long from, long to);

  /**
   * {@link UpdateRule#ADAFACTOR} of matrices, or {@link UpdateRule#ADAFACTOR_SQUARES}, where the root of an element's
   * estimated square is a product of what its row and its column have. The range counts elements and begins at a
   * multiple of 4096.
   *
   * @param update      one of these rules, and how
   * @param parameter   the matrices, one behind the other, each dense by rows
   * @param gradient    as many floats; written where it is to be cleared
   * @param rowRoots    a float for each row of each matrix
   * @param columnRoots a float for each column of each matrix
   * @param average     an average of the parameters, or null
   * @param sums        as {@link #update} has them, or null
   * @param ratio       length of the step
   * @param rows        of a matrix
   * @param columns     of a matrix
   * @param from        first element
   * @param to          end: a multiple of 4096, or the number of elements
   */
  void updateMatrix(Update update, MemorySegment parameter, MemorySegment gradient, MemorySegment rowRoots,
      MemorySegment columnRoots, @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long rows,
      long columns, long from, long to);

  /**
   * {@code y += x * scale}, rounded once. The range counts elements.
   *
   * @param x     n floats
   * @param y     n floats
   * @param scale finite
   * @param from  first element
   * @param to    end
   */
  void accumulate(MemorySegment x, MemorySegment y, float scale, long from, long to);
}
