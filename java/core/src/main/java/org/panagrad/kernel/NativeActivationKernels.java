package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.ElementCalls;

/** {@link ActivationKernels} in native code. */
sealed interface NativeActivationKernels extends ActivationKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment relu, reluBackward;

    Functions(NativeTier tier) {
      relu = tier.function("relu_f32");
      reluBackward = tier.function("relu_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions activationFunctions();

  @Override
  default void relu(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(activationFunctions().relu, shortWork(), x, y, from, to);
  }

  @Override
  default void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    ElementCalls.call(activationFunctions().reluBackward, shortWork(), y, dy, dx, from, to);
  }
}
