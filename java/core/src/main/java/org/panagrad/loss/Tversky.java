package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The Tversky loss (Salehi et al.: Tversky loss function for image segmentation, 2017): {@code 1 - (TP + smooth) / (TP
 * + alpha FP + beta FN + smooth)} with {@code TP = sum p t}, {@code FP = sum p (1 - t)}, {@code FN = sum (1 - p) t}; p
 * is a probability, t a mask of 0 and 1, or a share. A greater beta asks for recall. Immutable.
 *
 * <p>A row is a sample and has an overlap of its own, unless {@code perSample} is false: then the batch has one. A
 * sample weight is a factor of the sample's loss, or of its three sums in the one overlap; 0 takes the sample out,
 * whatever it holds. MEAN divides by the sum of the weights, SUM_OVER_BATCH_SIZE by the number of samples that count.
 *
 * <p>Predictions are read twice: an element's gradient needs the sums of its whole row. A NaN makes the value and
 * gradient of its row, or of the batch, NaN. Nothing at all, neither predicted nor wanted, is a loss of 0 for a
 * positive smooth, and NaN for 0. {@link LossCall#statistics} learns nothing from this loss.
 *
 * @param alpha      weight of what is predicted and not wanted; not negative
 * @param beta       weight of what is wanted and not predicted; not negative
 * @param smooth     keeps empty masks defined; not negative
 * @param fromLogits whether predictions are logits, of which a sigmoid makes p
 * @param perSample  whether each row has its overlap; false: one for the batch
 * @param reduction  of the rows' losses; MEAN or SUM_OVER_BATCH_SIZE where the batch has one
 * @param empty      what a mean over nothing is
 */
public record Tversky(double alpha, double beta, double smooth, boolean fromLogits, boolean perSample,
    Reduction reduction, EmptyPolicy empty) implements Loss {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if a number is negative or not finite, or the reduction has nothing to reduce
   */
  public Tversky {
    Ranges.notNegative("alpha", alpha);
    Ranges.notNegative("beta", beta);
    Ranges.notNegative("smooth", smooth);
    Objects.requireNonNull(empty, "empty");
    Ranges.reduces(perSample, Objects.requireNonNull(reduction, "reduction"));
  }

  /**
   * On logits, a value for each sample, smooth 1, reduced to the mean.
   *
   * @param alpha weight of what is predicted and not wanted
   * @param beta  weight of what is wanted and not predicted
   * @return the loss
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public static Tversky of(double alpha, double beta) {
    return new Tversky(alpha, beta, 1, true, true, Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with another smooth.
   *
   * @param other added above and below
   * @return a loss
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Tversky smooth(double other) {
    return new Tversky(alpha, beta, other, fromLogits, perSample, reduction, empty);
  }

  /**
   * The same on logits or on probabilities.
   *
   * @param other whether predictions are logits
   * @return a loss
   */
  public Tversky fromLogits(boolean other) {
    return new Tversky(alpha, beta, smooth, other, perSample, reduction, empty);
  }

  /**
   * The same with an overlap for each row, or one for the batch.
   *
   * @param other whether each row has its own
   * @return a loss
   * @throws IllegalArgumentException if there is one and the reduction is NONE or SUM
   */
  public Tversky perSample(boolean other) {
    return new Tversky(alpha, beta, smooth, fromLogits, other, reduction, empty);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   * @throws IllegalArgumentException for NONE and SUM where the batch has one overlap
   */
  public Tversky reduction(Reduction other) {
    return new Tversky(alpha, beta, smooth, fromLogits, perSample, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public Tversky empty(EmptyPolicy other) {
    return new Tversky(alpha, beta, smooth, fromLogits, perSample, reduction, other);
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public double evaluate(LossCall call) {
    return call.scratch().overlap().evaluate(alpha, beta, smooth, fromLogits, perSample, reduction, empty);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    if (fromLogits) {
      kernels.sigmoid(output, output, 0, batch * outputs);
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "tversky", "alpha", alpha, "beta", beta, "smooth", smooth, "fromLogits", fromLogits,
        "perSample", perSample);
  }
}
