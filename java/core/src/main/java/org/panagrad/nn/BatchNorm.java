package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.graph.BatchNormOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * Batch norm over all axes but the last (Ioffe and Szegedy, 2015), with a learned factor and summand for each channel.
 * On disk it has PyTorch's names: weight, bias, running_mean, running_var.
 *
 * @param epsilon  added to the variance, positive
 * @param momentum the share of a new batch in the running mean and variance, from 0 to 1: PyTorch's; Keras's is 1 less
 *                 that
 */
public record BatchNorm(double epsilon, double momentum) implements Layer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public BatchNorm {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ": it must be positive and finite");
    }
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum is " + momentum + ": it must be from 0 to 1");
    }
  }

  /**
   * With PyTorch's epsilon, 1e-5, and momentum, 0.1.
   *
   * @return the layer
   */
  public static BatchNorm of() {
    return new BatchNorm(1e-5, 0.1);
  }

  /**
   * With another share of new batches in the running mean and variance.
   *
   * @param momentum from 0 to 1
   * @return a copy
   */
  public BatchNorm momentum(double momentum) {
    return new BatchNorm(epsilon, momentum);
  }

  @Override
  public String kind() {
    return "batchnorm";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Shape columns = Shape.of(x[0].shape().last());
    Parameter gamma = builder.parameter("weight", columns, columns, i -> i, Initializers.ONES, 1, 1);
    Parameter beta = builder.parameter("bias", columns, columns, i -> i, Initializers.ZEROS, 1, 1);
    Parameter mean = builder.buffer("running_mean", columns, Initializers.ZEROS);
    Parameter variance = builder.buffer("running_var", columns, Initializers.ONES);
    Value y = builder.value(x[0].shape(), x);
    builder.add(new BatchNormOp(x[0], y, gamma, beta, mean, variance, epsilon, momentum));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("epsilon", epsilon);
    options.put("momentum", momentum);
    return options;
  }
}
