package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;

/** {@link ElementaryKernels} in the Vector API. */
sealed interface VectorElementaryKernels extends ScalarElementaryKernels permits VectorKernels {
  /** As in softmax, the sums going nowhere: x - 0 is x. */
  @Override
  default void exp(MemorySegment x, MemorySegment y, long from, long to) {
    VectorLoops loops = loops(x, y, null, null);
    float[] partial = Partials.ofThread();
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.softmax().exp(x, y, i * BYTES, count, 0, partial);
      i += count;
    }
  }

  @Override
  default void log(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.log(x, y, apply(VectorElementary.Name.LOG, x, y, from, to), to);
  }

  @Override
  default void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.log1p(x, y, apply(VectorElementary.Name.LOG1P, x, y, from, to), to);
  }

  @Override
  default void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.expm1(x, y, apply(VectorElementary.Name.EXPM1, x, y, from, to), to);
  }

  @Override
  default void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.tanh(x, y, apply(VectorElementary.Name.TANH, x, y, from, to), to);
  }

  @Override
  default void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.sigmoid(x, y, apply(VectorElementary.Name.SIGMOID, x, y, from, to), to);
  }

  @Override
  default void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    ScalarElementaryKernels.super.softplus(x, y, apply(VectorElementary.Name.SOFTPLUS, x, y, from, to), to);
  }

  /** A function of the whole vectors; returns their end. */
  private static long apply(VectorElementary.Name name, MemorySegment x, MemorySegment y, long from, long to) {
    return apply(name, 0, 0, x, y, from, to);
  }

  /** A function of two numbers of the whole vectors; returns their end. */
  static long apply(VectorElementary.Name name, float a, float b, MemorySegment x, MemorySegment y, long from,
      long to) {
    VectorLoops.Elementary loop = loops(x, y, null, null).elementary(name);
    if (loop == null) {
      return from;
    }
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loop.apply(x, y, a, b, i * BYTES, count);
      i += count;
    }
    return end;
  }
}
