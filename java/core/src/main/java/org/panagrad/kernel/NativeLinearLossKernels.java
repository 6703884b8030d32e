package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.RowCalls;

/** {@link LinearLossKernels} in native code. */
sealed interface NativeLinearLossKernels extends LinearLossKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment softmaxTileSums, softmaxTileGradient;

    Functions(NativeTier tier) {
      softmaxTileSums = tier.function("softmax_tile_sums_f32");
      softmaxTileGradient = tier.function("softmax_tile_gradient_f32");
    }
  }

  /** Those of this tier. */
  Functions linearLossFunctions();

  @Override
  default void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums, long columns,
      long from, long to) {
    MemorySegment w = orNull(classWeight);
    long work = 2 * columns;
    if (tooLong(work, x, w) || tooLong(work, sums, sums)) {
      java().softmaxTileSums(x, classWeight, sums, columns, from, to);
    } else {
      RowCalls.call(linearLossFunctions().softmaxTileSums, step(work + 16), x, w, sums, columns, from, to);
    }
  }

  @Override
  default void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to) {
    MemorySegment w = orNull(classWeight);
    long work = 2 * columns;
    if (tooLong(work, x, w) || tooLong(work, factors, gradient)) {
      java().softmaxTileGradient(x, classWeight, factors, gradient, columns, from, to);
    } else {
      RowCalls.call(linearLossFunctions().softmaxTileGradient, step(work + 16), x, w, factors, gradient, columns, from,
          to);
    }
  }
}
