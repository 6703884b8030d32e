package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.AveragePoolOp;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Window;

/**
 * The mean of each square window; rows and columns that fill no window are left out.
 *
 * @param size   height and width of the window
 * @param stride elements between windows
 */
public record AveragePool2D(int size, int stride) implements Layer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is less than 1
   */
  public AveragePool2D {
    Windows.requirePositive("AveragePool2D", size, stride);
  }

  /**
   * Windows side by side.
   *
   * @param size height and width, and the stride
   * @return the layer
   */
  public static AveragePool2D of(int size) {
    return new AveragePool2D(size, size);
  }

  /**
   * The same with windows that overlap, or leave gaps.
   *
   * @param elements between windows
   * @return a layer
   * @throws IllegalArgumentException if less than 1
   */
  public AveragePool2D stride(int elements) {
    return new AveragePool2D(size, elements);
  }

  @Override
  public String kind() {
    return "averagepool2d";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Window window = Windows.over(builder, x[0], size, stride, 0, 1);
    Value y = builder.value(Windows.output(window), x);
    builder.add(new AveragePoolOp(window, x[0], y));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Windows.options(size, stride);
  }
}
