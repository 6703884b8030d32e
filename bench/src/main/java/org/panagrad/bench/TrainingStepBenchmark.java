package org.panagrad.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
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
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.train.Model;

/** A whole training step with Adam: forward, loss, backward, update; and its matrix products alone, one after the other. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class TrainingStepBenchmark implements Measured {
  @Param({"CNN", "MLP", "LSTM"})
  public Workload network;

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
  private List<MatrixShape> shapes;
  private MemorySegment[][] matrices;

  @Setup
  public void build() {
    compute = Compute.of(backend, product, threads);
    model = network.model(compute);
    batch = network.batch(batchSize);
    shapes = network.products(batchSize);
    matrices = shapes.stream().map(TrainingStepBenchmark::matrices).toArray(MemorySegment[][]::new);
  }

  private static MemorySegment[] matrices(MatrixShape s) {
    return new MemorySegment[]{Data.floats("native", s.m() * s.k(), -1, 1, 1),
        Data.floats("native", s.k() * s.n(), -1, 1, 2), Data.floats("native", s.m() * s.n(), 0, 0, 3)};
  }

  @Benchmark
  public double step() {
    model.forward(batch);
    double loss = model.loss(batch);
    model.backward();
    model.step();
    return loss;
  }

  /** What the step cannot be faster than on one thread, with this product. */
  @Benchmark
  public void products() {
    for (int i = 0; i < matrices.length; i++) {
      MatrixShape s = shapes.get(i);
      MemorySegment[] m = matrices[i];
      for (long time = 0; time < s.times(); time++) {
        compute.product().multiply(m[0], m[1], m[2], s.n(), s.k(), s.transposed() ? s.m() : s.k(), s.n(), s.n(),
            s.transposed(), false, 0, s.m());
      }
    }
  }

  @Override
  public Work work(String method) {
    double multiplyAdds = network.products(batchSize).stream().mapToDouble(MatrixShape::multiplyAdds).sum();
    return Work.products(batchSize, multiplyAdds);
  }

  @TearDown
  public void close() {
    model.close();
    compute.close();
  }
}
