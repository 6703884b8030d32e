package org.panagrad.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;

/** How to train. Immutable; each method returns a changed copy. */
public final class Fit {
  private final int epochs;
  private int batchSize = 32, accumulation = 1;
  private long seed;
  private boolean shuffling = true;
  private @Nullable Dataset validation;
  private double validationSplit;
  private float[] classWeight = {};
  private @Nullable Checkpoints checkpoints;
  private List<TrainingListener> listeners = List.of();

  private Fit(int epochs) {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs is " + epochs + ": it must be at least 1");
    }
    this.epochs = epochs;
  }

  private Fit copy() {
    Fit copy = new Fit(epochs);
    copy.batchSize = batchSize;
    copy.accumulation = accumulation;
    copy.seed = seed;
    copy.shuffling = shuffling;
    copy.validation = validation;
    copy.validationSplit = validationSplit;
    copy.classWeight = classWeight;
    copy.checkpoints = checkpoints;
    copy.listeners = listeners;
    return copy;
  }

  /**
   * With batches of 32, shuffled by seed 0, no validation.
   *
   * @param epochs passes over the data, at least 1
   * @return the options
   */
  public static Fit epochs(int epochs) {
    return new Fit(epochs);
  }

  /**
   * Samples that are computed at once.
   *
   * @param batchSize at least 1
   * @return a copy
   */
  public Fit batchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ": it must be at least 1");
    }
    Fit copy = copy();
    copy.batchSize = batchSize;
    return copy;
  }

  /**
   * Batches whose gradients are averaged, weighted by their sizes, for one step of the optimizer: what one batch of so
   * many times the size gives, but for rounding, in the memory of one. At an epoch's end a step has fewer.
   *
   * @param batches at least 1
   * @return a copy
   */
  public Fit accumulating(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("accumulating " + batches + " batches: it must be at least 1");
    }
    Fit copy = copy();
    copy.accumulation = batches;
    return copy;
  }

  /**
   * Seed of the shuffling.
   *
   * @param seed any number
   * @return a copy
   */
  public Fit seed(long seed) {
    Fit copy = copy();
    copy.seed = seed;
    return copy;
  }

  /**
   * In the data's own order, in every epoch.
   *
   * @return a copy
   */
  public Fit inOrder() {
    Fit copy = copy();
    copy.shuffling = false;
    return copy;
  }

  /**
   * Data to measure after each epoch.
   *
   * @param validation not trained on
   * @return a copy
   */
  public Fit validation(Dataset validation) {
    Fit copy = copy();
    copy.validation = validation;
    copy.validationSplit = 0;
    return copy;
  }

  /**
   * Keeps the data's last samples, in its own order, to measure after each epoch: shuffle data that is sorted
   * beforehand.
   *
   * @param fraction of the samples, more than 0 and less than 1
   * @return a copy
   */
  public Fit validationSplit(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("validationSplit is " + fraction + ": it must be between 0 and 1");
    }
    Fit copy = copy();
    copy.validation = null;
    copy.validationSplit = fraction;
    return copy;
  }

  /**
   * A weight for each class of the first target, by which samples count in the loss; validation counts all alike.
   *
   * @param weights not negative, one for each class
   * @return a copy
   */
  public Fit classWeight(float... weights) {
    for (int c = 0; c < weights.length; c++) {
      if (!(weights[c] >= 0 && weights[c] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "classWeight[" + c + "] is " + weights[c] + ": weights are finite and not negative");
      }
    }
    Fit copy = copy();
    copy.classWeight = weights.clone();
    return copy;
  }

  /**
   * Leaves checkpoints, and begins where the last one was left.
   *
   * @param checkpoints where and how often
   * @return a copy
   */
  public Fit checkpoints(Checkpoints checkpoints) {
    Fit copy = copy();
    copy.checkpoints = checkpoints;
    return copy;
  }

  /**
   * Adds a listener.
   *
   * @param listener told of what happens
   * @return a copy
   */
  public Fit listener(TrainingListener listener) {
    Fit copy = copy();
    copy.listeners = new ArrayList<>(listeners);
    copy.listeners.add(listener);
    copy.listeners = List.copyOf(copy.listeners);
    return copy;
  }

  /**
   * Passes over the data.
   *
   * @return at least 1
   */
  public int epochs() {
    return epochs;
  }

  /**
   * Samples that are computed at once.
   *
   * @return at least 1
   */
  public int batchSize() {
    return batchSize;
  }

  /**
   * Batches of a step.
   *
   * @return at least 1
   */
  public int accumulation() {
    return accumulation;
  }

  /**
   * Seed of the shuffling.
   *
   * @return any number
   */
  public long seed() {
    return seed;
  }

  /**
   * Whether each epoch has an order of its own.
   *
   * @return true unless told otherwise
   */
  public boolean shuffling() {
    return shuffling;
  }

  /**
   * Data that is measured after each epoch.
   *
   * @return null without any of its own
   */
  public @Nullable Dataset validation() {
    return validation;
  }

  /**
   * The part of the data that is measured instead of trained on.
   *
   * @return 0 for none
   */
  public double validationSplit() {
    return validationSplit;
  }

  /** A weight for each class, or none. */
  float[] classWeight() {
    return classWeight;
  }

  /** Where checkpoints are left, or null. */
  @Nullable
  Checkpoints checkpoints() {
    return checkpoints;
  }

  /**
   * Who is told of what happens.
   *
   * @return in the order in which they were added
   */
  public List<TrainingListener> listeners() {
    return listeners;
  }
}
