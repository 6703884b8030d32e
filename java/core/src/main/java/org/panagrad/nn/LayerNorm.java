package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.LayerNormOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * Layer norm over the last axis (Ba, Kiros and Hinton, 2016), with a learned factor and summand for each of its
 * elements.
 *
 * @param epsilon added to the variance, positive
 */
public record LayerNorm(double epsilon) implements Layer {

  /**
   * Checks epsilon.
   *
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public LayerNorm {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ": it must be positive and finite");
    }
  }

  /**
   * With PyTorch's epsilon, 1e-5.
   *
   * @return the layer
   */
  public static LayerNorm of() {
    return new LayerNorm(1e-5);
  }

  @Override
  public String kind() {
    return "layernorm";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Shape columns = Shape.of(x[0].shape().last());
    Parameter gamma = builder.parameter("weight", columns, columns, i -> i, Initializers.ONES, 1, 1);
    Parameter beta = builder.parameter("bias", columns, columns, i -> i, Initializers.ZEROS, 1, 1);
    Value y = builder.value(x[0].shape(), x);
    builder.add(new LayerNormOp(x[0], y, gamma, beta, (float) epsilon));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Map.of("epsilon", epsilon);
  }
}
