package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.metric.Accumulator;
import org.panagrad.metric.Metric;

/** The loss and the metrics of the samples seen. */
final class Totals {
  private final Accumulator[] metrics;
  private double loss;
  private long samples;

  Totals(List<Metric> metrics, long outputs) {
    this.metrics = metrics.stream().map(metric -> metric.start(outputs)).toArray(Accumulator[]::new);
  }

  void reset() {
    for (Accumulator metric : metrics) {
      metric.reset();
    }
    loss = 0;
    samples = 0;
  }

  void addBatch(double meanLoss, int size) {
    loss += meanLoss * size;
    samples += size;
  }

  void addMetrics(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, int size) {
    for (Accumulator metric : metrics) {
      metric.update(prediction, target, weights, size);
    }
  }

  long samples() {
    return samples;
  }

  double loss() {
    return loss / samples;
  }

  double metric(int index) {
    return metrics[index].value();
  }

  Evaluation evaluation() {
    List<Double> values = new ArrayList<>();
    for (Accumulator metric : metrics) {
      values.add(metric.value());
    }
    return new Evaluation(loss(), values);
  }
}
