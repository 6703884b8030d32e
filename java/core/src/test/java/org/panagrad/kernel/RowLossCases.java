package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.kernel.KernelCases.SoftmaxRow;

/** The rows of {@link KernelCases} for losses of rows: a formula in double and a tolerance for each. */
final class RowLossCases {
  private static final int IGNORED = -100;

  private RowLossCases() {
  }

  /** A row on its way through an oracle; a formula fills in what comes out, without the row's weight and scale. */
  private static final class Row {
    double[] x, target;
    int columns, first, label;
    double[] classWeights;
    SoftmaxRow softmax;
    double loss, lossError;
    double[] gradient, gradientError;

    double x(int c) {
      return x[first + c];
    }

    double weight(int c) {
      return classWeights == null ? 1 : classWeights[c];
    }

    double targetWeight() {
      return weight(label);
    }

    /** Minus the logarithm of a probability, and its error: of the sum, its logarithm, and the distance. */
    double h(int c) {
      return StrictMath.log(softmax.sum) + (softmax.maximum - x(c));
    }

    double hError(int c) {
      return softmax.error + EPS * (2 * StrictMath.log(softmax.sum) + (softmax.maximum - x(c)) + h(c));
    }

    /** Adds a part of the gradient that is factor * (p - [c == label]), the factor off by so much. */
    void towards(double factor, double error) {
      for (int c = 0; c < columns; c++) {
        double p = softmax.probability(x(c)), hit = c == label ? 1 : 0;
        gradient[c] = factor * (p - hit);
        gradientError[c] = Math.abs(factor) * (softmax.probabilityError(x(c)) + 3 * EPS * (p + hit))
            + error * (p + hit);
      }
    }
  }

  @FunctionalInterface
  private interface Formula {
    void fill(Row row);
  }

  private record Variant(RowLoss loss, double largest, double[] classWeights, Formula formula) {
  }

  private static Variant variant(RowLoss loss, Formula formula) {
    return new Variant(loss, 8, null, formula);
  }

  static List<KernelCase> all() {
    double smoothing = 0.125, z = 0x1p-7;
    return List.of(
        row(new Variant(RowLoss.softmaxCrossEntropy(), 8, null, r -> crossEntropy(r, 0, 0)),
            new Variant(RowLoss.softmaxCrossEntropy(), 1e4, null, r -> crossEntropy(r, 0, 0)),
            variant(RowLoss.softmaxCrossEntropy().ignoreIndex(IGNORED).labelSmoothing(smoothing),
                r -> crossEntropy(r, smoothing, 0)),
            variant(RowLoss.softmaxCrossEntropy().zLoss(z), r -> crossEntropy(r, 0, z)),
            weighted(RowLoss.softmaxCrossEntropy().labelSmoothing(smoothing).zLoss(z),
                r -> crossEntropy(r, smoothing, z))),
        row(variant(RowLoss.softmaxCrossEntropyOfProbabilities(), r -> distribution(r, 0)),
            weighted(RowLoss.softmaxCrossEntropyOfProbabilities().labelSmoothing(smoothing),
                r -> distribution(r, smoothing))),
        row(variant(RowLoss.focalSoftmax(2).ignoreIndex(IGNORED), r -> focal(r, 2)),
            weighted(RowLoss.focalSoftmax(0), r -> focal(r, 0))),
        row(variant(RowLoss.entropy(), RowLossCases::entropy)),
        row(variant(RowLoss.nll().ignoreIndex(IGNORED), RowLossCases::nll), weighted(RowLoss.nll(), RowLossCases::nll)),
        row(variant(RowLoss.multiClassHinge(1.5), RowLossCases::hinge),
            weighted(RowLoss.multiClassHinge(1.5), RowLossCases::hinge)),
        row(variant(RowLoss.zeroOne(), RowLossCases::zeroOne), weighted(RowLoss.zeroOne(), RowLossCases::zeroOne)));
  }

  /** With class weights for as many classes as a size has, hence made anew for each. */
  private static Variant weighted(RowLoss loss, Formula formula) {
    return new Variant(loss, 8, new double[0], formula);
  }

  private static double[] classWeights(long columns) {
    double[] weights = new double[(int) columns];
    for (int c = 0; c < columns; c++) {
      weights[c] = 0.25 + c % 7 * 0.25;
    }
    return weights;
  }

