package org.panagrad.graph;

/** What a pass through the graph is: how many samples, whether they are trained on, and which pass it is. */
public final class Pass {
  private int batch;
  private boolean training;
  private long number, seed;

  Pass() {
  }

  void seed(long seed) {
    this.seed = seed;
  }

  void set(int batch, boolean training, long number) {
    this.batch = batch;
    this.training = training;
    this.number = number;
  }

  /**
   * Samples.
   *
   * @return their number
   */
  public int batch() {
    return batch;
  }

  /**
   * Whether the model learns from it: else nothing is dropped, and normalisation uses what it has learned.
   *
   * @return false for evaluation and prediction
   */
  public boolean training() {
    return training;
  }

  /**
   * Which training pass this is: with it, what is random differs from pass to pass.
   *
   * @return from 1, counted over the life of the model and across its checkpoints
   */
  public long number() {
    return number;
  }

  /**
   * Seed of the model, for what is random.
   *
   * @return any number
   */
  public long seed() {
    return seed;
  }
}
