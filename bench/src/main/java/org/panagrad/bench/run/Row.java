package org.panagrad.bench.run;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report.
 *
 * @param benchmark  what was measured: class and method
 * @param parameters its choices
 * @param figures    what came out
 * @param limit      what it is compared with, or null
 * @param note       why there are no figures, or null
 */
public record Row(String benchmark, Map<String, String> parameters, Map<Figure, Double> figures,
    @Nullable String limit, @Nullable String note) {

  /** A line without figures. */
  public static Row of(String benchmark, Map<String, String> parameters) {
    return new Row(benchmark, Collections.unmodifiableMap(new LinkedHashMap<>(parameters)), Map.of(), null, null);
  }

  /** With another figure; what is not a number is left out. */
  public Row with(Figure figure, double value) {
    if (!Double.isFinite(value)) {
      return this;
    }
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    all.putAll(figures);
    all.put(figure, value);
    return new Row(benchmark, parameters, Collections.unmodifiableMap(all), limit, note);
  }

  /** With a limit, measured in the same run. */
  public Row limitedBy(String name, double nanoseconds) {
    return new Row(benchmark, parameters, figures, name, note).with(Figure.LIMIT, nanoseconds);
  }

  /** With the reason why nothing was measured. */
  public Row because(String reason) {
    return new Row(benchmark, parameters, figures, limit, reason);
  }

  /** A figure, NaN if it is not there. */
  public double get(Figure figure) {
    return figures.getOrDefault(figure, Double.NaN);
  }

  /** Nanoseconds of an element, or NaN. */
  public double perElement() {
    return get(Figure.TIME) / get(Figure.ELEMENTS);
  }

  /** Bytes a nanosecond, that is GB/s, or NaN. */
  public double bandwidth() {
    return get(Figure.BYTES) / get(Figure.TIME);
  }

  /** Share of the limit's speed, or NaN. */
  public double ofLimit() {
    return get(Figure.LIMIT) / get(Figure.TIME);
  }

  /** The class that measured it. */
  public String group() {
    int dot = benchmark.lastIndexOf('.');
    return dot < 0 ? benchmark : benchmark.substring(0, dot);
  }

  /** The method. */
  public String method() {
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }
}
