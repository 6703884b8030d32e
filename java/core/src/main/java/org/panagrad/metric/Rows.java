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
    int place = 0;
    float greatest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      float v = x.getAtIndex(JAVA_FLOAT, from + c);
      if (v != v) {
        return NONE;
      }
      if (v > greatest) {
        greatest = v;
        place = c;
      }
    }
    return place;
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
