package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/** Square windows over the output of a layer, and the options of layers that only have such a window. */
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
    Shape shape = image(builder, x);
    try {
      return Window.of(shape.size(0), shape.size(1), shape.size(2), size, size, stride, padding, dilation);
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
