package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of elementwise kernels, as the package tells. */
public final class ElementCalls {
  private ElementCalls() {
  }

  private static final MethodHandle CALL_2P = plain(P, P, J, J), CALL_2P_CRITICAL = critical(P, P, J, J);

  /**
   * Arguments (in, out).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        CALL_2P.invokeExact(f, x, y, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_2P_CRITICAL.invokeExact(f, x, y, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P = plain(P, P, P, J, J), CALL_3P_CRITICAL = critical(P, P, P, J, J);

  /**
   * Arguments (in, in, out).
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        CALL_3P.invokeExact(f, x, y, z, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_CRITICAL.invokeExact(f, x, y, z, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
