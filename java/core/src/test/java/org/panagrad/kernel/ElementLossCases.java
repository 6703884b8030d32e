package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.kernel.Setup.Fill;

/** The rows of {@link KernelCases} for elementwise losses: a formula in double and a tolerance for each. */
final class ElementLossCases {
  /** Two floats hold it: EPS for each rounding, and the functions of Elementary are within 1.5 ulp. */
  private static final double ULP = 3 * EPS;

  /** Both sides of lanes, partials and blocks; a call from the heap takes a block at a time. */
  private static final List<Size> SIZES = List.of(Size.of(0), Size.of(1), Size.of(17), Size.of(64), Size.of(4097),
      Size.of(2 * 4096 + 65));

  private ElementLossCases() {
  }

  /** Loss and derivative at (x, t), and how far floats may be off. */
  private record Point(double loss, double lossError, double derivative, double derivativeError) {
    /** Errors as multiples of the values. */
    static Point relative(double loss, double roundings, double derivative, double derivativeRoundings) {
      return new Point(loss, roundings * EPS * Math.abs(loss), derivative,
          derivativeRoundings * EPS * Math.abs(derivative));
    }
  }

  /** Of prediction x and target t alone. */
  @FunctionalInterface
  private interface Formula {
    Point at(double x, double t);
  }

  /** Of element i, where its place matters. */
  @FunctionalInterface
  private interface PlacedFormula {
    Point at(double x, double t, int i);
  }

  /** One choice of options, its formula, and where it holds. */
  private record Variant(ElementLoss loss, Fill prediction, Fill target, boolean strictTarget,
      PlacedFormula formula) {
  }

  private static final Fill SIGNED = (random, _) -> random.nextDouble(-3, 3),
      POSITIVE = (random, _) -> random.nextDouble(0.1, 4), UNIT = (random, _) -> random.nextDouble(0.02, 0.98),
      LOGITS = (random, _) -> random.nextDouble(-9, 9), SIGNS = (random, _) -> random.nextBoolean() ? 1 : -1,
      BITS = (random, _) -> random.nextBoolean() ? 1 : 0;

