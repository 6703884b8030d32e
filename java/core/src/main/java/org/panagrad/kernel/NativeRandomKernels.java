package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RandomCalls;

/** {@link RandomKernels} in native code. */
sealed interface NativeRandomKernels extends RandomKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment uniform, dropout;

    Functions(NativeTier tier) {
      uniform = tier.function("uniform_f32");
      dropout = tier.function("dropout_f32");
    }
  }

  /** Those of this tier. */
  Functions randomFunctions();

  @Override
  default void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    RandomCalls.call(randomFunctions().uniform, step(8), y, low, high, seed, stream, from, to);
  }

  @Override
  default void dropout(MemorySegment x, MemorySegment y, double rate, long seed, long stream, long from, long to) {
    RandomCalls.call(randomFunctions().dropout, step(8), x, y, ScalarRandomKernels.threshold(rate),
        ScalarRandomKernels.keptScale(rate), seed, stream, from, to);
  }
}
