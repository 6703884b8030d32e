package org.panagrad.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.kernel.Arguments;

/** Every kernel of the registry: any row of {@code KernelCases}, in any memory, at any size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KernelBenchmark implements Measured {
  /** Rows of the registry; {@code ./panagrad bench} names them all. */
  @Param({"exp_f32", "adam_f32"})
  public String kernel;

  /** What the arrays have together, about. */
  @Param({"24576", "524288", "100663296"})
  public long bytes;

  /** Whether no length is a multiple of a vector's. */
  @Param("false")
  public boolean odd;

  @Param({"native", "heap"})
  public String memory;

  private org.panagrad.kernel.Setup setup;
  private Arguments arguments;
  private MemorySegment[] arrays;

  @Setup
  public void data() {
    setup = new KernelShape(kernel, bytes, odd).setup();
    Arena arena = Arena.ofAuto();
    arguments = Arguments.of(setup, KernelShape.values(setup),
        memory.equals("heap") ? (array, _) -> heap(array) : (array, _) -> arena.allocate(4L * array.length(), 64));
    arrays = arguments.segments();
  }

  private static MemorySegment heap(org.panagrad.kernel.Setup.Array array) {
    return array.ints()
        ? MemorySegment.ofArray(new int[array.length()])
        : MemorySegment.ofArray(new float[array.length()]);
  }

  /** What is updated in place begins anew, lest it run away. */
  @Setup(Level.Iteration)
  public void refill() {
    arguments.refill();
  }

  @Benchmark
  public void call(BackendState side) {
    setup.call(side.kernels, arrays, setup.from(), setup.to());
  }

  /** The bits of an array after a call. */
  int[] words(int array) {
    return arguments.words(array);
  }

  int arrays() {
    return arrays.length;
  }

  @Override
  public Work work(String method) {
    return new KernelShape(kernel, bytes, odd).work();
  }
}
