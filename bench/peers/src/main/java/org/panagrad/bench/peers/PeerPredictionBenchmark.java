package org.panagrad.bench.peers;

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
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;

/** What PredictionBenchmark measures, by other libraries. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PeerPredictionBenchmark {
  @Param({"SMALL_MLP", "MLP", "CNN"})
  public Workload network;

  @Param
  public PeerPredictor library;

  private final float[] probabilities = new float[Workload.CLASSES];
  private float[] features;
  private Predictor predictor;

  @Setup
  public void open() {
    predictor = library.open(network);
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
