package org.panagrad.bench;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Accumulator;
import org.panagrad.metric.Metrics;

/** What the accuracy of a batch costs beside its loss: as a sweep of its own, and in the statistics of the loss's pass. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MetricBenchmark implements Measured {
  /** Rows x classes. */
  @Param({"32x10", "128x10", "128x1000"})
  public String shape;

  private static final Loss LOSS = Losses.softmaxCrossEntropy();

  private int rows, classes;
  private MemorySegment logits, labels, gradient;
  private Accumulator accuracy;
  private final LossStatistics statistics = new LossStatistics();

  private void parse() {
    rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    classes = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
  }

  @Setup
  public void data() {
    parse();
    logits = Data.floats("native", (long) rows * classes, -10, 10, 1);
    gradient = Data.floats("native", (long) rows * classes, 0, 0, 2);
    labels = Data.labels("native", rows, classes);
    accuracy = Metrics.accuracy().start(classes);
  }

  @Benchmark
  public double loss(BackendState side) {
    return side.call.statistics(null).of(logits, labels, gradient, rows, classes).evaluate(LOSS);
  }

  /** What {@code fit} does. */
  @Benchmark
  public double lossThenAccuracy(BackendState side) {
    accuracy.update(logits, labels, null, rows);
    return side.call.statistics(null).of(logits, labels, gradient, rows, classes).evaluate(LOSS);
  }

  /** Correct predictions are among what the statistics count. */
  @Benchmark
  public double lossWithStatistics(BackendState side) {
    statistics.clear();
    return side.call.statistics(statistics).of(logits, labels, gradient, rows, classes).evaluate(LOSS);
  }

  @Override
  public Work work(String method) {
    parse();
    double elements = (double) rows * classes;
    return Work.of(elements, Work.Stream.COPY, 8 * elements).exps(elements);
  }
}
