package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls of kernels, one method for each signature of the registry; the function's address comes first, so that tiers
 * share the handles.
 *
 * <p>Each signature is bound twice. A <em>critical</em> call takes heap arrays without a copy and costs least, but the
 * JVM cannot stop the thread before it returns: it is used for at most {@code step} units, which the caller chooses as
 * about 10 microseconds of work, and longer ranges on the heap are cut into such pieces. Longer ranges off the heap take
 * one <em>plain</em> call, during which the JVM may stop as it likes.
 */
@SuppressWarnings("restricted") // calling native code is this package's task
public final class Downcalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout P = ADDRESS, J = JAVA_LONG, F = JAVA_FLOAT, I = JAVA_INT;

  private Downcalls() {
  }

  private static MethodHandle plain(MemoryLayout... arguments) {
    return LINKER.downcallHandle(FunctionDescriptor.ofVoid(arguments));
  }

  private static MethodHandle critical(MemoryLayout... arguments) {
    return LINKER.downcallHandle(FunctionDescriptor.ofVoid(arguments), Linker.Option.critical(true));
  }

  /** What comes out of a handle is unchecked: a void native call declares nothing. */
  static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException known) {
      return known;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError(e);
  }

  private static final MethodHandle MAP_2P = plain(P, P, J, J), MAP_2P_CRITICAL = critical(P, P, J, J);

  /**
   * Arguments (in, out): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param from first unit
   * @param to   end
   */
  public static void map(MemorySegment f, long step, MemorySegment x, MemorySegment y, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        MAP_2P.invokeExact(f, x, y, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        MAP_2P_CRITICAL.invokeExact(f, x, y, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle MAP_3P = plain(P, P, P, J, J), MAP_3P_CRITICAL = critical(P, P, P, J, J);

  /**
   * Arguments (in, in, out): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param from first unit
   * @param to   end
   */
  public static void map(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        MAP_3P.invokeExact(f, x, y, z, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        MAP_3P_CRITICAL.invokeExact(f, x, y, z, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS_2P_J = plain(P, P, J, J, J), ROWS_2P_J_CRITICAL = critical(P, P, J, J, J);

  /**
   * Arguments (in, out, number): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void rows(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        ROWS_2P_J.invokeExact(f, x, y, a, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWS_2P_J_CRITICAL.invokeExact(f, x, y, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS_3P_J = plain(P, P, P, J, J, J),
      ROWS_3P_J_CRITICAL = critical(P, P, P, J, J, J);

  /**
   * Arguments (in, in, out, number): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void rows(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z, long a,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative()) {
        ROWS_3P_J.invokeExact(f, x, y, z, a, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWS_3P_J_CRITICAL.invokeExact(f, x, y, z, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS_4P_J = plain(P, P, P, P, J, J, J),
      ROWS_4P_J_CRITICAL = critical(P, P, P, P, J, J, J);

  /**
   * Arguments (in, in, in, out, number): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param z an array
   * @param u an array
   * @param a passed on
   * @param from first unit
   * @param to   end
   */
  public static void rows(MemorySegment f, long step, MemorySegment x, MemorySegment y, MemorySegment z,
      MemorySegment u, long a, long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative() && z.isNative() && u.isNative()) {
        ROWS_4P_J.invokeExact(f, x, y, z, u, a, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWS_4P_J_CRITICAL.invokeExact(f, x, y, z, u, a, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS_2P_JJ = plain(P, P, J, J, J, J),
      ROWS_2P_JJ_CRITICAL = critical(P, P, J, J, J, J);

  /**
   * Arguments (in, out, two numbers): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param b passed on
   * @param from first unit
   * @param to   end
   */
  public static void rows(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long b, long from,
      long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        ROWS_2P_JJ.invokeExact(f, x, y, a, b, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWS_2P_JJ_CRITICAL.invokeExact(f, x, y, a, b, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWS_2P_JJJ = plain(P, P, J, J, J, J, J),
      ROWS_2P_JJJ_CRITICAL = critical(P, P, J, J, J, J, J);

  /**
   * Arguments (in, out, three numbers): see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param y an array
   * @param a passed on
   * @param b passed on
   * @param c passed on
   * @param from first unit
   * @param to   end
   */
  public static void rows(MemorySegment f, long step, MemorySegment x, MemorySegment y, long a, long b, long c,
      long from, long to) {
    try {
      if (to - from > step && x.isNative() && y.isNative()) {
        ROWS_2P_JJJ.invokeExact(f, x, y, a, b, c, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWS_2P_JJJ_CRITICAL.invokeExact(f, x, y, a, b, c, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle LOSS_8P_JF = plain(P, P, P, P, P, P, P, P, J, F, J, J),
      LOSS_8P_JF_CRITICAL = critical(P, P, P, P, P, P, P, P, J, F, J, J);

  /**
   * Losses: see the class.
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
  public static void loss(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment w,
      MemorySegment g, MemorySegment l, MemorySegment s, MemorySegment statistics, MemorySegment options, long columns,
      float scale, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && w.isNative() && g.isNative() && l.isNative()
          && s.isNative() && statistics.isNative()) {
        LOSS_8P_JF.invokeExact(f, x, t, w, g, l, s, statistics, options, columns, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        LOSS_8P_JF_CRITICAL.invokeExact(f, x, t, w, g, l, s, statistics, options, columns, scale, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle ROWLOSS_4P_JF = plain(P, P, P, P, J, F, J, J),
      ROWLOSS_4P_JF_CRITICAL = critical(P, P, P, P, J, F, J, J);

  /**
   * Losses of rows: see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param g an array
   * @param l an array
   * @param columns passed on
   * @param scale passed on
   * @param from first unit
   * @param to   end
   */
  public static void rowLoss(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment g,
      MemorySegment l, long columns, float scale, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && g.isNative() && l.isNative()) {
        ROWLOSS_4P_JF.invokeExact(f, x, t, g, l, columns, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        ROWLOSS_4P_JF_CRITICAL.invokeExact(f, x, t, g, l, columns, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle BOX_4P_FF = plain(P, P, P, P, F, F, J, J),
      BOX_4P_FF_CRITICAL = critical(P, P, P, P, F, F, J, J);

  /**
   * Losses of boxes: see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param x an array
   * @param t an array
   * @param g an array
   * @param l an array
   * @param scale passed on
   * @param epsilon passed on
   * @param from first unit
   * @param to   end
   */
  public static void boxLoss(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment g,
      MemorySegment l, float scale, float epsilon, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && g.isNative() && l.isNative()) {
        BOX_4P_FF.invokeExact(f, x, t, g, l, scale, epsilon, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        BOX_4P_FF_CRITICAL.invokeExact(f, x, t, g, l, scale, epsilon, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle PAIR_6P_JFF = plain(P, P, P, P, P, P, J, F, F, J, J),
      PAIR_6P_JFF_CRITICAL = critical(P, P, P, P, P, P, J, F, F, J, J);

  /**
   * Losses of pairs of rows: see the class.
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
  public static void pairLoss(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, long columns, float margin, float scale, long from,
      long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative()) {
        PAIR_6P_JFF.invokeExact(f, x1, x2, t, g1, g2, l, columns, margin, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        PAIR_6P_JFF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, columns, margin, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle PAIR_6P_FF = plain(P, P, P, P, P, P, F, F, J, J),
      PAIR_6P_FF_CRITICAL = critical(P, P, P, P, P, P, F, F, J, J);

  /**
   * Losses of pairs of elements: see the class.
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
  public static void pairLoss(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, float margin, float scale, long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative()) {
        PAIR_6P_FF.invokeExact(f, x1, x2, t, g1, g2, l, margin, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        PAIR_6P_FF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, margin, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle TRIPLET_7P_JFFIF = plain(P, P, P, P, P, P, P, J, F, F, I, F, J, J),
      TRIPLET_7P_JFFIF_CRITICAL = critical(P, P, P, P, P, P, P, J, F, F, I, F, J, J);

  /**
   * Losses of triplets of rows: see the class.
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
  public static void tripletLoss(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment x3,
      MemorySegment g1, MemorySegment g2, MemorySegment g3, MemorySegment l, long columns, float margin, float epsilon,
      int swap, float scale, long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && x3.isNative() && g1.isNative() && g2.isNative()
          && g3.isNative() && l.isNative()) {
        TRIPLET_7P_JFFIF.invokeExact(f, x1, x2, x3, g1, g2, g3, l, columns, margin, epsilon, swap, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        TRIPLET_7P_JFFIF_CRITICAL.invokeExact(f, x1, x2, x3, g1, g2, g3, l, columns, margin, epsilon, swap, scale, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle OVERLAP_3P_JI = plain(P, P, P, J, I, J, J),
      OVERLAP_3P_JI_CRITICAL = critical(P, P, P, J, I, J, J);

  /**
   * Sums of an overlap: see the class.
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
  public static void overlap(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment s,
      long columns, int logits, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && s.isNative()) {
        OVERLAP_3P_JI.invokeExact(f, x, t, s, columns, logits, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        OVERLAP_3P_JI_CRITICAL.invokeExact(f, x, t, s, columns, logits, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle OVERLAP_4P_JI = plain(P, P, P, P, J, I, J, J),
      OVERLAP_4P_JI_CRITICAL = critical(P, P, P, P, J, I, J, J);

  /**
   * The gradient of an overlap: see the class.
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
  public static void overlap(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment s,
      MemorySegment g, long columns, int logits, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && s.isNative() && g.isNative()) {
        OVERLAP_4P_JI.invokeExact(f, x, t, s, g, columns, logits, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        OVERLAP_4P_JI_CRITICAL.invokeExact(f, x, t, s, g, columns, logits, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle GAUSSIAN_7P_FFF = plain(P, P, P, P, P, P, P, F, F, F, J, J),
      GAUSSIAN_7P_FFF_CRITICAL = critical(P, P, P, P, P, P, P, F, F, F, J, J);

  /**
   * Losses of a mean and a variance: see the class.
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
  public static void gaussianLoss(MemorySegment f, long step, MemorySegment x1, MemorySegment x2, MemorySegment t,
      MemorySegment g1, MemorySegment g2, MemorySegment l, MemorySegment s, float epsilon, float constant, float scale,
      long from, long to) {
    try {
      if (to - from > step && x1.isNative() && x2.isNative() && t.isNative() && g1.isNative() && g2.isNative()
          && l.isNative() && s.isNative()) {
        GAUSSIAN_7P_FFF.invokeExact(f, x1, x2, t, g1, g2, l, s, epsilon, constant, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        GAUSSIAN_7P_FFF_CRITICAL.invokeExact(f, x1, x2, t, g1, g2, l, s, epsilon, constant, scale, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle PENALTY_4P_FFF = plain(P, P, P, P, F, F, F, J, J),
      PENALTY_4P_FFF_CRITICAL = critical(P, P, P, P, F, F, F, J, J);

  /**
   * Penalties of parameters: see the class.
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
  public static void penalty(MemorySegment f, long step, MemorySegment x, MemorySegment r, MemorySegment g,
      MemorySegment s, float l1, float l2, float scale, long from, long to) {
    try {
      if (to - from > step && x.isNative() && r.isNative() && g.isNative() && s.isNative()) {
        PENALTY_4P_FFF.invokeExact(f, x, r, g, s, l1, l2, scale, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        PENALTY_4P_FFF_CRITICAL.invokeExact(f, x, r, g, s, l1, l2, scale, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle UPDATE_2P_F = plain(P, P, F, J, J), UPDATE_2P_F_CRITICAL = critical(P, P, F, J, J);

  /**
   * Updates without state: see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param p an array
   * @param g an array
   * @param s1 passed on
   * @param from first unit
   * @param to   end
   */
  public static void update(MemorySegment f, long step, MemorySegment p, MemorySegment g, float s1, long from,
      long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative()) {
        UPDATE_2P_F.invokeExact(f, p, g, s1, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        UPDATE_2P_F_CRITICAL.invokeExact(f, p, g, s1, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle UPDATE_3P_FFF = plain(P, P, P, F, F, F, J, J),
      UPDATE_3P_FFF_CRITICAL = critical(P, P, P, F, F, F, J, J);

  /**
   * Updates with one state, three scalars: see the class.
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
  public static void update(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m, float s1,
      float s2, float s3, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative()) {
        UPDATE_3P_FFF.invokeExact(f, p, g, m, s1, s2, s3, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        UPDATE_3P_FFF_CRITICAL.invokeExact(f, p, g, m, s1, s2, s3, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle UPDATE_3P_FFFF = plain(P, P, P, F, F, F, F, J, J),
      UPDATE_3P_FFFF_CRITICAL = critical(P, P, P, F, F, F, F, J, J);

  /**
   * Updates with one state, four scalars: see the class.
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
  public static void update(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m, float s1,
      float s2, float s3, float s4, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative()) {
        UPDATE_3P_FFFF.invokeExact(f, p, g, m, s1, s2, s3, s4, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        UPDATE_3P_FFFF_CRITICAL.invokeExact(f, p, g, m, s1, s2, s3, s4, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle UPDATE_4P_FFFFFFF = plain(P, P, P, P, F, F, F, F, F, F, F, J, J),
      UPDATE_4P_FFFFFFF_CRITICAL = critical(P, P, P, P, F, F, F, F, F, F, F, J, J);

  /**
   * Updates with two states, seven scalars: see the class.
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
  public static void update(MemorySegment f, long step, MemorySegment p, MemorySegment g, MemorySegment m,
      MemorySegment v, float s1, float s2, float s3, float s4, float s5, float s6, float s7, long from, long to) {
    try {
      if (to - from > step && p.isNative() && g.isNative() && m.isNative() && v.isNative()) {
        UPDATE_4P_FFFFFFF.invokeExact(f, p, g, m, v, s1, s2, s3, s4, s5, s6, s7, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        UPDATE_4P_FFFFFFF_CRITICAL.invokeExact(f, p, g, m, v, s1, s2, s3, s4, s5, s6, s7, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle POOL_4P = plain(P, P, P, P, J, J), POOL_4P_CRITICAL = critical(P, P, P, P, J, J);

  /**
   * Windows: see the class.
   *
   * @param f address of the function
   * @param step units of a short call
   * @param w an array
   * @param x an array
   * @param y an array
   * @param z an array
   * @param from first unit
   * @param to   end
   */
  public static void pool(MemorySegment f, long step, MemorySegment w, MemorySegment x, MemorySegment y,
      MemorySegment z, long from, long to) {
    try {
      if (to - from > step && w.isNative() && x.isNative() && y.isNative() && z.isNative()) {
        POOL_4P.invokeExact(f, w, x, y, z, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        POOL_4P_CRITICAL.invokeExact(f, w, x, y, z, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle PRODUCT_3P_JJJJJII = plain(P, P, P, J, J, J, J, J, I, I, J, J),
      PRODUCT_3P_JJJJJII_CRITICAL = critical(P, P, P, J, J, J, J, J, I, I, J, J);

  /**
   * Matrix products: see the class.
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
  public static void product(MemorySegment f, long step, MemorySegment a, MemorySegment b, MemorySegment c, long n,
      long k, long lda, long ldb, long ldc, int transposeA, int accumulate, long from, long to) {
    try {
      if (to - from > step && a.isNative() && b.isNative() && c.isNative()) {
        PRODUCT_3P_JJJJJII.invokeExact(f, a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        PRODUCT_3P_JJJJJII_CRITICAL.invokeExact(f, a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, i,
            Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle FILL_1P_FFJJ = plain(P, F, F, J, J, J, J),
      FILL_1P_FFJJ_CRITICAL = critical(P, F, F, J, J, J, J);

  /**
   * Random numbers: see the class.
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
  public static void fill(MemorySegment f, long step, MemorySegment y, float low, float high, long seed, long stream,
      long from, long to) {
    try {
      if (to - from > step && y.isNative()) {
        FILL_1P_FFJJ.invokeExact(f, y, low, high, seed, stream, from, to);
        return;
      }
      for (long i = from; i < to; i += step) {
        FILL_1P_FFJJ_CRITICAL.invokeExact(f, y, low, high, seed, stream, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final MethodHandle SEQUENCE_8P_JJJII = plain(P, P, P, P, P, P, P, P, J, J, J, I, I, J, J),
      SEQUENCE_8P_JJJII_CRITICAL = critical(P, P, P, P, P, P, P, P, J, J, J, I, I, J, J);

  /**
   * Losses of sequences: see the class.
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
  public static void sequence(MemorySegment f, long step, MemorySegment x, MemorySegment t, MemorySegment n,
      MemorySegment m, MemorySegment w, MemorySegment g, MemorySegment l, MemorySegment s, long time, long classes,
      long maxTarget, int blank, int zeroInfinity, long from, long to) {
    try {
      if (to - from > step && x.isNative() && t.isNative() && n.isNative() && m.isNative() && w.isNative()
          && g.isNative() && l.isNative() && s.isNative()) {
        SEQUENCE_8P_JJJII.invokeExact(f, x, t, n, m, w, g, l, s, time, classes, maxTarget, blank, zeroInfinity, from,
            to);
        return;
      }
      for (long i = from; i < to; i += step) {
        SEQUENCE_8P_JJJII_CRITICAL.invokeExact(f, x, t, n, m, w, g, l, s, time, classes, maxTarget, blank,
            zeroInfinity, i, Math.min(i + step, to));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
