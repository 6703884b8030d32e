package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Activations and their gradients, element by element; the range counts elements. */
public sealed interface ActivationKernels
    permits Kernels, CheckedActivationKernels, NativeActivationKernels, ScalarActivationKernels {

  /**
   * {@code y[i] = x[i] < 0 ? 0 : x[i]}, so NaN stays NaN. In place.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void relu(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code dx[i] = y[i] <= 0 ? 0 : dy[i]}. {@code dx} may be {@code dy}.
   *
   * @param y    n floats, {@link #relu}'s output
   * @param dy   n floats, the gradient of y
   * @param dx   n floats, the gradient of x
   * @param from first element
   * @param to   end
   */
  void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to);
}
