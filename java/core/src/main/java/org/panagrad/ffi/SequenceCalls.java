package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.I;
import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.inPieces;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of losses of sequences, as the package tells. */
public final class SequenceCalls {
  private SequenceCalls() {
  }

  private static final MethodHandle CALL_8P_JJJII = plain(P, P, P, P, P, P, P, P, J, J, J, I, I, J, J),
      CALL_8P_JJJII_CRITICAL = critical(P, P, P, P, P, P, P, P, J, J, J, I, I, J, J);

  /**
   * Losses of sequences.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param n an array
   * @param m an array
   * @param w an array
   * @param g an array
   * @param l an array
   * @param s an array
   * @param time passed on
   * @param classes passed on
   * @param maxTarget passed on
   * @param blank passed on
   * @param zeroInfinity passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment n,
      MemorySegment m, MemorySegment w, MemorySegment g, MemorySegment l, MemorySegment s, long time, long classes,
      long maxTarget, int blank, int zeroInfinity, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && n.isNative() && m.isNative() && w.isNative()
          && g.isNative() && l.isNative() && s.isNative()) {
        CALL_8P_JJJII.invokeExact(f, x, t, n, m, w, g, l, s, time, classes, maxTarget, blank, zeroInfinity, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_8P_JJJII_CRITICAL.invokeExact(f, x, t, n, m, w, g, l, s, time, classes, maxTarget, blank, zeroInfinity, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
