package org.panagrad.metric;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How often each label was predicted as each class. Its value is the accuracy.
 *
 * <pre>{@code
 * ConfusionMatrix matrix = new ConfusionMatrix(10);
 * for (Batch batch : new Batches(test, 128)) {
 *   model.forward(batch);
 *   matrix.update(model.outputs(), batch.labels(), batch.weights(), batch.size());
 * }
 * System.out.println(matrix);
 * }</pre>
 */
public final class ConfusionMatrix implements Accumulator {
  private final List<String> names;
  private final int classes;
  private final double[][] counts; // by label, then by prediction; the last is none, of rows that hold a NaN
  private final ClassCounts sums;

  /**
   * Classes by their numbers.
   *
   * @param classes how many, at least 1
   */
  public ConfusionMatrix(int classes) {
    this(IntStream.range(0, classes).mapToObj(Integer::toString).toList());
  }

  /**
   * Classes by their names.
   *
   * @param names of the classes, as {@code ImageFolder.classNames} or {@code Table.categories} has them
   * @throws IllegalArgumentException if there are none
   */
  public ConfusionMatrix(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a confusion matrix of no classes: expected at least 1");
    }
    this.names = List.copyOf(names);
    classes = names.size();
    counts = new double[classes][classes + 1];
    sums = new ClassCounts(classes);
  }

  @Override
  public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
    for (long row = 0; row < batch; row++) {
      int label = Rows.label(target, row, classes);
      if (label >= 0) {
        int predicted = Rows.greatest(prediction, row * classes, classes);
        double weight = Rows.weight(weights, row);
        counts[label][predicted == Rows.NONE ? classes : predicted] += weight;
        sums.add(label, predicted, weight);
      }
    }
  }

  /**
   * How often a label was predicted as a class.
   *
   * @param label     the class that it is
   * @param predicted the class that was predicted; the number of classes for rows that hold a NaN, which are none
   * @return rows, or their weights
   */
  public double count(int label, int predicted) {
    return counts[label][predicted];
  }

  /**
   * Precision of a class: the share of its predictions that are right.
   *
   * @param label the class
   * @return 0 if it was never predicted
   */
  public double precision(int label) {
    return sums.ratio(Ratio.precision(), label);
  }

  /**
   * Recall of a class: the share of its labels that were predicted.
   *
   * @param label the class
   * @return 0 if no row has it
   */
  public double recall(int label) {
    return sums.ratio(Ratio.recall(), label);
  }

  /**
   * F1 of a class.
   *
   * @param label the class
   * @return 0 if it was neither predicted nor there
   */
  public double f1(int label) {
    return sums.ratio(Ratio.fBeta(1), label);
  }

  /** The share of rows that were predicted right; NaN where there are none. */
  @Override
  public double value() {
    double right = 0, all = 0;
    for (int label = 0; label < classes; label++) {
      right += counts[label][label];
      for (double count : counts[label]) {
        all += count;
      }
    }
    return right / all;
  }

  @Override
  public void reset() {
    for (double[] row : counts) {
      Arrays.fill(row, 0);
    }
    sums.reset();
  }

  /** A table, a line for each label, with its recall; the last line has the precision of each prediction. */
  @Override
  public String toString() {
    boolean none = Arrays.stream(counts).anyMatch(row -> row[classes] > 0);
    int columns = classes + (none ? 1 : 0);
    int name = names.stream().mapToInt(String::length).max().orElse(0), first = Math.max("precision".length(), name);
    int width = Math.max(7, 1 + Math.max(name, widest()));
    StringBuilder text = new StringBuilder(" ".repeat(first));
    for (int c = 0; c < columns; c++) {
      text.append(padded(c < classes ? names.get(c) : "none", width));
    }
    text.append(padded("recall", 9)).append('\n');
    for (int label = 0; label < classes; label++) {
      text.append(names.get(label)).append(" ".repeat(first - names.get(label).length()));
      for (int c = 0; c < columns; c++) {
        text.append(padded(number(counts[label][c]), width));
      }
      text.append(padded(String.format(Locale.ROOT, "%.4f", recall(label)), 9)).append('\n');
    }
    text.append("precision").append(" ".repeat(first - "precision".length()));
    for (int c = 0; c < classes; c++) {
      text.append(padded(String.format(Locale.ROOT, "%.4f", precision(c)), width));
    }
    return text.append('\n').toString();
  }

  private int widest() {
    return Arrays.stream(counts).flatMapToDouble(Arrays::stream).mapToObj(ConfusionMatrix::number)
        .mapToInt(String::length).max().orElse(0);
  }

  private static String number(double count) {
    return count == Math.rint(count) ? String.format(Locale.ROOT, "%.0f", count) : Double.toString(count);
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(1, width - text.length())) + text;
  }
}
