package org.panagrad.bench.run;

import java.util.Map;
import java.util.stream.Collectors;

/** Figures as people read them. */
final class Text {
  private Text() {
  }

  /** A row while the run goes on. */
  static String line(Row row) {
    String what = row.benchmark() + parameters(row.parameters());
    if (row.note() != null && row.figures().isEmpty()) {
      return what + ": " + row.note();
    }
    StringBuilder line = new StringBuilder(String.format("%-92s", what));
    for (Column column : Column.values()) {
      String text = column.of(row);
      if (!text.isEmpty()) {
        line.append("  ").append(column.inLine()).append(text);
      }
    }
    return line.toString();
  }

  private static String parameters(Map<String, String> parameters) {
    return parameters.isEmpty()
        ? ""
        : parameters.entrySet().stream().map(p -> p.getKey() + " " + p.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Nanoseconds in the unit that suits them. */
  static String time(double ns) {
    if (Double.isNaN(ns)) {
      return "";
    }
    return ns < 1e3
        ? number(ns) + " ns"
        : ns < 1e6
            ? number(ns / 1e3) + " µs"
            : ns < 1e9
                ? number(ns / 1e6) + " ms"
                : number(ns / 1e9) + " s";
  }

  /** Three digits that count. */
  static String number(double x) {
    if (Double.isNaN(x)) {
      return "";
    }
    double size = Math.abs(x);
    return String.format(size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", x);
  }

  static String count(double n) {
    return Double.isNaN(n) ? "" : String.format("%,.0f", n);
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "" : String.format("%.0f %%", 100 * share);
  }
}
