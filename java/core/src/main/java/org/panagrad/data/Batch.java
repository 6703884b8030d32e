package org.panagrad.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Some samples, in memory off the heap that is used again for the next ones. */
public final class Batch {
  private final List<Column> columns;
  private final MemorySegment[] segments;
  private final int[] inputs, targets;
  private final @Nullable MemorySegment weights;
  private final int capacity;
  private int size;

  /**
   * Room for samples, all zeros: a dataset loads them, or a loop of one's own writes them and says how many there are.
   * The memory is freed with this object.
   *
   * @param columns  of a sample
   * @param capacity samples
   * @throws IllegalArgumentException if capacity is less than 1
   */
  public Batch(List<Column> columns, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + ": it must be at least 1");
    }
    this.columns = List.copyOf(columns);
    this.capacity = capacity;
    segments = new MemorySegment[columns.size()];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = Arena.ofAuto().allocate(4L * capacity * columns.get(i).elements(), 64);
    }
    inputs = places(Column.Role.INPUT);
    targets = places(Column.Role.TARGET);
    int[] weight = places(Column.Role.WEIGHT);
    weights = weight.length == 0 ? null : segments[weight[0]];
  }

  private int[] places(Column.Role role) {
    return IntStream.range(0, segments.length).filter(i -> columns.get(i).role() == role).toArray();
  }

  /**
   * What there is of a sample.
   *
   * @return as in the dataset
   */
  public List<Column> columns() {
    return columns;
  }

  /**
   * A column.
   *
   * @param index as in {@link #columns()}
   * @return capacity x elements floats or ints, of which the first size rows count
   */
  public MemorySegment column(int index) {
    return segments[index];
  }

  /**
   * What the network reads.
   *
   * @param index among the inputs
   * @return size x elements floats or ints, in rows
   * @throws IllegalArgumentException if there is no such input
   */
  public MemorySegment input(int index) {
    return at(inputs, index, "input");
  }

  /**
   * What is to be predicted.
   *
   * @param index among the targets
   * @return size x elements floats or ints, in rows
   * @throws IllegalArgumentException if there is no such target
   */
  public MemorySegment target(int index) {
    return at(targets, index, "target");
  }

  private MemorySegment at(int[] places, int index, String role) {
    if (index < 0 || index >= places.length) {
      throw new IllegalArgumentException("the batch has no " + role + " " + index + ": its columns are " + columns);
    }
    return segments[places[index]];
  }

  /**
   * The samples: the first input.
   *
   * @return size x features floats, in rows
   */
  public MemorySegment features() {
    return input(0);
  }

  /**
   * Their labels: the first target.
   *
   * @return size ints
   */
  public MemorySegment labels() {
    return target(0);
  }

  /**
   * The samples' weights.
   *
   * @return size floats, or null where there are none
   */
  public @Nullable MemorySegment weights() {
    return weights;
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
   * Says how many samples were written.
   *
   * @param size 0 to {@link #capacity}
   * @return this
   * @throws IllegalArgumentException if there is no room for so many
   */
  public Batch size(int size) {
    if (size < 0 || size > capacity) {
      throw new IllegalArgumentException("size is " + size + ": the batch has room for " + capacity);
    }
    this.size = size;
    return this;
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
    dataset.load(order, from, count, segments);
    size = count;
  }
}
