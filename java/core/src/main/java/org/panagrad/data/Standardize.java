package org.panagrad.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings numbers to a mean of 0 and a standard deviation of 1, both measured on the training rows alone, so that
 * nothing of the test rows is known beforehand. A missing number becomes the mean, 0. A column that never changes keeps
 * its scale. Categories stay what they are.
 *
 * <pre>{@code
 * Table.Split split = table.split(0.8, 1);
 * Standardize standardize = Standardize.of(split.training().without("price"));
 * Dataset training = standardize.apply(split.training()).dataset("price");
 * Dataset test = standardize.apply(split.test()).dataset("price");
 * }</pre>
 */
public final class Standardize {
  private final Map<String, Scale> scales = new LinkedHashMap<>();

  /** (x - mean) / deviation. */
  record Scale(double mean, double deviation) {
    float apply(float value) {
      return value != value ? 0 : (float) ((value - mean) / deviation);
    }
  }

  private Standardize(Table training) {
    for (Table.Field field : training.fields()) {
      if (field.categories() == null) {
        requireRaw(field);
        scales.put(field.name(), measure(training, field));
      }
    }
  }

  /**
   * Measures the columns of numbers.
   *
   * @param training rows to train on, {@linkplain Table#without without} the columns that shall stay as they are, such
   *                 as the target
   * @return mean and deviation of each
   * @throws IllegalArgumentException if a column is standardized already, or holds no number at all
   */
  public static Standardize of(Table training) {
    return new Standardize(training);
  }

  /** Twice over the rows: the squares are of differences from the mean, so that nothing cancels. */
  private static Scale measure(Table table, Table.Field field) {
    long count = 0;
    double sum = 0, squares = 0;
    for (int row = 0; row < table.rows(); row++) {
      float value = table.number(row, field);
      if (value == value) {
        count++;
        sum += value;
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("column \"" + field.name() + "\" has no number in " + table.rows()
          + " rows: leave it out by Table.without");
    }
    double mean = sum / count;
    for (int row = 0; row < table.rows(); row++) {
      float value = table.number(row, field);
      if (value == value) {
        squares += (value - mean) * (value - mean);
      }
    }
    double deviation = Math.sqrt(squares / count);
    return new Scale(mean, deviation > 0 ? deviation : 1);
  }

  private static void requireRaw(Table.Field field) {
    if (field.scale() != null) {
      throw new IllegalArgumentException("column \"" + field.name() + "\" is standardized already");
    }
  }

  /**
   * The mean of a column.
   *
   * @param column its name
   * @return over the training rows
   * @throws IllegalArgumentException if it was not measured
   */
  public double mean(String column) {
    return scale(column).mean;
  }

  /**
   * The standard deviation of a column, of the rows as they are (their number is the divisor).
   *
   * @param column its name
   * @return over the training rows; 1 if the column never changes
   * @throws IllegalArgumentException if it was not measured
   */
  public double deviation(String column) {
    return scale(column).deviation;
  }

  private Scale scale(String column) {
    Scale scale = scales.get(column);
    if (scale == null) {
      throw new IllegalArgumentException("no column \"" + column + "\" was measured: " + scales.keySet() + " were");
    }
    return scale;
  }

  /**
   * The rows with the measured columns standardized.
   *
   * @param table with the measured columns among its own
   * @return a view
   * @throws IllegalArgumentException if one of them is missing, or standardized already
   */
  public Table apply(Table table) {
    scales.keySet().forEach(table::field);
    List<Table.Field> fields = new ArrayList<>();
    for (Table.Field field : table.fields()) {
      Scale scale = scales.get(field.name());
      if (scale != null) {
        requireRaw(field);
        fields.add(new Table.Field(field.name(), field.place(), field.categories(), scale));
      } else {
        fields.add(field);
      }
    }
    return table.with(fields);
  }
}
