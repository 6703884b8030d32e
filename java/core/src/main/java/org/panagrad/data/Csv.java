package org.panagrad.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.TableBuilder.ColumnText;
import org.panagrad.io.DataException;

/**
 * Reads tables of comma-separated values: UTF-8 text, quoted as RFC 4180 has it, spaces around unquoted values left
 * out.
 *
 * <p>A column holds numbers if its first value is one, and categories otherwise; {@link #nominal} says so of columns
 * whose categories look like numbers. A text among numbers is refused, since it is mostly a mistake. Categories are
 * numbered in sorted order: by value where all of them are numbers, else by text.
 *
 * @param header    whether the first row names the columns; else they are "column 1" and so on
 * @param separator between values
 * @param missing   what to do about gaps
 * @param gaps      values that stand for a gap
 * @param nominal   columns that hold categories, whatever they look like
 */
public record Csv(boolean header, char separator, Missing missing, Set<String> gaps, Set<String> nominal) {
  /** Checks the separator. */
  public Csv {
    if (separator == '"' || separator == '\n' || separator == '\r') {
      throw new IllegalArgumentException("a quote or a line end cannot separate values");
    }
    gaps = Set.copyOf(gaps);
    nominal = Set.copyOf(nominal);
  }

  /**
   * A header, commas, no gaps allowed; nothing, ?, NA, N/A, NaN, nan and null are gaps.
   *
   * @return the options
   */
  public static Csv of() {
    return new Csv(true, ',', Missing.REFUSE, Set.of("", "?", "NA", "N/A", "NaN", "nan", "null"), Set.of());
  }

  /**
   * Whether there is a header.
   *
   * @param header false if the first row is one like the others
   * @return changed options
   */
  public Csv header(boolean header) {
    return new Csv(header, separator, missing, gaps, nominal);
  }

  /**
   * What separates values.
   *
   * @param separator as ';' or '\t'
   * @return changed options
   */
  public Csv separator(char separator) {
    return new Csv(header, separator, missing, gaps, nominal);
  }

  /**
   * What to do about gaps.
   *
   * @param missing refuse, drop or keep
   * @return changed options
   */
  public Csv missing(Missing missing) {
    return new Csv(header, separator, missing, gaps, nominal);
  }

  /**
   * What a gap looks like.
   *
   * @param gaps values, "" among them if nothing is a gap
   * @return changed options
   */
  public Csv gaps(String... gaps) {
    return new Csv(header, separator, missing, Set.of(gaps), nominal);
  }

  /**
   * Columns that hold categories, whatever they look like.
   *
   * @param columns their names
   * @return changed options
   */
  public Csv nominal(String... columns) {
    return new Csv(header, separator, missing, gaps, Set.of(columns));
  }

  /**
   * Reads a file.
   *
   * @param file to be read
   * @return its table; close it
   * @throws DataException if it is not such a file: the message names line, column and value
   * @throws IOException   if reading fails
   */
  public Table read(Path file) throws IOException {
    try (TextFile text = new TextFile(file)) {
      CsvRecords records = new CsvRecords(text, separator);
      List<String> fields = new ArrayList<>();
      if (!records.next(fields)) {
        throw new DataException(file, "is empty: expected " + (header ? "a header" : "rows"));
      }
      try (TableBuilder builder = new TableBuilder(text, missing, columns(file, fields))) {
        if (!header) {
          builder.add(withGaps(fields), records.line());
        }
        while (records.next(fields)) {
          builder.add(withGaps(fields), records.line());
        }
        return builder.build();
      }
    }
  }

  private List<ColumnText> columns(Path file, List<String> first) throws DataException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      names.add(header && !first.get(i).isBlank() ? first.get(i) : "column " + (i + 1));
    }
    for (String name : nominal) {
      if (!names.contains(name)) {
        throw new DataException(file, "has no column \"" + name + "\" that could be nominal: its columns are " + names);
      }
    }
    return names.stream().map(name -> nominal.contains(name) ? ColumnText.nominal(name) : ColumnText.undecided(name))
        .toList();
  }

  private List<@Nullable String> withGaps(List<String> fields) {
    List<@Nullable String> values = new ArrayList<>(fields.size());
    for (String field : fields) {
      values.add(gaps.contains(field) ? null : field);
    }
    return values;
  }
}
