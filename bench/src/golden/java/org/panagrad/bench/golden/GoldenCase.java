package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Inputs and options of one loss. Its gradients come from libtorch's autograd and are compared with differences of the
 * value, which also finds inputs on a kink; not so where a note says what the gradient is instead.
 */
record GoldenCase(String loss, Formula formula, Map<String, Object> options, Reduce reduce, int rows, int columns,
    Map<String, Values> inputs, @Nullable String note) {
  private static final double STEP = 0x1p-17;
  private static final double TOLERANCE = 1e-5; // of differences, relative to the greatest gradient

  /** The case with its value and gradients, as it stands in the file. */
  Map<String, Object> compute() {
    try (PointerScope _ = new PointerScope()) {
      Map<String, Tensor> tensors = tensors();
      inputs.keySet().stream().filter(Inputs::isDifferentiable).forEach(name -> tensors.get(name).requires_grad_(true));
      Tensor value = formula.of(new Inputs(tensors, options), reduce);
      value.sum().backward();
      Map<String, Object> gradients = new LinkedHashMap<>();
      for (String name : inputs.keySet()) {
        if (Inputs.isDifferentiable(name)) {
          List<Double> gradient = read(tensors.get(name).grad());
          if (note == null) {
            check(name, gradient);
          }
          gradients.put(name, gradient);
        }
      }
      return json(read(value), gradients);
    }
  }

  private Map<String, Object> json(List<Double> value, Map<String, Object> gradients) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("loss", loss);
    json.put("options", options);
    json.put("reduction", reduce.json());
    json.put("rows", (long) rows);
    json.put("columns", (long) columns);
    if (note != null) {
      json.put("note", note);
    }
    Map<String, Object> arrays = new LinkedHashMap<>();
    inputs.forEach((name, values) -> arrays.put(name, values.json()));
    json.put("inputs", arrays);
    if (reduce == Reduce.NONE) {
      json.put("losses", value);
    } else {
      json.put("value", value.getFirst());
    }
    json.put("gradients", gradients);
    return json;
  }

  private void check(String name, List<Double> gradient) {
    double scale = gradient.stream().mapToDouble(Math::abs).reduce(1, Math::max);
    for (int i = 0; i < gradient.size(); i++) {
      double difference = (sum(name, i, STEP) - sum(name, i, -STEP)) / (2 * STEP);
      if (!(Math.abs(difference - gradient.get(i)) <= TOLERANCE * scale)) {
        throw new IllegalStateException("gradient " + gradient.get(i) + ", difference " + difference + ": " + name + " "
            + i + " of " + loss + options + " " + reduce + " " + rows + " x " + columns);
      }
    }
  }

  /** The sum of the losses, or the value, with one input moved. */
  private double sum(String name, int at, double step) {
    try (PointerScope _ = new PointerScope()) {
      Map<String, Tensor> tensors = tensors();
      Values values = inputs.get(name);
      tensors.put(name, values.tensor(at, values.numbers()[at] + step));
      return formula.of(new Inputs(tensors, options), reduce).sum().item_double();
    }
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach((name, values) -> tensors.put(name, values.tensor()));
    return tensors;
  }

  private static List<Double> read(Tensor tensor) {
    Tensor dense = tensor.contiguous();
    double[] numbers = new double[(int) dense.numel()];
    new DoublePointer(dense.data_ptr()).get(numbers);
    List<Double> list = new ArrayList<>(numbers.length);
    for (double x : numbers) {
      list.add(x + 0.0); // no -0
    }
    return list;
  }
}
