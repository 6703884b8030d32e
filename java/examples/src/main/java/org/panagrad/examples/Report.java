package org.panagrad.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of an example: figures by name, in order, and files. */
public final class Report {
  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final List<Path> files = new ArrayList<>();

  /** With nothing in it. */
  public Report() {
  }

  /**
   * Adds a figure.
   *
   * @param name  as "test accuracy"
   * @param value of it
   * @return this
   */
  public Report figure(String name, double value) {
    figures.put(name, value);
    return this;
  }

  /**
   * Adds a file that was written.
   *
   * @param file of any kind
   * @return this
   */
  public Report file(Path file) {
    files.add(file);
    return this;
  }

  /**
   * A figure.
   *
   * @param name as it was added
   * @return its value
   * @throws IllegalArgumentException if there is none
   */
  public double figure(String name) {
    Double value = figures.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no figure " + name + ": there are " + figures.keySet());
    }
    return value;
  }

  /**
   * The files.
   *
   * @return in order
   */
  public List<Path> files() {
    return List.copyOf(files);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    figures.forEach((name, value) -> text.append(String.format(Locale.ROOT, "%-40s %.6g%n", name, value)));
    files.forEach(file -> text.append("wrote ").append(file).append(System.lineSeparator()));
    return text.toString();
  }
}
