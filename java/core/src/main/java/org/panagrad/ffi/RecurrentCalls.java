package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of recurrent cells, as the package tells. */
public final class RecurrentCalls {
  private RecurrentCalls() {
  }

  private static final MethodHandle CALL_4P_J = plain(P, P, P, P, J, J, J),
      CALL_4P_J_CRITICAL = critical(P, P, P, P, J, J, J);

  /**
   * Cells with 4 arrays.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param u an array
   * @param v an array
   * @param w an array
   * @param x an array
   * @param units passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment u, MemorySegment v, MemorySegment w,
      MemorySegment x, long units, long from, long to) {
    try {
      if (to - from > step && u.isNative() && v.isNative() && w.isNative() && x.isNative()) {
        CALL_4P_J.invokeExact(f, u, v, w, x, units, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_4P_J_CRITICAL.invokeExact(f, u, v, w, x, units, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_5P_J = plain(P, P, P, P, P, J, J, J),
      CALL_5P_J_CRITICAL = critical(P, P, P, P, P, J, J, J);

  /**
   * Cells with 5 arrays.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param u an array
   * @param v an array
   * @param w an array
   * @param x an array
   * @param y an array
   * @param units passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment u, MemorySegment v, MemorySegment w,
      MemorySegment x, MemorySegment y, long units, long from, long to) {
    try {
      if (to - from > step && u.isNative() && v.isNative() && w.isNative() && x.isNative() && y.isNative()) {
        CALL_5P_J.invokeExact(f, u, v, w, x, y, units, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_5P_J_CRITICAL.invokeExact(f, u, v, w, x, y, units, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_6P_J = plain(P, P, P, P, P, P, J, J, J),
      CALL_6P_J_CRITICAL = critical(P, P, P, P, P, P, J, J, J);

  /**
   * Cells with 6 arrays.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param u an array
   * @param v an array
   * @param w an array
   * @param x an array
   * @param y an array
   * @param z an array
   * @param units passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment u, MemorySegment v, MemorySegment w,
      MemorySegment x, MemorySegment y, MemorySegment z, long units, long from, long to) {
    try {
      if (to - from > step && u.isNative() && v.isNative() && w.isNative() && x.isNative() && y.isNative()
          && z.isNative()) {
        CALL_6P_J.invokeExact(f, u, v, w, x, y, z, units, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_J_CRITICAL.invokeExact(f, u, v, w, x, y, z, units, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
