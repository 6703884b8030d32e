package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Datasets of arrays, which are copied off the heap and may be changed afterwards. For one input and one target there
 * is {@link #of}; for anything else columns are named one by one:
 *
 * <pre>{@code
 * Dataset dataset = ArrayDataset.samples(reviews)
 *     .tokens("words", words, 20_000).input("length", lengths).labels("rating", ratings, 5).weight("weight", weights)
 *     .build();
 * }</pre>
 *
 * <p>Numbers must be finite, labels and tokens below their number of classes, weights not negative, and each array must
 * have as many rows as there are samples; else an {@link IllegalArgumentException} names place, value and remedy.
 */
public final class ArrayDataset {
  private final int samples;
  private final List<Column> columns = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();

  /** Copies a row of an array. */
  private interface Source {
    void copy(int sample, MemorySegment to, long offset);
  }

  private ArrayDataset(int samples) {
    this.samples = samples;
  }

  /**
   * Samples with a label each.
   *
   * @param features one row of numbers a sample
   * @param labels   0 to classes, exclusive
   * @param classes  how many there are
   * @return the dataset; close it
   */
  public static Dataset of(float[][] features, int[] labels, int classes) {
    return samples(labels.length).input("features", features).labels("label", labels, classes).build();
  }

  /**
   * Samples with a label each.
   *
   * @param features samples x elements, in rows
   * @param labels   0 to classes, exclusive
   * @param classes  how many there are
   * @return the dataset; close it
   */
  public static Dataset of(float[] features, int[] labels, int classes) {
    return samples(labels.length).input("features", features).labels("label", labels, classes).build();
  }

  /**
   * Samples with numbers to be predicted.
   *
   * @param features one row of numbers a sample
   * @param targets  one row of numbers a sample
   * @return the dataset; close it
   */
  public static Dataset of(float[][] features, float[][] targets) {
    return samples(features.length).input("features", features).numbers("target", targets).build();
  }

  /**
   * Samples with a number to be predicted.
   *
   * @param features one row of numbers a sample
   * @param targets  one a sample
   * @return the dataset; close it
   */
  public static Dataset of(float[][] features, float[] targets) {
    return samples(targets.length).input("features", features).numbers("target", targets).build();
  }

  /**
   * Samples with a number to be predicted.
   *
   * @param features samples x elements, in rows
   * @param targets  one a sample
   * @return the dataset; close it
   */
  public static Dataset of(float[] features, float[] targets) {
    return samples(targets.length).input("features", features).numbers("target", targets).build();
  }

  /**
   * Samples without columns yet.
   *
   * @param count how many
   * @return to be given columns
   */
  public static ArrayDataset samples(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(count + " samples: expected 0 or more");
    }
    return new ArrayDataset(count);
  }

  /**
   * Adds numbers that the network reads.
   *
   * @param name   of the column
   * @param values samples x elements, in rows
   * @return this
   */
  public ArrayDataset input(String name, float[] values) {
    return add(Column.input(name, elements(name, values.length)), values);
  }

  /**
   * Adds numbers that the network reads.
   *
   * @param name   of the column
   * @param values one row a sample
   * @return this
   */
  public ArrayDataset input(String name, float[][] values) {
    return add(Column.input(name, elements(name, values)), values);
  }

  /**
   * Adds whole numbers that the network reads, as words for an embedding.
   *
   * @param name    of the column
   * @param values  samples x elements, in rows
   * @param classes they are 0 to this, exclusive
   * @return this
   */
  public ArrayDataset tokens(String name, int[] values, int classes) {
    requireClasses(name, classes);
    return add(Column.tokens(name, elements(name, values.length), classes), values);
  }

  /**
   * Adds numbers to be predicted.
   *
   * @param name   of the column
   * @param values samples x elements, in rows
   * @return this
   */
  public ArrayDataset numbers(String name, float[] values) {
    return add(Column.numbers(name, elements(name, values.length)), values);
  }

  /**
   * Adds numbers to be predicted.
   *
   * @param name   of the column
   * @param values one row a sample
   * @return this
   */
  public ArrayDataset numbers(String name, float[][] values) {
    return add(Column.numbers(name, elements(name, values)), values);
  }

  /**
   * Adds labels to be predicted.
   *
   * @param name    of the column
   * @param values  samples x elements, in rows; mostly one a sample
   * @param classes they are 0 to this, exclusive
   * @return this
   */
  public ArrayDataset labels(String name, int[] values, int classes) {
    requireClasses(name, classes);
    return add(Column.labels(name, elements(name, values.length), classes), values);
  }

  /**
   * Adds the weight of each sample in the loss.
   *
   * @param name   of the column
   * @param values one a sample, not negative
   * @return this
   */
  public ArrayDataset weight(String name, float[] values) {
    if (values.length != samples) {
      throw new IllegalArgumentException(
          name + " has " + values.length + " values for " + samples + " samples: expected one a sample");
    }
    return add(Column.weight(name), values);
  }

  private static void requireClasses(String name, int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(classes + " classes of " + name + ": expected at least 1");
    }
  }

  private int elements(String name, int values) {
    if (samples == 0 ? values != 0 : values == 0 || values % samples != 0) {
      throw new IllegalArgumentException(
          name + " has " + values + " values for " + samples
              + " samples: expected as many for each sample, at least 1");
    }
    return samples == 0 ? 1 : values / samples;
  }

  private int elements(String name, float[][] rows) {
    if (rows.length != samples) {
      throw new IllegalArgumentException(
          name + " has " + rows.length + " rows for " + samples + " samples: expected one a sample");
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != rows[0].length || rows[i].length == 0) {
        throw new IllegalArgumentException("row " + i + " of " + name + " has " + rows[i].length + " values, row 0 has "
            + rows[0].length + ": expected as many in each row, at least 1");
      }
    }
    return samples == 0 ? 1 : rows[0].length;
  }

  private ArrayDataset add(Column column, float[] values) {
    int elements = column.elements();
    return add(column,
        (sample, to, offset) -> MemorySegment.copy(values, sample * elements, to, JAVA_FLOAT, offset, elements));
  }

  private ArrayDataset add(Column column, float[][] values) {
    int elements = column.elements();
    return add(column, (sample, to, offset) -> MemorySegment.copy(values[sample], 0, to, JAVA_FLOAT, offset, elements));
  }

  private ArrayDataset add(Column column, int[] values) {
    int elements = column.elements();
    return add(column,
        (sample, to, offset) -> MemorySegment.copy(values, sample * elements, to, JAVA_INT, offset, elements));
  }

  private ArrayDataset add(Column column, Source source) {
    columns.add(column);
    sources.add(source);
    return this;
  }

  /**
   * Copies the arrays.
   *
   * @return the dataset, with the columns in the order in which they were added; close it
   * @throws IllegalArgumentException if there is no input, two columns have one name, or a value is out of range
   */
  public Dataset build() {
    RecordLayout layout = new RecordLayout(columns);
    Arena arena = Arena.ofShared();
    try {
      MemorySegment records = arena.allocate(samples * layout.bytes(), 64);
      for (int sample = 0; sample < samples; sample++) {
        long at = sample * layout.bytes();
        for (int i = 0; i < columns.size(); i++) {
          sources.get(i).copy(sample, records, at + layout.offset(i));
        }
        @Nullable
        String problem = layout.problem(records, at, sample);
        if (problem != null) {
          throw new IllegalArgumentException(problem);
        }
      }
      return new RecordDataset(arena, layout, records, samples);
    } catch (Throwable failure) {
      arena.close();
      throw failure;
    }
  }
}
