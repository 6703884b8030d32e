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

/** Calls of random numbers, as the package tells. */
public final class RandomCalls {
  private RandomCalls() {
  }

  private static final MethodHandle CALL_1P_FFJJ = plain(P, F, F, J, J, J, J), CALL_1P_FFJJ_CRITICAL = critical(P, F,
      F, J, J, J, J);

  /**
   * Random numbers.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param y an array
   * @param low passed on
   * @param high passed on
   * @param seed passed on
   * @param stream passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment y, float low, float high, long seed, long stream,
      long from, long to) {
    try {
      if (to - from > step && y.isNative()) {
        CALL_1P_FFJJ.invokeExact(f, y, low, high, seed, stream, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_1P_FFJJ_CRITICAL.invokeExact(f, y, low, high, seed, stream, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_2P_IFJJ = plain(P, P, I, F, J, J, J, J), CALL_2P_IFJJ_CRITICAL = critical(P, P,
      I, F, J, J, J, J);

  /**
   * Dropout.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param threshold passed on
   * @param scale passed on
   * @param seed passed on
   * @param stream passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment x, MemorySegment y, int threshold, float scale,
      long seed, long stream, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        CALL_2P_IFJJ.invokeExact(f, x, y, threshold, scale, seed, stream, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_2P_IFJJ_CRITICAL.invokeExact(f, x, y, threshold, scale, seed, stream, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
