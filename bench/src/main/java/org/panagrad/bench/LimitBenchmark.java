package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
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

/** What nothing that goes through as many bytes can be faster than, in this run: a stream of the same shape. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LimitBenchmark implements Measured {
  /** Read and written together: from the first-level cache to several times the third. */
  @Param({"3584", "14336", "57344", "229376", "917504", "3670016", "14680064", "58720256", "234881024"})
  public long bytes;

  public MemorySegment from, to;
  private MemorySegment g, a, b, c;

  @Setup
  public void data() {
    from = Data.floats("native", bytes / 4, -1, 1, 1);
    to = Data.floats("native", bytes / 8, 0, 0, 2);
    g = to.asSlice(0, bytes / 28 * 4);
    a = from.asSlice(0, bytes / 28 * 4);
    b = from.asSlice(bytes / 28 * 4, bytes / 28 * 4);
    c = from.asSlice(2 * (bytes / 28 * 4), bytes / 28 * 4);
  }

  @Benchmark
  public float read() {
    return Streams.read(from);
  }

  @Benchmark
  public void copy() {
    MemorySegment.copy(from, JAVA_BYTE, 0, to, JAVA_BYTE, 0, bytes / 2);
  }

  @Benchmark
  public void update() {
    Streams.update(g, a, b, c);
  }

  @Override
  public Work work(String method) {
    return Work.of(0, Work.Stream.valueOf(method.toUpperCase(Locale.ROOT)), bytes);
  }
}
