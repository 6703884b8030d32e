package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.LossStatistics;

/** What a {@link LossCall} holds, as losses read it. */
abstract sealed class LossArguments permits LossCall {

  private final Compute compute;
  final LossWeights weights = new LossWeights();
  MemorySegment prediction = MemorySegment.NULL, target = MemorySegment.NULL;
  @Nullable
  MemorySegment gradient, losses, lengths;
  @Nullable
  LossStatistics statistics;
  long rows, columns, steps;

  LossArguments(Compute compute) {
    this.compute = compute;
  }

  /**
   * What to compute with.
   *
   * @return kernels and threads
   */
  public Compute compute() {
    return compute;
  }

  /**
   * Predictions.
   *
   * @return rows x columns floats
   */
  public MemorySegment prediction() {
    return prediction;
  }

  /**
   * Targets.
   *
   * @return as given
   */
  public MemorySegment target() {
    return target;
  }

  /** Other targets. */
  void target(MemorySegment other) {
    target = other;
  }

  /**
   * The place of the gradient.
   *
   * @return rows x columns floats, or null
   */
  public @Nullable MemorySegment gradient() {
    return gradient;
  }

  /** Another place of the gradient. */
  void gradient(@Nullable MemorySegment other) {
    gradient = other;
  }

  /**
   * The samples' weights.
   *
   * @return a float for each row, or null
   * @throws IllegalArgumentException if there are weights of elements, which a loss of rows has no use for
   */
  public @Nullable MemorySegment sampleWeight() {
    return weights.ofRows();
  }

  /** Weights of rows or elements, and what is divided by. */
  LossWeights weights() {
    return weights;
  }

  /**
   * Samples.
   *
   * @return their number
   */
  public long rows() {
    return rows;
  }

  /**
   * Elements of a sample.
   *
   * @return their number
   */
  public long columns() {
    return columns;
  }

  /** The place of single losses, or null. */
  @Nullable
  MemorySegment losses() {
    return losses;
  }

  /** Steps that each sequence has, or null. */
  @Nullable
  MemorySegment lengths() {
    return lengths;
  }

  /** Rows of a sequence, 0 where rows are no steps. */
  long steps() {
    return steps;
  }

  /** Rows are no steps to a loss that does not ask. */
  void refuseSteps() {
    if (steps != 0) {
      throw new IllegalArgumentException("lengths are for SequenceCrossEntropy: this loss would count the padding");
    }
  }

  /** Who wants to know what the passes see, or null. */
  @Nullable
  LossStatistics statistics() {
    return statistics;
  }
}
