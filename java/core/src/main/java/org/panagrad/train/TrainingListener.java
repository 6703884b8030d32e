package org.panagrad.train;

/** Told of what happens during {@link Model#fit}, on its thread. */
public interface TrainingListener {
  /**
   * Before the first step.
   *
   * @param model about to be trained
   * @param fit   how
   */
  default void onTrainingBegin(Model model, Fit fit) {
  }

  /**
   * After each step.
   *
   * @param progress the same object each time, with the figures so far
   */
  default void onTrainingBatch(Progress progress) {
  }

  /**
   * After each epoch and its validation.
   *
   * @param epoch its figures
   */
  default void onEpoch(History.Epoch epoch) {
  }

  /**
   * After the last epoch.
   *
   * @param history all figures
   */
  default void onTrainingEnd(History history) {
  }
}
