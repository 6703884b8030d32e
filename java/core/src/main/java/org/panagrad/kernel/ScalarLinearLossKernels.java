package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link LinearLossKernels} in canonical Java: native/src/cpu/kernels/linear_loss.c, operation by operation. */
sealed interface ScalarLinearLossKernels extends LinearLossKernels, RowSweeps permits ScalarKernels, VectorKernels {
  private static float weight(@Nullable MemorySegment classWeight, long c) {
    return classWeight == null ? 1 : get(classWeight, c);
  }

  @Override
  default void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums,
      long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      // of two zeros either would do: + 0 makes it +0
      float maximum = maximum(x, r * columns, columns) + 0f;
      float shift = maximum == Float.NEGATIVE_INFINITY ? 0 : maximum;
      set(sums, 3 * r, maximum);
      set(sums, 3 * r + 1, expRow(x, null, r * columns, columns, shift));
      set(sums, 3 * r + 2, distance(x, classWeight, r * columns, columns, shift));
    }
  }

  /** Canonical sum over a row of weight * (shift - x). */
  private static float distance(MemorySegment x, @Nullable MemorySegment classWeight, long row, long columns,
      float shift) {
    double sum = 0;
    float[] partial = Partials.ofThread();
    for (long block = 0; block < columns; block += BLOCK) {
      long end = Math.min(block + BLOCK, columns);
      Partials.clear(partial);
      for (long c = block; c < end; c++) {
        partial[(int) (c - block) % PARTIALS] += weight(classWeight, c) * (shift - get(x, row + c));
      }
      sum += Partials.tree(partial);
    }
    return (float) sum;
  }

  @Override
  default void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight,
      MemorySegment factors, MemorySegment gradient, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float maximum = get(factors, 3 * r), factor = get(factors, 3 * r + 1), spread = get(factors, 3 * r + 2);
      if (factor == 0 && spread == 0) {
        zero(gradient, row, row + columns);
        continue;
      }
      expRow(x, gradient, row, columns, maximum);
      if (spread == 0) {
        scale(gradient, row, row + columns, factor);
      } else {
        spread(gradient, classWeight, row, columns, factor, spread);
      }
    }
  }

  /** gradient = gradient * factor - spread * class weight. */
  private static void spread(MemorySegment gradient, @Nullable MemorySegment classWeight, long row, long columns,
      float factor, float spread) {
    for (long c = 0; c < columns; c++) {
      set(gradient, row + c, Math.fma(-spread, weight(classWeight, c), get(gradient, row + c) * factor));
    }
  }
}