  static List<KernelCase> all() {
    List<KernelCase> rows = new ArrayList<>();
    rows.add(numbers(ElementLoss.meanSquaredError(), (x, t) -> {
      double e = x - t;
      return Point.relative(e * e, 3, 2 * e, 1);
    }));
    rows.add(numbers(ElementLoss.meanAbsoluteError(), (x, t) -> {
      double e = x - t;
      return Point.relative(Math.abs(e), 1, Math.signum(e), 0);
    }));
    rows.add(numbers(ElementLoss.huber(0.75), (x, t) -> huber(x - t, 0.75)));
    rows.add(row(variant(ElementLoss.smoothL1(1.25), SIGNED, SIGNED, (x, t) -> smoothL1(x - t, 1.25)),
        variant(ElementLoss.smoothL1(0), SIGNED, SIGNED, (x, t) -> smoothL1(x - t, 0))));
    rows.add(numbers(ElementLoss.logCosh(), (x, t) -> {
      double a = Math.abs(x - t), loss = a + StrictMath.log1p(StrictMath.exp(-2 * a)) - StrictMath.log(2);
      // near 0 by its series, in which nothing cancels: a^2/2 - a^4/12 + a^6/45
      double value = a > 0.02 ? loss : a * a * (0.5 - a * a * (1.0 / 12 - a * a / 45));
      double tangent = StrictMath.tanh(x - t);
      // near 0: twice e's rounding, three of the square, the product and the polynomial's last step, one for what is
      // before it and below it; tanh: e, (1 - e^-2a) / 2, which counts twice, the quotient
      return new Point(value, a < 1 ? 8 * EPS * value : EPS * (3 * a + 4), tangent, 10 * EPS * Math.abs(tangent));
    }));
    rows.add(numbers(ElementLoss.quantile(0.25), (x, t) -> {
      double e = x - t;
      return Point.relative(e > 0 ? 0.75 * e : -0.25 * e, 3, e > 0 ? 0.75 : -0.25, 1);
    }));
    rows.add(row(variant(ElementLoss.meanSquaredLogarithmicError(), POSITIVE, POSITIVE, (x, t) -> {
      double a = StrictMath.log1p(x), b = StrictMath.log1p(t), e = a - b, error = ULP * (a + b) + EPS * Math.abs(e);
      double slope = 2 * e / (1 + x);
      return new Point(e * e, 2 * Math.abs(e) * error + error * error + EPS * e * e, slope,
          2 * error / (1 + x) + 3 * EPS * Math.abs(slope));
    })));
    rows.add(row(variant(ElementLoss.meanAbsolutePercentageError(), SIGNED, SIGNED, (x, t) -> {
      double factor = 100 / Math.max(Math.abs(t), (float) 1e-7), e = x - t;
      return Point.relative(Math.abs(e) * factor, 3, Math.signum(e) * factor, 1);
    })));
    rows.add(
        row(variant(ElementLoss.poissonNll(true, false, 0), SIGNED, POSITIVE, (x, t) -> poisson(x, t, true, false)),
            variant(ElementLoss.poissonNll(true, true, 0), SIGNED, POSITIVE, (x, t) -> poisson(x, t, true, true)),
            variant(ElementLoss.poissonNll(false, true, 0x1p-10), POSITIVE, POSITIVE,
                (x, t) -> poisson(x, t, false, true))));
    List<Variant> robust = new ArrayList<>();
    for (double alpha : new double[]{2, 1, 0, -2, 1.5, Double.NEGATIVE_INFINITY}) {
      robust.add(variant(ElementLoss.generalRobust(alpha, 0.5), SIGNED, SIGNED, (x, t) -> robust(x - t, alpha, 0.5)));
    }
    rows.add(row(robust.toArray(Variant[]::new)));
    rows.add(row(variant(ElementLoss.binaryCrossEntropyLogits(1, 0), LOGITS, UNIT, (x, t) -> logits(x, t, 1, 0)),
        variant(ElementLoss.binaryCrossEntropyLogits(2.5, 0.125), LOGITS, BITS, (x, t) -> logits(x, t, 2.5, 0.125))));
    float[] posWeights = {1, 0.5f, 0, 2.5f, 40, 0.25f, 3};
    PlacedFormula ofColumns = (x, t, i) -> logits(x, t, posWeights[i % posWeights.length], 0.125);
    rows.add(row(new Variant(ElementLoss.binaryCrossEntropyLogits(posWeights, 0.125), LOGITS, BITS, false, ofColumns),
        variant(ElementLoss.binaryCrossEntropyLogits(new float[]{2.5f}, 0), LOGITS, UNIT,
            (x, t) -> logits(x, t, 2.5, 0))));
    rows.add(row(variant(ElementLoss.binaryCrossEntropy(0), UNIT, BITS, (x, t) -> probabilities(x, t, 0)),
        variant(ElementLoss.binaryCrossEntropy(0.25), UNIT, UNIT, (x, t) -> probabilities(x, t, 0.25))));
    rows.add(row(variant(ElementLoss.focal(2, 0.25), LOGITS, BITS, (x, t) -> focal(x, t, 2, 0.25, 0.75)),
        variant(ElementLoss.focal(0, -1), LOGITS, UNIT, (x, t) -> focal(x, t, 0, 1, 1)),
        variant(ElementLoss.focal(1, 0.75), LOGITS, UNIT, (x, t) -> focal(x, t, 1, 0.75, 0.25)),
        variant(ElementLoss.focal(1.5, -1), LOGITS, UNIT, (x, t) -> focal(x, t, 1.5, 1, 1))));
    rows.add(row(signs(ElementLoss.hinge(1.5), (x, t) -> {
      double v = 1.5 - t * x;
      return v <= 0 ? Point.relative(0, 0, 0, 0) : Point.relative(v, 1, -t, 0);
    })));
    rows.add(row(signs(ElementLoss.squaredHinge(1.5), (x, t) -> {
      double v = Math.max(0, 1.5 - t * x);
      return Point.relative(v * v, 3, -2 * t * v, 2);
    })));
    rows.add(numbers(ElementLoss.leastSquares(), (x, t) -> Point.relative((x - t) * (x - t) / 2, 3, x - t, 1)));
    rows.add(numbers(ElementLoss.wasserstein(), (x, t) -> Point.relative(-t * x, 1, -t, 0)));
    Fill logarithms = (random, _) -> random.nextDouble(-6, -0.1);
    rows.add(row(variant(ElementLoss.kullbackLeibler(false), logarithms, UNIT, (x, t) -> kullbackLeibler(x, t, false)),
        variant(ElementLoss.kullbackLeibler(true), logarithms, logarithms, (x, t) -> kullbackLeibler(x, t, true))));
    return rows;
  }

  private static Point huber(double e, double delta) {
    double a = Math.abs(e);
    return a <= delta
        ? Point.relative(e * e / 2, 4, e, 1)
        : new Point(delta * (a - delta / 2), EPS * delta * 3 * a, delta * Math.signum(e), EPS * delta);
  }

  private static Point smoothL1(double e, double beta) {
    double a = Math.abs(e);
    return a < beta
        ? Point.relative(e * e / (2 * beta), 6, e / beta, 3)
        : new Point(a - beta / 2, 3 * EPS * a, Math.signum(e), 0);
  }

