package org.panagrad.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sums over samples of the loss and the metrics. */
final class Totals {
  private final double[] metrics;
  private double loss;
  private long samples;

  Totals(int metrics) {
    this.metrics = new double[metrics];
  }

  void reset() {
    Arrays.fill(metrics, 0);
    loss = 0;
    samples = 0;
  }

  void addBatch(double meanLoss, int size) {
    loss += meanLoss * size;
    samples += size;
  }

  void addMetric(int index, double sum) {
    metrics[index] += sum;
  }

  long samples() {
    return samples;
  }

  double loss() {
    return loss / samples;
  }

  double metric(int index) {
    return metrics[index] / samples;
  }

  Evaluation evaluation() {
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < metrics.length; i++) {
      means.add(metric(i));
    }
    return new Evaluation(loss(), means);
  }
}
