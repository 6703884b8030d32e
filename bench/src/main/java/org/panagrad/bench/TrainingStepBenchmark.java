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
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.SyntheticDigits;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.train.Model;

/** A whole training step of the CNN on 28x28 images (93,322 parameters) with Adam: forward, loss, backward, update. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class TrainingStepBenchmark {
  @Param({"32", "128"})
  public int batchSize;

  @Param({"1", "2"})
  public int threads;

  @Param({"BUILTIN", "OPENBLAS"})
  public Product.Choice product;

  @Param({"NATIVE", "VECTOR"})
  public Backend backend;

  private Compute compute;
  private Model model;
  private Batch batch;

  @Setup
  public void build() {
    compute = Compute.of(backend, product, threads);
    model = Sequential.of(Input.image(28, 28, 1), Conv2D.of(32, 3).relu(), MaxPool2D.of(2), Conv2D.of(64, 3).relu(),
        MaxPool2D.of(2), Conv2D.of(64, 3).relu(), Flatten.of(), Dense.of(64).relu(), Dense.of(10)).on(compute)
        .compile(Adam.of(1e-3), Losses.softmaxCrossEntropy());
    batch = new Batches(SyntheticDigits.generate(batchSize, 1), batchSize).load(0);
  }

  @Benchmark
  public double step() {
    model.forward(batch);
    double loss = model.loss(batch);
    model.backward();
    model.step();
    return loss;
  }

  @TearDown
  public void close() {
    model.close();
    compute.close();
  }
}