  private static void crossEntropy(Row r, double smoothing, double z) {
    double each = smoothing / r.columns, hit = (1 - smoothing) * r.targetWeight(), all = hit;
    double loss = hit * r.h(r.label), error = hit * r.hError(r.label) + 3 * EPS * loss;
    if (smoothing > 0) {
      for (int c = 0; c < r.columns; c++) {
        double a = each * r.weight(c), distance = r.softmax.maximum - r.x(c);
        all += a;
        loss += a * r.h(c);
        error += a * (r.hError(c) + EPS * (roundings(r.columns) + 6) * (distance + r.h(c)));
      }
    }
    double whole = r.softmax.maximum + StrictMath.log(r.softmax.sum);
    double wholeError = r.softmax.error
        + EPS * (2 * StrictMath.log(r.softmax.sum) + Math.abs(r.softmax.maximum) + Math.abs(whole));
    loss += z * whole * whole;
    r.loss = loss;
    r.lossError = error + z * (2 * Math.abs(whole) * wholeError + 4 * EPS * whole * whole) + 2 * EPS * Math.abs(loss);
    double factor = all + 2 * z * whole;
    double factorError = 2 * z * wholeError + EPS * ((roundings(r.columns) + 6) * all + 4 * z * Math.abs(whole));
    for (int c = 0; c < r.columns; c++) {
      double p = r.softmax.probability(r.x(c)), a = each * r.weight(c) + (c == r.label ? hit : 0);
      r.gradient[c] = factor * p - a;
      r.gradientError[c] = (Math.abs(factor) + factorError) * r.softmax.probabilityError(r.x(c)) + factorError * p
          + EPS * (5 * a + 3 * Math.abs(factor) * p + 2 * Math.abs(r.gradient[c]));
    }
  }

  private static void distribution(Row r, double smoothing) {
    double all = 0, loss = 0, error = 0;
    double[] a = new double[r.columns];
    for (int c = 0; c < r.columns; c++) {
      a[c] = r.weight(c) * ((1 - smoothing) * r.target[r.first + c] + smoothing / r.columns);
      all += a[c];
      loss += a[c] * r.h(c);
      error += a[c] * (r.hError(c) + EPS * (roundings(r.columns) + 8) * r.h(c));
    }
    // the sum of all targets stands before the logarithm, and in the gradient before the probability
    double logarithm = StrictMath.log(r.softmax.sum), allError = EPS * (roundings(r.columns) + 5) * all;
    r.loss = loss;
    r.lossError = error + allError * logarithm + 2 * EPS * loss;
    for (int c = 0; c < r.columns; c++) {
      double p = r.softmax.probability(r.x(c));
      r.gradient[c] = all * p - a[c];
      r.gradientError[c] = all * r.softmax.probabilityError(r.x(c)) + allError * p
          + EPS * (6 * a[c] + 3 * all * p + 2 * Math.abs(r.gradient[c]));
    }
  }

  private static void focal(Row r, double gamma) {
    double h = r.h(r.label), hError = r.hError(r.label), hit = StrictMath.exp(-h), missed = -StrictMath.expm1(-h);
    double missedError = hit * hError + 3 * EPS * missed, logarithm = missed == 0 ? 0 : StrictMath.log(missed);
    double weight = gamma == 0 ? 1 : StrictMath.pow(missed, gamma);
    double weightError = gamma == 0 || missed == 0
        ? 0
        : weight * (gamma * (missedError / missed + 3 * EPS * Math.abs(logarithm)) + 2 * EPS);
    double change = gamma == 0 || missed == 0 ? 0 : gamma * h * hit * weight / missed;
    double changeError = gamma == 0 || missed == 0
        ? 0
        : change * (hError / Math.max(h, TINY) + hError + weightError / weight + missedError / missed + 8 * EPS);
    double w = r.targetWeight();
    r.loss = w * weight * h;
    r.lossError = w * (weightError * h + weight * hError) + 3 * EPS * r.loss;
    r.towards(w * (weight + change), w * (weightError + changeError + 3 * EPS * (weight + change)));
  }

  private static void entropy(Row r) {
    double mean = 0, meanError = 0;
    for (int c = 0; c < r.columns; c++) {
      double p = r.softmax.probability(r.x(c)), d = r.softmax.maximum - r.x(c);
      mean += p * d;
      meanError += d * (r.softmax.probabilityError(r.x(c)) + 3 * EPS * p);
    }
    meanError += EPS * (roundings(r.columns) + 2) * mean;
    double logarithm = StrictMath.log(r.softmax.sum);
    r.loss = logarithm + mean;
    r.lossError = meanError + r.softmax.error + EPS * (2 * logarithm + r.loss);
    for (int c = 0; c < r.columns; c++) {
      double p = r.softmax.probability(r.x(c)), d = r.softmax.maximum - r.x(c);
      r.gradient[c] = p * (d - mean);
      r.gradientError[c] = Math.abs(d - mean) * (r.softmax.probabilityError(r.x(c)) + 3 * EPS * p)
          + p * (meanError + EPS * (d + Math.abs(d - mean)));
    }
  }

  private static void nll(Row r) {
    r.loss = -r.targetWeight() * r.x(r.label);
    r.lossError = EPS * Math.abs(r.loss);
    r.gradient[r.label] = -r.targetWeight();
  }

