package org.panagrad.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Some samples of a dataset, in memory off the heap that is used again for the next ones. */
public final class Batch {
  private final MemorySegment features;
  private final MemorySegment labels;
  private final int capacity;
  private int size;

  Batch(Arena arena, int capacity, int features) {
    this.capacity = capacity;
    this.features = arena.allocate(Math.multiplyExact(4L * capacity, (long) features), 64);
    this.labels = arena.allocate(4L * capacity, 64);
  }

  /**
   * The samples.
   *
   * @return size x features floats, in rows
   */
  public MemorySegment features() {
    return features;
  }

  /**
   * Their labels.
   *
   * @return size ints
   */
  public MemorySegment labels() {
    return labels;
  }

  /**
   * Samples in this batch; the last one of a dataset may have fewer than the others.
   *
   * @return at most {@link #capacity}
   */
  public int size() {
    return size;
  }

  /**
   * Samples that a batch may have.
   *
   * @return the batch size asked for
   */
  public int capacity() {
    return capacity;
  }

  void load(Dataset dataset, int[] order, int from, int count) {
    dataset.load(order, from, count, features, labels);
    size = count;
  }
}
