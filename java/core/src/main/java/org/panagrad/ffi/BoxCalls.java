package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.F;
import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of losses of boxes, as the package tells. */
public final class BoxCalls {
  private BoxCalls() {
  }

  private static final MethodHandle CALL_4P_FF = plain(P, P, P, P, F, F, J, J), CALL_4P_FF_CRITICAL = critical(P, P, P,
      P, F, F, J, J);

  /**
   * Losses of boxes.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param g an array
   * @param l an array
   * @param scale passed on
   * @param epsilon passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment g,
      MemorySegment l, float scale, float epsilon, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && g.isNative() && l.isNative()) {
        CALL_4P_FF.invokeExact(f, x, t, g, l, scale, epsilon, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_4P_FF_CRITICAL.invokeExact(f, x, t, g, l, scale, epsilon, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
