package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * The same elements in another shape; nothing is moved, so an image becomes rows of its lines, channels last.
 *
 * @param shape of a sample, with as many elements
 */
public record Reshape(Shape shape) implements Layer {

  /**
   * The layer.
   *
   * @param sizes of the new shape
   * @return it
   */
  public static Reshape of(long... sizes) {
    return new Reshape(Shape.of(sizes));
  }

  @Override
  public String kind() {
    return "reshape";
  }

  @Override
  public boolean isView() {
    return true;
  }

  @Override
  public Value build(Builder builder, Value... x) {
    if (x[0].shape().elements() != shape.elements()) {
      throw builder.refuse("its input has shape " + x[0].shape() + ", which is not as many elements as " + shape);
    }
    return builder.graph().view(x[0], shape);
  }

  @Override
  public Map<String, Object> options() {
    return Map.of("shape", shape.sizes());
  }
}
