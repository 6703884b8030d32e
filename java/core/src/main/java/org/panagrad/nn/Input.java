package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * What a sample looks like: the first layer of a network.
 *
 * @param shape of a sample
 */
public record Input(Shape shape) implements Layer {

  /**
   * An image, channels last.
   *
   * @param height   rows
   * @param width    columns
   * @param channels of a pixel
   * @return the input
   */
  public static Input image(int height, int width, int channels) {
    return new Input(Shape.of(height, width, channels));
  }

  /**
   * A row of numbers.
   *
   * @param count how many
   * @return the input
   */
  public static Input features(int count) {
    return new Input(Shape.of(count));
  }

  @Override
  public String kind() {
    return "input";
  }

  @Override
  public Value build(Builder builder, Value x) {
    throw builder.refuse("an input can only be the first layer");
  }

  @Override
  public Map<String, Object> options() {
    return Map.of();
  }
}
