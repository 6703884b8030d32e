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

/** What the memory of this machine gives in this run: a copy, 8 bytes an element. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CopyBenchmark {
  @Param({"1280", "32000", "64449", "25000000", "32833536"})
  public int elements;

  public MemorySegment from, to;

  @Setup
  public void data() {
    from = Data.floats("native", elements, -1, 1, 1);
    to = Data.floats("native", elements, 0, 0, 2);
  }

  @Benchmark
  public void copy() {
    MemorySegment.copy(from, JAVA_FLOAT, 0, to, JAVA_FLOAT, 0, elements);
  }
}
