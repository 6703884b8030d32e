package org.panagrad.bench;

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
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;
import org.panagrad.optim.Adam;
import org.panagrad.optim.RuleMemory;

/** One step of Adam: 28 bytes an element (four reads, three writes). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AdamBenchmark implements Measured {
  @Param({"1000", "65537", "25000000"})
  public int parameters;

  @Param({"heap", "native"})
  public String memory;

  public MemorySegment parameter, gradient;
  public MemorySegment[] state;
  private final Update update = new Update(UpdateRule.ADAM);

  @Setup
  public void data() {
    parameter = Data.floats(memory, parameters, -1, 1, 1);
    gradient = Data.floats(memory, parameters, -1, 1, 2);
    state = new MemorySegment[]{Data.floats(memory, parameters, 0, 0, 3), Data.floats(memory, parameters, 0, 0, 4)};
    new Adam(0.9, 0.999, 1e-8, false, false).prepare(update, 1e-3, 10, new RuleMemory());
  }

  @Benchmark
  public void step(BackendState side) {
    side.kernels.update(update, parameter, gradient, state[0], state[1], null, null, null, 1, 0, parameters);
  }

  @Override
  public Work work(String method) {
    return Work.of(parameters, Work.Stream.UPDATE, 28.0 * parameters);
  }
}
