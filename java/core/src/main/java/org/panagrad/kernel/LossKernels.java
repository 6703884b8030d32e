package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Losses element by element. The range counts elements and starts at a multiple of {@link Kernels#BLOCK}. */
public sealed interface LossKernels permits Kernels {

  /**
   * {@code l = (prediction - target)^2}, its derivative {@code 2 (prediction - target)}. {@code gradient} may be
   * {@code prediction}.
   *
   * @param prediction n floats
   * @param target     n floats
   * @param gradient   n floats for derivative * scale, or null
   * @param losses     n floats for l, or null
   * @param sums       a float per block of {@link Kernels#BLOCK} elements: its canonical sum of l
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / n for MEAN
   * @param from       first element, a multiple of the block
   * @param to         end, a multiple of the block or the whole length
   */
  void meanSquaredError(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      @Nullable MemorySegment losses, MemorySegment sums, float scale, long from, long to);
}
