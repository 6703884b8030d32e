package org.panagrad.nn;

import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/** Square windows over the output of a layer, or over a layer's own output. */
final class Windows {
  private Windows() {
  }

  static Window over(Builder builder, Value x, int size, int stride, int padding, int dilation) {
    Shape image = image(builder, x);
    try {
      return Window.of(image.size(0), image.size(1), image.size(2), size, size, stride, padding, dilation);
    } catch (IllegalArgumentException e) {
      throw builder.refuse(String.valueOf(e.getMessage()));
    }
  }

  /** Over the image of so many channels whose windows are the pixels of x. */
  static Window under(Builder builder, Value x, int channels, int size, int stride, int padding) {
    Shape image = image(builder, x);
    long height = (image.size(0) - 1) * stride + size - 2L * padding;
    long width = (image.size(1) - 1) * stride + size - 2L * padding;
    try {
      return Window.of(height, width, channels, size, size, stride, padding);
    } catch (IllegalArgumentException e) {
      throw builder.refuse(String.valueOf(e.getMessage()));
    }
  }

  private static Shape image(Builder builder, Value x) {
    Shape shape = x.shape();
    if (shape.rank() != 3) {
      throw builder.refuse("its input has shape " + shape + ": an image (height x width x channels) is needed");
    }
    return shape;
  }
}
