package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link PenaltyKernels} in plain Java: native/src/cpu/kernels/penalty.c, operation by operation. */
sealed interface ScalarPenaltyKernels extends PenaltyKernels permits ScalarKernels, VectorKernels {
  /** 1, -1, or d itself where it is 0 or NaN. */
  private static float sign(float d) {
    return 0 < d ? 1 : d < 0 ? -1 : d;
  }

  @Override
  default void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    float[] partial = Partials.ofThread();
    float half = 0.5f * l2;
    for (long block = from; block < to; block += BLOCK) {
      Partials.clear(partial);
      for (long i = block; i < Math.min(block + BLOCK, to); i++) {
        float d = get(parameters, i);
        if (reference != null) {
          d -= get(reference, i);
        }
        if (gradient != null) {
          set(gradient, i, Math.fma(Math.fma(l2, d, l1 * sign(d)), scale, get(gradient, i)));
        }
        float size = Math.abs(d);
        partial[(int) (i - block) % PARTIALS] += size * Math.fma(half, size, l1);
      }
      set(sums, block / BLOCK, Partials.tree(partial));
    }
  }
}
