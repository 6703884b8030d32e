package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.MapOp;
import org.panagrad.graph.Op;
import org.panagrad.graph.ReluOp;
import org.panagrad.graph.SoftmaxOp;
import org.panagrad.graph.Value;
import org.panagrad.kernel.UnaryFunction;

/**
 * A function of each element, or, for softmax, of the last axis. {@link Dense} and {@link Conv2D} have a relu of their
 * own, which costs less.
 *
 * @param function  which
 * @param parameter its number, where it has one; else 0
 */
public record Activation(Function function, double parameter) implements Layer {

  /** What an activation computes. */
  public enum Function {
    /** {@code max(x, 0)}. */
    RELU(null),
    /** {@code x > 0 ? x : parameter * x}. */
    LEAKY_RELU(UnaryFunction.LEAKY_RELU),
    /** {@code x > 0 ? x : parameter * (e^x - 1)}. */
    ELU(UnaryFunction.ELU),
    /** {@code x * P(X <= x)} for a standard normal X, by the error function (Hendrycks and Gimpel, 2016). */
    GELU(UnaryFunction.GELU),
    /** The same, with a hyperbolic tangent near it. */
    GELU_TANH(UnaryFunction.GELU_TANH),
    /** {@code x * sigmoid(x)}. */
    SILU(UnaryFunction.SILU),
    /** {@code tanh(x)}. */
    TANH(UnaryFunction.TANH),
    /** {@code 1 / (1 + e^-x)}. */
    SIGMOID(UnaryFunction.SIGMOID),
    /** {@code ln(1 + e^x)}. */
    SOFTPLUS(UnaryFunction.SOFTPLUS),
    /** {@code e^x} over their sum along the last axis. A loss of logits wants none before it. */
    SOFTMAX(null);

    private final @Nullable UnaryFunction map;

    Function(@Nullable UnaryFunction map) {
      this.map = map;
    }

    private Op operation(float parameter, Value x, Value y) {
      return map != null ? new MapOp(map, parameter, 0, x, y) : this == RELU ? new ReluOp(x, y) : new SoftmaxOp(x, y);
    }
  }

  /**
   * Checks the parameter.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public Activation {
    if (!Double.isFinite(parameter)) {
      throw new IllegalArgumentException("parameter of " + function + " is " + parameter + ": it must be finite");
    }
  }

  /**
   * {@code max(x, 0)}.
   *
   * @return the layer
   */
  public static Activation relu() {
    return new Activation(Function.RELU, 0);
  }

  /**
   * {@code x > 0 ? x : slope * x}.
   *
   * @param slope of what is negative; 0.01 in PyTorch, 0.3 in Keras
   * @return the layer
   */
  public static Activation leakyRelu(double slope) {
    return new Activation(Function.LEAKY_RELU, slope);
  }

  /**
   * {@code x > 0 ? x : alpha * (e^x - 1)}.
   *
   * @param alpha 1 as a rule
   * @return the layer
   */
  public static Activation elu(double alpha) {
    return new Activation(Function.ELU, alpha);
  }

  /**
   * Gaussian error linear units, by the error function.
   *
   * @return the layer
   */
  public static Activation gelu() {
    return new Activation(Function.GELU, 0);
  }

  /**
   * {@code x * sigmoid(x)}, also called swish.
   *
   * @return the layer
   */
  public static Activation silu() {
    return new Activation(Function.SILU, 0);
  }

  /**
   * {@code tanh(x)}.
   *
   * @return the layer
   */
  public static Activation tanh() {
    return new Activation(Function.TANH, 0);
  }

  /**
   * {@code 1 / (1 + e^-x)}.
   *
   * @return the layer
   */
  public static Activation sigmoid() {
    return new Activation(Function.SIGMOID, 0);
  }

  /**
   * {@code ln(1 + e^x)}.
   *
   * @return the layer
   */
  public static Activation softplus() {
    return new Activation(Function.SOFTPLUS, 0);
  }

  /**
   * Probabilities along the last axis.
   *
   * @return the layer
   */
  public static Activation softmax() {
    return new Activation(Function.SOFTMAX, 0);
  }

  @Override
  public String kind() {
    return "activation";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    if (x[0].isInt()) {
      throw builder.refuse("its input of shape " + x[0].shape() + " holds whole numbers");
    }
    Value y = builder.value(x[0].shape(), x);
    builder.add(function.operation((float) parameter, x[0], y));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("function", function.name().toLowerCase(Locale.ROOT));
    options.put("parameter", parameter);
    return options;
  }
}
