package org.panagrad.loss;

import java.util.List;
import org.panagrad.kernel.Compute;

/**
 * The losses of several heads, each with a prediction of its own: the total is the sum over the parts of weight times
 * value, and each head's gradient is weight times its loss's. For several losses of one prediction see
 * {@link SumOfLosses}.
 *
 * <pre>{@code
 * CombinedLoss loss = CombinedLoss.of(
 *     CombinedLoss.part("class", 1, Losses.softmaxCrossEntropy()),
 *     CombinedLoss.part("box", 2, Losses.smoothL1(1)));
 * CombinedCall call = loss.on(compute);
 * call.part("class").of(logits, labels, logitsGradient, rows, classes);
 * call.part("box").of(offsets, targets, offsetsGradient, rows, 4);
 * double total = call.evaluate(), box = call.parts().value("box");
 * }</pre>
 *
 * <p>A weight is applied to the written gradient, {@code fma(weight, gradient, 0)}; at 1 there is nothing to do.
 * Immutable.
 *
 * @param parts in the order in which they are evaluated and added
 */
public record CombinedLoss(List<WeightedLoss> parts) {

  /**
   * Copies the parts.
   *
   * @throws IllegalArgumentException if there is none, or two have one name
   */
  public CombinedLoss {
    parts = WeightedLoss.distinct(parts);
  }

  /**
   * From its parts.
   *
   * @param parts in the order in which they are evaluated and added
   * @return the loss
   * @throws IllegalArgumentException if there is none, or two have one name
   */
  public static CombinedLoss of(WeightedLoss... parts) {
    return new CombinedLoss(List.of(parts));
  }

  /**
   * A part.
   *
   * @param name   by which its value is reported
   * @param weight factor of value and gradient, finite
   * @param loss   of the part
   * @return name, weight and loss
   * @throws IllegalArgumentException if the name is blank or the weight not finite
   */
  public static WeightedLoss part(String name, double weight, Loss loss) {
    return new WeightedLoss(name, weight, loss);
  }

  /**
   * Memory to evaluate it with.
   *
   * @param compute kernels and threads
   * @return a call for each part, with nothing in it yet
   */
  public CombinedCall on(Compute compute) {
    return new CombinedCall(this, compute);
  }
}
