package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Elementary functions, element by element; the range counts elements. In place. */
public sealed interface ElementaryKernels
    permits Kernels, CheckedElementaryKernels, NativeElementaryKernels, ScalarElementaryKernels {

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

  /**
   * {@code y[i] = ln(1 + x[i])}, within 1 ulp, also near 0. Of -1 minus infinity, below NaN.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void log1p(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = e^x[i] - 1}, within 1.5 ulp, also near 0; above 88.73 infinity.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void expm1(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = tanh x[i]}, within 1.5 ulp.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void tanh(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = 1 / (1 + e^-x[i])}, within 2.5 ulp; denormal results are kept.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void sigmoid(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = ln(1 + e^x[i])}, within 2 ulp; denormal results are kept.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void softplus(MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code y[i] = atan x[i]}, within 2 ulp; of an infinity pi/2 with its sign.
   *
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void atan(MemorySegment x, MemorySegment y, long from, long to);
}
