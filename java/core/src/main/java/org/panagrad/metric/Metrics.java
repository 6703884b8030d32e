package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

/**
 * The metrics by their names.
 *
 * <p>Those of classes take labels (ints) and an output for each class, logits or anything else of the same order; a row
 * that holds a NaN is predicted as no class, and so is wrong. Those named binary take numbers as targets, positive
 * above 0.5, and look at each output by itself; a NaN is predicted as neither. The others take numbers, and a NaN makes
 * them NaN.
 */
public final class Metrics {
  private Metrics() {}

  // one of K classes

  /**
   * Share of samples whose label has the greatest output. A tie counts for the first; a row that holds a NaN is wrong.
   *
   * @return the metric
   */
  public static Metric accuracy() {
    return new LabelMean("accuracy",
        (x, from, outputs, label) -> Rows.greatest(x, from, outputs) == label ? 1 : 0);
  }

  /**
   * Share of samples whose label has not the greatest output: 1 less {@link #accuracy}.
   *
   * @return the metric
   */
  public static Metric error() {
    return new LabelMean("error", (x, from, outputs, label) -> Rows.greatest(x, from, outputs) == label ? 0 : 1);
  }

  /**
   * Share of samples whose label is among the greatest outputs. Of equal ones the first come first; a row that holds a
   * NaN is wrong.
   *
   * @param k how many outputs, at least 1
   * @return the metric
   */
  public static Metric topK(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + ": expected 1 or more");
    }
    return new LabelMean("top-" + k + " accuracy", (x, from, outputs, label) -> {
      long rank = Rows.rank(x, from, outputs, label);
      return rank >= 0 && rank < k ? 1 : 0;
    });
  }

  /**
   * Precision: of the samples predicted as a class, the share that has it; 0 for a class that is never predicted.
   *
   * @param average over the classes
   * @return the metric
   */
  public static Metric precision(Average average) {
    return new LabelRatio("precision", Ratio.precision(), average);
  }

  /**
   * Recall: of the samples that have a class, the share predicted as it; 0 for a class that no sample has.
   *
   * @param average over the classes
   * @return the metric
   */
  public static Metric recall(Average average) {
    return new LabelRatio("recall", Ratio.recall(), average);
  }

  /**
   * F1: the harmonic mean of precision and recall; 0 for a class that is neither predicted nor there.
   *
   * @param average over the classes
   * @return the metric
   */
  public static Metric f1(Average average) {
    return new LabelRatio("F1", Ratio.fBeta(1), average);
  }

  /**
   * F-beta: as {@link #f1}, with recall counted beta times as much as precision.
   *
   * @param beta    above 0
   * @param average over the classes
   * @return the metric
   */
  public static Metric fBeta(double beta, Average average) {
    return new LabelRatio("F" + beta, Ratio.fBeta(beta), average);
  }

  /**
   * Mean of -log(softmax of the logits at the label).
   *
   * @return the metric
   */
  public static Metric logLoss() {
    return new LabelMean("log loss", (x, from, outputs, label) -> Rows.logSumExp(x, from, outputs, -1)
        - x.getAtIndex(JAVA_FLOAT, from + label));
  }

  /**
   * Area under the curve of true positives over false positives, for one class against the others, by its probability:
   * the chance that a sample of the class has a greater one than another sample, equal ones counted half. It is exact,
   * and keeps 8 bytes for each sample; its value takes a sort. NaN while there is no sample of the class or none of the
   * others.
   *
   * @param positiveClass the class
   * @return the metric
   */
  public static Metric rocAuc(int positiveClass) {
    if (positiveClass < 0) {
      throw new IllegalArgumentException("the positive class is " + positiveClass + ": expected 0 or more");
    }
    return new RocAuc("ROC AUC", positiveClass);
  }

  // yes or no

  /**
   * Share of predictions on their target's side, for logits: one above 0 says yes.
   *
   * @return the metric
   */
  public static Metric binaryAccuracy() {
    return binaryAccuracy(0);
  }

  /**
   * Share of predictions on their target's side.
   *
   * @param threshold a prediction above it says yes: 0.5 for probabilities, log(p / (1 - p)) for the logit of p
   * @return the metric
   */
  public static Metric binaryAccuracy(double threshold) {
    requireThreshold(threshold);
    return ElementMean.of("accuracy",
        (p, t) -> p == p && p > threshold == BinaryRatio.isPositive(t) ? 1 : 0);
  }

  /**
   * Of those predicted as positive the share that is; 0 if none was.
   *
   * @param threshold as of {@link #binaryAccuracy(double)}
   * @return the metric
   */
  public static Metric binaryPrecision(double threshold) {
    requireThreshold(threshold);
    return new BinaryRatio("precision", Ratio.precision(), threshold);
  }

  /**
   * Of the positives the share predicted as positive; 0 if there are none.
   *
   * @param threshold as of {@link #binaryAccuracy(double)}
   * @return the metric
   */
  public static Metric binaryRecall(double threshold) {
    requireThreshold(threshold);
    return new BinaryRatio("recall", Ratio.recall(), threshold);
  }

  /**
   * F-beta of the positives; 0 if none is there and none was predicted.
   *
   * @param beta      above 0; 1 weighs precision and recall alike
   * @param threshold as of {@link #binaryAccuracy(double)}
   * @return the metric
   */
  public static Metric binaryFBeta(double beta, double threshold) {
    requireThreshold(threshold);
    return new BinaryRatio(beta == 1 ? "F1" : "F" + beta, Ratio.fBeta(beta), threshold);
  }

  private static void requireThreshold(double threshold) {
    if (threshold != threshold) {
      throw new IllegalArgumentException("the threshold is NaN: nothing lies above it");
    }
  }

  /**
   * Mean of -(t log(p) + (1 - t) log(1 - p)) for p = sigmoid of the logit; targets t may lie between 0 and 1.
   *
   * @return the metric
   */
  public static Metric binaryLogLoss() {
    return ElementMean.of("log loss",
        (x, t) -> (x > 0 ? x : 0) - (double) x * t + StrictMath.log1p(StrictMath.exp(-Math.abs((double) x))));
  }

  /**
   * Area under the curve of true positives over false positives: the chance that a positive has a greater prediction
   * than a negative, equal ones counted half. It is exact, and keeps 8 bytes for each prediction; its value takes a
   * sort. NaN while there is no positive or no negative, or if a prediction is NaN.
   *
   * @return the metric
   */
  public static Metric binaryRocAuc() {
    return new RocAuc("ROC AUC", RocAuc.ELEMENTS);
  }

  // numbers

  /**
   * Mean of squared errors.
   *
   * @return the metric
   */
  public static Metric meanSquaredError() {
    return ElementMean.of("MSE", (p, t) -> square((double) p - t));
  }

  /**
   * Root of the mean of squared errors, of all samples.
   *
   * @return the metric
   */
  public static Metric rootMeanSquaredError() {
    return new ElementMean("RMSE", (p, t) -> square((double) p - t), Math::sqrt);
  }

  /**
   * Mean of absolute errors.
   *
   * @return the metric
   */
  public static Metric meanAbsoluteError() {
    return ElementMean.of("MAE", (p, t) -> Math.abs((double) p - t));
  }

  private static double square(double x) {
    return x * x;
  }

  /**
   * R squared: 1 less the sum of squared errors over that of the targets' differences from their mean, of each output,
   * and the mean over the outputs. 0 is what their mean would reach as a prediction. NaN while the targets of an output
   * are all equal.
   *
   * @return the metric
   */
  public static Metric rSquared() {
    return new RSquared("R2");
  }
}
