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

/** Softmax-cross-entropy, value and gradient: 8 bytes an element (one read, one write). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SoftmaxCrossEntropyBenchmark implements Measured {
  /** Rows x classes, from a single row that fits into a register to more than the caches hold. */
  @Param({"1x10", "32x1000", "128x1000", "8x8192", "512x32000", "64x128256", "1048576x16"})
  public String shape;

  @Param({"heap", "native"})
  public String memory;

  private static final Loss LOSS = Losses.softmaxCrossEntropy();

  public int rows, classes;
  public MemorySegment logits, labels, gradient;
  private final LossStatistics statistics = new LossStatistics();
  private Accumulator accuracy;

  private void parse() {
    rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    classes = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
  }

  @Setup
  public void data() {
    parse();
    logits = Data.floats(memory, (long) rows * classes, -10, 10, 1);
    gradient = Data.floats(memory, (long) rows * classes, 0, 0, 2);
    labels = Data.labels(memory, rows, classes);
    accuracy = Metrics.accuracy().start(classes);
  }

  @Benchmark
  public double valueAndGradient(BackendState side) {
    return side.call.statistics(null).of(logits, labels, gradient, rows, classes).evaluate(LOSS);
  }

  /** With the accuracy of the batch as a sweep of its own, as {@code fit} has it; the statistics count it in their pass. */
  @Benchmark
  public double withAccuracy(BackendState side) {
    accuracy.update(logits, labels, null, rows);
    return valueAndGradient(side);
  }

  /** The same, for somebody who watches the run. */
  @Benchmark
  public double withStatistics(BackendState side) {
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
