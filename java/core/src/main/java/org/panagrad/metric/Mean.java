package org.panagrad.metric;

/** A weighted mean, added up in the order of the samples. */
abstract class Mean implements Accumulator {
  private double sum, weight;

  /** A weight of 0 leaves out what may be NaN. */
  final void add(double value, double weight) {
    if (weight != 0) {
      sum += weight * value;
      this.weight += weight;
    }
  }

  @Override
  public double value() {
    return sum / weight;
  }

  @Override
  public void reset() {
    sum = 0;
    weight = 0;
  }
}
