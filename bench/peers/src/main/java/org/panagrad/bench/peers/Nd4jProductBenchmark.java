package org.panagrad.bench.peers;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
import org.panagrad.bench.Data;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;

/** The product of a dense layer, 128 samples of 784 features to 128, by ND4J and by ours. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Nd4jProductBenchmark {
  private static final long M = 128, K = 784, N = 128;

  @Param({"BUILTIN", "OPENBLAS"})
  public Product.Choice product;

  MemorySegment result;
  INDArray kept;
  private MemorySegment a, b;
  private INDArray left, right;
  private Compute compute;

  @Setup
  public void data() {
    compute = Compute.of(Backend.NATIVE, product, 1);
    a = Data.floats("native", M * K, -1, 1, 1);
    b = Data.floats("native", K * N, -1, 1, 2);
    result = Data.floats("native", M * N, 0, 0, 3);
    left = Nd4j.createFromArray(Data.toArray(a)).reshape(M, K);
    right = Nd4j.createFromArray(Data.toArray(b)).reshape(K, N);
    kept = Nd4j.create(DataType.FLOAT, new long[]{M, N}, 'f'); // by columns, as its OpenBLAS writes
  }

  @Benchmark
  public void panagrad() {
    compute.product().multiply(a, b, result, N, K, K, N, N, false, false, 0, M);
  }

  /** As anybody would; the product is the same whatever ours is. */
  @Benchmark
  public INDArray mmul() {
    try (INDArray fresh = left.mmul(right)) {
      return fresh;
    }
  }

  /** Into an array that is there. */
  @Benchmark
  public INDArray mmuli() {
    return left.mmuli(right, kept);
  }
}
