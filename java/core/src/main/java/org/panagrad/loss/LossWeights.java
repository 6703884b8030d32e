package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The weights of a {@link LossCall}, of its rows or of its elements; and what a loss divides by. */
final class LossWeights {
  private @Nullable MemorySegment weights;
  private boolean ofElements;
  private long rows, columns;

  /** No weights of so many rows. */
  void clear(long rows, long columns) {
    this.rows = rows;
    this.columns = columns;
    set(null, false);
  }

  /** A weight for each element, or for each row, or none. */
  void set(@Nullable MemorySegment given, boolean each) {
    weights = given;
    ofElements = each && given != null;
  }

  /** As given, or null. */
  @Nullable
  MemorySegment values() {
    return weights;
  }

  /** Elements that a weight is for. */
  long elementsOfOne() {
    return ofElements ? 1 : columns;
  }

  /** A weight for each row, or null; weights of elements are refused. */
  @Nullable
  MemorySegment ofRows() {
    if (ofElements) {
      throw new IllegalArgumentException("elementWeight is for elementwise losses: a loss of rows takes sampleWeight");
    }
    return weights;
  }

  /** The sum of the weights of all elements. */
  double sumOfElements() {
    return perElement(sum(false));
  }

  /** Elements whose weight is not 0. */
  double keptElements() {
    return perElement(sum(true));
  }

  /** The sum of the rows' weights; weights of elements are refused. */
  double sumOfRows() {
    ofRows();
    return sum(false);
  }

  /** Rows whose weight is not 0. */
  double keptRows() {
    return ofElements ? rows : sum(true);
  }

  private double sum(boolean number) {
    if (weights == null) {
      return rows;
    }
    double sum = 0;
    long n = ofElements ? rows * columns : rows;
    for (long i = 0; i < n; i++) {
      float w = weights.getAtIndex(JAVA_FLOAT, i);
      sum += number ? w == 0 ? 0 : 1 : w;
    }
    return sum;
  }

  private double perElement(double sum) {
    return ofElements ? sum : sum * columns;
  }
}
