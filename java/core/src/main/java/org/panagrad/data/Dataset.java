package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * Samples in a fixed order, each with a row of every {@link Column}: what the network reads, what is to be predicted,
 * and maybe a weight. Reading is thread-safe and allocates nothing; who created a data set closes it, after which it
 * cannot be read.
 */
public interface Dataset extends AutoCloseable {

  /**
   * How many samples there are.
   *
   * @return at least 0
   */
  int size();

  /**
   * What there is of each sample.
   *
   * @return at least one input; always the same list
   */
  List<Column> columns();

  /**
   * Writes one sample into a row of a batch.
   *
   * @param sample the index of the sample, 0 to {@link #size} exclusive
   * @param row the row to write, from 0
   * @param columns for each of {@link #columns()} its floats or ints, row-major {@code [rows, elements]}
   * @throws IndexOutOfBoundsException if there is no such sample or the row lies outside a segment
   * @throws IllegalStateException if the data set or a segment is closed
   */
  void loadSample(int sample, int row, MemorySegment... columns);

  /**
   * Numbers of the first input.
   *
   * @return its elements
   */
  default int features() {
    return columns().getFirst().elements();
  }

  /**
   * Classes of the first target that has labels.
   *
   * @return labels are 0 to this, exclusive; 0 where there are none
   */
  default int classes() {
    for (Column column : columns()) {
      if (column.role() == Column.Role.TARGET && column.classes() > 0) {
        return column.classes();
      }
    }
    return 0;
  }

  /**
   * Gathers the samples {@code order[from]} to {@code order[from + count - 1]} into the rows 0 to {@code count - 1} of
   * a batch. Nothing is written when an index is out of range.
   *
   * @param order indices of samples, in any order
   * @param from the first element of {@code order} to use
   * @param count how many to use
   * @param columns for each of {@link #columns()} floats or ints on the heap or off it, row-major, with at least
   *          {@code [count, elements]} elements
   * @throws IndexOutOfBoundsException if the range lies outside {@code order}, one of its elements is no sample, or a
   *           segment is too small
   * @throws IllegalArgumentException if there are fewer segments than columns
   * @throws IllegalStateException if the data set or a segment is closed
   */
  default void load(int[] order, int from, int count, MemorySegment... columns) {
    Objects.checkFromIndexSize(from, count, order.length);
    List<Column> expected = columns();
    if (columns.length < expected.size()) {
      throw new IllegalArgumentException(columns.length + " segments for the columns " + expected);
    }
    for (int k = 0; k < expected.size(); k++) {
      Column column = expected.get(k);
      long needed = 4L * count * column.elements();
      if (columns[k].byteSize() < needed) {
        throw new IndexOutOfBoundsException("the segment for " + column.name() + " has " + columns[k].byteSize()
            + " bytes; the batch needs " + needed);
      }
    }
    for (int i = from; i < from + count; i++) {
      if (order[i] < 0 || order[i] >= size()) {
        throw new IndexOutOfBoundsException(
            "order[" + i + "] is " + order[i] + ": expected a sample, 0 to " + (size() - 1));
      }
    }
    for (int row = 0; row < count; row++) {
      loadSample(order[from + row], row, columns);
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

  /**
   * A view of some samples, in any order and as often as wished. It shares the data as {@link #slice} does.
   *
   * @param samples their indices; copied
   * @return the view
   * @throws IndexOutOfBoundsException if one of them is no sample
   */
  default Dataset select(int... samples) {
    return new SelectedDataset(this, samples);
  }

  /** Frees the data, once: closing again does nothing. */
  @Override
  void close();
}
