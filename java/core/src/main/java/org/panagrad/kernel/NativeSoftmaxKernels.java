package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RowCalls;

/** {@link SoftmaxKernels} in native code. */
sealed interface NativeSoftmaxKernels extends SoftmaxKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment softmax, softmaxBackward;

    Functions(NativeTier tier) {
      softmax = tier.function("softmax_f32");
      softmaxBackward = tier.function("softmax_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions softmaxFunctions();

  @Override
  default void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    if (tooLong(columns, x, y)) {
      java().softmax(x, y, columns, from, to);
    } else {
      RowCalls.call(softmaxFunctions().softmax, step(2 * columns), x, y, columns, from, to);
    }
  }

  @Override
  default void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    if (tooLong(columns, y, dy) || tooLong(columns, dy, dx)) {
      java().softmaxBackward(y, dy, dx, columns, from, to);
    } else {
      RowCalls.call(softmaxFunctions().softmaxBackward, step(2 * columns), y, dy, dx, columns, from, to);
    }
  }
}
