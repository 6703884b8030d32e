package org.panagrad.train;

import java.util.List;

/** Figures of the epoch that is under way; one object, changed after each step, so that steps allocate nothing. */
public final class Progress {
  private final List<String> metricNames;
  private final Totals totals;
  private final int epochs, batches;
  private int epoch, batch;
  private long startNanos;

  Progress(List<String> metricNames, Totals totals, int epochs, int batches) {
    this.metricNames = List.copyOf(metricNames);
    this.totals = totals;
    this.epochs = epochs;
    this.batches = batches;
  }

  void beginEpoch(int epoch) {
    this.epoch = epoch;
    batch = 0;
    totals.reset();
    startNanos = System.nanoTime();
  }

  /** Goes on within an epoch. */
  void resume(int batch, List<Double> totals) {
    this.batch = batch;
    this.totals.resume(totals);
  }

  void endBatch() {
    batch++;
  }

  Totals totals() {
    return totals;
  }

  /**
   * The epoch.
   *
   * @return from 1
   */
  public int epoch() {
    return epoch;
  }

  /**
   * Epochs in all.
   *
   * @return as asked for
   */
  public int epochs() {
    return epochs;
  }

  /**
   * Steps done in this epoch.
   *
   * @return from 1
   */
  public int batch() {
    return batch;
  }

  /**
   * Steps of an epoch.
   *
   * @return their number
   */
  public int batches() {
    return batches;
  }

  /**
   * Samples seen in this epoch.
   *
   * @return their number
   */
  public long samples() {
    return totals.samples();
  }

  /**
   * Mean training loss of this epoch so far.
   *
   * @return over samples
   */
  public double loss() {
    return totals.loss();
  }

  /**
   * Names of the metrics.
   *
   * @return as given to compile
   */
  public List<String> metricNames() {
    return metricNames;
  }

  /**
   * A metric over this epoch so far.
   *
   * @param index as in {@link #metricNames}
   * @return its value
   */
  public double metric(int index) {
    return totals.metric(index);
  }

  /**
   * Time since the epoch began.
   *
   * @return seconds
   */
  public double seconds() {
    return (System.nanoTime() - startNanos) * 1e-9;
  }
}
