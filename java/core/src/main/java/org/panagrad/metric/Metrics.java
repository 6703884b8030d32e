package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** The metrics by their names. */
public final class Metrics {
  private Metrics() {
  }

  private static final class Accuracy implements Metric {
    @Override
    public String name() {
      return "accuracy";
    }

    @Override
    public double sum(MemorySegment prediction, MemorySegment target, long batch, long outputs) {
      long correct = 0;
      for (long r = 0; r < batch; r++) {
        if (greatest(prediction, r * outputs, outputs) == target.getAtIndex(JAVA_INT, r)) {
          correct++;
        }
      }
      return correct;
    }
  }

  /**
   * Share of samples whose label has the greatest output. A tie counts for the first; a row that holds a NaN is wrong.
   *
   * @return the metric
   */
  public static Metric accuracy() {
    return new Accuracy();
  }

  /** Place of the first greatest element of a row, or -1 if one is NaN. */
  private static int greatest(MemorySegment x, long from, long count) {
    int place = 0;
    float greatest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      float v = x.getAtIndex(JAVA_FLOAT, from + c);
      if (v != v) {
        return -1;
      }
      if (v > greatest) {
        greatest = v;
        place = c;
      }
    }
    return place;
  }
}
