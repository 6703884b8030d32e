package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/** Square windows over the input or the output of a layer, and the options of layers that only have such a window. */
final class Windows {
  private Windows() {
  }

  /** The shape of a value that must be an image. */
  static Shape image(Builder builder, Value x) {
    Shape shape = x.shape();
    if (shape.rank() != 3) {
      throw builder.refuse("its input has shape " + shape + ": an image (height x width x channels) is needed");
    }
    return shape;
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

  /** Of pooling: a place for each window, all channels. */
  static Shape output(Window window) {
    return Shape.of(window.outHeight(), window.outWidth(), window.channels());
  }

  static void requirePositive(String layer, int size, int stride) {
    if (size < 1 || stride < 1) {
      throw new IllegalArgumentException(
          layer + " of size " + size + ", stride " + stride + ": both must be at least 1");
    }
  }

  static Map<String, Object> options(int size, int stride) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("size", size);
    options.put("stride", stride);
    return options;
  }
}
