package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;
import org.panagrad.memory.GrowingMemory;

/** Turns rows of text into the cells of a {@link Table}. */
final class TableBuilder implements AutoCloseable {
  private final TextFile text;
  private final Missing missing;
  private final List<ColumnText> columns;
  private final int[] row;
  private final GrowingMemory cells = new GrowingMemory();
  private int rows;

  /** What is known of a column while its values are read. */
  static final class ColumnText {
    private enum Kind {
      UNDECIDED, NUMBER, NOMINAL
    }

    private final String name;
    private final boolean declared;
    private final Map<String, Integer> codes = new HashMap<>();
    private final List<String> categories = new ArrayList<>();
    private Kind kind;

    private ColumnText(String name, Kind kind, boolean declared) {
      this.name = name;
      this.kind = kind;
      this.declared = declared;
    }

    /** Numbers if its first value is one, else categories. */
    static ColumnText undecided(String name) {
      return new ColumnText(name, Kind.UNDECIDED, false);
    }

    static ColumnText number(String name) {
      return new ColumnText(name, Kind.NUMBER, true);
    }

    /** Categories as they are found; sorted in the end. */
    static ColumnText nominal(String name) {
      return new ColumnText(name, Kind.NOMINAL, false);
    }

    /** These categories and no others, in this order. */
    static ColumnText nominal(String name, List<String> categories) {
      ColumnText column = new ColumnText(name, Kind.NOMINAL, true);
      for (String category : categories) {
        column.code(category);
      }
      return column;
    }

    private int code(String category) {
      Integer code = codes.putIfAbsent(category, categories.size());
      if (code == null) {
        categories.add(category);
        return categories.size() - 1;
      }
      return code;
    }
  }

  TableBuilder(TextFile text, Missing missing, List<ColumnText> columns) throws DataException {
    this.text = text;
    this.missing = missing;
    this.columns = columns;
    row = new int[columns.size()];
    Set<String> names = new HashSet<>();
    for (ColumnText column : columns) {
      if (!names.add(column.name)) {
        throw new DataException(text.file(), "two columns are named \"" + column.name + "\": rename one");
      }
    }
  }

  /** Adds a row; null stands for a missing value. */
  void add(List<@Nullable String> values, long line) throws DataException {
    if (values.size() != row.length) {
      throw text.wrong(line, "has " + values.size() + " values: expected " + row.length + ", one for each column");
    }
    int gap = values.indexOf(null);
    if (gap >= 0 && missing != Missing.KEEP) {
      if (missing == Missing.DROP) {
        return;
      }
      throw text.wrong(line, "has no value in column \"" + columns.get(gap).name
          + "\": fill it in, or read with Missing.DROP or Missing.KEEP");
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = cell(columns.get(i), values.get(i), line);
    }
    if (rows == Integer.MAX_VALUE) {
      throw text.wrong(line, "is too many: a table holds 2^31 - 1 rows");
    }
    long at = cells.append(4L * row.length);
    MemorySegment.copy(row, 0, cells.memory(), JAVA_INT, at, row.length);
    rows++;
  }

  private int cell(ColumnText column, @Nullable String value, long line) throws DataException {
    if (value == null) {
      return column.kind == ColumnText.Kind.NOMINAL ? Table.NO_CATEGORY : Table.NO_NUMBER;
    }
    if (column.kind == ColumnText.Kind.UNDECIDED) {
      decide(column, value);
    }
    if (column.kind == ColumnText.Kind.NUMBER) {
      return Float.floatToRawIntBits(number(column, value, line));
    }
    if (column.declared && !column.codes.containsKey(value)) {
      throw text.wrong(line, "has " + quote(value) + " in column \"" + column.name + "\": expected one of "
          + shortened(column.categories.toString()));
    }
    return column.code(value);
  }

  /** Gaps that came before were taken for a number's. */
  private void decide(ColumnText column, String value) {
    if (isNumber(value)) {
      column.kind = ColumnText.Kind.NUMBER;
      return;
    }
    column.kind = ColumnText.Kind.NOMINAL;
    long place = 4L * columns.indexOf(column);
    for (int r = 0; r < rows; r++) {
      cells.memory().set(JAVA_INT, 4L * r * row.length + place, Table.NO_CATEGORY);
    }
  }

  private float number(ColumnText column, String value, long line) throws DataException {
    float number = parse(value);
    if (!Float.isFinite(number)) {
      String expected = Float.isNaN(number) ? "a number" : "a number that a float can hold";
      String remedy = column.declared
          ? ""
          : "; the values before are numbers: correct it, or say that the column is nominal";
      throw text.wrong(line,
          "has " + quote(value) + " in column \"" + column.name + "\": expected " + expected + remedy);
    }
    return number;
  }

  private static boolean isNumber(String value) {
    return !Float.isNaN(parse(value));
  }

  /** NaN for what is no number of decimal digits: Java would read hexadecimal ones and a trailing f as well. */
  private static float parse(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return Float.NaN;
      }
    }
    try {
      return Float.parseFloat(value);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  private static String quote(String value) {
    return "\"" + shortened(value) + "\"";
  }

  private static String shortened(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "...";
  }

  /** The table of all rows; it owns its memory. */
  Table build() throws DataException {
    if (rows == 0) {
      throw new DataException(text.file(), "holds no rows" + (missing == Missing.DROP ? " without a gap" : ""));
    }
    List<Table.Field> fields = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      ColumnText column = columns.get(i);
      boolean nominal = column.kind == ColumnText.Kind.NOMINAL;
      if (nominal && !column.declared) {
        sortCategories(column, i);
      }
      fields.add(new Table.Field(column.name, i, nominal ? List.copyOf(column.categories) : null, null));
    }
    Arena arena = Arena.ofShared();
    MemorySegment exact = arena.allocate(cells.bytes(), 64);
    MemorySegment.copy(cells.memory(), JAVA_FLOAT, 0, exact, JAVA_FLOAT, 0, cells.bytes() / 4);
    return new Table(arena, exact, row.length, fields, rows);
  }

  /** So that codes do not depend on the order of the rows: by value where all are numbers, else by text. */
  private void sortCategories(ColumnText column, int place) {
    List<String> sorted = new ArrayList<>(column.categories);
    boolean numbers = sorted.stream().allMatch(TableBuilder::isNumber);
    sorted.sort((a, b) -> {
      int order = numbers ? Double.compare(Double.parseDouble(a), Double.parseDouble(b)) : 0;
      return order == 0 ? a.compareTo(b) : order;
    });
    int[] places = new int[sorted.size()];
    for (int i = 0; i < places.length; i++) {
      places[column.code(sorted.get(i))] = i;
    }
    for (int r = 0; r < rows; r++) {
      long at = 4 * ((long) r * row.length + place);
      int code = cells.memory().get(JAVA_INT, at);
      if (code != Table.NO_CATEGORY) {
        cells.memory().set(JAVA_INT, at, places[code]);
      }
    }
    column.categories.clear();
    column.categories.addAll(sorted);
  }

  @Override
  public void close() {
    cells.close();
  }
}
