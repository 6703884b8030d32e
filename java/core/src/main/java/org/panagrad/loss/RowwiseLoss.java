package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;

/**
 * A loss of each row, a row being a sample's scores for the classes. {@link Losses} makes them.
 *
 * <p>MEAN divides as PyTorch does: by the sum over the rows that count of their weight times their class's.
 *
 * @param function  formula and options
 * @param reduction how the losses become one value
 * @param empty     what a mean over nothing is
 * @param describe  name and options
 */
public record RowwiseLoss(RowLoss function, Reduction reduction, EmptyPolicy empty, Map<String, Object> describe)
    implements
      Loss {

  /** A description is not changed later. */
  public RowwiseLoss {
    describe = Map.copyOf(describe);
  }

  private RowwiseLoss with(RowLoss other, String option, Object value) {
    Map<String, Object> more = new HashMap<>(describe);
    more.put(option, value);
    return new RowwiseLoss(other, reduction, empty, more);
  }

  /**
   * The same with weights of the classes.
   *
   * @param weights one for each class, not negative
   * @return a loss
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public RowwiseLoss classWeight(float... weights) {
    java.util.List<Object> list = new java.util.ArrayList<>();
    for (float w : weights) {
      list.add((double) w);
    }
    return with(function.classWeight(weights), "classWeight", java.util.List.copyOf(list));
  }

  /**
   * The same with a label whose rows count nothing.
   *
   * @param label PyTorch's is -100
   * @return a loss
   */
  public RowwiseLoss ignoreIndex(int label) {
    return with(function.ignoreIndex(label), "ignoreIndex", (double) label);
  }

  /**
   * The same with a part of each target spread over all classes.
   *
   * @param smoothing from 0 to 1
   * @return a loss
   * @throws IllegalArgumentException if smoothing is out of range, or the loss has none
   */
  public RowwiseLoss labelSmoothing(double smoothing) {
    return with(function.labelSmoothing(smoothing), "labelSmoothing", smoothing);
  }

  /**
   * The same with {@code zLoss (ln sum e^x)^2} added to each row.
   *
   * @param factor at least 0
   * @return a loss
   * @throws IllegalArgumentException if the factor is negative, or the loss has none
   */
  public RowwiseLoss zLoss(double factor) {
    return with(function.zLoss(factor), "zLoss", factor);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public RowwiseLoss reduction(Reduction other) {
    return new RowwiseLoss(function, other, empty, describe);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public RowwiseLoss empty(EmptyPolicy other) {
    return new RowwiseLoss(function, reduction, other, describe);
  }

  @Override
  public boolean takesLabels() {
    return function.takesLabels();
  }

  @Override
  public boolean takesTarget() {
    return function.takesTarget();
  }

  @Override
  public double evaluate(LossCall call) {
    double divisor = !reduction.divides()
        ? 1
        : function.divisor(takesLabels() ? call.target() : null, call.sampleWeight(), call.rows(),
            reduction == Reduction.MEAN);
    return reduction.value(call.rows(function, reduction.scale(divisor)), divisor, empty);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    if (function.takesLogits()) {
      kernels.softmax(output, output, outputs, 0, batch);
    }
  }
}
