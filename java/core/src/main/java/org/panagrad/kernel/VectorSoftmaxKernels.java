package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;

/** {@link SoftmaxKernels} in the Vector API. */
sealed interface VectorSoftmaxKernels extends ScalarSoftmaxKernels permits VectorKernels {
  @Override
  default void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      double sum = 0;
      for (long c = 0; c < columns;) {
        int count = block(c, columns);
        sum += dotBlock(y, dy, r * columns + c, r * columns + c + count);
        c += count;
      }
      spread(y, dy, dx, (float) sum, r * columns, (r + 1) * columns);
    }
  }

  /** dx = y * (dy - dot). */
  private static void spread(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long from, long to) {
    VectorLoops loops = loops(y, dy, dx, null);
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.softmax().softmaxBackward(y, dy, dx, dot, i * BYTES, count);
      i += count;
    }
  }
}
