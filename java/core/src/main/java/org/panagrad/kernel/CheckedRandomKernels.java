package org.panagrad.kernel;

import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link RandomKernels}. */
sealed interface CheckedRandomKernels extends RandomKernels, CheckedForm permits CheckedKernels {
  @Override
  default void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    range(from, to);
    out("y", y, to);
    if (!(low <= high) || Float.isInfinite(high - low)) {
      throw new IllegalArgumentException("range [" + low + ", " + high + "): low must be at most high, both finite");
    }
    backend().uniform(y, low, high, seed, stream, from, to);
  }

  @Override
  default void dropout(MemorySegment x, MemorySegment y, double rate, long seed, long stream, long from, long to) {
    Checks.map(x, y, from, to);
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate is " + rate + ": it must be at least 0 and less than 1");
    }
    backend().dropout(x, y, rate, seed, stream, from, to);
  }
}