  private static void hinge(Row r) {
    int best = -1;
    for (int c = 0; c < r.columns; c++) {
      best = c != r.label && (best < 0 || r.x(c) > r.x(best)) ? c : best;
    }
    double violation = best < 0 ? 0 : 1.5 + r.x(best) - r.x(r.label);
    if (violation > 0) {
      r.loss = r.targetWeight() * violation;
      r.lossError = EPS * r.targetWeight() * (Math.abs(r.x(best) - r.x(r.label)) + 2 * violation);
      r.gradient[best] = r.targetWeight();
      r.gradient[r.label] = -r.targetWeight();
    }
  }

  private static void zeroOne(Row r) {
    r.loss = isCorrect(r) ? 0 : r.targetWeight();
  }

  private static boolean isCorrect(Row r) {
    for (int c = 0; c < r.columns; c++) {
      if (r.x(c) > r.x(r.label) || c < r.label && r.x(c) == r.x(r.label)) {
        return false;
      }
    }
    return true;
  }

  /** Every variant, with the options paired; the further ones at fewer sizes. */
  private static KernelCase row(Variant... variants) {
    List<Size> sizes = new ArrayList<>();
    for (int v = 0; v < variants.length; v++) {
      for (Size size : v == 0 ? KernelCases.FEW_MATRICES : KernelCases.FEW_MATRICES.subList(0, 4)) {
        sizes.add(size.depth(v));
      }
    }
    return new KernelCase(variants[0].loss.formula().symbol(), s -> setup(variants[(int) s.depth()], s),
        KernelCases.pairwise(sizes, 3));
  }

  /** Options: 0 a scale other than 1; 1 weights, some of them 0; 2 statistics. */
  private static Setup setup(Variant v, Size s) {
    long n = s.rows() * s.columns();
    int columns = (int) s.columns();
    float scale = s.option(0) ? (float) (1.0 / (s.rows() + 1)) : 1;
    boolean weighted = s.option(1), told = s.option(2), labelled = v.loss.takesLabels(),
        ignoring = v.loss.ignoreIndex() == IGNORED;
    double[] classWeights = v.classWeights == null ? null : classWeights(columns);
    RowLoss loss = classWeights == null ? v.loss : v.loss.classWeight(floats(classWeights));
    Setup setup = new Setup().in("logits", n, -v.largest, v.largest);
    if (labelled) {
      setup.ints("labels", s.rows(), (random, i) -> ignoring && i % 5 == 4 ? IGNORED : random.nextInt(columns));
    } else {
      setup.in("target", n, 0, 1);
    }
    setup.in("weights", s.rows(), (random, i) -> i % 4 == 2 ? 0 : random.nextDouble(0.1, 2)).strict()
        .out("gradient", n).orIs(0);
    if (!told) { // the record of a gradient that is null differs
      setup.orNull();
    }
    setup.out("losses", s.rows());
    if (told) {
      setup.out("statistics", LossStatistics.WORDS * s.rows()).orNull();
    }
    setup.range(0, s.rows())
        .call((k, a, from, to) -> k.rowLoss(loss, a[0], a[1], weighted ? a[2] : null, a[3], a[4], told ? a[5] : null,
            columns, scale, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < s.rows(); i++) {
            Row r = new Row();
            r.x = in[0];
            r.target = in[1];
            r.columns = columns;
            r.first = i * columns;
            r.label = labelled ? (int) in[1][i] : -1;
            r.classWeights = classWeights;
            r.gradient = new double[columns];
            r.gradientError = new double[columns];
            r.softmax = new SoftmaxRow(in[0], r.first, columns);
            double weight = weighted ? in[2][i] : 1;
            boolean counts = weight != 0 && (!labelled || r.label != IGNORED);
            if (counts) {
              v.formula.fill(r);
            }
            put(out[4], within[4], i, r.loss * weight, r.lossError * weight + EPS * Math.abs(r.loss * weight) + TINY);
            for (int c = 0; c < columns; c++) {
              double factor = weight * scale, g = r.gradient[c] * factor;
              put(out[3], within[3], r.first + c, g,
                  counts ? r.gradientError[c] * factor + 2 * EPS * Math.abs(g) + 4 * TINY : 0);
            }
            if (told) {
              StatisticsOracle.expect(in[0], out[3], within[3], r.first, r.first + columns, out[5], within[5], i,
                  r.first);
              StatisticsOracle.row(out[5], within[5], i, counts && loss.takesLogits() && r.softmax.sum <= 1.000001,
                  labelled && r.label >= 0 && isCorrect(r));
            }
          }
        });
    boolean differentiable = !weighted && loss.formula() != RowFormula.ZERO_ONE;
    return !differentiable
        ? setup
        : setup.gradient(0, 4, scale,
            (k, a, dy, dx) -> k.rowLoss(loss, a[0], a[1], null, dx, a[4], null, columns, scale,
                0, s.rows()));
  }

  private static float[] floats(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}
