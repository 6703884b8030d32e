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

/** Calls of losses of a mean and a variance, as the package tells. */
public final class GaussianCalls {
  private GaussianCalls() {
  }

  private static final MethodHandle CALL_7P_FFF = plain(P, P, P, P, P, P, P, F, F, F, J, J),
      CALL_7P_FFF_CRITICAL = critical(P, P, P, P, P, P, P, F, F, F, J, J);

  /**
   * Losses of a mean and a variance.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x1 an array
   * @param x2 an array
   * @param t an array
   * @param g1 an array
   * @param g2 an array
   * @param l an array
   * @param s an array
   * @param epsilon passed on
   * @param constant passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, MemorySegment s, float epsilon, float constant, float scale,
      long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative() && s.isNative()) {
        CALL_7P_FFF.invokeExact(f, x1, x2, t, g1, g2, l, s, epsilon, constant, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_7P_FFF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, s, epsilon, constant, scale, i, Math.min(i + step,
            to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
