package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The divergence of a variational code N(mean, e^logVariance) from N(0, 1):
 * {@code (mean^2 + e^logVariance - 1 - logVariance) / 2} for each element; see
 * {@link org.panagrad.kernel.GaussianKernels#gaussianKl}. Immutable.
 *
 * <p>The divergence of a whole code is the sum over its elements, so a variational autoencoder wants the sum over a row
 * and the mean over the rows: {@link #of}. The mean over all elements is weaker by the length of a code.
 *
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of elements, SUM_OVER_BATCH_SIZE by the number
 *                  of rows (PyTorch's "batchmean")
 * @param empty     what a mean over nothing is
 */
public record GaussianKl(Reduction reduction, EmptyPolicy empty) {

  /** Checks the options. */
  public GaussianKl {
    Objects.requireNonNull(reduction, "reduction");
    Objects.requireNonNull(empty, "empty");
  }

  /**
   * The sum over each row, reduced to the mean over the rows.
   *
   * @return the loss
   */
  public static GaussianKl of() {
    return new GaussianKl(Reduction.SUM_OVER_BATCH_SIZE, EmptyPolicy.NAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public GaussianKl reduction(Reduction other) {
    return new GaussianKl(other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return the loss
   */
  public GaussianKl empty(EmptyPolicy other) {
    return new GaussianKl(reduction, other);
  }

  /**
   * Value and gradients. Nothing is allocated once the thread has seen this many elements. Each gradient may be null,
   * and may be the array that it is of.
   *
   * @param kernels             compute it
   * @param mean                rows x columns floats
   * @param logVariance         rows x columns floats, logarithms of variances
   * @param meanGradient        rows x columns floats, or null
   * @param logVarianceGradient rows x columns floats, or null
   * @param losses              receives rows x columns floats, each element's loss; or null
   * @param rows                samples
   * @param columns             length of a code
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalStateException     for a mean over nothing, where the policy says so
   */
  public double evaluate(Kernels kernels, MemorySegment mean, MemorySegment logVariance,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment logVarianceGradient,
      @Nullable MemorySegment losses, long rows, long columns) {
    long n = Math.multiplyExact(rows, columns), blocks = BlockSums.blocks(n);
    long divisor = reduction == Reduction.SUM_OVER_BATCH_SIZE ? rows : n;
    MemorySegment sums = BlockSums.ofThread(kernels, blocks);
    kernels.gaussianKl(mean, logVariance, meanGradient, logVarianceGradient, losses, sums, reduction.scale(divisor), 0,
        n);
    return reduction.value(kernels.sum(sums, blocks), divisor, empty);
  }
}
