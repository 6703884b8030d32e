package org.panagrad.bench.run;

import java.util.function.Function;

/** A column of the tables, in their order; one that no row of a table fills is left out. */
enum Column {
  TIME("time", "", row -> Text.time(row.get(Figure.TIME))), RANGE("fastest; slowest", "in ",
      Column::range), PER_ELEMENT("ns an element", "ns/element ", row -> Text.number(row.perElement())), BANDWIDTH(
          "GB/s", "GB/s ",
          row -> Text.number(row.bandwidth())), OF_LIMIT("of the limit", "of limit ", row -> row.limit() == null
              ? ""
              : Text.percent(row.ofLimit()) + " (" + row.limit() + ")"), ALLOCATED("bytes allocated", "allocated ",
                  row -> Text.number(row.get(Figure.ALLOCATED))), P50("p50", "p50 ",
                      row -> Text.time(row.get(Figure.P50))), P99("p99", "p99 ",
                          row -> Text.time(row.get(Figure.P99))), P999("p99.9", "p99.9 ",
                              row -> Text.time(row.get(Figure.P999))), MAX("max", "max ",
                                  row -> Text.time(row.get(Figure.MAX))), COUNT("of", "of ",
                                      row -> Text.count(row.get(Figure.COUNT))), CROSSOVER("native is faster from",
                                          "native is faster from ",
                                          row -> Text.count(row.get(Figure.CROSSOVER))), NOTE("", "",
                                              row -> row.note() == null ? "" : row.note());

  private final String title, inLine;
  private final Function<Row, String> text;

  Column(String title, String inLine, Function<Row, String> text) {
    this.title = title;
    this.inLine = inLine;
    this.text = text;
  }

  String title() {
    return title;
  }

  /** What stands before it where there are no columns. */
  String inLine() {
    return inLine;
  }

  /** Empty where the row has none. */
  String of(Row row) {
    return text.apply(row);
  }

  private static String range(Row row) {
    String fastest = Text.time(row.get(Figure.FASTEST));
    return fastest.isEmpty() ? "" : fastest + "; " + Text.time(row.get(Figure.SLOWEST));
  }
}
