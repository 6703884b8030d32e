package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Softmax over rows and what is built on it; the range counts rows. */
public sealed interface SoftmaxKernels
    permits Kernels, CheckedSoftmaxKernels, NativeSoftmaxKernels, ScalarSoftmaxKernels {

  /**
   * {@code y[r][c] = e^(x[r][c] - m) / sum over c of e^(x[r][c] - m)}, m being the row's maximum. In place.
   *
   * @param x       rows x columns floats
   * @param y       rows x columns floats
   * @param columns length of a row, at least 1
   * @param from    first row
   * @param to      end
   */
  void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to);

  /**
   * {@code dx[r][c] = y[r][c] * (dy[r][c] - sum over c of dy[r][c] * y[r][c])}. {@code dx} may be {@code dy}.
   *
   * @param y       rows x columns floats, {@link #softmax}'s output
   * @param dy      rows x columns floats, the gradient of y
   * @param dx      rows x columns floats, the gradient of x
   * @param columns length of a row, at least 1
   * @param from    first row
   * @param to      end
   */
  void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to);
}
