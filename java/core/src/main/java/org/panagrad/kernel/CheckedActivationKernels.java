package org.panagrad.kernel;

import static org.panagrad.kernel.Checks.backward;
import static org.panagrad.kernel.Checks.map;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link ActivationKernels}. */
sealed interface CheckedActivationKernels extends ActivationKernels, CheckedForm permits CheckedKernels {
  @Override
  default void relu(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().relu(x, y, from, to);
  }

  @Override
  default void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    range(from, to);
    backward(y, dy, dx, to);
    backend().reluBackward(y, dy, dx, from, to);
  }
}
