package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.NormCalls;
import org.panagrad.ffi.RowCalls;

/** {@link NormKernels} in native code. */
sealed interface NativeNormKernels extends NormKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment layerNorm, layerNormBackward, normParameterSums, columnSquares, batchNorm,
        batchNormBackward;

    Functions(NativeTier tier) {
      layerNorm = tier.function("layer_norm_f32");
      layerNormBackward = tier.function("layer_norm_backward_f32");
      normParameterSums = tier.function("norm_parameter_sums_f32");
      columnSquares = tier.function("column_squares_f32");
      batchNorm = tier.function("batch_norm_f32");
      batchNormBackward = tier.function("batch_norm_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions normFunctions();

  @Override
  default void layerNorm(MemorySegment x, @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y,
      MemorySegment means, MemorySegment inverseDeviations, long columns, float epsilon, long from, long to) {
    MemorySegment weight = orNull(gamma), bias = orNull(beta);
    if (tooLong(columns, x, y) || tooLong(columns, weight, bias) || tooLong(columns, means, inverseDeviations)) {
      java().layerNorm(x, gamma, beta, y, means, inverseDeviations, columns, epsilon, from, to);
    } else {
      NormCalls.call(normFunctions().layerNorm, step(2 * columns), x, weight, bias, y, means, inverseDeviations,
          columns, epsilon, from, to);
    }
  }

  @Override
  default void layerNormBackward(MemorySegment x, @Nullable MemorySegment gamma, MemorySegment means,
      MemorySegment inverseDeviations, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    MemorySegment weight = orNull(gamma);
    if (tooLong(columns, x, weight) || tooLong(columns, means, inverseDeviations) || tooLong(columns, dy, dx)) {
      java().layerNormBackward(x, gamma, means, inverseDeviations, dy, dx, columns, from, to);
    } else {
      NormCalls.call(normFunctions().layerNormBackward, step(3 * columns), x, weight, means, inverseDeviations, dy, dx,
          columns, from, to);
    }
  }

  @Override
  default void normParameterSums(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      boolean perColumn, MemorySegment dy, MemorySegment gammaSums, MemorySegment betaSums, long rows, long columns,
      long blockRows, long from, long to) {
    long work = 2 * Math.min(rows, blockRows) * columns;
    if (tooLong(work, x, dy) || tooLong(work, means, inverseDeviations) || tooLong(work, gammaSums, betaSums)) {
      java().normParameterSums(x, means, inverseDeviations, perColumn, dy, gammaSums, betaSums, rows, columns,
          blockRows, from, to);
    } else {
      NormCalls.call(normFunctions().normParameterSums, step(work), x, means, inverseDeviations, dy, gammaSums,
          betaSums, rows, columns, blockRows, perColumn ? 1 : 0, from, to);
    }
  }

  @Override
  default void columnSquares(MemorySegment x, MemorySegment means, MemorySegment sums, long rows, long columns,
      long blockRows, long from, long to) {
    long work = Math.min(rows, blockRows) * columns;
    if (tooLong(work, x, sums) || tooLong(work, means, sums)) {
      java().columnSquares(x, means, sums, rows, columns, blockRows, from, to);
    } else {
      RowCalls.call(normFunctions().columnSquares, step(work), x, means, sums, rows, columns, blockRows, from, to);
    }
  }

  @Override
  default void batchNorm(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y, long columns, long from, long to) {
    MemorySegment weight = orNull(gamma), bias = orNull(beta);
    if (tooLong(columns, x, y) || tooLong(columns, weight, bias) || tooLong(columns, means, inverseDeviations)) {
      java().batchNorm(x, means, inverseDeviations, gamma, beta, y, columns, from, to);
    } else {
      NormCalls.call(normFunctions().batchNorm, step(columns), x, means, inverseDeviations, weight, bias, y, columns,
          from, to);
    }
  }

  @Override
  default void batchNormBackward(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, MemorySegment meanGradients, MemorySegment meanProducts, MemorySegment dy,
      MemorySegment dx, long columns, long from, long to) {
    MemorySegment weight = orNull(gamma);
    if (tooLong(columns, x, weight) || tooLong(columns, means, inverseDeviations)
        || tooLong(columns, meanGradients, meanProducts) || tooLong(columns, dy, dx)) {
      java().batchNormBackward(x, means, inverseDeviations, gamma, meanGradients, meanProducts, dy, dx, columns, from,
          to);
    } else {
      NormCalls.call(normFunctions().batchNormBackward, step(2 * columns), x, means, inverseDeviations, weight,
          meanGradients, meanProducts, dy, dx, columns, from, to);
    }
  }
}
