package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The negative log-likelihood of targets under Gaussians whose mean and variance a model gives:
 * {@code (ln v + (mean - target)^2 / v) / 2} with v = max(variance, epsilon); see
 * {@link org.panagrad.kernel.GaussianKernels#gaussianNll}. Options and defaults as PyTorch's gaussian_nll_loss.
 * Immutable.
 *
 * <p>The gradient by the variance is that at v, also where the variance is below epsilon, so that it can grow again.
 *
 * @param full      whether to add ln(2 pi) / 2, which no gradient sees
 * @param epsilon   least variance, positive
 * @param reduction NONE and SUM give the sum, the others divide by the number of elements
 * @param empty     what a mean over nothing is
 */
public record GaussianNll(boolean full, double epsilon, Reduction reduction, EmptyPolicy empty) {
  private static final float LN_2_PI = 0x1.d67f1cp+0f;

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if epsilon is not positive or not finite
   */
  public GaussianNll {
    Ranges.positive("epsilon", epsilon);
    Objects.requireNonNull(reduction, "reduction");
    Objects.requireNonNull(empty, "empty");
  }

  /**
   * Not full, with epsilon 1e-6, reduced to the mean.
   *
   * @return the loss
   */
  public static GaussianNll of() {
    return new GaussianNll(false, 1e-6, Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with the constant or without.
   *
   * @param other whether to add ln(2 pi) / 2
   * @return the loss
   */
  public GaussianNll full(boolean other) {
    return new GaussianNll(other, epsilon, reduction, empty);
  }

  /**
   * The same with another least variance.
   *
   * @param other positive
   * @return the loss
   * @throws IllegalArgumentException if it is not positive or not finite
   */
  public GaussianNll epsilon(double other) {
    return new GaussianNll(full, other, reduction, empty);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public GaussianNll reduction(Reduction other) {
    return new GaussianNll(full, epsilon, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return the loss
   */
  public GaussianNll empty(EmptyPolicy other) {
    return new GaussianNll(full, epsilon, reduction, other);
  }

  /**
   * Value and gradients. Nothing is allocated once the thread has seen this many elements. Each gradient may be null,
   * and may be the array that it is of.
   *
   * @param kernels          compute it
   * @param mean             n floats
   * @param variance         n floats, not negative
   * @param target           n floats
   * @param meanGradient     n floats, or null
   * @param varianceGradient n floats, or null
   * @param losses           receives n floats, each element's loss; or null
   * @param n                elements
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a variance is negative; nothing is written then
   * @throws IllegalStateException     for a mean over nothing, where the policy says so
   */
  public double evaluate(Kernels kernels, MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      long n) {
    long blocks = BlockSums.blocks(n);
    if (kernels.onDevice()) { // the check reads it here
      kernels.download(variance.asSlice(0, 4 * n));
    }
    MemorySegment sums = BlockSums.ofThread(kernels, blocks);
    kernels.gaussianNll(mean, variance, target, meanGradient, varianceGradient, losses, sums, (float) epsilon,
        full ? LN_2_PI : 0, reduction.scale(n), 0, n);
    return reduction.value(kernels.sum(sums, blocks), n, empty);
  }
}
