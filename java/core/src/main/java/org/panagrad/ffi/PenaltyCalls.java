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

/** Calls of penalties of parameters, as the package tells. */
public final class PenaltyCalls {
  private PenaltyCalls() {
  }

  private static final MethodHandle CALL_4P_FFF = plain(P, P, P, P, F, F, F, J, J), CALL_4P_FFF_CRITICAL = critical(P,
      P, P, P, F, F, F, J, J);

  /**
   * Penalties of parameters.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param r an array
   * @param g an array
   * @param s an array
   * @param l1 passed on
   * @param l2 passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment r, MemorySegment g,
      MemorySegment s, float l1, float l2, float scale, long from, long to) {
    try {
      if (to - from > step && x.isNative() && r.isNative() && g.isNative() && s.isNative()) {
        CALL_4P_FFF.invokeExact(f, x, r, g, s, l1, l2, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_4P_FFF_CRITICAL.invokeExact(f, x, r, g, s, l1, l2, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
