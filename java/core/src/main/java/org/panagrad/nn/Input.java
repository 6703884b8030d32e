package org.panagrad.nn;

import org.panagrad.graph.Shape;

/**
 * What a network reads of a sample.
 *
 * @param shape    of a sample
 * @param name     of the input; a dataset's columns need not have it
 * @param isInt    whether its elements are whole numbers: words for an embedding, or lengths
 * @param gradient whether the gradient of the loss with respect to it is wanted
 */
public record Input(Shape shape, String name, boolean isInt, boolean gradient) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the name is blank, or the gradient of whole numbers is wanted
   */
  public Input {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of an input is blank");
    }
    if (isInt && gradient) {
      throw new IllegalArgumentException("input " + name + " holds whole numbers: there is no gradient by them");
    }
  }

  /**
   * An image, channels last.
   *
   * @param height   rows
   * @param width    columns
   * @param channels of a pixel
   * @return the input
   */
  public static Input image(int height, int width, int channels) {
    return new Input(Shape.of(height, width, channels), "image", false, false);
  }

  /**
   * A row of numbers.
   *
   * @param count how many
   * @return the input
   */
  public static Input features(int count) {
    return new Input(Shape.of(count), "features", false, false);
  }

  /**
   * A row of numbers for each time step.
   *
   * @param steps    of a sequence, padding included
   * @param features of a step
   * @return the input
   */
  public static Input sequence(int steps, int features) {
    return new Input(Shape.of(steps, features), "sequence", false, false);
  }

  /**
   * Words, for an embedding.
   *
   * @param steps of a sequence, padding included
   * @return the input
   */
  public static Input tokens(int steps) {
    return new Input(Shape.of(steps), "tokens", true, false);
  }

  /**
   * How many steps of a sequence are no padding.
   *
   * @return the input
   */
  public static Input lengths() {
    return new Input(Shape.of(1), "lengths", true, false);
  }

  /**
   * With another name.
   *
   * @param name not blank
   * @return a copy
   */
  public Input named(String name) {
    return new Input(shape, name, isInt, gradient);
  }

  /**
   * Whose gradient {@link org.panagrad.train.Model#inputGradient} is to give.
   *
   * @return a copy
   */
  public Input withGradient() {
    return new Input(shape, name, isInt, true);
  }

  /**
   * The beginning of a {@link Network}.
   *
   * @return a node of its own
   */
  public Node node() {
    return Node.input(this);
  }
}
