package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Penalties of parameters, whose gradient is added to what is there already; the range counts elements. */
public sealed interface PenaltyKernels
    permits Kernels, CheckedPenaltyKernels, NativePenaltyKernels, ScalarPenaltyKernels {

  /**
   * {@code sum of l1 |d| + l2 / 2 d^2} with d = parameter - reference, or the parameter itself; and
   * {@code gradient[i] += (l1 sign(d) + l2 d) scale}, sign(0) being 0. An infinite d with l2 = 0 gives NaN.
   *
   * @param parameters n floats
   * @param reference  n floats from which distances are taken, or null for 0
   * @param gradient   n floats, added to; or null for the value alone
   * @param sums       a float per block of {@link Kernels#BLOCK} elements: its canonical sum of the terms
   * @param l1         factor of the sizes
   * @param l2         factor of half the squares
   * @param scale      factor of what is added to the gradient
   * @param from       first element, a multiple of the block or, of an empty range, anything
   * @param to         end, a multiple of the block or the whole length
   */
  void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to);
}
