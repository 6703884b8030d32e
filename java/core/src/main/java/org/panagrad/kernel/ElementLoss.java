package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise loss with its options, for {@link LossKernels#elementLoss}: l(x, t) of a prediction x and a target t,
 * and its derivative by x; e = x - t. Immutable; the copy of the options that native code reads is made once.
 */
public final class ElementLoss {
  /** What native code may read of every loss; the weights of columns follow. */
  static final int OPTIONS = 8;
  /** A float counts the columns exactly. */
  private static final int MOST_COLUMNS = 1 << 24;

  private final ElementFormula formula;
  private final float[] options;
  private final MemorySegment struct;

  private ElementLoss(ElementFormula formula, double... options) {
    this(formula, new float[0], options);
  }

  private ElementLoss(ElementFormula formula, float[] ofColumns, double... options) {
    this.formula = formula;
    this.options = new float[OPTIONS + ofColumns.length];
    for (int i = 0; i < options.length; i++) {
      this.options[i] = (float) options[i];
    }
    System.arraycopy(ofColumns, 0, this.options, OPTIONS, ofColumns.length);
    struct = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, this.options).asReadOnly();
  }

  /**
   * {@code e^2}.
   *
   * @return the loss
   */
  public static ElementLoss meanSquaredError() {
    return new ElementLoss(ElementFormula.MEAN_SQUARED_ERROR);
  }

  /**
   * {@code |e|}; the derivative at 0 is 0.
   *
   * @return the loss
   */
  public static ElementLoss meanAbsoluteError() {
    return new ElementLoss(ElementFormula.MEAN_ABSOLUTE_ERROR);
  }

  /**
   * {@code e^2 / 2} where |e| is at most delta, else {@code delta (|e| - delta / 2)} (Huber 1964).
   *
   * @param delta where the parabola becomes a line; positive
   * @return the loss
   * @throws IllegalArgumentException if delta is not a positive number
   */
  public static ElementLoss huber(double delta) {
    return new ElementLoss(ElementFormula.HUBER, positive("delta", delta));
  }

  /**
   * {@code e^2 / (2 beta)} where |e| is less than beta, else {@code |e| - beta / 2}: Huber's loss over beta. 0 gives
   * the absolute error.
   *
   * @param beta where the parabola becomes a line; at least 0
   * @return the loss
   * @throws IllegalArgumentException if beta is negative or no number
   */
  public static ElementLoss smoothL1(double beta) {
    atLeast("beta", beta, 0);
    return new ElementLoss(ElementFormula.SMOOTH_L1, beta, beta == 0 ? 0 : 1 / beta);
  }

  /**
   * {@code ln cosh e}: a parabola near 0, {@code |e| - ln 2} far away.
   *
   * @return the loss
   */
  public static ElementLoss logCosh() {
    return new ElementLoss(ElementFormula.LOG_COSH);
  }

  /**
   * {@code q (t - x)} where the prediction is too small, {@code (1 - q) (x - t)} where it is too large: its minimum is
   * the q-quantile (the pinball loss; Koenker and Bassett 1978).
   *
   * @param q the quantile, between 0 and 1
   * @return the loss
   * @throws IllegalArgumentException if q is not between 0 and 1
   */
  public static ElementLoss quantile(double q) {
    if (!(q > 0 && q < 1)) {
      throw new IllegalArgumentException("q is " + q + ": it must be between 0 and 1");
    }
    return new ElementLoss(ElementFormula.QUANTILE, q, 1 - q);
  }

  /**
   * {@code (ln(1 + x) - ln(1 + t))^2}, for numbers above -1.
   *
   * @return the loss
   */
  public static ElementLoss meanSquaredLogarithmicError() {
    return new ElementLoss(ElementFormula.MEAN_SQUARED_LOGARITHMIC_ERROR);
  }

  /**
   * {@code 100 |e| / max(|t|, 1e-7)}, in percent, as Keras has it.
   *
   * @return the loss
   */
  public static ElementLoss meanAbsolutePercentageError() {
    return new ElementLoss(ElementFormula.MEAN_ABSOLUTE_PERCENTAGE_ERROR, 1e-7);
  }

  /**
   * The negative log-likelihood of counts: {@code e^x - t x} of the logarithm of a rate, or
   * {@code x - t ln(x + epsilon)} of the rate itself.
   *
   * @param logInput whether x is a logarithm
   * @param full     whether Stirling's {@code t ln t - t + ln(2 pi t) / 2} is added where t is above 1
   * @param epsilon  keeps the logarithm of a rate finite; PyTorch's is 1e-8
   * @return the loss
   * @throws IllegalArgumentException if epsilon is negative or no number
   */
  public static ElementLoss poissonNll(boolean logInput, boolean full, double epsilon) {
    atLeast("epsilon", epsilon, 0);
    return new ElementLoss(ElementFormula.POISSON_NLL, logInput ? 1 : 0, full ? 1 : 0, epsilon);
  }

  /**
   * Barron's general and adaptive robust loss (CVPR 2019, equation 8) with a fixed shape:
   * {@code (b / alpha) ((u^2 / b + 1)^(alpha / 2) - 1)} with u = e / scale and b = |alpha - 2|. alpha 2 is u^2 / 2, 1
   * is Charbonnier's, 0 Cauchy's, -2 Geman and McClure's, minus infinity Welsch's.
   *
   * <p>The square is a float: where u^2 or u^2 / b overflows, as beyond |u| of 1.8e19, the loss is infinite for alpha
   * from 0 up, and for alpha below 2 the gradient is 0, though the formula's own are finite.
   *
   * @param alpha shape: the smaller, the less an outlier counts; minus infinity is legal
   * @param scale width of the parabola around 0; positive
   * @return the loss
   * @throws IllegalArgumentException if alpha is NaN or infinity, or scale not positive
   */
  public static ElementLoss generalRobust(double alpha, double scale) {
    if (!(alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("alpha is " + alpha + ": it must be a number, or minus infinity");
    }
    double inverse = 1 / positive("scale", scale), b = Math.abs(alpha - 2);
    if (alpha == 2) {
      return new ElementLoss(ElementFormula.GENERAL_ROBUST, 1, inverse);
    } else if (alpha == 0) {
      return new ElementLoss(ElementFormula.GENERAL_ROBUST, 2, inverse);
    } else if (alpha == Double.NEGATIVE_INFINITY) {
      return new ElementLoss(ElementFormula.GENERAL_ROBUST, 3, inverse);
    }
    return new ElementLoss(ElementFormula.GENERAL_ROBUST, 0, inverse, 1 / b, b / alpha, alpha / 2, alpha / 2 - 1);
  }

  /**
   * Binary cross-entropy on logits: {@code p y ln(1 + e^-x) + (1 - y) ln(1 + e^x)}, with
   * {@code y = t (1 - s) + s / 2}.
   *
   * @param posWeight      p, the weight of positives; 1 for none
   * @param labelSmoothing s, from 0 to 1
   * @return the loss
   * @throws IllegalArgumentException if posWeight is not positive, or labelSmoothing out of range
   */
  public static ElementLoss binaryCrossEntropyLogits(double posWeight, double labelSmoothing) {
    return new ElementLoss(ElementFormula.BINARY_CROSS_ENTROPY_LOGITS, positive("posWeight", posWeight),
        1 - share("labelSmoothing", labelSmoothing), labelSmoothing / 2);
  }

  /**
   * Binary cross-entropy on logits with a weight of positives for each column, as PyTorch's {@code pos_weight} over the
   * last dimension: the p of element i is {@code posWeight[i % posWeight.length]}.
   *
   * @param posWeight      p of each column, not negative; copied
   * @param labelSmoothing s, from 0 to 1
   * @return the loss
   * @throws IllegalArgumentException if a weight is negative or not finite, there is none or more than 2^24, or
   *                                  labelSmoothing is out of range
   */
  public static ElementLoss binaryCrossEntropyLogits(float[] posWeight, double labelSmoothing) {
    int columns = posWeight.length;
    if (columns == 0 || columns > MOST_COLUMNS) {
      throw new IllegalArgumentException(
          "posWeight has " + columns + " weights: from 1 to " + MOST_COLUMNS + " can be");
    }
    float[] mine = posWeight.clone();
    for (int c = 0; c < columns; c++) {
      if (!(mine[c] >= 0 && mine[c] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("posWeight[" + c + "] is " + mine[c] + ": a weight is a number from 0 up");
      }
    }
    return new ElementLoss(ElementFormula.BINARY_CROSS_ENTROPY_POS_WEIGHTS, mine, 0,
        1 - share("labelSmoothing", labelSmoothing), labelSmoothing / 2, columns);
  }

  /**
   * Binary cross-entropy on probabilities (log loss): {@code -(y ln x + (1 - y) ln(1 - x))}, y as on logits; no
   * logarithm is taken for less than -100 and the derivative's divisor x (1 - x) for less than 1e-12, as in PyTorch.
   *
   * @param labelSmoothing from 0 to 1
   * @return the loss
   * @throws IllegalArgumentException if labelSmoothing is out of range
   */
  public static ElementLoss binaryCrossEntropy(double labelSmoothing) {
    return new ElementLoss(ElementFormula.BINARY_CROSS_ENTROPY, 1, 1 - share("labelSmoothing", labelSmoothing),
        labelSmoothing / 2);
  }

  /**
   * The focal loss on logits (Lin et al. 2017): binary cross-entropy times {@code a q^gamma}, q the probability of
   * being wrong, a the weight of the target's class.
   *
   * @param gamma how much easy examples are turned down; at least 0
   * @param alpha weight of positives, that of negatives being 1 - alpha, or a negative number for 1 each
   * @return the loss
   * @throws IllegalArgumentException if gamma is negative, or alpha above 1
   */
  public static ElementLoss focal(double gamma, double alpha) {
    atLeast("gamma", gamma, 0);
    if (!(alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ": it must be at most 1; negative means no weights");
    }
    return alpha < 0
        ? new ElementLoss(ElementFormula.FOCAL, gamma, 0, 1)
        : new ElementLoss(ElementFormula.FOCAL, gamma, alpha - (1 - alpha), 1 - alpha);
  }

  /**
   * {@code max(0, margin - t x)}, for targets -1 and 1; the derivative at the kink is 0.
   *
   * @param margin how far a prediction must be on its side; positive
   * @return the loss
   * @throws IllegalArgumentException if margin is not positive
   */
  public static ElementLoss hinge(double margin) {
    return new ElementLoss(ElementFormula.HINGE, positive("margin", margin));
  }

  /**
   * {@code max(0, margin - t x)^2}, for targets -1 and 1.
   *
   * @param margin how far a prediction must be on its side; positive
   * @return the loss
   * @throws IllegalArgumentException if margin is not positive
   */
  public static ElementLoss squaredHinge(double margin) {
    return new ElementLoss(ElementFormula.SQUARED_HINGE, positive("margin", margin));
  }

  /**
   * {@code e^2 / 2}.
   *
   * @return the loss
   */
  public static ElementLoss leastSquares() {
    return new ElementLoss(ElementFormula.LEAST_SQUARES);
  }

  /**
   * {@code -t x}: a critic's score with its side's sign (Arjovsky et al. 2017).
   *
   * @return the loss
   */
  public static ElementLoss wasserstein() {
    return new ElementLoss(ElementFormula.WASSERSTEIN);
  }

  /**
   * A term of the Kullback-Leibler divergence, {@code t (ln t - x)} of a logarithm x of a probability, as PyTorch has
   * it; 0 where t is 0.
   *
   * @param logTarget whether t is a logarithm too
   * @return the loss
   */
  public static ElementLoss kullbackLeibler(boolean logTarget) {
    return new ElementLoss(ElementFormula.KULLBACK_LEIBLER, logTarget ? 1 : 0);
  }

  static double positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be positive");
    }
    return value;
  }

  static double atLeast(String name, double value, double least) {
    if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least " + least);
    }
    return value;
  }

  static double share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be from 0 to 1");
    }
    return value;
  }

  /**
   * Asks whether targets and weights are legal, which {@link LossKernels#elementLoss} asks of its own range.
   *
   * @param target  n floats
   * @param weights a float for each {@code columns} elements, or null
   * @param columns elements that share a weight
   * @param from    first element
   * @param to      end
   * @throws IllegalArgumentException if a weight is negative or not finite, or a hinge loss's target not -1 or 1
   */
  public void check(MemorySegment target, @Nullable MemorySegment weights, long columns, long from, long to) {
    if (weights != null) {
      Checks.weights("weights", weights, from / columns, Checks.parts(to, columns));
    }
    if (takesSigns()) {
      Checks.signs(target, from, to);
    }
  }

  /**
   * Asks whether a loss with weights of columns fits rows of so many.
   *
   * @param columns length of a row
   * @throws IllegalArgumentException if it has another number of weights
   */
  public void checkColumns(long columns) {
    int weights = options.length - OPTIONS;
    if (weights > 0 && weights != columns) {
      throw new IllegalArgumentException("posWeight has " + weights + " weights, there are " + columns + " columns");
    }
  }

  ElementFormula formula() {
    return formula;
  }

  /** Whether targets are -1 and 1. */
  private boolean takesSigns() {
    return formula == ElementFormula.HINGE || formula == ElementFormula.SQUARED_HINGE;
  }

  /** The options as the formula reads them; not to be changed. */
  float[] options() {
    return options;
  }

  /** The same in native memory. */
  MemorySegment struct() {
    return struct;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ElementLoss loss && loss.formula == formula && Arrays.equals(loss.options, options);
  }

  @Override
  public int hashCode() {
    return 31 * formula.hashCode() + Arrays.hashCode(options);
  }

  @Override
  public String toString() {
    return formula.name().toLowerCase(Locale.ROOT) + Arrays.toString(options);
  }
}
