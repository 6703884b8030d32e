package org.panagrad.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.TableBuilder.ColumnText;
import org.panagrad.io.DataException;

/**
 * Reads tables in Weka's attribute-relation file format: numeric and nominal attributes, quoted names and values,
 * comments, ? for a gap. Sparse rows, texts, dates and relations within relations are refused. Categories keep the
 * order in which the file declares them.
 *
 * @param missing what to do about gaps
 */
public record Arff(Missing missing) {
  /**
   * No gaps allowed.
   *
   * @return the options
   */
  public static Arff of() {
    return new Arff(Missing.REFUSE);
  }

  /**
   * What to do about gaps.
   *
   * @param missing refuse, drop or keep
   * @return changed options
   */
  public Arff missing(Missing missing) {
    return new Arff(missing);
  }

  /**
   * Reads a file.
   *
   * @param file to be read
   * @return its table; close it
   * @throws DataException if it is not such a file: the message names line, attribute and value
   * @throws IOException   if reading fails
   */
  public Table read(Path file) throws IOException {
    try (TextFile text = new TextFile(file); TableBuilder builder = new TableBuilder(text, missing, header(text))) {
      while (true) {
        long number = text.line();
        String line = text.readLine();
        if (line == null) {
          return builder.build();
        }
        ArffLine values = new ArffLine(text, number, line);
        if (!values.atEnd()) {
          builder.add(row(values), number);
        }
      }
    }
  }

  private static List<@Nullable String> row(ArffLine line) throws DataException {
    if (line.peek() == '{') {
      throw line.wrong("is a sparse row: write it with all its values, as 0,1,0");
    }
    List<@Nullable String> values = new ArrayList<>();
    do {
      values.add(line.value(","));
    } while (line.skip(','));
    return values;
  }

  /** Reads up to and with the line of @data. */
  private static List<ColumnText> header(TextFile text) throws IOException {
    List<ColumnText> columns = new ArrayList<>();
    while (true) {
      long number = text.line();
      String content = text.readLine();
      if (content == null) {
        throw new DataException(text.file(), "ends at line " + number + " without @data: is it an ARFF file?");
      }
      ArffLine line = new ArffLine(text, number, content);
      if (line.atEnd()) {
        continue;
      }
      String keyword = line.word().toLowerCase(Locale.ROOT);
      switch (keyword) {
        case "@relation" -> {
        }
        case "@attribute" -> columns.add(attribute(line));
        case "@data" -> {
          if (columns.isEmpty()) {
            throw line.wrong("begins the data, but no @attribute came before");
          }
          return columns;
        }
        default -> throw line.wrong("begins with \"" + keyword + "\": expected @relation, @attribute or @data");
      }
    }
  }

  private static ColumnText attribute(ArffLine line) throws DataException {
    String name = line.word();
    if (name.isBlank()) {
      throw line.wrong("declares an attribute without a name");
    }
    if (line.skip('{')) {
      return ColumnText.nominal(name, categories(line, name));
    }
    String type = line.word().toLowerCase(Locale.ROOT);
    return switch (type) {
      case "numeric", "real", "integer" -> ColumnText.number(name);
      default -> throw line.wrong("declares attribute \"" + name + "\" as \"" + type
          + "\": expected numeric, real, integer or {categories}; leave such columns out of the file");
    };
  }

  private static List<String> categories(ArffLine line, String attribute) throws DataException {
    List<String> categories = new ArrayList<>();
    do {
      String category = line.value(",}");
      if (category == null || categories.contains(category)) {
        throw line.wrong("declares the category " + (category == null ? "?" : "\"" + category + "\"")
            + (category == null ? ", which is a gap" : " twice") + ", in attribute \"" + attribute + "\"");
      }
      categories.add(category);
    } while (line.skip(','));
    if (!line.skip('}')) {
      throw line.wrong("does not close the categories of attribute \"" + attribute + "\" with }");
    }
    return categories;
  }
}
