package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link SoftmaxKernels} in plain Java. */
sealed interface ScalarSoftmaxKernels extends SoftmaxKernels, RowSweeps permits ScalarKernels, VectorSoftmaxKernels {
  @Override
  default void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    for (long row = from * columns; row < to * columns; row += columns) {
      float sum = expRow(x, y, row, columns, maximum(x, row, columns));
      scale(y, row, row + columns, 1 / sum);
    }
  }

  @Override
  default void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long row = from * columns; row < to * columns; row += columns) {
      double sum = 0;
      for (long c = 0; c < columns; c += BLOCK) {
        sum += dotBlock(y, dy, row + c, row + Math.min(c + BLOCK, columns));
      }
      float dot = (float) sum;
      for (long i = row; i < row + columns; i++) {
        set(dx, i, get(y, i) * (get(dy, i) - dot));
      }
    }
  }
}
