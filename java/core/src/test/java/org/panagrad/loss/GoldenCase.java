package org.panagrad.loss;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.io.Json;
import org.panagrad.kernel.Reduction;

/**
 * A case of golden/losses.json: bench/README.md describes the file.
 *
 * @param loss      its name there
 * @param options   numbers, words and truth values
 * @param reduction none, mean, sum or batchmean
 * @param rows      of the inputs
 * @param columns   of the inputs
 * @param inputs    floats, held as doubles, or whole numbers
 * @param losses    single losses for the reduction none, else null
 * @param value     the reduced loss; NaN for the reduction none
 * @param gradients of the value, or of the sum of the losses, by the names of inputs
 */
record GoldenCase(String loss, Map<String, Object> options, String reduction, int rows, int columns,
    Map<String, double[]> inputs, double[] losses, double value, Map<String, double[]> gradients) {

  static List<GoldenCase> all() {
    try (InputStream in = GoldenCase.class.getResourceAsStream("/golden/losses.json")) {
      Map<?, ?> file = (Map<?, ?>) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return ((List<?>) file.get("cases")).stream().map(one -> of((Map<?, ?>) one)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenCase of(Map<?, ?> json) {
    Map<String, Object> options = new LinkedHashMap<>();
    ((Map<?, ?>) json.get("options")).forEach((name, value) -> options.put((String) name, value));
    Object losses = json.get("losses"), value = json.get("value");
    return new GoldenCase((String) json.get("loss"), options, (String) json.get("reduction"),
        ((Number) json.get("rows")).intValue(), ((Number) json.get("columns")).intValue(), arrays(json.get("inputs")),
        losses == null ? null : array(losses), value == null ? Double.NaN : ((Number) value).doubleValue(),
        arrays(json.get("gradients")));
  }

  private static Map<String, double[]> arrays(Object json) {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    ((Map<?, ?>) json).forEach((name, list) -> arrays.put((String) name, array(list)));
    return arrays;
  }

  private static double[] array(Object json) {
    return ((List<?>) json).stream().mapToDouble(x -> ((Number) x).doubleValue()).toArray();
  }

  boolean has(String input) {
    return inputs.containsKey(input);
  }

  double[] get(String input) {
    return inputs.get(input);
  }

  float[] floats(String input) {
    double[] x = get(input);
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }

  int[] ints(String input) {
    double[] x = get(input);
    int[] y = new int[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (int) x[i];
    }
    return y;
  }

  double number(String option) {
    return options.get(option) instanceof String word // the one number that JSON has no digits for
        ? Double.parseDouble(word.replace("inf", "Infinity"))
        : ((Number) options.get(option)).doubleValue();
  }

  double number(String option, double absent) {
    return options.containsKey(option) ? number(option) : absent;
  }

  boolean flag(String option) {
    return (Boolean) options.get(option);
  }

  String word(String option) {
    return (String) options.get(option);
  }

  /** The library's word: a mean over the number, whatever weighs, is Keras's. */
  Reduction reductionOr(Reduction mean) {
    return switch (reduction) {
      case "none" -> Reduction.NONE;
      case "sum" -> Reduction.SUM;
      case "batchmean" -> Reduction.SUM_OVER_BATCH_SIZE;
      case "mean" -> "count".equals(options.get("meanBy")) ? Reduction.SUM_OVER_BATCH_SIZE : mean;
      default -> throw new IllegalArgumentException(reduction);
    };
  }

  Reduction reductionOfLibrary() {
    return reductionOr(Reduction.MEAN);
  }

  @Override
  public String toString() {
    StringBuilder more = new StringBuilder();
    inputs.keySet().stream().filter(name -> name.endsWith("Weight") || name.equals("alpha"))
        .forEach(name -> more.append(", ").append(name));
    return loss + options + more + ", " + reduction + ", " + rows + " x " + columns;
  }
}
