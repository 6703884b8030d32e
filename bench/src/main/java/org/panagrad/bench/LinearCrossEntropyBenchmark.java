package org.panagrad.bench;

import java.lang.foreign.Arena;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.LinearCall;
import org.panagrad.loss.LinearCrossEntropy;

/** A vocabulary's dense layer with softmax-cross-entropy: value and all gradients, fused, and one after the other. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class LinearCrossEntropyBenchmark implements Measured {
  private static final RowLoss LOSS = RowLoss.softmaxCrossEntropy();
  private static final LinearCrossEntropy FUSED = LinearCrossEntropy.of();

  /** Rows x inputs x classes. */
  @Param({"512x256x32000"})
  public String shape;

  @Param({"BUILTIN", "OPENBLAS"})
  public Product.Choice product;

  private Compute compute;
  private Arena arena;
  private LinearCall call;
  private long rows, inputs, classes;
  private MemorySegment x, weight, bias, labels, logits, losses, weightTransposed;
  public MemorySegment xGradient, weightGradient, biasGradient;

  private void parse() {
    String[] sizes = shape.split("x");
    rows = Long.parseLong(sizes[0]);
    inputs = Long.parseLong(sizes[1]);
    classes = Long.parseLong(sizes[2]);
  }

  @Setup
  public void data() {
    parse();
    compute = Compute.of(Backend.NATIVE, product, 1);
    arena = Arena.ofShared();
    call = LinearCall.on(compute, arena, rows, inputs, classes);
    x = Data.floats("native", rows * inputs, -1, 1, 1);
    weight = Data.floats("native", inputs * classes, -0.1f, 0.1f, 2);
    bias = Data.floats("native", classes, -0.1f, 0.1f, 3);
    labels = Data.labels("native", rows, (int) classes);
    xGradient = Data.floats("native", rows * inputs, 0, 0, 4);
    weightGradient = Data.floats("native", inputs * classes, 0, 0, 5);
    biasGradient = Data.floats("native", classes, 0, 0, 6);
    logits = Data.floats("native", rows * classes, 0, 0, 7);
    losses = Data.floats("native", rows, 0, 0, 8);
    weightTransposed = Data.floats("native", inputs * classes, 0, 0, 9);
  }

  @Benchmark
  public double fused() {
    return FUSED.evaluate(call.of(x, weight, bias, labels, rows).gradients(xGradient, weightGradient, biasGradient));
  }

  @Benchmark
  public double unfused() {
    Kernels k = compute.kernels();
    Product p = compute.product();
    p.multiply(x, weight, logits, classes, inputs, inputs, classes, classes, false, false, 0, rows);
    k.bias(logits, bias, logits, classes, 0, rows);
    k.rowLoss(LOSS, logits, labels, null, logits, losses, null, classes, 1f / rows, 0, rows);
    k.columnSums(logits, biasGradient, rows, classes, Kernels.BLOCK, 0, 1);
    p.multiply(x, logits, weightGradient, classes, rows, inputs, classes, classes, true, false, 0, inputs);
    k.transpose(weight, weightTransposed, inputs, classes, 0, classes);
    p.multiply(logits, weightTransposed, xGradient, inputs, classes, classes, inputs, inputs, false, false, 0, rows);
    return Compute.sum(losses, rows) / rows;
  }

  /** Three products, whichever way. */
  @Override
  public Work work(String method) {
    parse();
    return Work.products((double) rows * classes, 3.0 * rows * inputs * classes);
  }

  @TearDown
  public void close() {
    arena.close();
    compute.close();
  }
}
