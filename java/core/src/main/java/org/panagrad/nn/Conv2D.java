package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Conv2DOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/**
 * A convolution of images with square kernels. On disk the weight has PyTorch's layout (out, in, height, width).
 *
 * @param filters     output channels, at least 1
 * @param kernel      height and width of the window
 * @param stride      elements between windows
 * @param padding     zeros around the image
 * @param dilation    elements between neighbours in a window
 * @param isRelu      whether relu follows
 * @param initializer of the weight, or null for what suits the activation
 */
public record Conv2D(int filters, int kernel, int stride, int padding, int dilation, boolean isRelu,
    @Nullable Initializers initializer) implements Layer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if filters, kernel, stride or dilation is less than 1, or the padding negative
   */
  public Conv2D {
    if (filters < 1 || kernel < 1 || stride < 1 || padding < 0 || dilation < 1) {
      throw new IllegalArgumentException("Conv2D with " + filters + " filters, kernel " + kernel + ", stride " + stride
          + ", padding " + padding + ", dilation " + dilation
          + ": filters, kernel, stride and dilation must be at least 1, padding at least 0");
    }
  }

  /**
   * With stride 1, no padding, no activation.
   *
   * @param filters output channels
   * @param kernel  height and width of the window
   * @return the layer
   */
  public static Conv2D of(int filters, int kernel) {
    return new Conv2D(filters, kernel, 1, 0, 1, false, null);
  }

  /**
   * With another stride.
   *
   * @param stride elements between windows
   * @return a copy
   */
  public Conv2D stride(int stride) {
    return new Conv2D(filters, kernel, stride, padding, dilation, isRelu, initializer);
  }

  /**
   * With zeros around the image.
   *
   * @param padding less than the kernel
   * @return a copy
   */
  public Conv2D padding(int padding) {
    return new Conv2D(filters, kernel, stride, padding, dilation, isRelu, initializer);
  }

  /**
   * With windows that leave elements out.
   *
   * @param dilation elements between neighbours in a window, at least 1
   * @return a copy
   */
  public Conv2D dilation(int dilation) {
    return new Conv2D(filters, kernel, stride, padding, dilation, isRelu, initializer);
  }

  /**
   * With relu.
   *
   * @return a copy
   */
  public Conv2D relu() {
    return new Conv2D(filters, kernel, stride, padding, dilation, true, initializer);
  }

  /**
   * With other initial values.
   *
   * @param initializer of the weight
   * @return a copy
   */
  public Conv2D initializer(Initializers initializer) {
    return new Conv2D(filters, kernel, stride, padding, dilation, isRelu, initializer);
  }

  @Override
  public String kind() {
    return "conv2d";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Window window = Windows.over(builder, x[0], kernel, stride, padding, dilation);
    long channels = window.channels(), area = (long) kernel * kernel, seen = area * channels;
    // (out, in, ky, kx) on disk, (ky, kx, in, out) inside
    Parameter.Layout layout = disk -> {
      long place = disk % area, in = disk / area % channels, out = disk / seen;
      return (place * channels + in) * filters + out;
    };
    Initializers initial = initializer == null ? Initializers.suiting(isRelu) : initializer;
    Parameter weight = builder.parameter("weight", Shape.of(filters, channels, kernel, kernel),
        Shape.of(seen, filters), layout,
        initial, seen, area * filters);
    Parameter bias = builder.parameter("bias", Shape.of(filters), Shape.of(filters), i -> i,
        Initializers.ZEROS, seen, area * filters);
    Value y = builder.value(Shape.of(window.outHeight(), window.outWidth(), filters), x);
    builder.add(new Conv2DOp(window, x[0], y, weight, bias, isRelu));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("filters", filters);
    options.put("kernel", kernel);
    options.put("stride", stride);
    options.put("padding", padding);
    if (dilation != 1) {
      options.put("dilation", dilation);
    }
    options.put("relu", isRelu);
    return options;
  }
}
