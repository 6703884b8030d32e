package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;

/** {@link ActivationKernels} in the Vector API. */
sealed interface VectorActivationKernels extends ScalarActivationKernels permits VectorKernels {
  @Override
  default void relu(MemorySegment x, MemorySegment y, long from, long to) {
    VectorLoops loops = loops(x, y, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.activations().relu(x, y, i * BYTES, count);
      i += count;
    }
    ScalarActivationKernels.super.relu(x, y, end, to);
  }

  @Override
  default void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    VectorLoops loops = loops(y, dy, dx, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.activations().reluBackward(y, dy, dx, i * BYTES, count);
      i += count;
    }
    ScalarActivationKernels.super.reluBackward(y, dy, dx, end, to);
  }
}