  private static Point poisson(double x, double t, boolean logInput, boolean full) {
    double loss, error, derivative, derivativeError;
    if (logInput) {
      double mean = StrictMath.exp(x);
      loss = mean - t * x;
      error = EPS * (2 * mean + Math.abs(t * x) + Math.abs(loss));
      derivative = mean - t;
      derivativeError = EPS * (2 * mean + Math.abs(derivative));
    } else {
      double mean = x + 0x1p-10, logarithm = StrictMath.log(mean);
      loss = x - t * logarithm;
      error = EPS * (t * (1 + 3 * Math.abs(logarithm)) + Math.abs(loss));
      derivative = 1 - t / mean;
      derivativeError = EPS * (2 * t / mean + Math.abs(derivative));
    }
    if (full && t > 1) {
      double logarithm = StrictMath.log(t), tail = 0.5 * (logarithm + StrictMath.log(2 * Math.PI));
      double stirling = t * logarithm - t + tail;
      loss += stirling;
      error += EPS * (2 * t * logarithm + Math.abs(t * logarithm - t) + 4 * tail + stirling + Math.abs(loss));
    }
    return new Point(loss, error, derivative, derivativeError);
  }

  /** u carries 3 roundings, its square 7; the exponents of the powers carry the 12 of the logarithm. */
  private static Point robust(double e, double alpha, double c) {
    double u = e / c, z = u * u, slope = u / c;
    if (alpha == 2) {
      return Point.relative(z / 2, 7, slope, 5);
    } else if (alpha == 0) {
      return Point.relative(StrictMath.log1p(z / 2), 11, slope / (1 + z / 2), 15);
    } else if (alpha == Double.NEGATIVE_INFINITY) {
      return Point.relative(-StrictMath.expm1(-z / 2), 11, slope * StrictMath.exp(-z / 2), 9 + 7 * z / 2);
    }
    double b = Math.abs(alpha - 2), logarithm = StrictMath.log1p(z / b);
    double power = alpha / 2 * logarithm, other = (alpha / 2 - 1) * logarithm;
    return Point.relative(b / alpha * StrictMath.expm1(power), 22 + 16 * Math.abs(power), slope * StrictMath.exp(other),
        12 + 16 * Math.abs(other));
  }

  /** The terms of a logit: sigmoid(x), sigmoid(-x) within 6 roundings, ln(1 + e^x), ln(1 + e^-x) within 6. */
  private static final class Logit {
    final double on, off, toOn, toOff;

    Logit(double x) {
      double z = StrictMath.exp(-Math.abs(x)), tail = StrictMath.log1p(z);
      on = x < 0 ? z / (1 + z) : 1 / (1 + z);
      off = x < 0 ? 1 / (1 + z) : z / (1 + z);
      toOn = Math.max(x, 0) + tail;
      toOff = Math.max(-x, 0) + tail;
    }
  }

  private static Point logits(double x, double t, double posWeight, double smoothing) {
    Logit l = new Logit(x);
    double y = t * (1 - smoothing) + smoothing / 2, positive = posWeight * y, negative = 1 - y;
    // 1 - y cancels where y was rounded
    double lost = smoothing > 0 ? 2 * EPS : 0;
    double loss = positive * l.toOff + negative * l.toOn, slope = negative * l.on - positive * l.off;
    return new Point(loss, EPS * (10 * positive * l.toOff + 9 * negative * l.toOn) + lost * l.toOn, slope,
        EPS * (10 * positive * l.off + 9 * negative * l.on + Math.abs(slope)) + lost * l.on);
  }

  private static Point probabilities(double x, double t, double smoothing) {
    double y = t * (1 - smoothing) + smoothing / 2, hit = StrictMath.log(x), miss = StrictMath.log1p(-x);
    double loss = -(y * hit + (1 - y) * miss), slope = (x - y) / (x * (1 - x));
    double lost = smoothing > 0 ? 2 * EPS : 0;
    return new Point(loss, EPS * (4 * y * -hit + 6 * (1 - y) * -miss + Math.abs(loss)) + lost * -miss, slope,
        5 * EPS * Math.abs(slope) + lost / (x * (1 - x)));
  }

  private static Point focal(double x, double t, double gamma, double positive, double negative) {
    Logit l = new Logit(x);
    double rest = 1 - t, entropy = t * l.toOff + rest * l.toOn, slope = rest * l.on - t * l.off;
    double entropyError = 9 * EPS * entropy, slopeError = EPS * (8 * (rest * l.on + t * l.off) + Math.abs(slope));
    double balance = t * positive + rest * negative, balanceError = 4 * EPS;
    double missed = t * l.off + rest * l.on, logarithm = StrictMath.log(missed), weight = StrictMath.pow(missed, gamma);
    double weightError = weight * EPS * (gamma * (9 + 4 * Math.abs(logarithm)) + 2);
    double change = gamma * (rest - t) * l.on * l.off * (gamma == 0 ? 0 : weight / missed);
    double changeError = gamma == 0
        ? 0
        : gamma * l.on * l.off * (2 * EPS * weight / missed + weightError / missed) + 28 * EPS * Math.abs(change);
    double derivative = weight * slope + change * entropy;
    double error = weightError * Math.abs(slope) + weight * slopeError + changeError * entropy
        + Math.abs(change) * entropyError + 3 * EPS * Math.abs(change * entropy) + EPS * Math.abs(derivative);
    double loss = weight * entropy;
    return new Point(balance * loss,
        balance * (weightError * entropy + weight * entropyError + 2 * EPS * loss) + balanceError * loss,
        balance * derivative, balance * error + (balanceError + EPS * balance) * Math.abs(derivative));
  }

