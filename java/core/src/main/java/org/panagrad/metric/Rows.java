package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What metrics read of a row. */
final class Rows {
  /** No class: the row holds a NaN. */
  static final int NONE = -1;

  private Rows() {}

  static double weight(@Nullable MemorySegment weights, long row) {
    return weights == null ? 1 : weights.getAtIndex(JAVA_FLOAT, row);
  }

  /** A label, or a negative number where the row is left out. */
  static int label(MemorySegment target, long row, long classes) {
    int label = target.getAtIndex(JAVA_INT, row);
    if (label >= classes) {
      throw new IllegalArgumentException("label " + label + " in row " + row + ": expected 0 to " + (classes - 1)
          + ", or a negative one to leave the row out");
    }
    return label;
  }

  /** Place of the first greatest element of a row, or {@link #NONE} if one is NaN. */
  static int greatest(MemorySegment x, long from, long count) {
    float a = Float.NEGATIVE_INFINITY, b = a, c = a, d = a; // four, since each waits for the comparison before
    long i = 0;
    for (; i + 4 <= count; i += 4) {
      float v0 = x.getAtIndex(JAVA_FLOAT, from + i), v1 = x.getAtIndex(JAVA_FLOAT, from + i + 1),
          v2 = x.getAtIndex(JAVA_FLOAT, from + i + 2), v3 = x.getAtIndex(JAVA_FLOAT, from + i + 3);
      a = Math.max(a, v0);
      b = Math.max(b, v1);
      c = Math.max(c, v2);
      d = Math.max(d, v3);
    }
    for (; i < count; i++) {
      a = Math.max(a, x.getAtIndex(JAVA_FLOAT, from + i));
    }
    float greatest = Math.max(Math.max(a, b), Math.max(c, d)); // NaN, if one is
    return greatest != greatest ? NONE : find(greatest, x, from, count);
  }

  private static int find(float value, MemorySegment x, long from, long count) {
    int place = 0;
    while (place < count && x.getAtIndex(JAVA_FLOAT, from + place) != value) {
      place++;
    }
    return place < count ? place : 0;
  }

  /** Elements that come before the label's if sorted from the greatest, equal ones by place; -1 if one is NaN. */
  static long rank(MemorySegment x, long from, long count, int label) {
    float own = x.getAtIndex(JAVA_FLOAT, from + label);
    long rank = 0;
    for (long c = 0; c < count; c++) {
      float v = x.getAtIndex(JAVA_FLOAT, from + c);
      if (v != v) {
        return -1;
      }
      if (v > own || v == own && c < label) {
        rank++;
      }
    }
    return rank;
  }

  /**
   * log(sum of exp) of a row without one of its elements (-1: of all). StrictMath, so that every machine gives the same
   * bits.
   */
  static double logSumExp(MemorySegment x, long from, long count, int without) {
    double greatest = Double.NEGATIVE_INFINITY, sum = 0;
    for (long c = 0; c < count; c++) {
      float v = x.getAtIndex(JAVA_FLOAT, from + c);
      if (v != v) {
        return Double.NaN;
      }
      if (c != without && v > greatest) {
        greatest = v;
      }
    }
    if (Double.isInfinite(greatest)) {
      return greatest;
    }
    for (long c = 0; c < count; c++) {
      if (c != without) {
        sum += StrictMath.exp(x.getAtIndex(JAVA_FLOAT, from + c) - greatest);
      }
    }
    return greatest + StrictMath.log(sum);
  }
}
