package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of named columns, off the heap: numbers, rounded to floats, or categories as whole numbers with their names.
 * {@link Csv} and {@link Arff} read tables, {@link #dataset} makes a dataset of one.
 *
 * <p>Tables made of a table, by rows or columns, are views: closing them does nothing, closing the table that was read
 * ends them. Reading is thread-safe.
 */
public final class Table implements AutoCloseable {
  /** A missing number, and a missing category, as cells. */
  static final int NO_NUMBER = Float.floatToRawIntBits(Float.NaN), NO_CATEGORY = -1;

  private final @Nullable Arena arena; // null in a view, which owns nothing
  private final MemorySegment cells; // in rows of the file's columns
  private final int width;
  private final List<Field> fields;
  private final int[] rows;

  /**
   * A column: its place in a row, its categories unless it holds numbers, and how these are standardized, if they are.
   */
  record Field(String name, int place, @Nullable List<String> categories, Standardize.@Nullable Scale scale) {}

  /**
   * Two parts of a table.
   *
   * @param training to train on
   * @param test     to measure on
   */
  public record Split(Table training, Table test) {}

  /** Takes the arena over: {@link #close} closes it. */
  Table(Arena arena, MemorySegment cells, int width, List<Field> fields, int rows) {
    this(arena, cells, width, List.copyOf(fields), IntStream.range(0, rows).toArray());
  }

  private Table(@Nullable Arena arena, MemorySegment cells, int width, List<Field> fields, int[] rows) {
    this.arena = arena;
    this.cells = cells;
    this.width = width;
    this.fields = fields;
    this.rows = rows;
  }

  /** A view with other fields. */
  Table with(List<Field> fields) {
    return new Table(null, cells, width, List.copyOf(fields), rows);
  }

  List<Field> fields() {
    return fields;
  }

  /**
   * How many rows there are.
   *
   * @return at least 0
   */
  public int rows() {
    return rows.length;
  }

  /**
   * The columns' names.
   *
   * @return in their order
   */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /**
   * The categories of a column; the place of each is its number.
   *
   * @param column its name
   * @return empty if it holds numbers
   * @throws IllegalArgumentException if there is no such column
   */
  public List<String> categories(String column) {
    List<String> categories = field(column).categories;
    return categories == null ? List.of() : categories;
  }

  /**
   * A number.
   *
   * @param row    from 0
   * @param column its name
   * @return its value, standardized if the column is; NaN if it is missing
   * @throws IllegalArgumentException  if there is no such column, or it holds categories
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public float number(int row, String column) {
    Field field = field(column);
    if (field.categories != null) {
      throw new IllegalArgumentException("column \"" + column + "\" holds categories, not numbers");
    }
    return number(row, field);
  }

  float number(int row, Field field) {
    float value = Float.intBitsToFloat(cell(row, field));
    return field.scale == null ? value : field.scale.apply(value);
  }

  /**
   * A category.
   *
   * @param row    from 0
   * @param column its name
   * @return its place in {@link #categories}; -1 if it is missing
   * @throws IllegalArgumentException  if there is no such column, or it holds numbers
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public int category(int row, String column) {
    Field field = field(column);
    if (field.categories == null) {
      throw noCategories(column);
    }
    return cell(row, field);
  }

  private static IllegalArgumentException noCategories(String column) {
    return new IllegalArgumentException(
        "column \"" + column + "\" holds numbers, not categories: say when reading that it is nominal");
  }

  private int cell(int row, Field field) {
    return cells.getAtIndex(JAVA_INT, (long) rows[Objects.checkIndex(row, rows.length)] * width + field.place);
  }

  Field field(String name) {
    for (Field field : fields) {
      if (field.name.equals(name)) {
        return field;
      }
    }
    throw new IllegalArgumentException("there is no column \"" + name + "\": the columns are " + names());
  }

  // views

  /**
   * Without some columns, such as a key.
   *
   * @param columns their names
   * @return the view
   * @throws IllegalArgumentException if there is no such column
   */
  public Table without(String... columns) {
    Set<Field> left = Arrays.stream(columns).map(this::field).collect(Collectors.toSet());
    return with(fields.stream().filter(field -> !left.contains(field)).toList());
  }

  /**
   * With some columns only.
   *
   * @param columns their names, in the order wished
   * @return the view
   * @throws IllegalArgumentException if there is no such column
   */
  public Table only(String... columns) {
    return with(Arrays.stream(columns).map(this::field).distinct().toList());
  }

  /**
   * Some rows, in any order and as often as wished.
   *
   * @param selected their indices
   * @return the view
   * @throws IndexOutOfBoundsException if one of them is no row
   */
  public Table select(int... selected) {
    int[] places = new int[selected.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = rows[Objects.checkIndex(selected[i], rows.length)];
    }
    return new Table(null, cells, width, fields, places);
  }

  /**
   * Splits the rows by chance: which goes where depends on its index, the number of rows and the seed alone.
   *
   * @param fraction of them to train on, 0 to 1; their number is rounded
   * @param seed     of the choice
   * @return views, each in this table's order
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public Split split(double fraction, long seed) {
    int[][] parts = RowChoice.split(rows.length, fraction, seed);
    return new Split(select(parts[0]), select(parts[1]));
  }

  /**
   * Cuts the rows into folds by chance, for cross-validation: each row is tested in one of them. Folds have the same
   * number of rows of each category, and of rows in all, give or take one.
   *
   * @param count how many, 2 to the number of rows
   * @param label a column of categories
   * @param seed  of the choice
   * @return for each fold the rows outside to train on and those inside to test
   * @throws IllegalArgumentException if the count is out of range, the column does not hold categories, or one is
   *                                  missing
   */
  public List<Split> folds(int count, String label, long seed) {
    int classes = categories(label).size();
    if (classes == 0) {
      throw noCategories(label);
    }
    Field field = field(label);
    int[] labels = new int[rows.length];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = label(row, field);
    }
    int[] fold = RowChoice.folds(labels, classes, count, seed);
    List<Split> splits = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int test = k;
      splits.add(new Split(select(IntStream.range(0, rows.length).filter(row -> fold[row] != test).toArray()),
          select(IntStream.range(0, rows.length).filter(row -> fold[row] == test).toArray())));
    }
    return splits;
  }

  private int label(int row, Field field) {
    int label = cell(row, field);
    if (label < 0) {
      throw new IllegalArgumentException("column \"" + field.name + "\" has no value in row " + row
          + ": a target needs one; read the file with Missing.DROP");
    }
    return label;
  }

  // a dataset

  /**
   * Copies the rows into a dataset. Its input, "features", holds the columns that are no targets, in their order: a
   * number as it is, categories as an indicator each, 1 for the one that the row has and 0 for the others. Each target
   * is a column of its own: a number, or a label.
   *
   * @param targets names of the columns to be predicted; the last column is {@code names().getLast()}
   * @return the dataset; close it
   * @throws IllegalArgumentException if there is no such column, no column is left for the input, or a number or a
   *                                  target is missing
   */
  public Dataset dataset(String... targets) {
    List<Field> inputs = without(targets).fields, predicted = Arrays.stream(targets).map(this::field).toList();
    long width = inputs.stream().mapToLong(field -> field.categories == null ? 1 : field.categories.size()).sum();
    if (width < 1 || width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the columns beside " + Arrays.toString(targets) + " make " + width
          + " features: expected 1 to 2^31 - 1");
    }
    List<Column> columns = new ArrayList<>();
    columns.add(Column.input("features", (int) width));
    for (Field target : predicted) {
      columns.add(target.categories == null
          ? Column.numbers(target.name, 1)
          : Column.labels(target.name, 1, target.categories.size()));
    }
    RecordLayout layout = new RecordLayout(columns);
    Arena owner = Arena.ofShared();
    try {
      MemorySegment records = owner.allocate(Math.multiplyExact(rows.length, layout.bytes()), 64);
      for (int row = 0; row < rows.length; row++) {
        long at = row * layout.bytes();
        writeFeatures(row, inputs, records, at);
        for (int i = 0; i < targets.length; i++) {
          writeTarget(row, predicted.get(i), records, at + layout.offset(1 + i));
        }
      }
      return new RecordDataset(owner, layout, records, rows.length);
    } catch (Throwable failure) {
      owner.close();
      throw failure;
    }
  }

  private void writeFeatures(int row, List<Field> inputs, MemorySegment to, long at) {
    long place = at;
    for (Field field : inputs) {
      if (field.categories == null) {
        to.set(JAVA_FLOAT, place, present(row, field));
        place += 4;
      } else {
        int category = cell(row, field);
        if (category >= 0) {
          to.set(JAVA_FLOAT, place + 4L * category, 1);
        }
        place += 4L * field.categories.size();
      }
    }
  }

  private void writeTarget(int row, Field target, MemorySegment to, long at) {
    if (target.categories == null) {
      to.set(JAVA_FLOAT, at, present(row, target));
    } else {
      to.set(JAVA_INT, at, label(row, target));
    }
  }

  private float present(int row, Field field) {
    float value = number(row, field);
    if (Float.isNaN(value)) {
      throw new IllegalArgumentException("column \"" + field.name + "\" has no value in row " + row
          + ": read the file with Missing.DROP, or fill inputs by Standardize");
    }
    return value;
  }

  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
