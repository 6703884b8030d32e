package org.panagrad.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.CustomLoss.Target;
import org.panagrad.loss.ElementwiseLoss.Output;

/**
 * The losses by their names, with PyTorch's defaults: a mean, NaN over nothing. Formulas stand at {@link ElementLoss}
 * and {@link RowLoss}; docs/choosing-a-loss.md says which to take.
 */
public final class Losses {
  private Losses() {
  }

  /**
   * The loss that gave a description: the way back from {@link Loss#describe}. Reduction and word on nothing are not in
   * a description; they are the loss's own defaults again.
   *
   * @param description name and options, as a model's file has them
   * @return the loss
   * @throws IllegalArgumentException if there is no loss of that name in this package, or an option is missing, wrong
   *                                  or unknown
   */
  public static Loss described(Map<?, ?> description) {
    return LossReader.read(description);
  }

  private static ElementwiseLoss elements(ElementLoss function, Output output, Map<String, Object> description) {
    return new ElementwiseLoss(function, output, Reduction.MEAN, EmptyPolicy.NAN, description);
  }

  private static ElementwiseLoss numbers(ElementLoss function, Map<String, Object> description) {
    return elements(function, Output.NUMBERS, description);
  }

  private static RowwiseLoss rows(RowLoss function, Map<String, Object> description) {
    return new RowwiseLoss(function, Reduction.MEAN, EmptyPolicy.NAN, description);
  }

  /**
   * {@link ElementLoss#meanSquaredError}.
   *
   * @return the loss
   */
  public static ElementwiseLoss meanSquaredError() {
    return numbers(ElementLoss.meanSquaredError(), Map.of("name", "meanSquaredError"));
  }

  /**
   * {@link RootMeanSquaredError}: one value for the whole batch.
   *
   * @return the loss
   */
  public static RootMeanSquaredError rootMeanSquaredError() {
    return RootMeanSquaredError.of();
  }

  /**
   * {@link ElementLoss#meanAbsoluteError}.
   *
   * @return the loss
   */
  public static ElementwiseLoss meanAbsoluteError() {
    return numbers(ElementLoss.meanAbsoluteError(), Map.of("name", "meanAbsoluteError"));
  }

  /**
   * {@link ElementLoss#huber}.
   *
   * @param delta where the parabola becomes a line, in units of the target; positive
   * @return the loss
   * @throws IllegalArgumentException if delta is not positive
   */
  public static ElementwiseLoss huber(double delta) {
    return numbers(ElementLoss.huber(delta), Map.of("name", "huber", "delta", delta));
  }

  /**
   * {@link ElementLoss#smoothL1}.
   *
   * @param beta where the parabola becomes a line, in units of the target; at least 0
   * @return the loss
   * @throws IllegalArgumentException if beta is negative
   */
  public static ElementwiseLoss smoothL1(double beta) {
    return numbers(ElementLoss.smoothL1(beta), Map.of("name", "smoothL1", "beta", beta));
  }

  /**
   * {@link ElementLoss#logCosh}.
   *
   * @return the loss
   */
  public static ElementwiseLoss logCosh() {
    return numbers(ElementLoss.logCosh(), Map.of("name", "logCosh"));
  }

  /**
   * {@link ElementLoss#quantile}.
   *
   * @param q between 0 and 1
   * @return the loss
   * @throws IllegalArgumentException if q is not between 0 and 1
   */
  public static ElementwiseLoss quantile(double q) {
    return numbers(ElementLoss.quantile(q), Map.of("name", "quantile", "q", q));
  }

  /**
   * {@link ElementLoss#meanSquaredLogarithmicError}.
   *
   * @return the loss
   */
  public static ElementwiseLoss meanSquaredLogarithmicError() {
    return numbers(ElementLoss.meanSquaredLogarithmicError(), Map.of("name", "meanSquaredLogarithmicError"));
  }

