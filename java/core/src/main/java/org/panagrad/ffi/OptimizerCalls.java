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

/** Calls of updates of parameters, as the package tells. */
public final class OptimizerCalls {
  private OptimizerCalls() {
  }

  private static final MethodHandle UPDATE = plain(P, P, P, P, P, P, P, P, F, J, J),
      UPDATE_CRITICAL = critical(P, P, P, P, P, P, P, P, F, J, J);

  /**
   * A rule on one tensor.
   *
   * @param f       address of the function
   * @param step    units of a short call
   * @param p       an array
   * @param g       an array
   * @param a       an array, or NULL
   * @param b       an array, or NULL
   * @param c       an array, or NULL
   * @param average an array, or NULL
   * @param sums    an array, or NULL
   * @param update  native memory
   * @param ratio   passed on
   * @param from    first unit
   * @param to      end
   */
  public static void update(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment a,
      MemorySegment b, MemorySegment c, MemorySegment average, MemorySegment sums, MemorySegment update, float ratio,
      long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && a.isNative() && b.isNative() && c.isNative()
          && average.isNative() && sums.isNative()) {
        UPDATE.invokeExact(f, p, g, a, b, c, average, sums, update, ratio, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        UPDATE_CRITICAL.invokeExact(f, p, g, a, b, c, average, sums, update, ratio, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle TENSORS = plain(P, P, P, P, P, P, J, J, J),
      TENSORS_CRITICAL = critical(P, P, P, P, P, P, J, J, J);

  /**
   * Rules on many tensors.
   *
   * @param f       address of the function
   * @param step    units of a short call
   * @param tensors native memory
   * @param updates native memory
   * @param sums    an array, or NULL
   * @param alive1  native memory that stays open meanwhile, or NULL
   * @param alive2  the same
   * @param alive3  the same
   * @param count   passed on
   * @param from    first unit
   * @param to      end
   */
  public static void updateTensors(MemorySegment f, long step, MemorySegment tensors, MemorySegment updates,
      MemorySegment sums, MemorySegment alive1, MemorySegment alive2, MemorySegment alive3, long count, long from,
      long to) {
    try {
      if (to - from > step && sums.isNative()) {
        TENSORS.invokeExact(f, tensors, updates, sums, alive1, alive2, alive3, count, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        TENSORS_CRITICAL.invokeExact(f, tensors, updates, sums, alive1, alive2, alive3, count, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS = plain(P, P, P, P, P, P, P, J, J, J, J),
      ROWS_CRITICAL = critical(P, P, P, P, P, P, P, J, J, J, J);

  /**
   * A rule on rows of a table.
   *
   * @param f         address of the function
   * @param step      units of a short call
   * @param p         an array
   * @param g         an array
   * @param a         an array, or NULL
   * @param b         an array, or NULL
   * @param c         an array, or NULL
   * @param rows      an array
   * @param update    native memory
   * @param tableRows passed on
   * @param columns   passed on
   * @param from      first unit
   * @param to        end
   */
  public static void updateRows(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment a,
      MemorySegment b, MemorySegment c, MemorySegment rows, MemorySegment update, long tableRows, long columns,
      long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && a.isNative() && b.isNative() && c.isNative()
          && rows.isNative()) {
        ROWS.invokeExact(f, p, g, a, b, c, rows, update, tableRows, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        ROWS_CRITICAL.invokeExact(f, p, g, a, b, c, rows, update, tableRows, columns, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle SQUARES = plain(P, P, P, P, P, J, J, J, J, J),
      SQUARES_CRITICAL = critical(P, P, P, P, P, J, J, J, J, J);

  /**
   * Sums over rows and columns of matrices.
   *
   * @param f          address of the function
   * @param step       units of a short call
   * @param p          an array
   * @param g          an array
   * @param rowSums    an array
   * @param columnSums an array
   * @param update     native memory
   * @param matrices   passed on
   * @param rows       passed on
   * @param columns    passed on
   * @param from       first unit
   * @param to         end
   */
  public static void matrixSquares(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment rowSums,
      MemorySegment columnSums, MemorySegment update, long matrices, long rows, long columns, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && rowSums.isNative() && columnSums.isNative()) {
        SQUARES.invokeExact(f, p, g, rowSums, columnSums, update, matrices, rows, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        SQUARES_CRITICAL.invokeExact(f, p, g, rowSums, columnSums, update, matrices, rows, columns, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle MATRIX = plain(P, P, P, P, P, P, P, F, J, J, J, J),
      MATRIX_CRITICAL = critical(P, P, P, P, P, P, P, F, J, J, J, J);

  /**
   * A rule on matrices.
   *
   * @param f           address of the function
   * @param step        units of a short call
   * @param p           an array
   * @param g           an array
   * @param rowRoots    an array
   * @param columnRoots an array
   * @param average     an array, or NULL
   * @param sums        an array, or NULL
   * @param update      native memory
   * @param ratio       passed on
   * @param rows        passed on
   * @param columns     passed on
   * @param from        first unit
   * @param to          end
   */
  public static void updateMatrix(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment rowRoots,
      MemorySegment columnRoots, MemorySegment average, MemorySegment sums, MemorySegment update, float ratio,
      long rows, long columns, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && rowRoots.isNative() && columnRoots.isNative()
          && average.isNative() && sums.isNative()) {
        MATRIX.invokeExact(f, p, g, rowRoots, columnRoots, average, sums, update, ratio, rows, columns, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        MATRIX_CRITICAL.invokeExact(f, p, g, rowRoots, columnRoots, average, sums, update, ratio, rows, columns, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ACCUMULATE = plain(P, P, F, J, J), ACCUMULATE_CRITICAL = critical(P, P, F, J, J);

  /**
   * A sum of two arrays.
   *
   * @param f     address of the function
   * @param step  units of a short call
   * @param x     an array
   * @param y     an array
   * @param scale passed on
   * @param from  first unit
   * @param to    end
   */
  public static void accumulate(MemorySegment f, long step, MemorySegment x, MemorySegment y, float scale, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        ACCUMULATE.invokeExact(f, x, y, scale, from, to);
        return;
      }
      for (long i = inPieces(from, to, step); i < to; i += step) {
        ACCUMULATE_CRITICAL.invokeExact(f, x, y, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
