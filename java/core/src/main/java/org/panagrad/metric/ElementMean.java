package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The mean over all elements of a number that depends on prediction and target, and what is made of it in the end. */
record ElementMean(String name, ElementValue elementValue, DoubleUnaryOperator finish) implements Metric {

  /** An element's number. */
  @FunctionalInterface
  interface ElementValue {
    double of(float prediction, float target);
  }

  static ElementMean of(String name, ElementValue value) {
    return new ElementMean(name, value, DoubleUnaryOperator.identity());
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public Accumulator start(long outputs) {
    return new Mean() {
      @Override
      public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
        for (long row = 0; row < batch; row++) {
          double weight = Rows.weight(weights, row);
          for (long i = row * outputs; i < (row + 1) * outputs; i++) {
            add(elementValue.of(prediction.getAtIndex(JAVA_FLOAT, i), target.getAtIndex(JAVA_FLOAT, i)), weight);
          }
        }
      }

      @Override
      public double value() {
        return finish.applyAsDouble(super.value());
      }
    };
  }
}
