package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** Mean squared error; targets are as many floats as predictions. The mean divides by the number of elements. */
public record MeanSquaredError() implements Loss {

  private static long blocks(long elements) {
    return (elements + Kernels.BLOCK - 1) / Kernels.BLOCK;
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public long scratch(long batch, long outputs) {
    return blocks(batch * outputs);
  }

  @Override
  public double evaluate(Kernels kernels, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment gradient, MemorySegment scratch, long batch, long outputs) {
    long n = batch * outputs;
    kernels.meanSquaredError(prediction, target, gradient, null, scratch, Reduction.MEAN.scale(n), 0, n);
    return Reduction.MEAN.value(Compute.sum(scratch, blocks(n)), n);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    // a prediction is the output itself
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "meanSquaredError");
  }
}
