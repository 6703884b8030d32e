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

/** What crossing the bridge costs: nothing at all done, arrays handed over, arrays copied, everything checked. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CallBenchmark {
  private static final int FEW = 16, MANY = 4096;

  private final Kernels kernels = Backends.of(Backend.NATIVE);
  private final MemorySegment heap = MemorySegment.ofArray(new float[MANY]);
  private final MemorySegment result = MemorySegment.ofArray(new float[MANY]);
  private final MemorySegment offHeap = Data.floats("native", MANY, -1, 1, 1);

  @Benchmark
  public void emptyPlain() {
    EmptyCall.plain();
  }

  @Benchmark
  public void emptyCritical() {
    EmptyCall.critical();
  }

  /** Two heap arrays, where they are; no elements. */
  @Benchmark
  public void arraysCritical() {
    RawCalls.critical(heap, result, 0);
  }

  @Benchmark
  public void offHeapCritical() {
    RawCalls.critical(offHeap, offHeap, 0);
  }

  @Benchmark
  public void offHeapPlain() {
    RawCalls.plain(offHeap, offHeap, 0);
  }

  /** e^x of a heap array, where it is. */
  @Benchmark
  public void exp4096HeapCritical() {
    RawCalls.critical(heap, result, MANY);
  }

  /** The same by a copy off the heap, a plain call and a copy back: the way without critical calls. */
  @Benchmark
  public void exp4096Copied() {
    MemorySegment.copy(heap, 0, offHeap, 0, 4L * MANY);
    RawCalls.plain(offHeap, offHeap, MANY);
    MemorySegment.copy(offHeap, 0, result, 0, 4L * MANY);
  }

  @Benchmark
  public void exp16HeapCritical() {
    RawCalls.critical(heap, result, FEW);
  }

  @Benchmark
  public void exp16Copied() {
    MemorySegment.copy(heap, 0, offHeap, 0, 4L * FEW);
    RawCalls.plain(offHeap, offHeap, FEW);
    MemorySegment.copy(offHeap, 0, result, 0, 4L * FEW);
  }

  /** A whole checked call on 16 elements. */
  @Benchmark
  public void relu16Heap() {
    kernels.relu(heap, heap, 0, FEW);
  }

  @Benchmark
  public void relu16OffHeap() {
    kernels.relu(offHeap, offHeap, 0, FEW);
  }
}
