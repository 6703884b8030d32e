package org.panagrad.kernel;

import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.backward;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link SoftmaxKernels}. */
sealed interface CheckedSoftmaxKernels extends SoftmaxKernels, CheckedForm permits CheckedKernels {
  @Override
  default void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    out("y", y, n);
    inPlaceOrApart("y", y, n, "x", x, n);
    backend().softmax(x, y, columns, from, to);
  }

  @Override
  default void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    range(from, to);
    backward(y, dy, dx, elements("columns", columns, to));
    backend().softmaxBackward(y, dy, dx, columns, from, to);
  }
}
