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

/** Calls of norms, as the package tells. */
public final class NormCalls {
  private NormCalls() {
  }

  private static final MethodHandle CALL_6P_JF = plain(P, P, P, P, P, P, J, F, J, J),
      CALL_6P_JF_CRITICAL = critical(P, P, P, P, P, P, J, F, J, J);

  /**
   * A norm of rows that finds their statistics.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param v an array
   * @param w an array
   * @param columns passed on
   * @param epsilon passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, MemorySegment v, MemorySegment w, long columns, float epsilon, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative() && v.isNative()
          && w.isNative()) {
        CALL_6P_JF.invokeExact(f, x, y, z, u, v, w, columns, epsilon, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_JF_CRITICAL.invokeExact(f, x, y, z, u, v, w, columns, epsilon, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_6P_J = plain(P, P, P, P, P, P, J, J, J),
      CALL_6P_J_CRITICAL = critical(P, P, P, P, P, P, J, J, J);

  /**
   * A norm by statistics that are known, or the way back of one.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param v an array
   * @param w an array
   * @param columns passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, MemorySegment v, MemorySegment w, long columns, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative() && v.isNative()
          && w.isNative()) {
        CALL_6P_J.invokeExact(f, x, y, z, u, v, w, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_J_CRITICAL.invokeExact(f, x, y, z, u, v, w, columns, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_6P_JJJI = plain(P, P, P, P, P, P, J, J, J, I, J, J),
      CALL_6P_JJJI_CRITICAL = critical(P, P, P, P, P, P, J, J, J, I, J, J);

  /**
   * Sums over blocks of rows.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param v an array
   * @param w an array
   * @param rows passed on
   * @param columns passed on
   * @param blockRows passed on
   * @param perColumn passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, MemorySegment v, MemorySegment w, long rows, long columns, long blockRows, int perColumn,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative() && v.isNative()
          && w.isNative()) {
        CALL_6P_JJJI.invokeExact(f, x, y, z, u, v, w, rows, columns, blockRows, perColumn, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_JJJI_CRITICAL.invokeExact(f, x, y, z, u, v, w, rows, columns, blockRows, perColumn, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_8P_J = plain(P, P, P, P, P, P, P, P, J, J, J),
      CALL_8P_J_CRITICAL = critical(P, P, P, P, P, P, P, P, J, J, J);

  /**
   * The way back of a norm of columns.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param v an array
   * @param w an array
   * @param s an array
   * @param t an array
   * @param columns passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, MemorySegment v, MemorySegment w, MemorySegment s, MemorySegment t, long columns, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative() && v.isNative()
          && w.isNative() && s.isNative() && t.isNative()) {
        CALL_8P_J.invokeExact(f, x, y, z, u, v, w, s, t, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_8P_J_CRITICAL.invokeExact(f, x, y, z, u, v, w, s, t, columns, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
