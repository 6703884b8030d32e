package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Losses of a Gaussian that a model describes by a mean and a variance, with the gradients of both in one pass; the
 * range counts elements. Each gradient may be null on its own, and may be the array that it is the gradient of.
 */
public sealed interface GaussianKernels
    permits Kernels, CheckedGaussianKernels, NativeGaussianKernels, ScalarGaussianKernels {

  /**
   * The negative logarithm of a Gaussian's density (Nix, Weigend: Estimating the mean and variance of the target
   * probability distribution, 1994): {@code (ln v + (mean - target)^2 / v + constant) / 2} with
   * {@code v = variance < epsilon ? epsilon : variance}. The derivative by the variance is that by v, also below
   * epsilon, as in PyTorch. A NaN in the variance propagates; a negative one is refused.
   *
   * @param mean             n floats
   * @param variance         n floats, not negative
   * @param target           n floats
   * @param meanGradient     n floats for the derivative by the mean * scale, or null
   * @param varianceGradient the same by the variance, or null
   * @param losses           n floats, or null
   * @param sums             a float per block of {@link Kernels#BLOCK} elements: its canonical sum of the losses
   * @param epsilon          least variance, positive
   * @param constant         ln 2 pi for the whole logarithm, 0 without what does not depend on the model
   * @param scale            factor of the gradients: 1 for NONE and SUM, 1 / n for MEAN
   * @param from             first element, a multiple of the block
   * @param to               end, a multiple of the block or the whole length
   */
  void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to);

  /**
   * The divergence of N(mean, e^logVariance) from N(0, 1), of a variational code (Kingma, Welling: Auto-Encoding
   * Variational Bayes, 2013, appendix B): {@code (mean^2 + e^logVariance - 1 - logVariance) / 2}, within a few ulp also
   * where it is near 0.
   *
   * @param mean                n floats
   * @param logVariance         n floats
   * @param meanGradient        n floats for the derivative by the mean * scale, or null
   * @param logVarianceGradient the same by the logarithm of the variance, or null
   * @param losses              n floats, or null
   * @param sums                a float per block of {@link Kernels#BLOCK} elements: its canonical sum of the losses
   * @param scale               factor of the gradients: 1 for NONE and SUM, 1 / divisor for a mean
   * @param from                first element, a multiple of the block
   * @param to                  end, a multiple of the block or the whole length
   */
  void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to);
}
