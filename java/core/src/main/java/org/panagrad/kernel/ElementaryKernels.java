package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Elementary functions, element by element; the range counts elements. In place. */
public sealed interface ElementaryKernels permits Kernels {

  /**
   * {@code y[i] = e^x[i]}, within 1 ulp. Denormal results are exact to their last bit's ulp; above 88.73 infinity.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void exp(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = ln x[i]}, within 1 ulp. {@code ln 0} is minus infinity, of a negative number NaN.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void log(MemorySegment x, MemorySegment y, long from, long to);
}
