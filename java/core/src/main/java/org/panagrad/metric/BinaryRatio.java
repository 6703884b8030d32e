package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A figure of the positive class, over all elements. */
record BinaryRatio(String name, Ratio ratio, double threshold) implements Metric {
  private static final int POSITIVE = 1;

  static boolean isPositive(float target) {
    return target > 0.5f;
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public Accumulator start(long outputs) {
    ClassCounts counts = new ClassCounts(2);
    return new Accumulator() {
      @Override
      public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
        for (long row = 0; row < batch; row++) {
          double weight = Rows.weight(weights, row);
          for (long i = row * outputs; i < (row + 1) * outputs; i++) {
            float p = prediction.getAtIndex(JAVA_FLOAT, i);
            int predicted = p != p ? Rows.NONE : p > threshold ? POSITIVE : 0;
            counts.add(isPositive(target.getAtIndex(JAVA_FLOAT, i)) ? POSITIVE : 0, predicted, weight);
          }
        }
      }

      @Override
      public double value() {
        return counts.ratio(ratio, POSITIVE);
      }

      @Override
      public void reset() {
        counts.reset();
      }
    };
  }
}
