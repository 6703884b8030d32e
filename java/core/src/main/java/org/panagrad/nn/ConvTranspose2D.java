package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.ConvTranspose2DOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/**
 * A transposed convolution of images with square kernels: each pixel paints its window, so that a stride makes images
 * larger. What {@link Conv2D} of the same kernel, stride and padding makes of the output has the input's size. On disk the
 * weight has PyTorch's layout (in, out, height, width).
 *
 * @param filters     output channels, at least 1
 * @param kernel      height and width of the window
 * @param stride      elements between windows of the output
 * @param padding     rows and columns that are left out around the output
 * @param isRelu      whether relu follows
 * @param initializer of the weight, or null for what suits the activation
 */
public record ConvTranspose2D(int filters, int kernel, int stride, int padding, boolean isRelu,
    @Nullable Initializers initializer) implements Layer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if filters, kernel or stride is less than 1, or the padding negative
   */
  public ConvTranspose2D {
    if (filters < 1 || kernel < 1 || stride < 1 || padding < 0) {
      throw new IllegalArgumentException("ConvTranspose2D with " + filters + " filters, kernel " + kernel + ", stride "
          + stride + ", padding " + padding + ": filters, kernel and stride must be at least 1, padding at least 0");
    }
  }

  /**
   * With stride 1, no padding, no activation.
   *
   * @param filters output channels
   * @param kernel  height and width of the window
   * @return the layer
   */
  public static ConvTranspose2D of(int filters, int kernel) {
    return new ConvTranspose2D(filters, kernel, 1, 0, false, null);
  }

  /**
   * With another stride.
   *
   * @param stride elements between windows of the output
   * @return a copy
   */
  public ConvTranspose2D stride(int stride) {
    return new ConvTranspose2D(filters, kernel, stride, padding, isRelu, initializer);
  }

  /**
   * Without the border of the output.
   *
   * @param padding rows and columns that are left out on each side, less than the kernel
   * @return a copy
   */
  public ConvTranspose2D padding(int padding) {
    return new ConvTranspose2D(filters, kernel, stride, padding, isRelu, initializer);
  }

  /**
   * With relu.
   *
   * @return a copy
   */
  public ConvTranspose2D relu() {
    return new ConvTranspose2D(filters, kernel, stride, padding, true, initializer);
  }

  /**
   * With other initial values.
   *
   * @param initializer of the weight
   * @return a copy
   */
  public ConvTranspose2D initializer(Initializers initializer) {
    return new ConvTranspose2D(filters, kernel, stride, padding, isRelu, initializer);
  }

  @Override
  public String kind() {
    return "convtranspose2d";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Window window = Windows.under(builder, x[0], filters, kernel, stride, padding);
    long channels = x[0].shape().last(), area = (long) kernel * kernel, spread = area * filters;
    // (in, out, ky, kx) on disk, (in, ky, kx, out) inside
    Parameter.Layout layout = disk -> {
      long place = disk % area, out = disk / area % filters, in = disk / spread;
      return (in * area + place) * filters + out;
    };
    // a pixel of the output lies in one of stride x stride windows
    long fanIn = Math.max(1, area * channels / ((long) stride * stride));
    Initializers initial = initializer == null ? Initializers.suiting(isRelu) : initializer;
    Parameter weight = builder.parameter("weight", Shape.of(channels, filters, kernel, kernel),
        Shape.of(channels, spread), layout, initial, fanIn, spread);
    Parameter bias = builder.parameter("bias", Shape.of(filters), Shape.of(filters), i -> i, Initializers.ZEROS, fanIn,
        spread);
    Value y = builder.value(Shape.of(window.height(), window.width(), filters), x);
    builder.add(new ConvTranspose2DOp(window, x[0], y, weight, bias, isRelu));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("filters", filters);
    options.put("kernel", kernel);
    options.put("stride", stride);
    options.put("padding", padding);
    options.put("relu", isRelu);
    return options;
  }
}
