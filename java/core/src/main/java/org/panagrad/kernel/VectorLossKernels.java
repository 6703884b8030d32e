package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarLossKernels.addLosses;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@link LossKernels} in the Vector API. */
sealed interface VectorLossKernels extends ScalarLossKernels permits VectorKernels {
  /** A weight for each element of a block, spread here since rows do not end with vectors. */
  ThreadLocal<float[]> WEIGHTS = ThreadLocal.withInitial(() -> new float[BLOCK]);

  /** What {@link VectorLoops.Loss#terms} found, for the pass behind it. */
  ThreadLocal<float[]> TERMS = ThreadLocal.withInitial(() -> new float[2 * BLOCK]);

  @Override
  default float lossBlock(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      float scale, long from, long to) {
    VectorLoops.Loss loop = loops(prediction, target, gradient, losses).loss(loss.formula());
    if (loop == null || !isVectorized(loss)) {
      return ScalarLossKernels.super.lossBlock(loss, prediction, target, weights, columns, gradient, losses, scale,
          from, to);
    }
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    long end = whole(from, to);
    float[] each = weights == null ? null : weightsOfElements(weights, columns, from, end);
    float[] terms = TERMS.get();
    loop.terms(prediction, target, from * BYTES, (int) (end - from), terms);
    loop.block(prediction, target, terms, each, gradient, losses, loss.options(), scale, from * BYTES,
        (int) (end - from), partial);
    addLosses(loss, prediction, target, weights, columns, gradient, losses, scale, from, end, to, partial);
    return Vectors.tree(partial);
  }

  /**
   * In vectors stand Poisson's loss for logarithms of rates, without Stirling's term; focal with gamma 2; the
   * divergence of targets that are no logarithms.
   */
  private static boolean isVectorized(ElementLoss loss) {
    float[] o = loss.options();
    return switch (loss.formula()) {
      case POISSON_NLL -> o[0] != 0 && o[1] == 0;
      case FOCAL -> o[0] == 2;
      case KULLBACK_LEIBLER -> o[0] == 0;
      default -> true;
    };
  }

  /** The weight of each element of a block. */
  private static float[] weightsOfElements(MemorySegment weights, long columns, long from, long to) {
    float[] each = WEIGHTS.get();
    long row = from / columns;
    for (long i = from; i < to; row++) {
      long end = Math.min(to, (row + 1) * columns);
      Arrays.fill(each, (int) (i - from), (int) (end - from), get(weights, row));
      i = end;
    }
    return each;
  }
}
