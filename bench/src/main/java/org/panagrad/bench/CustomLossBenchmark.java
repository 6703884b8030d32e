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
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;

/** A loss of one's own, value and gradient: a pass for each of its functions, where a built-in one has a pass for all. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CustomLossBenchmark implements Measured {
  @Param({"4096", "1000000"})
  public int elements;

  private static final Loss BUILT_IN = Losses.meanSquaredError(),
      SAME = Losses.custom((y, t) -> y.minus(t).square().mean()),
      OTHER = Losses.custom((y, t) -> y.minus(t).abs().pow(1.5).mean());

  private MemorySegment prediction, target, gradient;

  @Setup
  public void data() {
    prediction = Data.floats("native", elements, 0.01f, 0.99f, 1);
    target = Data.floats("native", elements, 0.01f, 0.99f, 2);
    gradient = Data.floats("native", elements, 0, 0, 3);
  }

  private double evaluate(BackendState side, Loss loss) {
    return side.call.of(prediction, target, gradient, 1, elements).evaluate(loss);
  }

  @Benchmark
  public double builtInSquares(BackendState side) {
    return evaluate(side, BUILT_IN);
  }

  @Benchmark
  public double ownSquares(BackendState side) {
    return evaluate(side, SAME);
  }

  @Benchmark
  public double ownPowers(BackendState side) {
    return evaluate(side, OTHER);
  }

  /** What a single pass would move. */
  @Override
  public Work work(String method) {
    return Work.of(elements, Work.Stream.COPY, 12.0 * elements);
  }
}
