package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * A loss of each element by itself; targets are as many floats as predictions. {@link Losses} makes them.
 *
 * <p>MEAN divides by the sum of the weights of the elements, which without weights is their number.
 *
 * @param function  the formula
 * @param output    what the network's output is to {@code predict}
 * @param reduction how the losses become one value
 * @param empty     what a mean over nothing is
 * @param describe  name and options
 */
public record ElementwiseLoss(ElementLoss function, Output output, Reduction reduction, EmptyPolicy empty,
    Map<String, Object> describe) implements Loss {

  /** What predictions are. */
  public enum Output {
    /** Numbers, taken as they are. */
    NUMBERS,
    /** Logits, of which a sigmoid makes probabilities. */
    LOGITS,
    /** Logarithms of a distribution over each row, which Keras's mean counts as one. */
    LOG_PROBABILITIES
  }

  /** A description is not changed later. */
  public ElementwiseLoss {
    describe = Map.copyOf(describe);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public ElementwiseLoss reduction(Reduction other) {
    return new ElementwiseLoss(function, output, other, empty, describe);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public ElementwiseLoss empty(EmptyPolicy other) {
    return new ElementwiseLoss(function, output, reduction, other, describe);
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public boolean takesWholeSamples() {
    return true;
  }

  @Override
  public double evaluate(LossCall call) {
    double divisor = !reduction.divides()
        ? 1
        : reduction == Reduction.MEAN
            ? call.weights().sumOfElements()
            : output == Output.LOG_PROBABILITIES ? call.weights().keptRows() : call.weights().keptElements();
    return reduction.value(call.elements(function, reduction.scale(divisor)), divisor, empty);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment prediction, long batch, long outputs) {
    if (output == Output.LOGITS) {
      kernels.sigmoid(prediction, prediction, 0, batch * outputs);
    }
  }
}
