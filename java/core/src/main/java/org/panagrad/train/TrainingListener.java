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
   * Before a checkpoint is written: what is put into the state comes back by {@link #restore} when a run is resumed.
   *
   * @param state of this listener
   */
  default void save(ListenerState state) {
  }

  /**
   * After {@link #onTrainingBegin}, when a run is resumed.
   *
   * @param state as {@link #save} left it
   */
  default void restore(ListenerState state) {
  }

  /**
   * After the last epoch.
   *
   * @param history all figures
   */
  default void onTrainingEnd(History history) {
  }
}
