package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;

/** {@link OverlapKernels} in plain Java: native/src/cpu/kernels/overlap.c, operation by operation. */
sealed interface ScalarOverlapKernels extends OverlapKernels permits ScalarKernels, VectorKernels {
  /** The first element of a unit. */
  private static long first(long unit, long columns) {
    long blocks = OverlapKernels.blocks(columns);
    return unit / blocks * columns + unit % blocks * BLOCK;
  }

  /** Elements of a unit. */
  private static int count(long unit, long columns) {
    return (int) Math.min(BLOCK, columns - unit % OverlapKernels.blocks(columns) * BLOCK);
  }

  private static float probability(float x, boolean logits) {
    return logits ? Elementary.sigmoid(x) : x;
  }

  @Override
  default void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long u = from; u < to; u++) {
      long first = first(u, columns);
      int count = count(u, columns);
      Partials.clear(partial);
      for (int i = 0; i < count; i++) {
        int k = i % PARTIALS;
        partial[k] = Math.fma(probability(get(prediction, first + i), logits), get(target, first + i), partial[k]);
      }
      set(sums, OverlapKernels.SUMS * u, Partials.tree(partial));
      Partials.clear(partial);
      for (int i = 0; i < count; i++) {
        partial[i % PARTIALS] += probability(get(prediction, first + i), logits);
      }
      set(sums, OverlapKernels.SUMS * u + 1, Partials.tree(partial));
      Partials.clear(partial);
      for (int i = 0; i < count; i++) {
        partial[i % PARTIALS] += get(target, first + i);
      }
      set(sums, OverlapKernels.SUMS * u + 2, Partials.tree(partial));
    }
  }

  @Override
  default void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    for (long u = from; u < to; u++) {
      long first = first(u, columns), end = first + count(u, columns), row = u / OverlapKernels.blocks(columns);
      float slope = get(slopes, 2 * row), base = get(slopes, 2 * row + 1);
      if (slope == 0 && base == 0) {
        zero(gradient, first, end);
        continue;
      }
      for (long i = first; i < end; i++) {
        float g = Math.fma(slope, get(target, i), base);
        set(gradient, i, logits ? g * sigmoidSlope(get(prediction, i)) : g);
      }
    }
  }

  /** p (1 - p) of a logit, in which nothing cancels: with z = e^-|x| the product of 1 / (1 + z) and z / (1 + z). */
  private static float sigmoidSlope(float x) {
    float z = Elementary.exp(-Math.abs(x)), near = 1 / (1 + z);
    return near * (z * near);
  }
}
