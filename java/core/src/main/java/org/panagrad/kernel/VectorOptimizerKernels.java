package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link OptimizerKernels} in the Vector API: the commonest rules, where there is nothing but the rule. */
sealed interface VectorOptimizerKernels extends ScalarOptimizerKernels permits VectorKernels {
  @Override
  default void updatePiece(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long base, long gradientBase, long firstBlock, long from, long to) {
    long done = from;
    if (average == null && sums == null && update.isPlain()) {
      long end = whole(from, to);
      while (done < end) {
        int count = block(done, end);
        if (!plain(update, parameter, gradient, a, b, (base + done) * BYTES, (gradientBase + done) * BYTES, count)) {
          break;
        }
        done += count;
      }
    }
    ScalarOptimizerKernels.super.updatePiece(update, parameter, gradient, a, b, c, average, sums, ratio, base,
        gradientBase, firstBlock, done, to);
  }

  /** False where there is no form of the rule. Where a rule has a state it is not null. */
  private static boolean plain(Update update, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment a, @Nullable MemorySegment b, long base, long gradientBase, int count) {
    VectorLoops.Optimizers loops = loops(parameter, gradient, a, b).optimizers();
    float[] s = update.scalars();
    switch (update.rule()) {
      case SGD -> loops.sgd(parameter, gradient, s, base, gradientBase, count);
      case MOMENTUM -> loops.momentum(parameter, gradient, given(a), s, base, gradientBase, count);
      case RMSPROP -> loops.rmsProp(parameter, gradient, given(a), s, base, gradientBase, count);
      case ADAM -> loops.adam(parameter, gradient, given(a), given(b), s, base, gradientBase, count);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static MemorySegment given(@Nullable MemorySegment state) {
    return java.util.Objects.requireNonNull(state);
  }
}
