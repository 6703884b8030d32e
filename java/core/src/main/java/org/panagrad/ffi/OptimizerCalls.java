package org.panagrad.ffi;

import static org.panagrad.ffi.Downcalls.F;
import static org.panagrad.ffi.Downcalls.J;
import static org.panagrad.ffi.Downcalls.P;
import static org.panagrad.ffi.Downcalls.critical;
import static org.panagrad.ffi.Downcalls.plain;
import static org.panagrad.ffi.Downcalls.unexpected;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of updates of parameters, as the package tells. */
public final class OptimizerCalls {
  private OptimizerCalls() {
  }

  private static final MethodHandle CALL_2P_F = plain(P, P, F, J, J), CALL_2P_F_CRITICAL = critical(P, P, F, J, J);

  /**
   * Updates without state.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param p an array
   * @param g an array
   * @param s1 passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment p, MemorySegment g, float s1, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative()) {
        CALL_2P_F.invokeExact(f, p, g, s1, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        CALL_2P_F_CRITICAL.invokeExact(f, p, g, s1, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P_FFF = plain(P, P, P, F, F, F, J, J), CALL_3P_FFF_CRITICAL = critical(P, P,
      P, F, F, F, J, J);

  /**
   * Updates with one state, three scalars.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param p an array
   * @param g an array
   * @param m an array
   * @param s1 passed on
   * @param s2 passed on
   * @param s3 passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m, float s1,
      float s2, float s3, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative()) {
        CALL_3P_FFF.invokeExact(f, p, g, m, s1, s2, s3, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        CALL_3P_FFF_CRITICAL.invokeExact(f, p, g, m, s1, s2, s3, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_3P_FFFF = plain(P, P, P, F, F, F, F, J, J),
      CALL_3P_FFFF_CRITICAL = critical(P, P, P, F, F, F, F, J, J);

  /**
   * Updates with one state, four scalars.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param p an array
   * @param g an array
   * @param m an array
   * @param s1 passed on
   * @param s2 passed on
   * @param s3 passed on
   * @param s4 passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m, float s1,
      float s2, float s3, float s4, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative()) {
        CALL_3P_FFFF.invokeExact(f, p, g, m, s1, s2, s3, s4, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        CALL_3P_FFFF_CRITICAL.invokeExact(f, p, g, m, s1, s2, s3, s4, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle CALL_4P_FFFFFFF = plain(P, P, P, P, F, F, F, F, F, F, F, J, J),
      CALL_4P_FFFFFFF_CRITICAL = critical(P, P, P, P, F, F, F, F, F, F, F, J, J);

  /**
   * Updates with two states, seven scalars.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param p an array
   * @param g an array
   * @param m an array
   * @param v an array
   * @param s1 passed on
   * @param s2 passed on
   * @param s3 passed on
   * @param s4 passed on
   * @param s5 passed on
   * @param s6 passed on
   * @param s7 passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m,
      MemorySegment v, float s1, float s2, float s3, float s4, float s5, float s6, float s7, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative() && v.isNative()) {
        CALL_4P_FFFFFFF.invokeExact(f, p, g, m, v, s1, s2, s3, s4, s5, s6, s7, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        CALL_4P_FFFFFFF_CRITICAL.invokeExact(f, p, g, m, v, s1, s2, s3, s4, s5, s6, s7, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
