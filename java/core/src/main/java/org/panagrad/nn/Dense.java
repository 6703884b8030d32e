package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.DenseOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * A fully connected layer, {@code y = activation(x W + b)}. On disk the weight has PyTorch's layout (out, in); after a
 * {@link Flatten} of an image, in counts channels first, as PyTorch flattens. Of a sequence, it works on each step.
 *
 * @param units       outputs, at least 1
 * @param isRelu      whether relu follows
 * @param initializer of the weight, or null for what suits the activation
 */
public record Dense(int units, boolean isRelu, @Nullable Initializers initializer) implements Layer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if units is less than 1
   */
  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("units is " + units + ": it must be at least 1");
    }
  }

  /**
   * A layer without activation.
   *
   * @param units outputs
   * @return the layer
   */
  public static Dense of(int units) {
    return new Dense(units, false, null);
  }

  /**
   * With relu.
   *
   * @return a copy
   */
  public Dense relu() {
    return new Dense(units, true, initializer);
  }

  /**
   * With other initial values.
   *
   * @param initializer of the weight
   * @return a copy
   */
  public Dense initializer(Initializers initializer) {
    return new Dense(units, isRelu, initializer);
  }

  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Shape shape = x[0].shape();
    if (shape.rank() > 2) {
      throw builder.refuse("its input has shape " + shape + ": put a Flatten before it");
    }
    long in = shape.last();
    Initializers initial = initializer == null ? Initializers.suiting(isRelu) : initializer;
    Parameter weight = builder.parameter("weight", Shape.of(units, in), Shape.of(in, units), layout(x[0], units),
        initial, in, units);
    Parameter bias = builder.parameter("bias", Shape.of(units), Shape.of(units), i -> i, Initializers.ZEROS, in,
        units);
    Value y = builder.value(shape.rank() == 1 ? Shape.of(units) : Shape.of(shape.size(0), units), x);
    builder.add(new DenseOp(x[0], y, weight, bias, isRelu));
    return y;
  }

  /** From (out, in) on disk to (in, out) inside; a flattened image counts (c, h, w) on disk and (h, w, c) inside. */
  private static Parameter.Layout layout(Value x, long units) {
    long in = x.shape().last();
    Value flattened = x.viewed();
    if (flattened == null || flattened.shape().rank() != 3 || x.shape().rank() != 1) {
      return disk -> disk % in * units + disk / in;
    }
    long height = flattened.shape().size(0), width = flattened.shape().size(1), channels = flattened.shape().size(2);
    return disk -> {
      long i = disk % in, c = i / (height * width), place = i % (height * width);
      return (place * channels + c) * units + disk / in;
    };
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("units", units);
    options.put("relu", isRelu);
    return options;
  }
}
