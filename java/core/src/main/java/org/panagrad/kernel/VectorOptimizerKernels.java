package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link OptimizerKernels} in the Vector API. */
sealed interface VectorOptimizerKernels extends ScalarOptimizerKernels permits VectorKernels {
  @Override
  default void updateElements(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average, @Nullable Squares squares,
      float ratio, long base, long gradientBase, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, a, b);
    if (loops(parameter, c, average, null) != loops) {
      loops = VectorLoops.ANY;
    }
    VectorLoops.Rule loop = loops.rule(update.rule(), average == null && squares == null && update.isPlain());
    long end = loop == null ? from : whole(from, to);
    if (loop != null) {
      loop.block(update, parameter, gradient, a, b, c, average, squares, ratio, (base + from) * BYTES,
          (gradientBase + from) * BYTES, (int) (end - from));
    }
    if (end < to) {
      ScalarOptimizerKernels.super.updateElements(update, parameter, gradient, a, b, c, average, squares, ratio, base,
          gradientBase, end, to);
    }
  }
}
