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
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;

/** What no arithmetic is faster than in this run: exponentials in the first-level cache, multiply-adds in registers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PeakBenchmark implements Measured {
  private static final int EXPS = 2048;

  private final Kernels kernels = Backends.of(Backend.AUTO);
  private final MemorySegment x = Data.floats("native", EXPS, -10, 10, 1), y = Data.floats("native", EXPS, 0, 0, 2);
  private float start = 0.5f;

  @Benchmark
  public void exps() {
    kernels.exp(x, y, 0, EXPS);
  }

  @Benchmark
  public float multiplyAdds() {
    return Streams.multiplyAdd(start);
  }

  @Override
  public Work work(String method) {
    return method.equals("exps")
        ? Work.of(EXPS, Work.Stream.COPY, 0).exps(EXPS)
        : Work.products(0, Streams.MULTIPLY_ADDS);
  }
}
