package org.panagrad.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of one sample: (features), or (height, width, channels) of an image.
 *
 * @param sizes at least one, each at least 1
 */
public record Shape(List<Long> sizes) {

  /**
   * Copies the sizes.
   *
   * @throws IllegalArgumentException if there is none, one is less than 1, or there are more than 2^31 - 1 elements
   */
  public Shape {
    sizes = List.copyOf(sizes);
    long elements = 1;
    for (long size : sizes) {
      if (size < 1 || size > Integer.MAX_VALUE || (elements *= size) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "shape " + sizes + ": sizes must be at least 1, and at most 2^31 - 1 elements in all");
      }
    }
    if (sizes.isEmpty()) {
      throw new IllegalArgumentException("a shape needs at least one size");
    }
  }

  /**
   * A shape.
   *
   * @param sizes at least one
   * @return the shape
   */
  public static Shape of(long... sizes) {
    List<Long> list = new ArrayList<>();
    for (long size : sizes) {
      list.add(size);
    }
    return new Shape(list);
  }

  /**
   * Number of sizes.
   *
   * @return 3 for an image
   */
  public int rank() {
    return sizes.size();
  }

  /**
   * One size.
   *
   * @param axis from 0
   * @return its size
   */
  public long size(int axis) {
    return sizes.get(axis);
  }

  /**
   * The last size: channels of an image.
   *
   * @return its size
   */
  public long last() {
    return sizes.getLast();
  }

  /**
   * Floats of a sample.
   *
   * @return the product of the sizes
   */
  public long elements() {
    long elements = 1;
    for (int i = 0; i < sizes.size(); i++) { // no iterator: it is asked for in every step
      elements *= sizes.get(i);
    }
    return elements;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (long size : sizes) {
      text.append(text.isEmpty() ? "" : "x").append(size);
    }
    return text.toString();
  }
}
