package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link GaussianKernels} in plain Java: native/src/cpu/kernels/gaussian.c, operation by operation. */
sealed interface ScalarGaussianKernels extends GaussianKernels permits ScalarKernels, VectorKernels {
  /** Below this e^x needs no reduction: its polynomial gives e^x - 1 - x without cancelling. */
  float NEAR = 0.34375f;

  private static void store(@Nullable MemorySegment x, long i, float value) {
    if (x != null) {
      set(x, i, value);
    }
  }

  @Override
  default void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long block = from; block < to; block += BLOCK) {
      Partials.clear(partial);
      for (long i = block; i < Math.min(block + BLOCK, to); i++) {
        float given = get(variance, i), v = given < epsilon ? epsilon : given;
        float e = get(mean, i) - get(target, i), slope = e / v, square = e * slope;
        float loss = 0.5f * (Elementary.log(v) + square + constant);
        store(meanGradient, i, slope * scale);
        store(varianceGradient, i, 0.5f * ((1 - square) / v) * scale);
        store(losses, i, loss);
        partial[(int) (i - block) % PARTIALS] += loss;
      }
      set(sums, block / BLOCK, Partials.tree(partial));
    }
  }

  @Override
  default void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    float[] partial = Partials.ofThread();
    for (long block = from; block < to; block += BLOCK) {
      Partials.clear(partial);
      for (long i = block; i < Math.min(block + BLOCK, to); i++) {
        float mu = get(mean, i), x = get(logVariance, i), m = Elementary.expm1(x);
        float excess = Math.abs(x) < NEAR ? x * x * Elementary.expPolynomial(x) : m - x;
        float loss = 0.5f * Math.fma(mu, mu, excess);
        store(meanGradient, i, mu * scale);
        store(logVarianceGradient, i, 0.5f * m * scale);
        store(losses, i, loss);
        partial[(int) (i - block) % PARTIALS] += loss;
      }
      set(sums, block / BLOCK, Partials.tree(partial));
    }
  }
}
