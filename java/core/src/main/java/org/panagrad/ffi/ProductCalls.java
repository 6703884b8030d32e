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

/** Calls of matrix products, as the package tells. */
public final class ProductCalls {
  private ProductCalls() {
  }

  private static final MethodHandle CALL_3P_JJJJJII = plain(P, P, P, J, J, J, J, J, I, I, J, J),
      CALL_3P_JJJJJII_CRITICAL = critical(P, P, P, J, J, J, J, J, I, I, J, J);

  /**
   * Matrix products.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param a an array
   * @param b an array
   * @param c an array
   * @param n passed on
   * @param k passed on
   * @param lda passed on
   * @param ldb passed on
   * @param ldc passed on
   * @param transposeA passed on
   * @param accumulate passed on
   * @param from first unit
   * @param to   end
   */
  public static void call(MemorySegment f, long step, MemorySegment a, MemorySegment b, MemorySegment c, long n,
      long k, long lda, long ldb, long ldc, int transposeA, int accumulate, long from, long to) {
    try {
      if (to - from > step && a.isNative() && b.isNative() && c.isNative()) {
        CALL_3P_JJJJJII.invokeExact(f, a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        CALL_3P_JJJJJII_CRITICAL.invokeExact(f, a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