  private static Point kullbackLeibler(double x, double t, boolean logTarget) {
    double p = logTarget ? StrictMath.exp(t) : t, logarithm = logTarget ? t : StrictMath.log(t);
    double loss = p * (logarithm - x);
    return new Point(loss, EPS * (2 * p * Math.abs(logarithm) + 4 * Math.abs(loss)), -p, logTarget ? 2 * EPS * p : 0);
  }

  private static Variant variant(ElementLoss loss, Fill prediction, Fill target, Formula formula) {
    return new Variant(loss, prediction, target, false, (x, t, _) -> formula.at(x, t));
  }

  /** Targets -1 and 1, and no others: they would be refused. */
  private static Variant signs(ElementLoss loss, Formula formula) {
    return new Variant(loss, SIGNED, SIGNS, true, (x, t, _) -> formula.at(x, t));
  }

  private static KernelCase numbers(ElementLoss loss, Formula formula) {
    return row(variant(loss, SIGNED, SIGNED, formula));
  }

  /** Every variant at all sizes, with the options paired. */
  private static KernelCase row(Variant... variants) {
    List<Size> sizes = new ArrayList<>();
    for (int v = 0; v < variants.length; v++) {
      for (Size size : v == 0 ? SIZES : List.of(Size.of(17), Size.of(4097))) {
        sizes.add(size.depth(v));
      }
    }
    return new KernelCase(variants[0].loss.formula().symbol(), s -> setup(variants[(int) s.depth()], s),
        KernelCases.pairwise(sizes, 4));
  }

  /** Options: 0 a scale other than 1; 1 weights, some of them 0; 2 they are shared by 7 elements; 3 statistics. */
  private static Setup setup(Variant v, Size s) {
    long n = s.columns(), blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK, shared = s.option(2) ? 7 : 1;
    float scale = s.option(0) ? (float) (1.0 / (n + 1)) : 1;
    boolean weighted = s.option(1), told = s.option(3);
    Setup setup = new Setup().in("prediction", n, v.prediction).in("target", n, v.target);
    if (v.strictTarget) {
      setup.strict();
    }
    setup
        .in("weights", (n + shared - 1) / shared, (random, _) -> random.nextInt(8) == 0 ? 0 : random.nextDouble(0.1, 2))
        .strict().out("gradient", n).orIs(0);
    if (!told) { // the record of a gradient that is null differs
      setup.orNull();
    }
    setup.out("losses", n).orNull().out("sums", blocks);
    if (told) {
      setup.out("statistics", LossStatistics.WORDS * blocks).orNull();
    }
    setup.range(0, n).grain(Kernels.BLOCK)
        .call((k, a, from, to) -> k.elementLoss(v.loss, a[0], a[1], weighted ? a[2] : null, shared, a[3], a[4], a[5],
            told ? a[6] : null, scale, from, to))
        .oracle((in, out, within) -> {
          for (long b = 0; b < blocks; b++) {
            double sum = 0, magnitude = 0, error = 0;
            int from = (int) (b * Kernels.BLOCK), to = (int) Math.min(n, from + Kernels.BLOCK);
            for (int i = from; i < to; i++) {
              double w = weighted ? in[2][(int) (i / shared)] : 1, factor = w * scale;
              Point p = v.formula.at(in[0][i], in[1][i], i);
              put(out[3], within[3], i, p.derivative * factor,
                  (p.derivativeError + 2 * EPS * Math.abs(p.derivative)) * factor + TINY);
              double e = (p.lossError + EPS * Math.abs(p.loss)) * w + TINY;
              put(out[4], within[4], i, p.loss * w, e);
              sum += p.loss * w;
              error += e;
              magnitude += Math.abs(p.loss * w);
            }
            put(out[5], within[5], b, sum, error + roundings(n) * EPS * magnitude);
            if (told) {
              StatisticsOracle.expect(in[0], out[3], within[3], from, to, out[6], within[6], b, from);
            }
          }
        });
    return weighted
        ? setup
        : setup.gradient(0, 4, scale, (k, a, dy, dx) -> k.elementLoss(v.loss, a[0], a[1], null, 1, dx, null, a[5], null,
            scale, 0, n));
  }
}
