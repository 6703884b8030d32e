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

/** Calls of losses of pairs and triplets, as the package tells. */
public final class PairCalls {
  private PairCalls() {
  }

  private static final MethodHandle CALL_6P_JFF = plain(P, P, P, P, P, P, J, F, F, J, J),
      CALL_6P_JFF_CRITICAL = critical(P, P, P, P, P, P, J, F, F, J, J);

  /**
   * Losses of pairs of rows.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x1 an array
   * @param x2 an array
   * @param t an array
   * @param g1 an array
   * @param g2 an array
   * @param l an array
   * @param columns passed on
   * @param margin passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, long columns, float margin, float scale, long from,
      long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative()) {
        CALL_6P_JFF.invokeExact(f, x1, x2, t, g1, g2, l, columns, margin, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_JFF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, columns, margin, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_6P_FF = plain(P, P, P, P, P, P, F, F, J, J), CALL_6P_FF_CRITICAL = critical(P,
      P, P, P, P, P, F, F, J, J);

  /**
   * Losses of pairs of elements.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x1 an array
   * @param x2 an array
   * @param t an array
   * @param g1 an array
   * @param g2 an array
   * @param l an array
   * @param margin passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, float margin, float scale, long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative()) {
        CALL_6P_FF.invokeExact(f, x1, x2, t, g1, g2, l, margin, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_6P_FF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, margin, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_7P_JFFIF = plain(P, P, P, P, P, P, P, J, F, F, I, F, J, J),
      CALL_7P_JFFIF_CRITICAL = critical(P, P, P, P, P, P, P, J, F, F, I, F, J, J);

  /**
   * Losses of triplets of rows.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x1 an array
   * @param x2 an array
   * @param x3 an array
   * @param g1 an array
   * @param g2 an array
   * @param g3 an array
   * @param l an array
   * @param columns passed on
   * @param margin passed on
   * @param epsilon passed on
   * @param swap passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment x3,
      MemorySegment g1, MemorySegment g2, MemorySegment g3, MemorySegment l, long columns, float margin, float epsilon,
      int swap, float scale, long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && x3.isNative() && g1.isNative() && g2.isNative()
          && g3.isNative() && l.isNative()) {
        CALL_7P_JFFIF.invokeExact(f, x1, x2, x3, g1, g2, g3, l, columns, margin, epsilon, swap, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_7P_JFFIF_CRITICAL.invokeExact(f, x1, x2, x3, g1, g2, g3, l, columns, margin, epsilon, swap, scale, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
