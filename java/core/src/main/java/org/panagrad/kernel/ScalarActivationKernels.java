package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link ActivationKernels} in plain Java. */
sealed interface ScalarActivationKernels extends ActivationKernels permits ScalarKernels, VectorActivationKernels {
  @Override
  default void relu(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      float v = get(x, i);
      set(y, i, v < 0 ? 0 : v);
    }
  }

  @Override
  default void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    for (long i = from; i < to; i++) {
      set(dx, i, get(y, i) <= 0 ? 0 : get(dy, i));
    }
  }
}
