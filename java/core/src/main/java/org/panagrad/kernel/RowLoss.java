package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A loss of rows with its options, for {@link LossKernels#rowLoss}: of a row x with a label t. On logits p is the row's
 * softmax and {@code h[c] = -ln p[c]}; w[c] is the weight of a class, 1 where there are none. Immutable; the copy of
 * the options that native code reads is made once.
 */
public final class RowLoss {
  /** The label that {@link #ignoreIndex(int)} cannot name: it stands for none. */
  public static final int NO_INDEX = Integer.MIN_VALUE;

  private final RowFormula formula;
  private final Options options;
  private final MemorySegment struct;
  private final @Nullable MemorySegment classWeights;

  /** The fields of pana_row_options in panagrad.h, in order, and the weights that its sum is of. */
  private record Options(int ignoreIndex, double smoothing, double zLoss, double gamma, double margin,
      float @Nullable [] classWeights) {
    float classWeightSum() {
      double sum = 0;
      for (float w : classWeights == null ? new float[0] : classWeights) {
        sum += w;
      }
      return (float) sum;
    }
  }

  private RowLoss(RowFormula formula, Options options) {
    this.formula = formula;
    this.options = options;
    struct = Arena.ofAuto().allocate(7 * 4, 8);
    struct.setAtIndex(ValueLayout.JAVA_INT, 0, options.ignoreIndex);
    float[] floats = {(float) (1 - options.smoothing), (float) options.smoothing, (float) options.zLoss,
        options.classWeightSum(), (float) options.gamma, (float) options.margin};
    MemorySegment.copy(floats, 0, struct, ValueLayout.JAVA_FLOAT, 4, floats.length);
    classWeights = options.classWeights == null
        ? null
        : Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, options.classWeights).asReadOnly();
  }

  private static RowLoss of(RowFormula formula, double gamma, double margin) {
    return new RowLoss(formula, new Options(NO_INDEX, 0, 0, gamma, margin, null));
  }

  /**
   * Softmax-cross-entropy on logits with labels: {@code sum over c of a[c] h[c] + z (ln sum over c of e^x[c])^2}, with
   * {@code a[c] = (1 - s) w[t] [c == t] + s / columns w[c]} for a smoothing s and a zLoss z.
   *
   * @return the loss, without options h[t]
   */
  public static RowLoss softmaxCrossEntropy() {
    return of(RowFormula.SOFTMAX_CROSS_ENTROPY, 0, 0);
  }

  /**
   * Softmax-cross-entropy on logits with probabilities y as targets: {@code sum over c of a[c] h[c]}, with
   * {@code a[c] = w[c] ((1 - s) y[c] + s / columns)}. They are taken as they are, not divided by their sum.
   *
   * @return the loss
   */
  public static RowLoss softmaxCrossEntropyOfProbabilities() {
    return of(RowFormula.SOFTMAX_CROSS_ENTROPY_PROBABILITIES, 0, 0);
  }

  /**
   * The focal loss on logits with labels (Lin et al. 2017): {@code w[t] (1 - p[t])^gamma h[t]}.
   *
   * @param gamma how much easy rows are turned down; at least 0
   * @return the loss
   * @throws IllegalArgumentException if gamma is negative or no number
   */
  public static RowLoss focalSoftmax(double gamma) {
    return of(RowFormula.FOCAL_SOFTMAX, ElementLoss.atLeast("gamma", gamma, 0), 0);
  }

  /**
   * The entropy of the softmax of logits, {@code sum over c of p[c] h[c]}; there is no target.
   *
   * @return the loss
   */
  public static RowLoss entropy() {
    return of(RowFormula.ENTROPY, 0, 0);
  }

  /**
   * Negative log-likelihood of logarithms of probabilities, {@code -w[t] x[t]}.
   *
   * @return the loss
   */
  public static RowLoss nll() {
    return of(RowFormula.NLL, 0, 0);
  }

  /**
   * The multi-class hinge of Crammer and Singer: {@code w[t] max(0, margin + max over c != t of x[c] - x[t])}. Of equal
   * greatest scores the first has the derivative.
   *
   * @param margin how far the label's score must be above the others; positive
   * @return the loss
   * @throws IllegalArgumentException if margin is not positive
   */
  public static RowLoss multiClassHinge(double margin) {
    return of(RowFormula.MULTI_CLASS_HINGE, 0, ElementLoss.positive("margin", margin));
  }

  /**
   * The 0-1 loss: w[t] where the first greatest score is not the label's. A value to look at: its gradient is 0.
   *
   * @return the loss
   */
  public static RowLoss zeroOne() {
    return of(RowFormula.ZERO_ONE, 0, 0);
  }

  /**
   * Weights of the classes.
   *
   * @param weights one for each class, not negative; copied
   * @return the same loss with them
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public RowLoss classWeight(float... weights) {
    for (int c = 0; c < weights.length; c++) {
      if (!(weights[c] >= 0 && weights[c] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "classWeight[" + c + "] is " + weights[c] + ": a weight is a number from 0 up");
      }
    }
    return new RowLoss(formula, new Options(options.ignoreIndex, options.smoothing, options.zLoss, options.gamma,
        options.margin, weights.clone()));
  }

  /**
   * A label whose rows count nothing: loss 0, gradient 0, and no part of the divisor of MEAN. PyTorch's is -100.
   *
   * @param label any int but {@link #NO_INDEX}, which stands for none
   * @return the same loss with it
   */
  public RowLoss ignoreIndex(int label) {
    return new RowLoss(formula, new Options(label, options.smoothing, options.zLoss, options.gamma, options.margin,
        options.classWeights));
  }

  /**
   * How much of the target is spread over all classes.
   *
   * <p>The distances of a row's logits from the greatest are added as floats. Where their sum overflows, as for logits
   * of both signs near 3e38, the loss is infinite though the formula's share of it may not be; the gradient needs no
   * such sum.
   *
   * @param smoothing from 0 to 1
   * @return the same loss with it
   * @throws IllegalArgumentException if smoothing is out of range, or the loss has none
   */
  public RowLoss labelSmoothing(double smoothing) {
    require(formula == RowFormula.SOFTMAX_CROSS_ENTROPY || formula == RowFormula.SOFTMAX_CROSS_ENTROPY_PROBABILITIES,
        "labelSmoothing");
    return new RowLoss(formula, new Options(options.ignoreIndex, ElementLoss.share("labelSmoothing", smoothing),
        options.zLoss, options.gamma, options.margin, options.classWeights));
  }

  /**
   * The z-loss, which keeps logits small: {@code zLoss (ln sum over c of e^x[c])^2} is added.
   *
   * @param zLoss its factor, at least 0
   * @return the same loss with it
   * @throws IllegalArgumentException if zLoss is negative, or the loss has none
   */
  public RowLoss zLoss(double zLoss) {
    require(formula == RowFormula.SOFTMAX_CROSS_ENTROPY, "zLoss");
    return new RowLoss(formula, new Options(options.ignoreIndex, options.smoothing,
        ElementLoss.atLeast("zLoss", zLoss, 0), options.gamma, options.margin, options.classWeights));
  }

  private void require(boolean has, String option) {
    if (!has) {
      throw new IllegalArgumentException(this + " has no " + option);
    }
  }

  RowFormula formula() {
    return formula;
  }

  /**
   * The label whose rows count nothing.
   *
   * @return it, or {@link #NO_INDEX}
   */
  public int ignoreIndex() {
    return options.ignoreIndex;
  }

  /** Option i as the formula reads it: 1 keep, 2 smoothing, 3 z-loss, 4 sum of class weights, 5 gamma, 6 margin. */
  float option(int i) {
    return struct.getAtIndex(ValueLayout.JAVA_FLOAT, i);
  }

  /**
   * How much of the target is spread over all classes.
   *
   * @return from 0 to 1
   */
  public double labelSmoothing() {
    return options.smoothing;
  }

  /**
   * The factor of the z-loss.
   *
   * @return at least 0
   */
  public double zLoss() {
    return options.zLoss;
  }

  /**
   * The weights of the classes.
   *
   * @return a float for each class, read-only, or null where there are none
   */
  public @Nullable MemorySegment classWeights() {
    return classWeights;
  }

  /** The options in native memory. */
  MemorySegment struct() {
    return struct;
  }

  /**
   * The divisor of a mean over the rows that count, which are those whose label is not ignored and whose weight is not
   * 0.
   *
   * @param labels   an int for each row; null for targets that are no labels, whose classes' weights do not count
   * @param weights  a float for each row, or null for 1
   * @param rows     how many
   * @param weighted true: the sum of each row's weight times its class's, as in PyTorch; false: their number
   * @return the divisor, 0 where nothing counts
   * @throws IllegalArgumentException if a label is out of the range of class weights
   */
  public double divisor(@Nullable MemorySegment labels, @Nullable MemorySegment weights, long rows, boolean weighted) {
    MemorySegment classes = labels == null ? null : classWeights;
    if (weights == null && classes == null && (labels == null || options.ignoreIndex == NO_INDEX)) {
      return rows;
    }
    if (classes != null) {
      Checks.labels(labels, classes.byteSize() / 4, options.ignoreIndex, 0, rows);
    }
    double sum = 0;
    for (long r = 0; r < rows; r++) {
      int label = labels == null ? 0 : labels.getAtIndex(ValueLayout.JAVA_INT, r);
      float weight = weights == null ? 1 : weights.getAtIndex(ValueLayout.JAVA_FLOAT, r);
      sum += labels == null ? weighted || weight == 0 ? weight : 1 : share(label, weight, weighted);
    }
    return sum;
  }

  /**
   * What one row with a label adds to {@link #divisor}.
   *
   * @param label    in the range of the class weights, where there are any, or the ignored one
   * @param weight   of the row
   * @param weighted true: its weight times its class's; false: 1 where it counts
   * @return 0 for a row that does not count
   */
  public double share(int label, float weight, boolean weighted) {
    if (weight == 0 || label == options.ignoreIndex) {
      return 0;
    }
    return !weighted
        ? 1
        : classWeights == null
            ? weight
            : (double) weight * classWeights.getAtIndex(ValueLayout.JAVA_FLOAT, label);
  }

  /**
   * Asks whether labels and weights are legal, which {@link LossKernels#rowLoss} asks of its own range.
   *
   * @param target  as the loss takes them
   * @param weights a float for each row, or null
   * @param columns length of a row
   * @param from    first row
   * @param to      end
   * @throws IllegalArgumentException if a label is out of range, or a weight negative or not finite
   */
  public void check(@Nullable MemorySegment target, @Nullable MemorySegment weights, long columns, long from, long to) {
    if (weights != null) {
      Checks.weights("weights", weights, from, to);
    }
    if (takesLabels()) {
      Checks.labels(target, columns, options.ignoreIndex, from, to);
    }
  }

  /**
   * What targets are.
   *
   * @return true for an int label for each row
   */
  public boolean takesLabels() {
    return formula.takesLabels();
  }

  /**
   * Whether there is a target at all.
   *
   * @return false for {@link #entropy}
   */
  public boolean takesTarget() {
    return formula != RowFormula.ENTROPY;
  }

  /**
   * Whether predictions are logits, of which a softmax makes probabilities.
   *
   * @return false for {@link #nll} and {@link #multiClassHinge}
   */
  public boolean takesLogits() {
    return formula.takesLogits();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowLoss loss && loss.formula == formula && loss.struct.mismatch(struct) < 0
        && Arrays.equals(loss.options.classWeights, options.classWeights);
  }

  @Override
  public int hashCode() {
    return 31 * formula.hashCode() + Arrays.hashCode(options.classWeights);
  }

  @Override
  public String toString() {
    return formula.name().toLowerCase(Locale.ROOT);
  }
}
