package org.panagrad.metric;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The mean over the rows of a number that depends on the row's outputs and its label. */
record LabelMean(String name, RowValue rowValue) implements Metric {

  /** A row's number. */
  @FunctionalInterface
  interface RowValue {
    double of(MemorySegment prediction, long from, long outputs, int label);
  }

  @Override
  public boolean takesLabels() {
    return true;
  }

  @Override
  public Accumulator start(long outputs) {
    return new Mean() {
      @Override
      public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
        for (long row = 0; row < batch; row++) {
          int label = Rows.label(target, row, outputs);
          if (label >= 0) {
            add(rowValue.of(prediction, row * outputs, outputs, label), Rows.weight(weights, row));
          }
        }
      }
    };
  }
}
