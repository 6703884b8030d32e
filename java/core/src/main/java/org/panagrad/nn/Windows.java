package org.panagrad.nn;

import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/** Square windows over the output of a layer. */
final class Windows {
  private Windows() {
  }

  static Window over(Builder builder, Value x, int size, int stride, int padding, int dilation) {
    Shape shape = x.shape();
    if (shape.rank() != 3) {
      throw builder.refuse("its input has shape " + shape + ": an image (height x width x channels) is needed");
    }
    try {
      return Window.of(shape.size(0), shape.size(1), shape.size(2), size, size, stride, padding, dilation);
    } catch (IllegalArgumentException e) {
      throw builder.refuse(String.valueOf(e.getMessage()));
    }
  }
}
