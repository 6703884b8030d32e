package org.panagrad.kernel;

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
}
