package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.DenseOp;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * A fully connected layer, {@code y = activation(x W + b)}. On disk the weight has PyTorch's layout (out, in); after a
 * {@link Flatten} of an image, in counts channels first, as PyTorch flattens.
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
  public Value build(Builder builder, Value x) {
    if (x.shape().rank() != 1) {
      throw builder.refuse("its input has shape " + x.shape() + ": put a Flatten before it");
    }
    Graph graph = builder.graph();
    long in = x.shape().elements();
    Initializers initial = initializer == null ? Initializers.suiting(isRelu) : initializer;
    Parameter weight = graph.parameter(builder.name() + ".weight", Shape.of(units, in), Shape.of(in, units),
        layout(x, units),
        initial.get(), in, units);
    Parameter bias = graph.parameter(builder.name() + ".bias", Shape.of(units), Shape.of(units), i -> i,
        Initializers.ZEROS.get(), in,
        units);
    Value y = graph.value(Shape.of(units));
    graph.add(new DenseOp(x, y, weight, bias, isRelu));
    return y;
  }

  /** From (out, in) on disk to (in, out) inside; a flattened image counts (c, h, w) on disk and (h, w, c) inside. */
  private static Parameter.Layout layout(Value x, long units) {
    long in = x.shape().elements();
    Value flattened = x.viewed();
    if (flattened == null || flattened.shape().rank() != 3) {
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
