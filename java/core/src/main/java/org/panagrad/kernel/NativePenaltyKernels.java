package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.PenaltyCalls;

/** {@link PenaltyKernels} in native code. */
sealed interface NativePenaltyKernels extends PenaltyKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment penalty;

    Functions(NativeTier tier) {
      penalty = tier.function("penalty_f32");
    }
  }

  /** Those of this tier. */
  Functions penaltyFunctions();

  @Override
  default void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    PenaltyCalls.call(penaltyFunctions().penalty, blocks(1), parameters, orNull(reference), orNull(gradient), sums, l1,
        l2, scale, from, to);
  }
}
