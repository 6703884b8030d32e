package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Layer norm and batch norm of rows x columns, forward and back. In all formulas
 * {@code xhat = (x - mean) * inverseDeviation}, {@code inverseDeviation = 1 / sqrt(variance + epsilon)}, the variance
 * being the mean square of {@code x - mean}. In a layer norm mean and inverse deviation belong to the row, in a batch
 * norm to the column; a batch of NHWC images is a matrix of batch x height x width rows, its channels the columns. A
 * gamma that is null counts as ones, a beta as zeros.
 *
 * <p>A batch norm in training mode goes like this. The means are {@link RowKernels#columnSums}, added by
 * {@link RowKernels#sumPartials}, over the rows; the variances {@link #columnSquares} likewise; then {@link
 * #batchNorm}. On the way back {@link #normParameterSums}, added by sumPartials too, are the gradients of gamma and
 * beta, and those over the rows what {@link #batchNormBackward} needs.
 */
public sealed interface NormKernels permits Kernels, CheckedNormKernels, NativeNormKernels, ScalarNormKernels {

  /**
   * Layer norm: {@code y[r][c] = xhat * gamma[c] + beta[c]} with mean and variance of row r. The range counts rows.
   *
   * @param x                 rows x columns floats
   * @param gamma             columns floats, or null
   * @param beta              columns floats, or null
   * @param y                 rows x columns floats; may be x
   * @param means             a float for each row, kept for the way back
   * @param inverseDeviations a float for each row, kept for the way back
   * @param columns           length of a row
   * @param epsilon           added to the variance, from 0 up
   * @param from              first row
   * @param to                end
   */
  void layerNorm(MemorySegment x, @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y,
      MemorySegment means, MemorySegment inverseDeviations, long columns, float epsilon, long from, long to);

  /**
   * The gradient of {@link #layerNorm}'s x: with {@code g = dy * gamma},
   * {@code dx = inverseDeviation * (g - mean(g) - xhat * mean(g * xhat))}, the means those of the row. The range counts
   * rows.
   *
   * @param x                 rows x columns floats
   * @param gamma             columns floats, or null
   * @param means             {@link #layerNorm}'s
   * @param inverseDeviations {@link #layerNorm}'s
   * @param dy                the gradient of its y
   * @param dx                the gradient of its x; may be dy
   * @param columns           length of a row
   * @param from              first row
   * @param to                end
   */
  void layerNormBackward(MemorySegment x, @Nullable MemorySegment gamma, MemorySegment means,
      MemorySegment inverseDeviations, MemorySegment dy, MemorySegment dx, long columns, long from, long to);

  /**
   * The gradients of gamma and beta, of either norm, by blocks of rows as {@link RowKernels#columnSums} has them:
   * {@code gammaSums[b][c]}, {@code betaSums[b][c]} = canonical sums over the rows of block b of {@code dy * xhat} and
   * of {@code dy}. {@link RowKernels#sumPartials} adds the blocks. The range counts blocks.
   *
   * @param x                 rows x columns floats
   * @param means             a float for each row, or for each column
   * @param inverseDeviations likewise
   * @param perColumn         whether means and inverse deviations belong to the columns
   * @param dy                rows x columns floats
   * @param gammaSums         blocks x columns floats
   * @param betaSums          blocks x columns floats
   * @param rows              of x
   * @param columns           of x
   * @param blockRows         rows of a block, from 1 to {@link Kernels#BLOCK}
   * @param from              first block
   * @param to                end
   */
  void normParameterSums(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations, boolean perColumn,
      MemorySegment dy, MemorySegment gammaSums, MemorySegment betaSums, long rows, long columns, long blockRows,
      long from, long to);

  /**
   * {@code sums[b][c]} = canonical sum over the rows of block b of {@code (x[r][c] - means[c])^2}; blocks as
   * {@link RowKernels#columnSums} has them. The range counts blocks.
   *
   * @param x         rows x columns floats
   * @param means     columns floats
   * @param sums      blocks x columns floats
   * @param rows      of x
   * @param columns   of x
   * @param blockRows rows of a block, from 1 to {@link Kernels#BLOCK}
   * @param from      first block
   * @param to        end
   */
  void columnSquares(MemorySegment x, MemorySegment means, MemorySegment sums, long rows, long columns, long blockRows,
      long from, long to);

  /**
   * Batch norm: {@code y[r][c] = xhat * gamma[c] + beta[c]} with mean and variance of column c, whether they come of x
   * (training) or not (inference). The range counts rows.
   *
   * @param x                 rows x columns floats
   * @param means             columns floats
   * @param inverseDeviations columns floats
   * @param gamma             columns floats, or null
   * @param beta              columns floats, or null
   * @param y                 rows x columns floats; may be x
   * @param columns           of x
   * @param from              first row
   * @param to                end
   */
  void batchNorm(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations, @Nullable MemorySegment gamma,
      @Nullable MemorySegment beta, MemorySegment y, long columns, long from, long to);

  /**
   * The gradient of {@link #batchNorm}'s x:
   * {@code dx[r][c] = gamma[c] * inverseDeviation * (dy[r][c] - meanGradients[c] - xhat * meanProducts[c])}. The range
   * counts rows.
   *
   * @param x                 rows x columns floats
   * @param means             {@link #batchNorm}'s
   * @param inverseDeviations {@link #batchNorm}'s
   * @param gamma             columns floats, or null
   * @param meanGradients     columns floats: the sum of dy over all rows, over their number; zeros in inference mode
   * @param meanProducts      columns floats: the same of {@code dy * xhat}; zeros in inference mode
   * @param dy                the gradient of y
   * @param dx                the gradient of x; may be dy
   * @param columns           of x
   * @param from              first row
   * @param to                end
   */
  void batchNormBackward(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, MemorySegment meanGradients, MemorySegment meanProducts, MemorySegment dy,
      MemorySegment dx, long columns, long from, long to);
}