  /**
   * {@link ElementLoss#meanAbsolutePercentageError}.
   *
   * @return the loss
   */
  public static ElementwiseLoss meanAbsolutePercentageError() {
    return numbers(ElementLoss.meanAbsolutePercentageError(), Map.of("name", "meanAbsolutePercentageError"));
  }

  /**
   * {@link ElementLoss#poissonNll} of logarithms of rates, without Stirling's term.
   *
   * @return the loss
   */
  public static ElementwiseLoss poissonNll() {
    return poissonNll(true, false, 1e-8);
  }

  /**
   * {@link ElementLoss#poissonNll}.
   *
   * @param logInput whether predictions are logarithms of rates
   * @param full     whether Stirling's term is added
   * @param epsilon  keeps the logarithm of a rate finite
   * @return the loss
   * @throws IllegalArgumentException if epsilon is negative
   */
  public static ElementwiseLoss poissonNll(boolean logInput, boolean full, double epsilon) {
    return numbers(ElementLoss.poissonNll(logInput, full, epsilon),
        Map.of("name", "poissonNll", "logInput", logInput, "full", full, "epsilon", epsilon));
  }

  /**
   * {@link ElementLoss#generalRobust}.
   *
   * @param alpha shape: the smaller, the less an outlier counts
   * @param scale width of the parabola around 0, in units of the target; positive
   * @return the loss
   * @throws IllegalArgumentException if alpha is NaN or infinity, or scale not positive
   */
  public static ElementwiseLoss generalRobust(double alpha, double scale) {
    return numbers(ElementLoss.generalRobust(alpha, scale),
        Map.of("name", "generalRobust", "alpha", Double.toString(alpha), "scale", scale));
  }

  /**
   * {@link ElementLoss#binaryCrossEntropyLogits(double, double)}: on logits.
   *
   * @return the loss
   */
  public static ElementwiseLoss binaryCrossEntropy() {
    return binaryCrossEntropy(1, 0);
  }

  /**
   * {@link ElementLoss#binaryCrossEntropyLogits(double, double)}: on logits.
   *
   * @param posWeight      weight of positives
   * @param labelSmoothing from 0 to 1
   * @return the loss
   * @throws IllegalArgumentException if posWeight is not positive, or labelSmoothing out of range
   */
  public static ElementwiseLoss binaryCrossEntropy(double posWeight, double labelSmoothing) {
    return elements(ElementLoss.binaryCrossEntropyLogits(posWeight, labelSmoothing), Output.LOGITS,
        Map.of("name", "binaryCrossEntropy", "posWeight", posWeight, "labelSmoothing", labelSmoothing));
  }

  /**
   * {@link ElementLoss#binaryCrossEntropyLogits(float[], double)}: on logits, with a weight of positives for each
   * column.
   *
   * @param posWeight      weight of positives of each column, not negative; copied
   * @param labelSmoothing from 0 to 1
   * @return the loss, which refuses rows of another length
   * @throws IllegalArgumentException if a weight is negative or not finite, or labelSmoothing out of range
   */
  public static ElementwiseLoss binaryCrossEntropy(float[] posWeight, double labelSmoothing) {
    List<Object> weights = new ArrayList<>();
    for (float w : posWeight) {
      weights.add((double) w);
    }
    return elements(ElementLoss.binaryCrossEntropyLogits(posWeight, labelSmoothing), Output.LOGITS, Map.of("name",
        "binaryCrossEntropy", "posWeight", List.copyOf(weights), "labelSmoothing", labelSmoothing));
  }

  /**
   * {@link ElementLoss#binaryCrossEntropy}: on probabilities, which logits are better than.
   *
   * @return the loss
   */
  public static ElementwiseLoss binaryCrossEntropyOfProbabilities() {
    return numbers(ElementLoss.binaryCrossEntropy(0), Map.of("name", "binaryCrossEntropyOfProbabilities"));
  }

