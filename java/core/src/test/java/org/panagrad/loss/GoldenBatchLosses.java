package org.panagrad.loss;

import static java.lang.Math.abs;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.panagrad.loss.GoldenLosses.of;
import static org.panagrad.loss.GoldenLosses.outcome;
import static org.panagrad.loss.GoldenLosses.segment;
import static org.panagrad.loss.GoldenLosses.sigmoids;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.Adversarial.Form;
import org.panagrad.loss.GoldenLosses.Outcome;

/** As {@link GoldenLosses}: losses that look at a whole row or batch, that have several predictions, or two sides. */
final class GoldenBatchLosses {
  private GoldenBatchLosses() {
  }

  private static double[] all(int n, IntToDoubleFunction term) {
    double[] terms = new double[n];
    Arrays.setAll(terms, term);
    return terms;
  }

  /** One value, of which the root halves what squares and their sum are off by. */
  static Outcome rootMeanSquaredError(GoldenCase c, Compute compute) {
    float[] gradient = new float[c.rows() * c.columns()];
    double value = LossCall.on(compute)
        .of(c.floats("prediction"), c.floats("target"), gradient, c.rows(), c.columns())
        .evaluate(RootMeanSquaredError.of().reduction(c.reductionOfLibrary()));
    return outcome(value, new float[]{(float) value}, new double[1], 1, gradient, new double[gradient.length]);
  }

  // overlaps

  static Outcome dice(GoldenCase c, Compute compute) {
    double smooth = c.number("smooth");
    Dice loss = Dice.of().smooth(smooth).fromLogits(false).reduction(c.reductionOfLibrary());
    return overlap(c, compute, loss, 0.5, 0.5, smooth / 2);
  }

  static Outcome tversky(GoldenCase c, Compute compute) {
    double alpha = c.number("alpha"), beta = c.number("beta"), smooth = c.number("smooth");
    Tversky loss = Tversky.of(alpha, beta).smooth(smooth).fromLogits(false).reduction(c.reductionOfLibrary());
    return overlap(c, compute, loss, alpha, beta, smooth);
  }

  /** A quotient of sums of products that cancel: what they are made of, over the divisor. */
  private static Outcome overlap(GoldenCase c, Compute compute, Loss loss, double alpha, double beta, double smooth) {
    int rows = c.rows(), columns = c.columns();
    float[] losses = new float[rows], gradient = new float[rows * columns];
    double value = LossCall.on(compute).of(c.floats("prediction"), c.floats("target"), gradient, rows, columns)
        .losses(losses).evaluate(loss);
    double divisor = c.reduction().equals("mean") ? rows : 1;
    double[] p = c.get("prediction"), t = c.get("target"), lossTerms = new double[rows],
        gradientTerms = new double[gradient.length];
    for (int r = 0; r < rows; r++) {
      double both = 0, whole = smooth;
      for (int i = r * columns; i < (r + 1) * columns; i++) {
        both += p[i] * t[i];
        whole += (1 - alpha - beta) * p[i] * t[i] + alpha * p[i] + beta * t[i];
      }
      lossTerms[r] = 1 + 2 * (1 + alpha + beta) * both / whole;
      Arrays.fill(gradientTerms, r * columns, (r + 1) * columns,
          2 / whole * (1 + alpha + beta) * lossTerms[r] / divisor);
    }
    return outcome(value, losses, lossTerms, divisor, gradient, gradientTerms);
  }

  // similarities

  static Outcome infoNce(GoldenCase c, Compute compute) {
    int rows = c.rows();
    double temperature = c.number("temperature");
    boolean normalized = c.flag("normalized");
    InfoNce loss = InfoNce.of(temperature).normalized(normalized).reduction(c.reductionOfLibrary());
    Map<String, float[]> gradients = gradients(c, "query", "key");
    try (Arena arena = Arena.ofConfined()) {
      SimilarityCall call = SimilarityCall.on(compute, arena, rows, c.columns());
      double value = loss.evaluate(call, segment(c, "query"), segment(c, "key"), of(gradients.get("query")),
          of(gradients.get("key")), rows, rows);
      return similar(c, value, call.losses(), gradients, SimilarityBound.of(rows, c.columns(), temperature, normalized,
          c.floats("query"), c.floats("key")));
    }
  }

