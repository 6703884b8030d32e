package org.panagrad.bench.golden;

import java.util.LinkedHashMap;
import java.util.Map;

/** Options by PyTorch's names; "beta1", "beta2" for its betas. */
record OptimizerOptions(Map<String, Object> map) {

  static OptimizerOptions of(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>(Map.of("lr", 0.01));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new OptimizerOptions(map);
  }

  boolean has(String name) {
    return map.containsKey(name);
  }

  double number(String name) {
    return (Double) map.get(name);
  }

  double number(String name, double absent) {
    return has(name) ? number(name) : absent;
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(map.get(name));
  }
}
