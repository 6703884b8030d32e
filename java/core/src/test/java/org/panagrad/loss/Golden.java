package org.panagrad.loss;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.panagrad.io.Json;
import org.panagrad.kernel.Reduction;

/** A case of golden/losses.json: what libtorch gave, in double. bench/README.md describes the file. */
record Golden(Map<String, Object> line) {

  private static final List<Golden> ALL = read();

  @SuppressWarnings("unchecked")
  private static List<Golden> read() {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/losses.json")) {
      Object file = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return ((List<Map<String, Object>>) ((Map<String, Object>) file).get("cases")).stream().map(Golden::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of a loss. */
  static List<Golden> of(String loss) {
    return ALL.stream().filter(golden -> golden.line.get("loss").equals(loss)).toList();
  }

  @SuppressWarnings("unchecked")
  private Object in(String map, String key) {
    return ((Map<String, Object>) line.get(map)).get(key);
  }

  String option(String name) {
    return (String) in("options", name);
  }

  Reduction reduction() {
    return Reduction.valueOf(((String) line.get("reduction")).toUpperCase(java.util.Locale.ROOT));
  }

  int rows() {
    return ((Long) line.get("rows")).intValue();
  }

  int columns() {
    return ((Long) line.get("columns")).intValue();
  }

  float[] input(String name) {
    double[] values = doubles(in("inputs", name));
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  double[] gradient(String of) {
    return doubles(in("gradients", of));
  }

  /** Null for NONE. */
  Double value() {
    return line.get("value") == null ? null : ((Number) line.get("value")).doubleValue();
  }

  /** For NONE. */
  double[] losses() {
    return doubles(line.get("losses"));
  }

  private static double[] doubles(Object list) {
    return ((List<?>) list).stream().mapToDouble(x -> ((Number) x).doubleValue()).toArray();
  }

  @Override
  public String toString() {
    return line.get("loss") + " " + line.get("options") + " " + line.get("reduction") + " " + rows() + "x" + columns();
  }
}
