package org.panagrad.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.panagrad.io.Json;

/** The files that a run leaves. */
final class Report {
  private final Map<String, String> environment;
  private final List<Row> rows;

  /**
   * A report.
   *
   * @param environment where the run took place
   * @param rows        what came out
   */
  Report(Map<String, String> environment, List<Row> rows) {
    this.environment = environment;
    this.rows = rows;
  }

  /** Writes the JSON, the Markdown and the chart. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("bench.json"), json());
    Files.writeString(folder.resolve("bench.md"), markdown());
    Files.writeString(folder.resolve("bench.svg"), Chart.svg(rows));
  }

  /** Times in nanoseconds; everything that the tables are made of. */
  String json() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("benchmark", row.benchmark());
      fields.put("parameters", row.parameters());
      row.figures().forEach((figure, value) -> fields.put(figure.name().toLowerCase(Locale.ROOT), value));
      if (row.limit() != null) {
        fields.put("limitedBy", row.limit());
      }
      if (row.note() != null) {
        fields.put("note", row.note());
      }
      all.add(fields);
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("environment", environment);
    whole.put("rows", all);
    return Json.write(whole) + "\n";
  }

  String markdown() {
    StringBuilder out = new StringBuilder("# Benchmarks\n\n| | |\n| --- | --- |\n");
    environment.forEach((name, value) -> out.append("| ").append(name).append(" | ").append(value).append(" |\n"));
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    rows.forEach(row -> groups.computeIfAbsent(row.group(), _ -> new ArrayList<>()).add(row));
    groups.forEach((group, members) -> table(out, group, members));
    List<Row> lost = Lost.of(rows);
    if (!lost.isEmpty()) {
      out.append("\n## Where native code loses\n\nJava took less time for the same work.\n\n");
      lost.forEach(row -> out.append("- ").append(row.note()).append('\n'));
    }
    return out.toString();
  }

  private static void table(StringBuilder out, String group, List<Row> rows) {
    Set<String> parameters = new LinkedHashSet<>();
    Set<Column> columns = EnumSet.noneOf(Column.class);
    for (Row row : rows) {
      parameters.addAll(row.parameters().keySet());
      for (Column column : Column.values()) {
        if (!column.of(row).isEmpty()) {
          columns.add(column);
        }
      }
    }
    out.append("\n## ").append(group).append("\n\n| |");
    parameters.forEach(name -> out.append(' ').append(name).append(" |"));
    columns.forEach(column -> out.append(' ').append(column.title()).append(" |"));
    out.append("\n| --- |").append(" --- |".repeat(parameters.size())).append(" ---: |".repeat(columns.size()));
    for (Row row : rows) {
      out.append("\n| ").append(row.method()).append(" |");
      parameters.forEach(name -> out.append(' ').append(row.parameters().getOrDefault(name, "")).append(" |"));
      columns.forEach(column -> out.append(' ').append(column.of(row)).append(" |"));
    }
    out.append('\n');
  }
}
