package org.panagrad.bench.golden;

import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** What a formula sees: tensors by name, and options. */
record Inputs(Map<String, Tensor> tensors, Map<String, Object> options) {
  private static final Set<String> CONSTANT = Set.of("target", "labels", "sampleWeight", "classWeight", "posWeight",
      "alpha", "inputLengths", "targetLengths");

  /** Whether the loss has a gradient with respect to this input. */
  static boolean isDifferentiable(String name) {
    return !CONSTANT.contains(name);
  }

  Tensor get(String name) {
    return tensors.get(name);
  }

  Tensor prediction() {
    return get("prediction");
  }

  Tensor target() {
    return get("target");
  }

  Tensor labels() {
    return get("labels");
  }

  /** An input, or libtorch's "none". */
  TensorOptional optional(String name) {
    return tensors.containsKey(name) ? new TensorOptional(get(name)) : new TensorOptional();
  }

  double number(String name) {
    return ((Number) options.get(name)).doubleValue();
  }

  double number(String name, double absent) {
    return options.containsKey(name) ? number(name) : absent;
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(options.get(name));
  }

  String word(String name) {
    return (String) options.get(name);
  }
}
