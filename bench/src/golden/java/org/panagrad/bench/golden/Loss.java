package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The cases of a loss. Its random inputs depend on its name and the cases before, not on other losses. */
final class Loss {
  /** A shape and a reduction. */
  private record Place(int rows, int columns, Reduce reduce) {
  }

  private static final List<Place> FIRST = List.of(new Place(1, 1, Reduce.MEAN), new Place(1, 10, Reduce.NONE),
      new Place(4, 7, Reduce.MEAN), new Place(3, 17, Reduce.SUM));
  private static final List<List<Place>> FURTHER = List.of(
      List.of(new Place(1, 10, Reduce.MEAN), new Place(4, 7, Reduce.NONE)),
      List.of(new Place(4, 7, Reduce.MEAN)));

  private final String name;
  private final Formula formula;
  private final Map<String, Draw> inputs;
  private final Random random;
  private final List<GoldenCase> cases = new ArrayList<>();
  private int variants;

  Loss(String name, Map<String, Draw> inputs, Formula formula) {
    this.name = name;
    this.inputs = inputs;
    this.formula = formula;
    this.random = new Random(name.hashCode());
  }

  List<GoldenCase> list() {
    return cases;
  }

  /** These options at the next shapes and reductions: all shapes the first time, one or two from then on. */
  Loss cases(Object... options) {
    return cases(Map.of(), options);
  }

  /** The same with further inputs. */
  Loss cases(Map<String, Draw> further, Object... options) {
    for (Place place : variants == 0 ? FIRST : FURTHER.get(variants % FURTHER.size())) {
      at(place.rows, place.columns, place.reduce, further, options);
    }
    variants++;
    return this;
  }

  /** One case. */
  Loss at(int rows, int columns, Reduce reduce, Object... options) {
    return at(rows, columns, reduce, Map.of(), options);
  }

  /** One case with further inputs, or inputs in place of the loss's own. */
  Loss at(int rows, int columns, Reduce reduce, Map<String, Draw> further, Object... options) {
    return add(null, formula, rows, columns, reduce, further, options);
  }

  /** One case whose gradient is not the derivative of its value; the note says what it is. */
  Loss edge(String note, int rows, int columns, Reduce reduce, Map<String, Draw> further, Object... options) {
    return add(note, formula, rows, columns, reduce, further, options);
  }

  /** With weights that multiply the losses of a row or an element; the mean is over their number or over the weights. */
  Loss weighted(Draw weights) {
    Map<String, Draw> further = Map.of("sampleWeight", weights);
    add(null, this::weigh, 1, 10, Reduce.NONE, further);
    add(null, this::weigh, 4, 7, Reduce.SUM, further);
    add(null, this::weigh, 4, 7, Reduce.MEAN, further, "meanBy", "count");
    return add(null, this::weigh, 4, 7, Reduce.MEAN, further, "meanBy", "weights");
  }

  private Tensor weigh(Inputs in, Reduce reduce) {
    Tensor losses = formula.of(in, Reduce.NONE);
    Tensor weights = in.get("sampleWeight");
    Tensor wide = (weights.dim() < losses.dim() ? weights.unsqueeze(1) : weights).expand_as(losses);
    Tensor weighted = losses.mul(wide);
    return "weights".equals(in.word("meanBy")) ? weighted.sum().div(wide.sum()) : reduce.of(weighted);
  }

  private Loss add(@Nullable String note, Formula formula, int rows, int columns, Reduce reduce,
      Map<String, Draw> further, Object... options) {
    Map<String, Draw> draws = new LinkedHashMap<>(inputs);
    draws.putAll(further);
    Map<String, Values> values = new LinkedHashMap<>();
    draws.forEach((input, draw) -> values.put(input, draw.draw(random, rows, columns)));
    cases.add(new GoldenCase(name, formula, options(options), reduce, rows, columns, values, note));
    return this;
  }

  private static Map<String, Object> options(Object... namesAndValues) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value instanceof Double x && (float) (double) x != x) {
        throw new IllegalArgumentException(namesAndValues[i] + ": " + x + " is no float");
      }
      options.put((String) namesAndValues[i], value instanceof Integer n ? Long.valueOf(n) : value);
    }
    return options;
  }
}
