package org.panagrad.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Updater;

/** A whole step of Adam over all tensors, off the heap, on one thread; and what it cannot be faster than. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class UpdaterBenchmark implements Measured {
  public static final double RATE = 1e-3, CLIP = 1;

  /** Tensors x elements. */
  @Param({"1x25000000", "1x262144", "1x4096", "1x1000", "200x1000"})
  public String shape;

  @Param({"adam", "adamW", "adamWClipped"})
  public String rule;

  public final List<MemorySegment> parameters = new ArrayList<>(), gradients = new ArrayList<>();
  private final List<MemorySegment> first = new ArrayList<>(), second = new ArrayList<>();
  private Updater updater;

  /** Parameters and gradients. */
  public void data() {
    int tensors = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    long elements = Long.parseLong(shape.substring(shape.indexOf('x') + 1));
    Arena arena = Arena.ofAuto();
    for (int i = 0; i < tensors; i++) {
      parameters.add(arena.allocate(4 * elements, 64).copyFrom(Data.floats("native", elements, -1, 1, 2 * i)));
      gradients.add(arena.allocate(4 * elements, 64).copyFrom(Data.floats("native", elements, -1, 1, 2 * i + 1)));
      first.add(arena.allocate(4 * elements, 64));
      second.add(arena.allocate(4 * elements, 64));
    }
  }

  @Setup
  public void prepare(BackendState side) {
    data();
    updater = new Updater(Compute.of(side.kernels, Product.Choice.BUILTIN, 1), optimizer());
    for (int i = 0; i < parameters.size(); i++) {
      updater.add(String.valueOf(i), parameters.get(i), gradients.get(i));
    }
  }

  private Optimizer optimizer() {
    return switch (rule) {
      case "adam" -> Adam.of(RATE);
      case "adamW" -> Adam.adamW(RATE);
      default -> Adam.adamW(RATE).clipNorm(CLIP);
    };
  }

  @TearDown
  public void close() {
    updater.close();
  }

  @Benchmark
  public void step() {
    updater.step();
  }

  /** Four reads and three writes of each element, three additions between them. */
  @Benchmark
  public void stream() {
    for (int i = 0; i < parameters.size(); i++) {
      Streams.update(gradients.get(i), parameters.get(i), first.get(i), second.get(i));
    }
  }

  @Override
  public Work work(String method) {
    String[] sizes = shape.split("x");
    double elements = Double.parseDouble(sizes[0]) * Double.parseDouble(sizes[1]);
    return Work.of(elements, Work.Stream.UPDATE,
        (rule.endsWith("Clipped") && method.equals("step") ? 32 : 28) * elements);
  }
}
