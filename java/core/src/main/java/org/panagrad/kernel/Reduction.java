package org.panagrad.kernel;

/** How the losses of a batch become one value. */
public enum Reduction {
  /** Each loss for itself; the value and the gradient are those of the sum. */
  NONE,
  /** Their sum over the sum of their weights, as in PyTorch. */
  MEAN,
  /** Their sum. */
  SUM,
  /** Their sum over their number, whatever their weights: Keras's mean. What a weight of 0 removes is not counted. */
  SUM_OVER_BATCH_SIZE;

  /**
   * Whether the sum is divided.
   *
   * @return true for MEAN and SUM_OVER_BATCH_SIZE
   */
  public boolean divides() {
    return this == MEAN || this == SUM_OVER_BATCH_SIZE;
  }

  /**
   * The factor of every single gradient.
   *
   * @param divisor what MEAN divides by
   * @return 1 / divisor where it divides, but 0 for a divisor of 0; else 1
   */
  public float scale(double divisor) {
    return !divides() ? 1 : divisor == 0 ? 0 : (float) (1 / divisor);
  }

  /**
   * The value of the batch.
   *
   * @param sum     of the losses
   * @param divisor what MEAN divides by
   * @param empty   what it is for a divisor of 0
   * @return sum / divisor where it divides, else the sum
   * @throws IllegalStateException for a divisor of 0, where the policy says so
   */
  public double value(double sum, double divisor, EmptyPolicy empty) {
    return !divides() ? sum : divisor == 0 ? empty.mean() : sum / divisor;
  }

  /**
   * The value of the batch, NaN for a mean over nothing.
   *
   * @param sum     of the losses
   * @param divisor what MEAN divides by
   * @return sum / divisor where it divides, else the sum
   */
  public double value(double sum, double divisor) {
    return value(sum, divisor, EmptyPolicy.NAN);
  }
}
