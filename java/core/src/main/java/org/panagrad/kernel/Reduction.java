package org.panagrad.kernel;

/** How the losses of a batch become one value. */
public enum Reduction {
  /** Each loss for itself; a gradient is that of the sum. */
  NONE,
  /** Their sum over their number: NaN for none. */
  MEAN,
  /** Their sum: 0 for none. */
  SUM;

  /**
   * The factor of every single gradient.
   *
   * @param count how many losses
   * @return 1 / count for MEAN, else 1
   */
  public float scale(long count) {
    return this == MEAN ? (float) (1.0 / count) : 1;
  }

  /**
   * The value of the batch.
   *
   * @param sum   of the losses
   * @param count how many
   * @return sum / count for MEAN, else the sum
   */
  public double value(double sum, long count) {
    return this == MEAN ? sum / count : sum;
  }
}
