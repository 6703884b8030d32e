package org.panagrad.train;

import java.nio.file.Path;

/**
 * Where {@link Model#fit} leaves checkpoints, and how often. A checkpoint holds all that the rest of the run depends
 * on: parameters, the optimizer's states, the place in the data, what is random, the listeners' states. If its file is
 * there when a fit begins, the run goes on from it, and ends with the bytes of a run that was never interrupted, on any
 * number of threads (with the same product and kind of processor; a difference is logged). The file is complete or the
 * one before.
 *
 * <p>What is not kept are the figures of metrics in the epoch that was interrupted: they count from the resumption. The
 * loss counts all of it.
 *
 * @param file  of the last one; delete it to begin anew
 * @param steps of the optimizer between two; 0 for epochs alone, at whose ends there is one in any case
 */
public record Checkpoints(Path file, long steps) {

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if steps is negative
   */
  public Checkpoints {
    if (steps < 0) {
      throw new IllegalArgumentException("steps is " + steps + ": it must not be negative");
    }
  }

  /**
   * After each epoch.
   *
   * @param file of the last one
   * @return the checkpoints
   */
  public static Checkpoints in(Path file) {
    return new Checkpoints(file, 0);
  }

  /**
   * Also within an epoch.
   *
   * @param steps of the optimizer between two, at least 1
   * @return a copy
   */
  public Checkpoints everySteps(long steps) {
    return new Checkpoints(file, steps);
  }
}
