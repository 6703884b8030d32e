package org.panagrad.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
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
import org.panagrad.bench.Data;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;

/** What SoftmaxCrossEntropyBenchmark measures, by DJL; it has no way but its loss and a collector of gradients. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DjlCrossEntropyBenchmark {
  @Param("32x1000")
  public String shape;

  NDArray logits;
  private Engine engine;
  private NDManager manager;
  private NDArray labels;
  private Loss loss;

  @Setup
  public void data() {
    engine = Djl.engine();
    manager = engine.newBaseManager();
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = shape;
    ours.memory = "native";
    ours.data();
    logits = manager.create(Data.toArray(ours.logits), new Shape(ours.rows, ours.classes));
    logits.setRequiresGradient(true);
    labels = manager.create(Libtorch.longs(ours.labels));
    loss = Loss.softmaxCrossEntropyLoss();
  }

  @Benchmark
  public float collector() {
    try (NDManager scope = manager.newSubManager(); GradientCollector collector = engine.newGradientCollector()) {
      collector.zeroGradients();
      logits.tempAttach(scope);
      labels.tempAttach(scope);
      NDArray value = loss.evaluate(new NDList(labels), new NDList(logits));
      collector.backward(value);
      return value.getFloat();
    }
  }

  @TearDown
  public void close() {
    manager.close();
  }
}
