package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.metric.Accumulator;

/** The loss, its parts where there are several heads, and the metrics of the samples seen. */
final class Totals {
  private final double[] parts;
  private final Accumulator[] metrics;
  private double loss;
  private long samples;

  Totals(int parts, Accumulator... metrics) {
    this.parts = new double[parts];
    this.metrics = metrics;
  }

  void reset() {
    for (Accumulator metric : metrics) {
      metric.reset();
    }
    Arrays.fill(parts, 0);
    loss = 0;
    samples = 0;
  }

  void addBatch(double meanLoss, int size) {
    loss += meanLoss * size;
    samples += size;
  }

  void addPart(int index, double meanLoss, int size) {
    parts[index] += meanLoss * size;
  }

  void addMetric(int index, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights,
      long rows) {
    metrics[index].update(prediction, target, weights, rows);
  }

  /** What {@link #resume} takes: all but the metrics. */
  List<Double> sums() {
    List<Double> sums = new ArrayList<>(List.of(loss, (double) samples));
    for (double part : parts) {
      sums.add(part);
    }
    return sums;
  }

  /** Goes on from sums of an epoch that was interrupted. */
  void resume(List<Double> sums) {
    if (sums.size() != 2 + parts.length) {
      throw new IllegalArgumentException(sums.size() + " sums, " + (2 + parts.length) + " are needed");
    }
    loss = sums.get(0);
    samples = sums.get(1).longValue();
    for (int i = 0; i < parts.length; i++) {
      parts[i] = sums.get(2 + i);
    }
  }

  long samples() {
    return samples;
  }

  double loss() {
    return loss / samples;
  }

  /** Parts of the loss first. */
  double metric(int index) {
    return index < parts.length ? parts[index] / samples : metrics[index - parts.length].value();
  }

  Evaluation evaluation() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < parts.length + metrics.length; i++) {
      values.add(metric(i));
    }
    return new Evaluation(loss(), values);
  }
}
