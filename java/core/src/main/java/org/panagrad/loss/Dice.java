package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The Dice loss (Milletari et al.: V-Net, 2016, without its squares): {@code 1 - (2 sum p t + smooth) / (sum p + sum t
 * + smooth)}. That is {@link Tversky} with alpha and beta 1/2 and half the smooth, which see for samples, weights and
 * special values. Immutable.
 *
 * @param smooth     keeps empty masks defined; not negative
 * @param fromLogits whether predictions are logits, of which a sigmoid makes p
 * @param perSample  whether each row has its overlap; false: one for the batch
 * @param reduction  of the rows' losses; MEAN or SUM_OVER_BATCH_SIZE where the batch has one
 * @param empty      what a mean over nothing is
 */
public record Dice(double smooth, boolean fromLogits, boolean perSample, Reduction reduction, EmptyPolicy empty)
    implements
      Loss {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if smooth is negative or not finite, or the reduction has nothing to reduce
   */
  public Dice {
    Ranges.notNegative("smooth", smooth);
    Objects.requireNonNull(empty, "empty");
    Ranges.reduces(perSample, Objects.requireNonNull(reduction, "reduction"));
  }

  /**
   * On logits, a value for each sample, smooth 1, reduced to the mean.
   *
   * @return the loss
   */
  public static Dice of() {
    return new Dice(1, true, true, Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with another smooth.
   *
   * @param other added above and below
   * @return a loss
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Dice smooth(double other) {
    return new Dice(other, fromLogits, perSample, reduction, empty);
  }

  /**
   * The same on logits or on probabilities.
   *
   * @param other whether predictions are logits
   * @return a loss
   */
  public Dice fromLogits(boolean other) {
    return new Dice(smooth, other, perSample, reduction, empty);
  }

  /**
   * The same with an overlap for each row, or one for the batch.
   *
   * @param other whether each row has its own
   * @return a loss
   * @throws IllegalArgumentException if there is one and the reduction is NONE or SUM
   */
  public Dice perSample(boolean other) {
    return new Dice(smooth, fromLogits, other, reduction, empty);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   * @throws IllegalArgumentException for NONE and SUM where the batch has one overlap
   */
  public Dice reduction(Reduction other) {
    return new Dice(smooth, fromLogits, perSample, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public Dice empty(EmptyPolicy other) {
    return new Dice(smooth, fromLogits, perSample, reduction, other);
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public double evaluate(LossCall call) {
    return call.scratch().overlap().evaluate(0.5, 0.5, smooth / 2, fromLogits, perSample, reduction, empty);
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    if (fromLogits) {
      kernels.sigmoid(output, output, 0, batch * outputs);
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "dice", "smooth", smooth, "fromLogits", fromLogits,
        "perSample", perSample);
  }
}
