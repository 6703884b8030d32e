package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.AveragePoolOp;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/** The mean of each channel over the whole image. */
public record GlobalAveragePool2D() implements Layer {

  /**
   * The layer.
   *
   * @return it
   */
  public static GlobalAveragePool2D of() {
    return new GlobalAveragePool2D();
  }

  @Override
  public String kind() {
    return "globalaveragepool2d";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Shape shape = Windows.image(builder, x[0]);
    Window window = Window.of(shape.size(0), shape.size(1), shape.last(), shape.size(0), shape.size(1), 1, 0);
    Value y = builder.value(Shape.of(shape.last()), x);
    builder.add(new AveragePoolOp(window, x[0], y));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Map.of();
  }
}