  /**
   * {@link ElementLoss#focal}, on logits, without weights of the classes.
   *
   * @param gamma how much easy examples are turned down
   * @return the loss
   * @throws IllegalArgumentException if gamma is negative
   */
  public static ElementwiseLoss focal(double gamma) {
    return focal(gamma, -1);
  }

  /**
   * {@link ElementLoss#focal}, on logits.
   *
   * @param gamma how much easy examples are turned down
   * @param alpha weight of positives, 1 - alpha that of negatives; a negative number for 1 each
   * @return the loss
   * @throws IllegalArgumentException if gamma is negative, or alpha above 1
   */
  public static ElementwiseLoss focal(double gamma, double alpha) {
    return elements(ElementLoss.focal(gamma, alpha), Output.LOGITS,
        Map.of("name", "focal", "gamma", gamma, "alpha", alpha));
  }

  /**
   * {@link ElementLoss#hinge} with margin 1.
   *
   * @return the loss
   */
  public static ElementwiseLoss hinge() {
    return numbers(ElementLoss.hinge(1), Map.of("name", "hinge"));
  }

  /**
   * {@link ElementLoss#squaredHinge} with margin 1.
   *
   * @return the loss
   */
  public static ElementwiseLoss squaredHinge() {
    return numbers(ElementLoss.squaredHinge(1), Map.of("name", "squaredHinge"));
  }

  /**
   * {@link ElementLoss#leastSquares}.
   *
   * @return the loss
   */
  public static ElementwiseLoss leastSquares() {
    return numbers(ElementLoss.leastSquares(), Map.of("name", "leastSquares"));
  }

  /**
   * {@link ElementLoss#wasserstein}.
   *
   * @return the loss
   */
  public static ElementwiseLoss wasserstein() {
    return numbers(ElementLoss.wasserstein(), Map.of("name", "wasserstein"));
  }

  /**
   * {@link ElementLoss#kullbackLeibler} of probabilities. MEAN divides by the elements, as PyTorch's does; Keras's
   * mean, PyTorch's "batchmean", by the rows.
   *
   * @return the loss
   */
  public static ElementwiseLoss kullbackLeibler() {
    return kullbackLeibler(false);
  }

  /**
   * {@link ElementLoss#kullbackLeibler}.
   *
   * @param logTarget whether targets are logarithms too
   * @return the loss
   */
  public static ElementwiseLoss kullbackLeibler(boolean logTarget) {
    return elements(ElementLoss.kullbackLeibler(logTarget), Output.LOG_PROBABILITIES,
        Map.of("name", "kullbackLeibler", "logTarget", logTarget));
  }

  /**
   * {@link RowLoss#softmaxCrossEntropy}: on logits, with labels.
   *
   * @return the loss
   */
  public static RowwiseLoss softmaxCrossEntropy() {
    return rows(RowLoss.softmaxCrossEntropy(), Map.of("name", "softmaxCrossEntropy"));
  }

  /**
   * {@link RowLoss#softmaxCrossEntropyOfProbabilities}: on logits, with a probability for each class.
   *
   * @return the loss
   */
  public static RowwiseLoss softmaxCrossEntropyOfProbabilities() {
    return rows(RowLoss.softmaxCrossEntropyOfProbabilities(), Map.of("name", "softmaxCrossEntropyOfProbabilities"));
  }

  /**
   * {@link RowLoss#focalSoftmax}: on logits, with labels; class weights are its alpha.
   *
   * @param gamma how much easy rows are turned down
   * @return the loss
   * @throws IllegalArgumentException if gamma is negative
   */
  public static RowwiseLoss focalSoftmax(double gamma) {
    return rows(RowLoss.focalSoftmax(gamma), Map.of("name", "focalSoftmax", "gamma", gamma));
  }

