package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The chance that a positive has a greater score than a negative, of all pairs, equal ones counted half. */
record RocAuc(String name, int positiveClass) implements Metric {
  /** Each element is a score of its own, with a number as its target. */
  static final int ELEMENTS = -1;

  @Override
  public boolean takesLabels() {
    return positiveClass != ELEMENTS;
  }

  @Override
  public Accumulator start(long outputs) {
    if (positiveClass >= outputs) {
      throw new IllegalArgumentException(
          "the positive class is " + positiveClass + ", of " + outputs + " outputs: expected 0 to " + (outputs - 1));
    }
    return positiveClass == ELEMENTS ? new OfElements(outputs) : new OfClass(outputs, positiveClass);
  }

  private abstract static class Ranked implements Accumulator {
    final ScoreList scores = new ScoreList();

    @Override
    public double value() {
      return scores.areaUnderCurve();
    }

    @Override
    public void reset() {
      scores.clear();
    }
  }

  private static final class OfElements extends Ranked {
    private final long outputs;

    OfElements(long outputs) {
      this.outputs = outputs;
    }

    @Override
    public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
      for (long row = 0; row < batch; row++) {
        float weight = (float) Rows.weight(weights, row);
        for (long i = row * outputs; i < (row + 1) * outputs; i++) {
          boolean positive = BinaryRatio.isPositive(target.getAtIndex(JAVA_FLOAT, i));
          scores.add(prediction.getAtIndex(JAVA_FLOAT, i), positive, weight);
        }
      }
    }
  }

  /** The class's log-odds, which order rows as its probability does and do not saturate. */
  private static final class OfClass extends Ranked {
    private final long outputs;
    private final int positiveClass;

    OfClass(long outputs, int positiveClass) {
      this.outputs = outputs;
      this.positiveClass = positiveClass;
    }

    @Override
    public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
      for (long row = 0; row < batch; row++) {
        int label = Rows.label(target, row, outputs);
        if (label >= 0) {
          long from = row * outputs;
          double odds = prediction.getAtIndex(JAVA_FLOAT, from + positiveClass)
              - Rows.logSumExp(prediction, from, outputs, positiveClass);
          scores.add((float) odds, label == positiveClass, (float) Rows.weight(weights, row));
        }
      }
    }
  }
}
