package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

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
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;

/** What no elementwise loss with gradient can be faster than in this run: a copy of as many bytes, and as many exps. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LimitBenchmark {
  @Param({"4096", "16000000"})
  public int elements;

  private final Kernels kernels = Backends.of(Backend.AUTO);
  private MemorySegment from, to;

  @Setup
  public void data() {
    from = Data.floats("native", 3L * elements / 2, -1, 1, 1);
    to = Data.floats("native", 3L * elements / 2, 0, 0, 2);
  }

  /** Two reads and a write of an element are a copy of one and a half. */
  @Benchmark
  public void copy() {
    MemorySegment.copy(from, JAVA_FLOAT, 0, to, JAVA_FLOAT, 0, 3L * elements / 2);
  }

  @Benchmark
  public void exps() {
    kernels.exp(from, to, 0, elements);
  }
}
