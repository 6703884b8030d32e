package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/** An image as a row of numbers; nothing is moved. */
public record Flatten() implements Layer {

  /**
   * The layer.
   *
   * @return it
   */
  public static Flatten of() {
    return new Flatten();
  }

  @Override
  public String kind() {
    return "flatten";
  }

  @Override
  public boolean isView() {
    return true;
  }

  @Override
  public Value build(Builder builder, Value... x) {
    return builder.graph().view(x[0], Shape.of(x[0].shape().elements()));
  }

  @Override
  public Map<String, Object> options() {
    return Map.of();
  }
}
