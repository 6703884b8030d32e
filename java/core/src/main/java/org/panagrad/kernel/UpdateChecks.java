package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;

/** What may be wrong with the arguments of an update. */
final class UpdateChecks {
  private UpdateChecks() {
  }

  /** The arrays of one tensor, of n elements, all to be written, and none in another. */
  static void arrays(MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average, long n) {
    arrays(parameter, a, b, c, n);
    Memories.out("gradient", gradient, n);
    apart("gradient", gradient, n, parameter, a, b, c, n);
    if (average != null) {
      Memories.out("average", average, n);
      apart("average", average, n, parameter, a, b, c, n);
      Memories.apart("average", average, n, "gradient", gradient, n);
    }
  }

  /** Parameter and states. */
  static void arrays(MemorySegment parameter, @Nullable MemorySegment a, @Nullable MemorySegment b,
      @Nullable MemorySegment c, long n) {
    Memories.out("parameter", parameter, n);
    if (a != null) {
      Memories.out("a", a, n);
      Memories.apart("a", a, n, "parameter", parameter, n);
    }
    if (b != null) {
      Memories.out("b", b, n);
      Memories.apart("b", b, n, "parameter", parameter, n);
      Memories.apart("b", b, n, "a", a, n);
    }
    if (c != null) {
      Memories.out("c", c, n);
      Memories.apart("c", c, n, "parameter", parameter, n);
      Memories.apart("c", c, n, "a", a, n);
      Memories.apart("c", c, n, "b", b, n);
    }
  }

  /** An array of {@code count} elements lies apart from parameter and states. */
  static void apart(String name, MemorySegment x, long count, MemorySegment parameter, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, long n) {
    Memories.apart(name, x, count, "parameter", parameter, n);
    Memories.apart(name, x, count, "a", a, n);
    Memories.apart(name, x, count, "b", b, n);
    Memories.apart(name, x, count, "c", c, n);
  }

  /** An array of {@code count} elements lies apart from what an update writes. */
  static void apartFrom(String name, MemorySegment x, long count, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment average, long n) {
    Memories.apart(name, x, count, "parameter", parameter, n);
    Memories.apart(name, x, count, "gradient", gradient, n);
    Memories.apart(name, x, count, "average", average, n);
  }

  /** The rows of all matrices. */
  static long rowsOf(MatrixTiles tiles) {
    Memories.size("matrices", tiles.matrices(), 0, Long.MAX_VALUE);
    return Checks.elements("rows", tiles.rows(), tiles.matrices());
  }

  /** As many states as the rule has. */
  static void states(UpdateRule rule, @Nullable MemorySegment a, @Nullable MemorySegment b,
      @Nullable MemorySegment c) {
    int given = a == null ? 0 : b == null ? 1 : c == null ? 2 : 3;
    boolean gap = a == null && (b != null || c != null) || b == null && c != null;
    if (gap || given != rule.states()) {
      throw new IllegalArgumentException(
          rule + " has " + rule.states() + " states, of a, b, c in this order; the others must be null");
    }
  }

  /** Where sums go. */
  static void sums(UpdateRule rule, @Nullable MemorySegment sums, long blocks) {
    if (sums != null) {
      Memories.out("sums", sums, 3 * blocks);
    } else if (rule.reads()) {
      throw new IllegalArgumentException("sums is null: " + rule + " writes nothing else");
    }
  }

  static void rows(MemorySegment rows, long tableRows, long from, long to) {
    for (long r = from; r < to; r++) {
      int row = rows.getAtIndex(JAVA_INT, r);
      if (row < 0 || row >= tableRows) {
        throw new IllegalArgumentException("rows[" + r + "] is " + row + ": it must be in [0, " + tableRows + ")");
      }
    }
  }
}
