package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * A loss that a lambda writes down ({@link Losses#custom}). The lambda is called once for each number of columns that a
 * {@link LossCall} meets; what it returns is computed, with its gradient, as a graph whose memory the call keeps.
 *
 * <p>If the lambda returns one number, as a {@link Expression#sum} or a {@link Expression#mean}, that is the loss: it
 * has reduced by itself, and neither the reduction nor weights of samples have a say. If it returns a number for each
 * sample, or for each element, the reduction makes one of them: {@link Reduction#MEAN} divides by the sum of the
 * weights of what was returned. A sample of weight 0 is taken out of the batch before anything is computed, so that
 * nothing it holds, a NaN neither, is seen; its gradient is 0.
 *
 * <p>A row is a whole sample, but for labels: there it is the scores of the classes. Statistics see nothing of it.
 * Immutable; a lambda that gives the same formula each time is the caller's part.
 */
public final class CustomLoss implements Loss {

  /** What there is beside predictions. */
  enum Target {
    NUMBERS, CLASSES, NOTHING
  }

  /** What the lambda makes of prediction, target (the prediction again where there is none) and parameters. */
  interface Formula {
    Expression of(Expression prediction, Expression target, Map<LossParameter, Expression> parameters);
  }

  /** A formula with parameters of its own. */
  @FunctionalInterface
  public interface WithParameters {
    /**
     * Writes the loss down.
     *
     * @param prediction rows of predictions
     * @param target     as many targets
     * @param parameters each with its one number or its number for each column
     * @return one number, one for each sample, or one for each element
     */
    Expression of(Expression prediction, Expression target, Map<LossParameter, Expression> parameters);
  }

  private final Formula formula;
  private final Target target;
  private final List<LossParameter> parameters;
  private final Map<String, Object> description;
  private final Reduction reduction;
  private final EmptyPolicy empty;

  CustomLoss(Formula formula, Target target, List<LossParameter> parameters, Map<String, Object> description) {
    this(Objects.requireNonNull(formula, "formula"), target, distinct(parameters), description, Reduction.MEAN,
        EmptyPolicy.NAN);
  }

  private CustomLoss(Formula formula, Target target, List<LossParameter> parameters, Map<String, Object> description,
      Reduction reduction, EmptyPolicy empty) {
    this.formula = formula;
    this.target = target;
    this.parameters = parameters;
    this.description = description;
    this.reduction = Objects.requireNonNull(reduction, "reduction");
    this.empty = Objects.requireNonNull(empty, "empty");
  }

  /** A copy of parameters that have names of their own. */
  static List<LossParameter> distinct(List<LossParameter> parameters) {
    Set<String> names = new HashSet<>();
    for (LossParameter parameter : parameters) {
      if (!names.add(parameter.name())) {
        throw new IllegalArgumentException("two parameters are named " + parameter.name());
      }
    }
    return List.copyOf(parameters);
  }

  /**
   * The same with another reduction.
   *
   * @param other how what the lambda returns becomes one value, unless it is one
   * @return a loss
   */
  public CustomLoss reduction(Reduction other) {
    return new CustomLoss(formula, target, parameters, description, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public CustomLoss empty(EmptyPolicy other) {
    return new CustomLoss(formula, target, parameters, description, reduction, other);
  }

  Formula formula() {
    return formula;
  }

  Target target() {
    return target;
  }

  Reduction reduction() {
    return reduction;
  }

  EmptyPolicy empty() {
    return empty;
  }

  @Override
  public boolean takesLabels() {
    return target == Target.CLASSES;
  }

  @Override
  public boolean takesTarget() {
    return target != Target.NOTHING;
  }

  @Override
  public boolean takesWholeSamples() {
    return target != Target.CLASSES;
  }

  @Override
  public List<LossParameter> parameters() {
    return parameters;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a label or weight is wrong, values in the lambda do not fit together, or
   *                                  weights are given to what the lambda has reduced by itself; nothing is written
   *                                  then
   */
  @Override
  public double evaluate(LossCall call) {
    return call.scratch().session(this).evaluate(this, call);
  }

  /** Predictions are taken as they are. */
  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    // the lambda alone knows what they mean
  }

  @Override
  public Map<String, Object> describe() {
    return description;
  }
}
