package org.panagrad.kernel;

/** What a MEAN over nothing is: an empty batch, or one of which every row or element is ignored. */
public enum EmptyPolicy {
  /** NaN, as in PyTorch. */
  NAN,
  /** 0, as in Keras. */
  ZERO,
  /** An {@link IllegalStateException}. */
  THROW;

  /**
   * The mean over nothing.
   *
   * @return NaN or 0
   * @throws IllegalStateException for THROW
   */
  public double mean() {
    return switch (this) {
      case NAN -> Double.NaN;
      case ZERO -> 0;
      case THROW -> throw new IllegalStateException(
          "the mean over nothing: the batch is empty, or all of it is ignored; choose EmptyPolicy.ZERO or NAN");
    };
  }
}