  /**
   * {@link RowLoss#entropy}: of the softmax of logits; there is no target. A little of it on unlabelled rows is entropy
   * minimisation (Grandvalet and Bengio 2004): the model shall be sure of something. Alone it is least when everything
   * falls into one class, so keep a labelled term beside it, as {@link SumOfLosses} or {@link CombinedLoss} does.
   *
   * @return the loss
   */
  public static RowwiseLoss entropy() {
    return rows(RowLoss.entropy(), Map.of("name", "entropy"));
  }

  /**
   * {@link RowLoss#nll}: on logarithms of probabilities, with labels.
   *
   * @return the loss
   */
  public static RowwiseLoss nll() {
    return rows(RowLoss.nll(), Map.of("name", "nll"));
  }

  /**
   * {@link RowLoss#multiClassHinge} with margin 1.
   *
   * @return the loss
   */
  public static RowwiseLoss multiClassHinge() {
    return rows(RowLoss.multiClassHinge(1), Map.of("name", "multiClassHinge"));
  }

  /**
   * {@link RowLoss#zeroOne}.
   *
   * @return the loss
   */
  public static RowwiseLoss zeroOne() {
    return rows(RowLoss.zeroOne(), Map.of("name", "zeroOne"));
  }

  /**
   * A loss of one's own: a lambda writes it down, and it is differentiated like all others.
   *
   * <pre>{@code
   * Losses.custom((y, t) -> y.minus(t).abs().pow(1.5).mean())
   * }</pre>
   *
   * @param formula from predictions and as many targets to one number, or one for each sample or element: see
   *                {@link CustomLoss}
   * @return the loss
   */
  public static CustomLoss custom(BinaryOperator<Expression> formula) {
    return custom((y, t, p) -> formula.apply(y, t), Target.NUMBERS, List.of());
  }

  /**
   * A loss of one's own with parameters that it learns along with the model.
   *
   * @param parameters each with a name of its own
   * @param formula    from predictions, as many targets and the parameters to one number, or one for each sample or
   *                   element
   * @return the loss
   * @throws IllegalArgumentException if two parameters have one name
   */
  public static CustomLoss custom(List<LossParameter> parameters, CustomLoss.WithParameters formula) {
    return custom(formula::of, Target.NUMBERS, parameters);
  }

  /**
   * A loss of one's own on labels.
   *
   * @param formula from predictions and a row for each label, 1 at its class and 0 elsewhere, to one number, or one for
   *                each sample or element
   * @return the loss
   */
  public static CustomLoss customOfClasses(BinaryOperator<Expression> formula) {
    return custom((y, t, p) -> formula.apply(y, t), Target.CLASSES, List.of());
  }

  /**
   * A loss of one's own that has no target.
   *
   * @param formula from predictions to one number, or one for each sample or element
   * @return the loss
   */
  public static CustomLoss customWithoutTarget(UnaryOperator<Expression> formula) {
    return custom((y, t, p) -> formula.apply(y), Target.NOTHING, List.of());
  }

  private static CustomLoss custom(CustomLoss.Formula formula, Target target, List<LossParameter> parameters) {
    return new CustomLoss(formula, target, parameters, Map.of("name", "custom"));
  }

  /**
   * {@link AdaptiveRobust}: learns how much outliers pull. Each call has parameters of its own.
   *
   * @return the loss
   */
  public static CustomLoss adaptiveRobust() {
    return AdaptiveRobust.loss();
  }

  /**
   * {@link Dice}, of logits, for each sample, smooth 1.
   *
   * @return the loss
   */
  public static Dice dice() {
    return Dice.of();
  }

  /**
   * {@link Tversky}, of logits, for each sample, smooth 1.
   *
   * @param alpha weight of what is predicted and not wanted
   * @param beta  weight of what is wanted and not predicted
   * @return the loss
   * @throws IllegalArgumentException if a weight is negative
   */
  public static Tversky tversky(double alpha, double beta) {
    return Tversky.of(alpha, beta);
  }
}