  static Outcome ntXent(GoldenCase c, Compute compute) {
    double temperature = c.number("temperature");
    NtXent loss = NtXent.of(temperature).reduction(c.reductionOfLibrary());
    Map<String, float[]> gradients = gradients(c, "prediction");
    try (Arena arena = Arena.ofConfined()) {
      SimilarityCall call = SimilarityCall.on(compute, arena, c.rows(), c.columns());
      double value = loss.evaluate(call, segment(c, "prediction"), of(gradients.get("prediction")), c.rows());
      return similar(c, value, call.losses(), gradients,
          SimilarityBound.of(c.rows(), c.columns(), temperature, true, c.floats("prediction")));
    }
  }

  private static Outcome similar(GoldenCase c, double value, MemorySegment losses, Map<String, float[]> gradients,
      SimilarityBound bound) {
    double divisor = c.reduction().equals("mean") ? c.rows() : 1, rounding = GoldenTest.ROUNDINGS * GoldenTest.EPS;
    Map<String, double[]> terms = new LinkedHashMap<>();
    gradients.forEach((name, g) -> terms.put(name, all(g.length, _ -> bound.gradient(1 / divisor) / rounding)));
    return new Outcome(value, losses.asSlice(0, 4L * c.rows()).toArray(JAVA_FLOAT),
        all(c.rows(), _ -> bound.loss() / rounding), divisor, gradients, terms);
  }

  /**
   * Given similarities are the output of a layer whose weight is 1 / temperature times the identity: a power of two, so
   * they are exact, and up to 4 before it. What comes after is a softmax of distances.
   */
  static Outcome similarity(GoldenCase c, Compute compute) {
    int rows = c.rows(), columns = c.columns();
    double temperature = c.number("temperature"), divisor = c.reduction().equals("mean") ? rows : 1;
    boolean withoutSelf = c.loss().startsWith("ntXent");
    Reduction reduction = c.reductionOfLibrary();
    float[] weight = new float[columns * columns], gradient = new float[rows * columns];
    int[] labels = new int[rows];
    for (int i = 0; i < columns; i++) {
      weight[i * columns + i] = (float) (1 / temperature);
    }
    for (int i = 0; i < rows; i++) {
      labels[i] = withoutSelf ? (i + rows / 2) % rows : i;
    }
    try (Arena arena = Arena.ofConfined()) {
      LinearCall call = new LinearCall(compute, arena, rows, columns, columns, 2, 3);
      call.of(segment(c, "prediction"), of(weight), null, MemorySegment.ofArray(labels), rows).withoutSelf(withoutSelf)
          .gradients(of(gradient), null, null);
      call.check(RowLoss.softmaxCrossEntropy());
      double value = reduction.value(call.run(RowLoss.softmaxCrossEntropy(), reduction.scale(rows)), rows);
      double each = 1 + 1 / temperature;
      return outcome(value, call.losses().toArray(JAVA_FLOAT), all(rows, _ -> each), divisor, gradient,
          all(gradient.length, _ -> each / temperature / divisor));
    }
  }

  // Gaussians

  static Outcome gaussianNll(GoldenCase c, Compute compute) {
    int n = c.rows() * c.columns();
    GaussianNll loss = GaussianNll.of().full(c.flag("full")).epsilon(c.number("eps"))
        .reduction(c.reductionOfLibrary());
    Map<String, float[]> gradients = gradients(c, "prediction", "variance");
    float[] losses = new float[n];
    double value = loss.evaluate(compute.kernels(), segment(c, "prediction"), segment(c, "variance"),
        segment(c, "target"), of(gradients.get("prediction")), of(gradients.get("variance")), of(losses), n);
    double divisor = c.reduction().equals("mean") ? n : 1;
    double[] lossTerms = new double[n], varianceTerms = new double[n];
    for (int i = 0; i < n; i++) {
      double v = Math.max(c.get("variance")[i], c.number("eps")), d = c.get("prediction")[i] - c.get("target")[i];
      lossTerms[i] = (abs(Math.log(v)) + d * d / v + Math.log(2 * Math.PI)) / 2;
      varianceTerms[i] = (1 + d * d / v) / (2 * v) / divisor;
    }
    return new Outcome(value, losses, lossTerms, divisor, gradients,
        Map.of("prediction", new double[n], "variance", varianceTerms));
  }

