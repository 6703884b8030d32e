package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.LossScratch.Use;

/**
 * The arguments of a {@link CombinedLoss}, a {@link LossCall} for each part: made once, then filled and evaluated again
 * and again without allocation. Not thread-safe.
 */
public final class CombinedCall {
  private final List<WeightedLoss> losses;
  private final LossCall[] calls;
  private final double[] weights;
  private final LossParts parts = new LossParts();

  CombinedCall(CombinedLoss loss, Compute compute) {
    losses = loss.parts();
    calls = new LossCall[losses.size()];
    weights = losses.stream().mapToDouble(WeightedLoss::weight).toArray();
    for (int i = 0; i < calls.length; i++) {
      calls[i] = LossCall.on(compute);
    }
  }

  /**
   * The call of a part, to be filled. Its statistics see the part's gradient before the weight.
   *
   * @param name of the part
   * @return always the same object
   * @throws IllegalArgumentException if there is none of that name
   */
  public LossCall part(String name) {
    for (int i = 0; i < calls.length; i++) {
      if (losses.get(i).name().equals(name)) {
        return calls[i];
      }
    }
    throw new IllegalArgumentException("there is no part " + name);
  }

  /**
   * Changes a part's weight from the next evaluation on, as where weights are learned.
   *
   * @param part   from 0
   * @param weight factor of its value and gradient, any finite number; 0 only reports
   */
  public void weight(int part, double weight) {
    weights[part] = weight;
  }

  /**
   * Evaluates the parts in their order. If one refuses its arguments, the gradients of those before it are written.
   *
   * @return the sum of weight times value
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a label, weight or target is wrong
   * @throws IllegalStateException     for a mean over nothing, where a part's policy says so
   */
  public double evaluate() {
    parts.begin(calls.length);
    double total = 0;
    for (int i = 0; i < calls.length; i++) {
      WeightedLoss part = losses.get(i);
      double value = evaluate(part.loss(), weights[i], calls[i]);
      parts.add(part.name(), value);
      total += weights[i] == 0 ? 0 : weights[i] * value;
    }
    return total;
  }

  /** The value of a part; its gradient is weighted. */
  private static double evaluate(Loss loss, double weight, LossCall call) {
    MemorySegment gradient = call.gradient();
    if (gradient == null || weight == 1) {
      return call.evaluate(loss);
    }
    long n = call.rows() * call.columns();
    @Nullable
    MemorySegment own = weight == 0 ? null : call.scratch().memory(Use.HEAD, n);
    call.gradient(own);
    double value;
    try {
      value = call.evaluate(loss);
    } finally {
      call.gradient(gradient);
    }
    call.scratch().passes().clear(gradient, n);
    if (own != null) {
      call.scratch().passes().add(own, gradient, (float) weight, n);
    }
    call.places().weigh(loss.parameters(), weight);
    return value;
  }

  /**
   * What the parts came to.
   *
   * @return names and values of the last evaluation
   */
  public LossParts parts() {
    return parts;
  }
}
