package org.panagrad.loss;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A part of {@link CombinedLoss} or {@link SumOfLosses}.
 *
 * @param name   by which its value is reported
 * @param weight factor of its value and gradient: any finite number. 0 only reports: nothing of the part, a NaN
 *               neither, gets into the total
 * @param loss   of the part
 */
public record WeightedLoss(String name, double weight, Loss loss) {

  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException if the name is blank or the weight not finite
   */
  public WeightedLoss {
    Objects.requireNonNull(loss, "loss");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is \"" + name + "\": a part is reported by its name");
    }
    Ranges.finite("weight of " + name, weight);
  }

  /** Its share of a total. */
  double share(double value) {
    return weight == 0 ? 0 : weight * value;
  }

  Map<String, Object> describe() {
    return Map.of("name", name, "weight", weight, "loss", loss.describe());
  }

  /** A copy of parts that have names of their own. */
  static List<WeightedLoss> distinct(List<WeightedLoss> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("parts is empty: a sum needs at least one loss");
    }
    Set<String> names = new HashSet<>();
    for (WeightedLoss part : parts) {
      if (!names.add(part.name())) {
        throw new IllegalArgumentException("two parts are named " + part.name());
      }
    }
    return List.copyOf(parts);
  }
}
