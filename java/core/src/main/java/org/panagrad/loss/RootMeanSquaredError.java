package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The root of the mean squared error of a whole batch: {@code rmse = sqrt(sum w e^2 / N)}, e = x - t, with a gradient
 * of {@code w e / (N rmse)}, and 0 where rmse is 0. N is the sum of the weights for MEAN, the number of elements whose
 * weight is not 0 for SUM_OVER_BATCH_SIZE. There is one value for the batch, so NONE and SUM are refused. Immutable.
 *
 * <p>The errors are read twice: the gradient of an element needs the value of the batch. Single losses are the weighted
 * squares. Squares are floats: errors beyond 1.8e19 make the value infinite, and those below 2.6e-23 count as 0. If the
 * value is NaN, so is the whole gradient.
 *
 * @param reduction MEAN or SUM_OVER_BATCH_SIZE
 * @param empty     what a mean over nothing is
 */
public record RootMeanSquaredError(Reduction reduction, EmptyPolicy empty) implements Loss {
  private static final ElementLoss SQUARED_ERROR = ElementLoss.meanSquaredError();

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the reduction is NONE or SUM
   */
  public RootMeanSquaredError {
    Objects.requireNonNull(empty, "empty");
    Ranges.reduces(false, Objects.requireNonNull(reduction, "reduction"));
  }

  /**
   * Over the sum of the weights; NaN over nothing.
   *
   * @return the loss
   */
  public static RootMeanSquaredError of() {
    return new RootMeanSquaredError(Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with another divisor.
   *
   * @param other MEAN or SUM_OVER_BATCH_SIZE
   * @return a loss
   * @throws IllegalArgumentException for NONE and SUM
   */
  public RootMeanSquaredError reduction(Reduction other) {
    return new RootMeanSquaredError(other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public RootMeanSquaredError empty(EmptyPolicy other) {
    return new RootMeanSquaredError(reduction, other);
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public double evaluate(LossCall call) {
    double divisor = reduction == Reduction.MEAN ? call.weights().sumOfElements() : call.weights().keptElements();
    double rmse = Math.sqrt(reduction.value(call.sumOfElements(SQUARED_ERROR), divisor, empty));
    if (call.gradient() != null) {
      // the derivative of the square is 2 e; over nothing, as where nothing is wrong, it is 0
      call.elements(SQUARED_ERROR, divisor == 0 || rmse == 0 ? 0 : (float) (0.5 / (divisor * rmse)));
    }
    return rmse;
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    // predictions are numbers already
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "rootMeanSquaredError");
  }
}
