package org.panagrad.bench.run;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.Work;

/** A run: what was asked for, the limits of the machine so far, and the rows so far. */
public final class Session {
  private final boolean quick;
  private final Pattern only;
  private final Map<String, String[]> parameters;
  private final Path root;
  private final PrintStream out;
  private final Limits limits = new Limits();
  /** Times of a step's products alone, by the step's parameters. */
  private final Map<String, Double> products = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();

  /**
   * A run.
   *
   * @param quick      whether minutes must do
   * @param only       what names of benchmarks must contain
   * @param parameters instead of those that the plan has, by name
   * @param root       of the repository
   * @param out        for each row when it is there
   */
  public Session(boolean quick, Pattern only, Map<String, String[]> parameters, Path root, PrintStream out) {
    this.quick = quick;
    this.only = only;
    this.parameters = Map.copyOf(parameters);
    this.root = root;
    this.out = out;
  }

  /** Whether minutes must do. */
  public boolean quick() {
    return quick;
  }

  /** The repository. */
  public Path root() {
    return root;
  }

  /** Whether a benchmark was asked for. */
  public boolean wants(String benchmark) {
    return only.matcher(benchmark).find();
  }

  Pattern only() {
    return only;
  }

  Map<String, String[]> parameters() {
    return parameters;
  }

  /** Rows so far. */
  public List<Row> rows() {
    return rows;
  }

  /** Takes a row. */
  public void add(Row row) {
    rows.add(row);
    out.println(Text.line(row));
  }

  /** Takes a row of a benchmark that says what it does, with the limit of that. */
  void add(Row row, @Nullable Work work) {
    if (work == null) {
      add(row);
      return;
    }
    double time = row.get(Figure.TIME);
    Row full = row.with(Figure.ELEMENTS, positive(work.elements())).with(Figure.BYTES, positive(work.bytes()));
    if (row.group().equals("LimitBenchmark") || row.group().equals("PeakBenchmark")) {
      limits.learn(work, time);
      add(full);
    } else if (row.method().equals("step") && products.containsKey(key(row))) {
      add(full.limitedBy("its products", products.get(key(row))));
    } else {
      if (row.method().equals("products")) {
        products.put(key(row), time);
      }
      add(limits.limit(full, work));
    }
  }

  private static double positive(double x) {
    return x > 0 ? x : Double.NaN;
  }

  /** Whatever the threads: the products alone are always done on one. */
  private static String key(Row row) {
    Map<String, String> parameters = new TreeMap<>(row.parameters());
    parameters.remove("threads");
    return row.group() + parameters;
  }
}
