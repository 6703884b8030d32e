package org.panagrad.metric;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A figure of classes, of which each row has one and is predicted to have that of its greatest output. */
record LabelRatio(String name, Ratio ratio, Average average) implements Metric {
  @Override
  public boolean takesLabels() {
    return true;
  }

  @Override
  public Accumulator start(long outputs) {
    ClassCounts counts = new ClassCounts(Math.toIntExact(outputs));
    return new Accumulator() {
      @Override
      public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
        for (long row = 0; row < batch; row++) {
          int label = Rows.label(target, row, outputs);
          if (label >= 0) {
            counts.add(label, Rows.greatest(prediction, row * outputs, outputs), Rows.weight(weights, row));
          }
        }
      }

      @Override
      public double value() {
        return counts.ratio(ratio, average);
      }

      @Override
      public void reset() {
        counts.reset();
      }
    };
  }
}
