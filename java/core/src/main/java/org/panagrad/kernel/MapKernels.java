package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Functions of one and of two arrays, element by element, their gradients, and sums of rows. */
public sealed interface MapKernels permits Kernels, CheckedMapKernels, NativeMapKernels, ScalarMapKernels {

  /**
   * {@code y[i] = f(x[i])}; the range counts elements. In place.
   *
   * @param f    which function
   * @param a    its first number, where it has one
   * @param b    its second number, where it has one
   * @param x    n floats
   * @param y    n floats
   * @param from first element
   * @param to   end
   */
  void map(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code dx[i] = dy[i] * f'(x[i])}; the range counts elements. {@code dx} may be {@code dy}.
   *
   * @param f    which function
   * @param a    its first number
   * @param b    its second number
   * @param x    n floats
   * @param y    n floats, {@link #map}'s output
   * @param dy   n floats, the gradient of y
   * @param dx   n floats, the gradient of x
   * @param from first element
   * @param to   end
   */
  void mapBackward(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, MemorySegment dy,
      MemorySegment dx, long from, long to);

  /**
   * {@code y[r][c] = f(a, b)}, an operand standing for its number of element (r, c). Rows. {@code y} may be an operand
   * that is {@link Spread#FULL}.
   *
   * @param f       which function
   * @param a       first operand
   * @param aSpread what a holds
   * @param b       second operand
   * @param bSpread what b holds
   * @param y       rows x columns
   * @param columns length of a row
   * @param from    first row
   * @param to      end
   */
  void combine(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread, MemorySegment y,
      long columns, long from, long to);

  /**
   * {@code da[r][c] = dy[r][c] * df/da}, and db likewise, for every element whatever the spreads are: the gradient of
   * an operand that is spread is the sum over what it was spread to. Rows. One of da and db may be {@code dy} where the
   * other is null.
   *
   * @param f       which function
   * @param a       first operand
   * @param aSpread what a holds
   * @param b       second operand
   * @param bSpread what b holds
   * @param dy      rows x columns, the gradient of {@link #combine}'s output
   * @param da      rows x columns, or null
   * @param db      rows x columns, or null
   * @param columns length of a row
   * @param from    first row
   * @param to      end
   */
  void combineBackward(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment dy, @Nullable MemorySegment da, @Nullable MemorySegment db, long columns, long from, long to);

  /**
   * {@code y[r] = sum over c of x[r][c]}: canonical sums of blocks, added in order in double, rounded once. Rows.
   *
   * @param x       rows x columns
   * @param y       rows floats
   * @param columns length of a row
   * @param from    first row
   * @param to      end
   */
  void rowSums(MemorySegment x, MemorySegment y, long columns, long from, long to);
}
