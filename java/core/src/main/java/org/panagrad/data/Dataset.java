package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Samples with a class label each, in a fixed order. Reading is thread-safe and allocates nothing; who created a data
 * set closes it, after which it cannot be read.
 */
public interface Dataset extends AutoCloseable {

  /**
   * How many samples there are.
   *
   * @return at least 0
   */
  int size();

  /**
   * How many numbers describe a sample.
   *
   * @return the length of a row of features, at least 1
   */
  int features();

  /**
   * How many classes there are; labels are 0 to this, exclusive.
   *
   * @return at least 1
   */
  int classes();

  /**
   * Writes one sample into a row of a batch.
   *
   * @param sample the index of the sample, 0 to {@link #size} exclusive
   * @param row the row to write, from 0
   * @param features floats, row-major {@code [rows, features()]}
   * @param labels ints, {@code [rows]}
   * @throws IndexOutOfBoundsException if there is no such sample or the row lies outside a segment
   * @throws IllegalStateException if the data set or a segment is closed
   */
  void loadSample(int sample, int row, MemorySegment features, MemorySegment labels);

  /**
   * Gathers the samples {@code order[from]} to {@code order[from + count - 1]} into the rows 0 to {@code count - 1} of
   * a batch. Nothing is written when an index is out of range.
   *
   * @param order indices of samples, in any order
   * @param from the first element of {@code order} to use
   * @param count how many to use
   * @param features floats on the heap or off it, row-major, with at least {@code [count, features()]} elements
   * @param labels ints on the heap or off it, with at least {@code count} elements
   * @throws IndexOutOfBoundsException if the range lies outside {@code order}, one of its elements is no sample, or a
   *           segment is too small
   * @throws IllegalStateException if the data set or a segment is closed
   */
  default void load(int[] order, int from, int count, MemorySegment features, MemorySegment labels) {
    Objects.checkFromIndexSize(from, count, order.length);
    requireBytes("features", features, (long) count * features() * Float.BYTES);
    requireBytes("labels", labels, (long) count * Integer.BYTES);
    for (int i = from; i < from + count; i++) {
      if (order[i] < 0 || order[i] >= size()) {
        throw new IndexOutOfBoundsException(
            "order[" + i + "] is " + order[i] + ": expected a sample, 0 to " + (size() - 1));
      }
    }
    for (int row = 0; row < count; row++) {
      loadSample(order[from + row], row, features, labels);
    }
  }

  private static void requireBytes(String name, MemorySegment segment, long needed) {
    if (segment.byteSize() < needed) {
      throw new IndexOutOfBoundsException(
          "the segment for " + name + " has " + segment.byteSize() + " bytes; the batch needs " + needed);
    }
  }

  /**
   * A view of the samples {@code from} to {@code to}, exclusive. It shares the data: closing the view does nothing,
   * closing this data set ends the view.
   *
   * @param from the first sample of the view
   * @param to the sample behind its last
   * @return the view
   * @throws IndexOutOfBoundsException if the range is not within 0 to {@link #size}
   */
  default Dataset slice(int from, int to) {
    return new DatasetView(this, from, to);
  }

  /**
   * A view of the first samples, as {@link #slice} makes it.
   *
   * @param count how many; all, where there are fewer
   * @return the view
   * @throws IndexOutOfBoundsException if the count is negative
   */
  default Dataset limit(int count) {
    return slice(0, Math.min(count, size()));
  }

  /** Frees the data, once: closing again does nothing. */
  @Override
  void close();
}
