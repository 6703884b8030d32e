package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of kernels that take arrays and sizes alone, as the package tells. */
public final class RowCalls {
  private RowCalls() {
  }

  private static final MethodHandle CALL_2P_J = plain(P, P, J, J, J), CALL_2P_J_CRITICAL = critical(P, P, J, J, J);

  /**
   * Arguments (in, out, number).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        CALL_2P_J.invokeExact(f, x, y, a, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_2P_J_CRITICAL.invokeExact(f, x, y, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P_J = plain(P, P, P, J, J, J), CALL_3P_J_CRITICAL = critical(P, P, P, J, J,
      J);

  /**
   * Arguments (in, in, out, number).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long a,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        CALL_3P_J.invokeExact(f, x, y, z, a, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_J_CRITICAL.invokeExact(f, x, y, z, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_4P_J = plain(P, P, P, P, J, J, J), CALL_4P_J_CRITICAL = critical(P, P, P, P,
      J, J, J);

  /**
   * Arguments (in, in, in, out, number).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, long a, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative()) {
        CALL_4P_J.invokeExact(f, x, y, z, u, a, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_4P_J_CRITICAL.invokeExact(f, x, y, z, u, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_2P_JJ = plain(P, P, J, J, J, J), CALL_2P_JJ_CRITICAL = critical(P, P, J, J, J,
      J);

  /**
   * Arguments (in, out, two numbers).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param b passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long b, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        CALL_2P_JJ.invokeExact(f, x, y, a, b, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_2P_JJ_CRITICAL.invokeExact(f, x, y, a, b, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_2P_JJJ = plain(P, P, J, J, J, J, J), CALL_2P_JJJ_CRITICAL = critical(P, P, J,
      J, J, J, J);

  /**
   * Arguments (in, out, three numbers).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param b passed on
   * @param c passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long b, long c,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        CALL_2P_JJJ.invokeExact(f, x, y, a, b, c, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_2P_JJJ_CRITICAL.invokeExact(f, x, y, a, b, c, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P_JJ = plain(P, P, P, J, J, J, J),
      CALL_3P_JJ_CRITICAL = critical(P, P, P, J, J, J, J);

  /**
   * Arguments (in, in, out, two numbers).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param a passed on
   * @param b passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long a, long b,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        CALL_3P_JJ.invokeExact(f, x, y, z, a, b, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_JJ_CRITICAL.invokeExact(f, x, y, z, a, b, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P_JJJ = plain(P, P, P, J, J, J, J, J),
      CALL_3P_JJJ_CRITICAL = critical(P, P, P, J, J, J, J, J);

  /**
   * Arguments (in, in, out, three numbers).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param a passed on
   * @param b passed on
   * @param c passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long a, long b,
      long c, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        CALL_3P_JJJ.invokeExact(f, x, y, z, a, b, c, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_JJJ_CRITICAL.invokeExact(f, x, y, z, a, b, c, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
