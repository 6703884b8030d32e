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

/** Calls of losses of elements and of rows, as the package tells. */
public final class LossCalls {
  private LossCalls() {
  }

  private static final MethodHandle CALL_8P_JF = plain(P, P, P, P, P, P, P, P, J, F, J, J),
      CALL_8P_JF_CRITICAL = critical(P, P, P, P, P, P, P, P, J, F, J, J);

  /**
   * Losses.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param w an array
   * @param g an array
   * @param l an array
   * @param s an array
   * @param statistics an array
   * @param options native memory
   * @param columns passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment w,
      MemorySegment g, MemorySegment l, MemorySegment s, MemorySegment statistics, MemorySegment options, long columns,
      float scale, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && w.isNative() && g.isNative() && l.isNative()
          && s.isNative() && statistics.isNative()) {
        CALL_8P_JF.invokeExact(f, x, t, w, g, l, s, statistics, options, columns, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_8P_JF_CRITICAL.invokeExact(f, x, t, w, g, l, s, statistics, options, columns, scale, i, Math.min(i + step,
            to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
