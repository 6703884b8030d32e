package org.panagrad.metric;

/** A figure over the samples of a dataset, reported beside the loss. {@link Metrics} has the usual ones. */
public interface Metric {
  /**
   * Name in reports.
   *
   * @return as "accuracy"
   */
  String name();

  /**
   * What it takes as targets; the loss of the same model must take the same.
   *
   * @return true for labels (ints), false for numbers (floats)
   */
  boolean takesLabels();

  /**
   * Begins to measure.
   *
   * @param outputs elements of a sample's prediction
   * @return what has seen no sample yet
   * @throws IllegalArgumentException if the metric cannot be had of so many outputs
   */
  Accumulator start(long outputs);
}
