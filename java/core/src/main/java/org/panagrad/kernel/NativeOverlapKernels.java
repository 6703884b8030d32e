package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.OverlapCalls;

/** {@link OverlapKernels} in native code. */
sealed interface NativeOverlapKernels extends OverlapKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment overlapSums, overlapGradient;

    Functions(NativeTier tier) {
      overlapSums = tier.function("overlap_sums_f32");
      overlapGradient = tier.function("overlap_gradient_f32");
    }
  }

  /** Those of this tier. */
  Functions overlapFunctions();

  /** What a block of a row costs: up to a sigmoid and three sums for each element. */
  private static long overlapWork(long columns) {
    return 3 * Math.min(columns, BLOCK) + 64;
  }

  @Override
  default void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    long work = overlapWork(columns);
    if (tooLong(work, prediction, target) || tooLong(work, sums, sums)) {
      java().overlapSums(prediction, target, sums, columns, logits, from, to);
    } else {
      OverlapCalls.call(overlapFunctions().overlapSums, step(work), prediction, target, sums, columns, logits ? 1 : 0,
          from, to);
    }
  }

  @Override
  default void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    long work = overlapWork(columns);
    if (tooLong(work, prediction, target) || tooLong(work, slopes, gradient)) {
      java().overlapGradient(prediction, target, slopes, gradient, columns, logits, from, to);
    } else {
      OverlapCalls.call(overlapFunctions().overlapGradient, step(work), prediction, target, slopes, gradient, columns,
          logits ? 1 : 0, from, to);
    }
  }
}
