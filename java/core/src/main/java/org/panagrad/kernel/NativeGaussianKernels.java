package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.GaussianCalls;

/** {@link GaussianKernels} in native code. */
sealed interface NativeGaussianKernels extends GaussianKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment gaussianNll, gaussianKl;

    Functions(NativeTier tier) {
      gaussianNll = tier.function("gaussian_nll_f32");
      gaussianKl = tier.function("gaussian_kl_f32");
    }
  }

  /** Those of this tier. */
  Functions gaussianFunctions();

  @Override
  default void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    GaussianCalls.call(gaussianFunctions().gaussianNll, blocks(4), mean, variance, target, orNull(meanGradient),
        orNull(varianceGradient), orNull(losses), sums, epsilon, constant, scale, from, to);
  }

  @Override
  default void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    GaussianCalls.call(gaussianFunctions().gaussianKl, blocks(4), mean, logVariance, MemorySegment.NULL,
        orNull(meanGradient), orNull(logVarianceGradient), orNull(losses), sums, 0, 0, scale, from, to);
  }
}
