package org.panagrad.bench.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows that native code lost: the same work took another backend less time. */
final class Lost {
  private static final String BACKEND = "backend", NATIVE = "NATIVE";

  private Lost() {
  }

  /** Those rows, each with a note that says against whom and by how much. */
  static List<Row> of(List<Row> rows) {
    Map<String, Row> ours = new HashMap<>();
    rows.stream().filter(row -> NATIVE.equals(row.parameters().get(BACKEND))).forEach(row -> ours.put(work(row), row));
    List<Row> lost = new ArrayList<>();
    for (Row other : rows) {
      Row mine = ours.get(work(other));
      if (other.parameters().containsKey(BACKEND) && mine != null
          && mine.get(Figure.TIME) > other.get(Figure.TIME)) {
        lost.add(
            mine.because("%s%s: %s, %s %s".formatted(mine.benchmark(), without(mine), Text.time(mine.get(Figure.TIME)),
                other.parameters().get(BACKEND), Text.time(other.get(Figure.TIME)))));
      }
    }
    return lost;
  }

  private static String work(Row row) {
    return row.benchmark() + without(row);
  }

  private static Map<String, String> without(Row row) {
    Map<String, String> parameters = new TreeMap<>(row.parameters());
    parameters.remove(BACKEND);
    return parameters;
  }
}
