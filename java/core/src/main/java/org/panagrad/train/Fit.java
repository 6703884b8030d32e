package org.panagrad.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;

/**
 * How to train. Immutable; each method returns a changed copy.
 *
 * @param epochs     passes over the data
 * @param batchSize  samples of a step
 * @param seed       of the shuffling
 * @param validation measured after each epoch, or null
 * @param listeners  told of what happens
 */
public record Fit(int epochs, int batchSize, long seed, @Nullable Dataset validation,
    List<TrainingListener> listeners) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if epochs or batchSize is less than 1
   */
  public Fit {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs is " + epochs + ": it must be at least 1");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ": it must be at least 1");
    }
    listeners = List.copyOf(listeners);
  }

  /**
   * With batches of 32, seed 0, no validation.
   *
   * @param epochs at least 1
   * @return the options
   */
  public static Fit epochs(int epochs) {
    return new Fit(epochs, 32, 0, null, List.of());
  }

  /**
   * Samples of a step.
   *
   * @param batchSize at least 1
   * @return a copy
   */
  public Fit batchSize(int batchSize) {
    return new Fit(epochs, batchSize, seed, validation, listeners);
  }

  /**
   * Seed of the shuffling.
   *
   * @param seed any number
   * @return a copy
   */
  public Fit seed(long seed) {
    return new Fit(epochs, batchSize, seed, validation, listeners);
  }

  /**
   * Data to measure after each epoch.
   *
   * @param validation not trained on
   * @return a copy
   */
  public Fit validation(Dataset validation) {
    return new Fit(epochs, batchSize, seed, validation, listeners);
  }

  /**
   * Adds a listener.
   *
   * @param listener told of what happens
   * @return a copy
   */
  public Fit listener(TrainingListener listener) {
    List<TrainingListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return new Fit(epochs, batchSize, seed, validation, more);
  }
}
