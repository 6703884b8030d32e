package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link RandomKernels} in plain Java. */
sealed interface ScalarRandomKernels extends RandomKernels permits ScalarKernels, VectorKernels {
  @Override
  default void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    float width = high - low;
    for (long i = from; i < to; i++) {
      float unit = (Philox.word(seed, stream, i) >>> 8) * 0x1p-24f;
      set(y, i, Math.fma(unit, width, low));
    }
  }

  @Override
  default void dropout(MemorySegment x, MemorySegment y, double rate, long seed, long stream, long from, long to) {
    int threshold = threshold(rate);
    float scale = keptScale(rate);
    for (long i = from; i < to; i++) {
      boolean keep = Integer.compareUnsigned(Philox.word(seed, stream, i), threshold) >= 0;
      set(y, i, keep ? get(x, i) * scale : 0);
    }
  }

  /** The least word that is kept, without sign. */
  static int threshold(double rate) {
    return (int) Math.min(0xffffffffL, (long) Math.rint(rate * 0x1p32));
  }

  /** What is kept is multiplied by this, so that the mean stays. */
  static float keptScale(double rate) {
    return (float) (1 / (1 - rate));
  }
}
