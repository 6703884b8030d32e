package org.panagrad.loss;

/** The losses by their names. */
public final class Losses {
  private Losses() {
  }

  /**
   * Softmax-cross-entropy on logits with integer labels.
   *
   * @return the loss
   */
  public static Loss softmaxCrossEntropy() {
    return new SoftmaxCrossEntropy();
  }

  /**
   * Mean squared error.
   *
   * @return the loss
   */
  public static Loss meanSquaredError() {
    return new MeanSquaredError();
  }
}