  static Outcome gaussianKl(GoldenCase c, Compute compute) {
    int n = c.rows() * c.columns();
    Map<String, float[]> gradients = gradients(c, "mean", "logVariance");
    float[] losses = new float[n];
    double value = GaussianKl.of().reduction(c.reductionOfLibrary()).evaluate(compute.kernels(), segment(c, "mean"),
        segment(c, "logVariance"), of(gradients.get("mean")), of(gradients.get("logVariance")), of(losses), c.rows(),
        c.columns());
    double divisor = switch (c.reduction()) {
      case "mean" -> n;
      case "batchmean" -> c.rows();
      default -> 1;
    };
    double[] mean = c.get("mean"), logVariance = c.get("logVariance");
    double[] lossTerms = all(n,
        i -> (mean[i] * mean[i] + Math.exp(logVariance[i]) + 1 + abs(logVariance[i])) / 2);
    double[] varianceTerms = all(n, i -> (Math.exp(logVariance[i]) + 1) / 2 / divisor);
    return new Outcome(value, losses, lossTerms, divisor, gradients,
        Map.of("mean", new double[n], "logVariance", varianceTerms));
  }

  // generator and critic

  private static Form form(GoldenCase c) {
    return switch (c.word("form")) {
      case "logistic", "nonSaturating" -> Form.NON_SATURATING;
      case "minimax" -> Form.MINIMAX;
      case "hinge" -> Form.HINGE;
      case "leastSquares" -> Form.LEAST_SQUARES;
      case "wasserstein" -> Form.WASSERSTEIN;
      default -> throw new IllegalArgumentException(c.word("form"));
    };
  }

  /** A loss of the file is that of a real score plus that of a generated one. */
  static Outcome discriminator(GoldenCase c, Compute compute) {
    int n = c.rows() * c.columns();
    float[] losses = new float[n], fakes = new float[n];
    Map<String, float[]> gradients = gradients(c, "real", "fake");
    LossCall real = LossCall.on(compute).of(c.floats("real"), gradients.get("real"), c.rows(), c.columns())
        .losses(losses);
    LossCall fake = LossCall.on(compute).of(c.floats("fake"), gradients.get("fake"), c.rows(), c.columns())
        .losses(fakes);
    double value = Adversarial.of(form(c)).reduction(c.reductionOfLibrary()).discriminator(real, fake);
    double[] terms = all(n, i -> term(c, "real", i) + abs(losses[i]) + term(c, "fake", i) + abs(fakes[i]));
    for (int i = 0; i < n; i++) {
      losses[i] += fakes[i];
    }
    return adversarial(c, value, losses, terms, gradients);
  }

  static Outcome generator(GoldenCase c, Compute compute) {
    int n = c.rows() * c.columns();
    float[] losses = new float[n];
    Map<String, float[]> gradients = gradients(c, "fake");
    LossCall call = LossCall.on(compute).of(c.floats("fake"), gradients.get("fake"), c.rows(), c.columns())
        .losses(losses);
    double value = Adversarial.of(form(c)).reduction(c.reductionOfLibrary()).generator(call);
    return adversarial(c, value, losses, all(n, i -> term(c, "fake", i)), gradients);
  }

  /** Of the forms only the hinge's sum cancels. */
  private static double term(GoldenCase c, String side, int i) {
    return form(c) == Form.HINGE ? 1 + abs(c.get(side)[i]) : 0;
  }

  private static Outcome adversarial(GoldenCase c, double value, float[] losses, double[] lossTerms,
      Map<String, float[]> gradients) {
    double divisor = c.reduction().equals("mean") ? losses.length : 1;
    boolean logits = form(c) == Form.MINIMAX || form(c) == Form.NON_SATURATING;
    Map<String, double[]> terms = new LinkedHashMap<>();
    for (String side : gradients.keySet()) {
      terms.put(side, all(losses.length, i -> logits ? sigmoids(2, c.get(side)[i]) / divisor : 0));
    }
    return new Outcome(value, losses, lossTerms, divisor, gradients, terms);
  }

  private static Map<String, float[]> gradients(GoldenCase c, String... names) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (String name : names) {
      gradients.put(name, new float[c.rows() * c.columns()]);
    }
    return gradients;
  }
}
