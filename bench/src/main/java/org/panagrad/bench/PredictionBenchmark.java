package org.panagrad.bench;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.kernel.Backend;

/** The probabilities of one sample, from array to array. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PredictionBenchmark {
  @Param({"SMALL_MLP", "MLP", "CNN"})
  public Workload network;

  @Param({"NATIVE", "VECTOR"})
  public Backend backend;

  private final float[] probabilities = new float[Workload.CLASSES];
  private float[] features;
  private Predictor predictor;

  @Setup
  public void open() {
    predictor = Predictor.ours(network, backend);
    features = network.samples(1);
  }

  @Benchmark
  public float[] predict() {
    predictor.predict(features, probabilities);
    return probabilities;
  }

  @TearDown
  public void close() {
    predictor.close();
  }
}
