package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.F;
import static org.panagrad.ffi.Downcalls.I;
import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of functions of one and of two arrays, as the package tells. */
public final class MapCalls {
  private MapCalls() {
  }

  private static final MethodHandle MAP = plain(P, P, F, F, I, J, J), MAP_CRITICAL = critical(P, P, F, F, I, J, J);

  /**
   * A function of elements.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param b passed on
   * @param function passed on
   * @param from first unit
   * @param to   end
   */
  public static void map(MemorySegment f, long step, MemorySegment x, MemorySegment y, float a, float b, int function,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        MAP.invokeExact(f, x, y, a, b, function, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        MAP_CRITICAL.invokeExact(f, x, y, a, b, function, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle GRADIENT = plain(P, P, P, P, F, F, I, J, J), GRADIENT_CRITICAL = critical(P, P, P,
      P, F, F, I, J, J);

  /**
   * Its gradient.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param dy an array
   * @param dx an array
   * @param a passed on
   * @param b passed on
   * @param function passed on
   * @param from first unit
   * @param to   end
   */
  public static void map(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment dy,
      MemorySegment dx, float a, float b, int function, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && dy.isNative() && dx.isNative()) {
        GRADIENT.invokeExact(f, x, y, dy, dx, a, b, function, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        GRADIENT_CRITICAL.invokeExact(f, x, y, dy, dx, a, b, function, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle COMBINE = plain(P, P, P, I, I, I, J, J, J), COMBINE_CRITICAL = critical(P, P, P, I,
      I, I, J, J, J);

  /**
   * A function of two operands.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param function passed on
   * @param xSpread passed on
   * @param ySpread passed on
   * @param columns passed on
   * @param from first unit
   * @param to   end
   */
  public static void combine(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      int function, int xSpread, int ySpread, long columns, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        COMBINE.invokeExact(f, x, y, z, function, xSpread, ySpread, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        COMBINE_CRITICAL.invokeExact(f, x, y, z, function, xSpread, ySpread, columns, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle PARTS = plain(P, P, P, P, P, I, I, I, J, J, J), PARTS_CRITICAL = critical(P, P, P,
      P, P, I, I, I, J, J, J);

  /**
   * Its gradients.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param dz an array
   * @param dx an array
   * @param dy an array
   * @param function passed on
   * @param xSpread passed on
   * @param ySpread passed on
   * @param columns passed on
   * @param from first unit
   * @param to   end
   */
  public static void combine(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment dz,
      MemorySegment dx, MemorySegment dy, int function, int xSpread, int ySpread, long columns, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && dz.isNative() && dx.isNative() && dy.isNative()) {
        PARTS.invokeExact(f, x, y, dz, dx, dy, function, xSpread, ySpread, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        PARTS_CRITICAL.invokeExact(f, x, y, dz, dx, dy, function, xSpread, ySpread, columns, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
