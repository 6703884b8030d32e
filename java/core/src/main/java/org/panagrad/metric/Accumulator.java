package org.panagrad.metric;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A metric of the samples that it has seen: batches go in, its value may be asked for at any time. The value depends on
 * the samples and their order alone, not on how they were cut into batches, nor on when it was asked for.
 */
public interface Accumulator {
  /**
   * Adds the samples of a batch. Allocates nothing, unless the metric must keep the samples and has no room for more.
   *
   * @param prediction batch x outputs floats
   * @param target     as the loss takes it: labels are ints, of which a negative one leaves its sample out; numbers are
   *                   floats
   * @param weights    of the samples, floats of 0 or more; null where each counts 1
   * @param batch      samples
   * @throws IllegalArgumentException if a label is no class: nothing is added of its sample and those after it
   */
  void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch);

  /**
   * The figure of all samples so far.
   *
   * @return NaN where it has no meaning yet, unless the metric says otherwise
   */
  double value();

  /** Forgets all samples. */
  void reset();
}
