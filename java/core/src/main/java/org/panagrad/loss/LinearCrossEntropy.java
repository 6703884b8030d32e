package org.panagrad.loss;

import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;

/**
 * Softmax-cross-entropy together with the dense layer before it: of {@code logits = x W + b}, value and the gradients
 * of x, W and b, without ever holding the logits of the batch. They are computed tile by tile, at most 128 rows by 4096
 * classes, and where there is more than one tile of classes they are computed twice: once for the sums of the softmax,
 * once for the gradient. That costs a fourth product beside three, and saves the matrix of rows x classes that a large
 * vocabulary needs ({@link LinearCall#bytes} says what is left).
 *
 * <p>Formula, options and divisors are those of {@link RowLoss#softmaxCrossEntropy} and {@link RowwiseLoss}; the order
 * of additions is in docs/numerics.md. The bits depend on shapes alone, never on threads. Immutable.
 *
 * <pre>{@code
 * LinearCall call = LinearCall.on(compute, arena, rows, inputs, classes);
 * double mean = LinearCrossEntropy.of().evaluate(call.of(x, weight, bias, labels, rows).gradients(dx, dWeight, dBias));
 * }</pre>
 */
public final class LinearCrossEntropy {
  private final RowLoss function;
  private final Reduction reduction;
  private final EmptyPolicy empty;

  private LinearCrossEntropy(RowLoss function, Reduction reduction, EmptyPolicy empty) {
    this.function = function;
    this.reduction = reduction;
    this.empty = empty;
  }

  /**
   * Without options, reduced to the mean.
   *
   * @return the loss
   */
  public static LinearCrossEntropy of() {
    return new LinearCrossEntropy(RowLoss.softmaxCrossEntropy(), Reduction.MEAN, EmptyPolicy.NAN);
  }

  private LinearCrossEntropy with(RowLoss other) {
    return new LinearCrossEntropy(other, reduction, empty);
  }

  /**
   * The same with weights of the classes.
   *
   * @param weights one for each class, not negative; copied
   * @return a loss
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public LinearCrossEntropy classWeight(float... weights) {
    return with(function.classWeight(weights));
  }

  /**
   * The same with a label whose rows count nothing.
   *
   * @param label PyTorch's is -100
   * @return a loss
   */
  public LinearCrossEntropy ignoreIndex(int label) {
    return with(function.ignoreIndex(label));
  }

  /**
   * The same with a part of each target spread over all classes.
   *
   * @param smoothing from 0 to 1
   * @return a loss
   * @throws IllegalArgumentException if smoothing is out of range
   */
  public LinearCrossEntropy labelSmoothing(double smoothing) {
    return with(function.labelSmoothing(smoothing));
  }

  /**
   * The same with {@code zLoss (ln sum e^x)^2} added to each row.
   *
   * @param factor at least 0
   * @return a loss
   * @throws IllegalArgumentException if the factor is negative
   */
  public LinearCrossEntropy zLoss(double factor) {
    return with(function.zLoss(factor));
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public LinearCrossEntropy reduction(Reduction other) {
    return new LinearCrossEntropy(function, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public LinearCrossEntropy empty(EmptyPolicy other) {
    return new LinearCrossEntropy(function, reduction, other);
  }

  /**
   * Value and gradients of what a call holds. Nothing is allocated when the same memory comes again.
   *
   * @param call arguments and scratch; holds the rows' losses afterwards
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a label or weight is out of range, there are not as many class weights as
   *                                   classes, or a gradient overlaps another array; nothing is written then
   * @throws IllegalStateException     for a mean over nothing, where the policy says so
   */
  public double evaluate(LinearCall call) {
    call.check(function);
    double divisor = !reduction.divides()
        ? 1
        : function.divisor(call.labels(), call.sampleWeight(), call.rows(), reduction == Reduction.MEAN);
    return reduction.value(call.run(function, reduction.scale(divisor)), divisor, empty);
  }
}
