package org.panagrad.bench;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.ffi.EmptyCall;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;

/** What crossing the bridge costs before any work is done. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CallBenchmark {
  private final Kernels kernels = Backends.of(Backend.NATIVE);
  private final MemorySegment heap = MemorySegment.ofArray(new float[16]);
  private final MemorySegment offHeap = Data.floats("native", 16, -1, 1, 1);

  @Benchmark
  public void emptyPlain() {
    EmptyCall.plain();
  }

  @Benchmark
  public void emptyCritical() {
    EmptyCall.critical();
  }

  /** A whole checked call on 16 elements. */
  @Benchmark
  public void relu16Heap() {
    kernels.relu(heap, heap, 0, 16);
  }

  @Benchmark
  public void relu16OffHeap() {
    kernels.relu(offHeap, offHeap, 0, 16);
  }
}
