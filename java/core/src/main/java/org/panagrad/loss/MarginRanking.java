package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * Pairs of scores: x1 is to be greater than x2 (label 1), or less (label -1), by a margin; see
 * {@link org.panagrad.kernel.PairKernels#marginRanking}. Immutable.
 *
 * @param margin    finite
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of elements
 */
public record MarginRanking(double margin, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the margin is not finite
   */
  public MarginRanking {
    Ranges.finite("margin", margin);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * With margin 0, reduced to the mean.
   *
   * @return the loss
   */
  public static MarginRanking of() {
    return of(0);
  }

  /**
   * Reduced to the mean.
   *
   * @param margin finite
   * @return the loss
   * @throws IllegalArgumentException if it is out of its range
   */
  public static MarginRanking of(double margin) {
    return new MarginRanking(margin, Reduction.MEAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public MarginRanking reduction(Reduction other) {
    return new MarginRanking(margin, other);
  }

  /**
   * Value and gradients. Nothing is allocated. Each gradient may be null, and may be the array that it is of.
   *
   * @param kernels    compute it
   * @param x1         n floats
   * @param x2         n floats
   * @param labels     n ints: 1 or -1
   * @param x1Gradient n floats, or null
   * @param x2Gradient n floats, or null
   * @param losses     receives n floats, each element's loss
   * @param n          elements
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a label is out of range; nothing is written then
   */
  public double evaluate(Kernels kernels, MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long n) {
    kernels.marginRanking(x1, x2, labels, x1Gradient, x2Gradient, losses, (float) margin, reduction.scale(n), 0, n);
    return reduction.value(kernels.sum(losses, n), n);
  }
}
