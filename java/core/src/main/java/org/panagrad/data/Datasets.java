package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Datasets made of others. They are views: closing them does nothing, closing what they were made of ends them. */
public final class Datasets {
  private Datasets() {}

  /**
   * Two parts of a dataset.
   *
   * @param training to train on
   * @param test     to measure on
   */
  public record Split(Dataset training, Dataset test) {}

  /**
   * Splits by chance: which sample goes where depends on its index, the size and the seed alone.
   *
   * @param dataset  to be split
   * @param fraction of it to train on, 0 to 1; the number of samples is rounded
   * @param seed     of the choice
   * @return the parts, each in the dataset's order
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public static Split split(Dataset dataset, double fraction, long seed) {
    int[][] parts = RowChoice.split(dataset.size(), fraction, seed);
    return new Split(dataset.select(parts[0]), dataset.select(parts[1]));
  }

  /**
   * The samples in a random order, which depends on size and seed alone.
   *
   * @param dataset to be shuffled
   * @param seed    of the order
   * @return the view
   */
  public static Dataset shuffled(Dataset dataset, long seed) {
    return dataset.select(RowChoice.permutation(dataset.size(), seed));
  }

  /**
   * Datasets one after the other.
   *
   * @param parts at least one, with the same columns
   * @return the view
   * @throws IllegalArgumentException if there is none, their columns differ, or there are 2^31 samples or more
   */
  public static Dataset concat(Dataset... parts) {
    return new Concatenation(parts);
  }

  private static final class Concatenation implements Dataset {
    private final Dataset[] parts;
    private final int[] ends;

    Concatenation(Dataset[] parts) {
      if (parts.length == 0) {
        throw new IllegalArgumentException("no datasets to concatenate: name at least one");
      }
      this.parts = parts.clone();
      ends = new int[parts.length];
      long end = 0;
      for (int i = 0; i < parts.length; i++) {
        if (!parts[i].columns().equals(parts[0].columns())) {
          throw new IllegalArgumentException("dataset " + i + " has the columns " + parts[i].columns()
              + ", the first has " + parts[0].columns() + ": they must be the same");
        }
        end += parts[i].size();
        if (end > Integer.MAX_VALUE) {
          throw new IllegalArgumentException("the datasets have more than 2^31 - 1 samples");
        }
        ends[i] = (int) end;
      }
    }

    @Override
    public int size() {
      return ends[ends.length - 1];
    }

    @Override
    public List<Column> columns() {
      return parts[0].columns();
    }

    @Override
    public void loadSample(int sample, int row, MemorySegment... columns) {
      Objects.checkIndex(sample, size());
      int found = Arrays.binarySearch(ends, sample);
      int part = found < 0 ? -found - 1 : found + 1;
      while (ends[part] <= sample) { // empty parts share their end with the one before
        part++;
      }
      parts[part].loadSample(sample - (part == 0 ? 0 : ends[part - 1]), row, columns);
    }

    @Override
    public void close() {}
  }
}
