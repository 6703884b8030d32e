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

/** Calls of overlaps, as the package tells. */
public final class OverlapCalls {
  private OverlapCalls() {
  }

  private static final MethodHandle CALL_3P_JI = plain(P, P, P, J, I, J, J), CALL_3P_JI_CRITICAL = critical(P, P, P, J,
      I, J, J);

  /**
   * Sums of an overlap.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param s an array
   * @param columns passed on
   * @param logits passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment s, long columns,
      int logits, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && s.isNative()) {
        CALL_3P_JI.invokeExact(f, x, t, s, columns, logits, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_JI_CRITICAL.invokeExact(f, x, t, s, columns, logits, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_4P_JI = plain(P, P, P, P, J, I, J, J), CALL_4P_JI_CRITICAL = critical(P, P, P,
      P, J, I, J, J);

  /**
   * The gradient of an overlap.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param s an array
   * @param g an array
   * @param columns passed on
   * @param logits passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment s,
      MemorySegment g, long columns, int logits, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && s.isNative() && g.isNative()) {
        CALL_4P_JI.invokeExact(f, x, t, s, g, columns, logits, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_4P_JI_CRITICAL.invokeExact(f, x, t, s, g, columns, logits, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
