package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** Cross-entropy of the softmax of logits; targets are labels (ints). The mean divides by the number of samples. */
public record SoftmaxCrossEntropy() implements Loss {

  @Override
  public boolean takesLabels() {
    return true;
  }

  @Override
  public long scratch(long batch, long outputs) {
    return batch;
  }

  @Override
  public double evaluate(Kernels kernels, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment gradient, MemorySegment scratch, long batch, long outputs) {
    kernels.softmaxCrossEntropy(prediction, target, gradient, scratch, outputs, Reduction.MEAN.scale(batch), 0, batch);
    return Reduction.MEAN.value(Compute.sum(scratch, batch), batch);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    kernels.softmax(output, output, outputs, 0, batch);
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "softmaxCrossEntropy");
  }
}
