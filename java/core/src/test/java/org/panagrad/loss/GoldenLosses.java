package org.panagrad.loss;

import static java.lang.Math.abs;
import static java.util.Map.entry;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;

/**
 * How the losses of golden/losses.json are called in this library: a line for each; {@link GoldenBatchLosses} has those
 * of whole batches. With a result comes how large the terms are that its formula adds and subtracts, for the tolerance
 * (see {@link GoldenTest}): nothing for a formula in which nothing cancels.
 */
final class GoldenLosses {
  /** Runs a case through the public API. */
  @FunctionalInterface
  interface Runner {
    Outcome run(GoldenCase c, Compute compute);
  }

  /**
   * What comes out.
   *
   * @param value         the reduced loss
   * @param losses        single ones
   * @param lossTerms     for each, how large its formula's terms are where they cancel
   * @param divisor       what the value is the sum of the losses over
   * @param gradients     by the names of inputs
   * @param gradientTerms for each element of them, how large the terms are
   */
  record Outcome(double value, float[] losses, double[] lossTerms, double divisor, Map<String, float[]> gradients,
      Map<String, double[]> gradientTerms) {
  }

  /** Terms of a loss and of its derivative, before weights and scale. */
  private record Terms(double loss, double slope) {
    static final Terms NONE = new Terms(0, 0);
  }

  @FunctionalInterface
  private interface ElementTerms {
    Terms at(double x, double t, GoldenCase c, int column);
  }

  @FunctionalInterface
  private interface RowTerms {
    Terms of(GoldenCase c, int row);
  }

  static final Map<String, Runner> RUNNERS = Map.ofEntries(
      entry("meanSquaredError", element(_ -> Losses.meanSquaredError())),
      entry("leastSquares", element(_ -> Losses.leastSquares())),
      entry("rmse", GoldenBatchLosses::rootMeanSquaredError),
      entry("meanAbsoluteError", element(_ -> Losses.meanAbsoluteError())),
      entry("huber", element(c -> Losses.huber(c.number("delta")))),
      entry("smoothL1", element(c -> Losses.smoothL1(c.number("beta")))),
      entry("logCosh", element(_ -> Losses.logCosh())),
      entry("quantile", element(c -> Losses.quantile(c.number("q")))),
      entry("meanSquaredLogarithmicError", element(_ -> Losses.meanSquaredLogarithmicError(), (x, t, _, _) -> {
        double terms = Math.log1p(x) + Math.log1p(t), e = abs(Math.log1p(x) - Math.log1p(t));
        return new Terms(e * terms, terms / (1 + x));
      })),
      entry("meanAbsolutePercentageError", element(_ -> Losses.meanAbsolutePercentageError())),
      entry("poissonNll", element(c -> Losses.poissonNll(c.flag("logInput"), c.flag("full"), c.number("eps")),
          GoldenLosses::poisson)),
      entry("kullbackLeibler", element(_ -> Losses.kullbackLeibler(),
          (x, t, _, _) -> new Terms(t == 0 ? 0 : t * (abs(Math.log(t)) + abs(x)), 0))),
      entry("generalRobust", element(c -> Losses.generalRobust(c.number("alpha"), c.number("scale")),
          GoldenLosses::robust)),
      entry("binaryCrossEntropyWithLogits", GoldenLosses::binaryCrossEntropyWithLogits),
      entry("binaryCrossEntropy", element(_ -> Losses.binaryCrossEntropyOfProbabilities())),
      // the probability of being wrong, its power and its derivative are sums of shares of 1 times the entropy
      entry("focal", element(c -> Losses.focal(c.number("gamma"), c.number("alpha", -1)),
          (x, _, c, _) -> new Terms(0, sigmoids(1 + c.number("gamma"), x)))),
      entry("hinge", element(_ -> Losses.hinge(), (x, _, _, _) -> new Terms(1 + abs(x), 0))),
      entry("squaredHinge",
          element(_ -> Losses.squaredHinge(), (x, _, _, _) -> new Terms((1 + abs(x)) * (1 + abs(x)), 1 + abs(x)))),
      entry("wasserstein", element(_ -> Losses.wasserstein())),
      entry("softmaxCrossEntropy", GoldenLosses::softmaxCrossEntropy),
      entry("nll", row(c -> weighted(c, Losses.nll(), "classWeight"), (_, _) -> Terms.NONE)),
      entry("multiClassHinge", GoldenLosses::multiClassHinge),
      entry("focalSoftmax", row(c -> weighted(c, Losses.focalSoftmax(c.number("gamma")), "alpha"), (c, _) -> {
        double power = 1 + c.number("gamma");
        return new Terms(power * power * softmax(c), power * power * softmax(c));
      })),
      entry("entropy", row(_ -> Losses.entropy(), (c, _) -> new Terms(softmax(c), softmax(c)))),
      entry("iou", GoldenLosses::boxes), entry("giou", GoldenLosses::boxes), entry("diou", GoldenLosses::boxes),
      entry("ciou", GoldenLosses::boxes),
      entry("tripletMargin", GoldenLosses::tripletMargin),
      entry("contrastive", GoldenLosses::contrastive),
      entry("cosineEmbedding", GoldenLosses::cosineEmbedding),
      entry("marginRanking", GoldenLosses::marginRanking),
      entry("dice", GoldenBatchLosses::dice), entry("tversky", GoldenBatchLosses::tversky),
      entry("infoNce", GoldenBatchLosses::infoNce), entry("infoNceSimilarity", GoldenBatchLosses::similarity),
      entry("ntXent", GoldenBatchLosses::ntXent), entry("ntXentSimilarity", GoldenBatchLosses::similarity),
      entry("gaussianNll", GoldenBatchLosses::gaussianNll), entry("gaussianKl", GoldenBatchLosses::gaussianKl),
      entry("adversarialDiscriminator", GoldenBatchLosses::discriminator),
      entry("adversarialGenerator", GoldenBatchLosses::generator),
      entry("ctc", GoldenLosses::ctc));

  private GoldenLosses() {
  }

  // elementwise losses

  private static Runner element(Function<GoldenCase, ElementwiseLoss> loss) {
    return element(loss, (_, _, _, _) -> Terms.NONE);
  }

  private static Runner element(Function<GoldenCase, ElementwiseLoss> loss, ElementTerms terms) {
    return (c, compute) -> element(c, compute, loss.apply(c), terms);
  }

  private static Outcome element(GoldenCase c, Compute compute, ElementwiseLoss loss, ElementTerms terms) {
    int n = c.rows() * c.columns();
    float[] gradient = new float[n], losses = new float[n];
    double[] lossTerms = new double[n], gradientTerms = new double[n];
    double[] weights = elementWeights(c);
    LossCall call = LossCall.on(compute).of(c.floats("prediction"), c.floats("target"), gradient, c.rows(), c.columns())
        .losses(losses);
    if (c.has("sampleWeight")) {
      float[] given = c.floats("sampleWeight");
      if (given.length == n) {
        call.elementWeight(given);
      } else {
        call.sampleWeight(given);
      }
    }
    Reduction reduction = c.reductionOfLibrary();
    double value = call.evaluate(loss.reduction(reduction)), divisor = divisor(c, reduction, weights);
    for (int i = 0; i < n; i++) {
      Terms one = terms.at(c.get("prediction")[i], c.get("target")[i], c, i % c.columns());
      lossTerms[i] = one.loss * weights[i];
      gradientTerms[i] = one.slope * weights[i] / divisor;
    }
    return outcome(value, losses, lossTerms, divisor, gradient, gradientTerms);
  }

  static Outcome outcome(double value, float[] losses, double[] lossTerms, double divisor, float[] gradient,
      double[] gradientTerms) {
    return new Outcome(value, losses, lossTerms, divisor, Map.of("prediction", gradient),
        Map.of("prediction", gradientTerms));
  }

  /** A weight for each element. */
  private static double[] elementWeights(GoldenCase c) {
    double[] weights = new double[c.rows() * c.columns()], given = c.get("sampleWeight");
    for (int i = 0; i < weights.length; i++) {
      weights[i] = given == null ? 1 : given.length == weights.length ? given[i] : given[i / c.columns()];
    }
    return weights;
  }

  /** What the reduction divides by, the losses having these weights. */
  private static double divisor(GoldenCase c, Reduction reduction, double[] weights) {
    return switch (reduction) {
      case NONE, SUM -> 1;
      case MEAN -> Arrays.stream(weights).sum();
      case SUM_OVER_BATCH_SIZE -> c.reduction().equals("batchmean") ? c.rows() : weights.length;
    };
  }

  private static Terms poisson(double x, double t, GoldenCase c, int column) {
    double rate = c.flag("logInput") ? Math.exp(x) : x + c.number("eps");
    double logarithm = c.flag("logInput") ? x : t == 0 ? 0 : Math.log(rate);
    double stirling = t > 1 ? t * Math.log(t) + t + Math.log(2 * Math.PI * t) : 0;
    return new Terms(rate + abs(t * logarithm) + stirling, c.flag("logInput") ? rate + t : 1 + t / rate);
  }

  /** The error of a power's exponent is one relative to the power. */
  private static Terms robust(double x, double t, GoldenCase c, int column) {
    double alpha = c.number("alpha"), u = (x - t) / c.number("scale"), b = abs(alpha - 2);
    if (alpha == 2 || alpha == 0) {
      return Terms.NONE;
    }
    boolean welsch = alpha == Double.NEGATIVE_INFINITY;
    double logarithm = Math.log1p(u * u / b), power = alpha / 2 * logarithm;
    double other = welsch ? -u * u / 2 : power - logarithm;
    return new Terms(welsch ? 0 : Math.max(0, power) * b / alpha * Math.expm1(power),
        abs(other) * abs(u) / c.number("scale") * Math.exp(other));
  }

  private static Outcome binaryCrossEntropyWithLogits(GoldenCase c, Compute compute) {
    double smoothing = c.number("labelSmoothing", 0), rest = smoothing > 0 ? 1 : 0; // 1 - y loses what y was rounded by
    double[] weights = c.get("posWeight");
    ElementwiseLoss loss = weights == null
        ? Losses.binaryCrossEntropy(1, smoothing)
        : Losses.binaryCrossEntropy(c.floats("posWeight"), smoothing);
    return element(c, compute, loss, (x, _, _, column) -> new Terms(rest * (1 + abs(x)),
        sigmoids(1 + (weights == null ? 1 : weights[column]), x) + rest));
  }

  /** Shares of sigmoid(x) and sigmoid(-x), of which the greater may be multiplied by 0: then the smaller remains. */
  static double sigmoids(double factor, double x) {
    return abs(x) > 100 ? 0 : factor * (1 + abs(x));
  }

  // losses of rows

  private static Runner row(Function<GoldenCase, RowwiseLoss> loss, RowTerms terms) {
    return (c, compute) -> {
      // a focal loss's alpha weighs, and is no part of its divisor
      Reduction reduction = c.reductionOr(c.has("alpha") ? Reduction.SUM_OVER_BATCH_SIZE : Reduction.MEAN);
      RowwiseLoss reduced = loss.apply(c).reduction(reduction);
      int n = c.rows() * c.columns();
      float[] x = c.floats("prediction"), gradient = new float[n], losses = new float[c.rows()];
      LossCall call = LossCall.on(compute);
      if (reduced.takesLabels()) {
        call.of(x, c.ints("labels"), gradient, c.rows(), c.columns());
      } else { // a loss without a target reads none
        call.of(x, c.has("target") ? c.floats("target") : new float[0], gradient, c.rows(), c.columns());
      }
      if (c.has("sampleWeight")) {
        call.sampleWeight(c.floats("sampleWeight"));
      }
      double value = call.losses(losses).evaluate(reduced);
      double[] weights = rowWeights(c), lossTerms = new double[c.rows()], gradientTerms = new double[n];
      double kept = Arrays.stream(weights).filter(w -> w != 0).count();
      double divisor = !reduction.divides()
          ? 1
          : reduction == Reduction.MEAN && reduced.takesLabels() ? Arrays.stream(weights).sum() : kept;
      if (reduction == Reduction.MEAN && c.has("sampleWeight") && !reduced.takesLabels()) {
        throw new IllegalArgumentException("weights of rows without labels: not in the file so far");
      }
      for (int i = 0; i < n; i++) {
        Terms one = terms.of(c, i / c.columns());
        double weight = weights[i / c.columns()];
        lossTerms[i / c.columns()] = one.loss * weight;
        gradientTerms[i] = one.slope * weight / divisor;
      }
      return outcome(value, losses, lossTerms, divisor, gradient, gradientTerms);
    };
  }

  /** Of each row: its own weight times its class's; of soft targets the sum of what they weigh. */
  private static double[] rowWeights(GoldenCase c) {
    double[] weights = new double[c.rows()], classes = c.has("alpha") ? c.get("alpha") : c.get("classWeight");
    double ignored = c.number("ignoreIndex", -100);
    for (int r = 0; r < weights.length; r++) {
      weights[r] = c.has("sampleWeight") ? c.get("sampleWeight")[r] : 1;
      if (c.has("labels")) {
        double label = c.get("labels")[r];
        weights[r] *= label == ignored ? 0 : classes == null ? 1 : classes[(int) label];
      }
    }
    return weights;
  }

  /** PyTorch ignores the label -100 unless told otherwise. */
  private static RowwiseLoss weighted(GoldenCase c, RowwiseLoss loss, String weights) {
    RowwiseLoss ignoring = loss.takesLabels() ? loss.ignoreIndex((int) c.number("ignoreIndex", -100)) : loss;
    return c.has(weights) ? ignoring.classWeight(c.floats(weights)) : ignoring;
  }

  /**
   * Of equal greatest scores the library gives the derivative to the first, as max-pooling does; libtorch's maximum,
   * which the file is made with, to each its share. Both are subgradients: what the first has is shared out here.
   */
  private static Outcome multiClassHinge(GoldenCase c, Compute compute) {
    double margin = c.number("margin");
    RowwiseLoss one = Losses.multiClassHinge(); // of margin 1
    RowwiseLoss loss = new RowwiseLoss(RowLoss.multiClassHinge(margin), one.reduction(), one.empty(), one.describe());
    Outcome outcome = row(_ -> loss, (_, r) -> new Terms(margin + 2 * greatest(c, r), 0)).run(c, compute);
    float[] gradient = outcome.gradients.get("prediction");
    for (int r = 0; r < c.rows(); r++) {
      int first = r * c.columns(), label = first + c.ints("labels")[r];
      double[] x = c.get("prediction");
      int[] others = IntStream.range(first, first + c.columns()).filter(i -> i != label).toArray();
      double best = Arrays.stream(others).mapToDouble(i -> x[i]).max().orElse(Double.NaN);
      int[] equal = Arrays.stream(others).filter(i -> x[i] == best).toArray();
      for (int k = equal.length - 1; k >= 0; k--) { // the first comes last: the others take from it
        gradient[equal[k]] = gradient[equal[0]] / equal.length;
      }
    }
    return outcome;
  }

  private static Outcome softmaxCrossEntropy(GoldenCase c, Compute compute) {
    boolean labels = c.has("labels");
    return row(_ -> {
      RowwiseLoss loss = labels ? Losses.softmaxCrossEntropy() : Losses.softmaxCrossEntropyOfProbabilities();
      loss = weighted(c, loss.labelSmoothing(c.number("labelSmoothing", 0)), "classWeight");
      return c.options().containsKey("zLoss") ? loss.zLoss(c.number("zLoss")) : loss;
    }, (_, r) -> {
      double mass = mass(c, r), z = c.number("zLoss", 0), whole = z == 0 ? 0 : greatest(c, r) + softmax(c);
      return new Terms(mass * softmax(c) + z * whole * whole, 2 * mass + 2 * z * whole);
    }).run(c, compute);
  }

  /** All that stands before a logarithm of a probability, over the weight that {@link #rowWeights} has already. */
  private static double mass(GoldenCase c, int r) {
    double mass = 0, heaviest = c.has("classWeight") ? Arrays.stream(c.get("classWeight")).max().getAsDouble() : 1;
    if (c.has("labels")) {
      double own = rowWeights(c)[r];
      return own == 0 ? 0 : 1 + c.number("labelSmoothing", 0) * heaviest / own;
    }
    for (int j = 0; j < c.columns(); j++) {
      mass += c.get("target")[r * c.columns() + j] * heaviest;
    }
    return mass + c.number("labelSmoothing", 0) * heaviest;
  }

  /**
   * How large errors of a softmax of rounded distances are: an e^-d carries d roundings more than the others, whose sum
   * over the row, weighted with the probabilities, is at most the logarithm of the columns.
   */
  private static double softmax(GoldenCase c) {
    return 1 + Math.log(c.columns());
  }

  private static double greatest(GoldenCase c, int r) {
    return Arrays.stream(c.get("prediction"), r * c.columns(), (r + 1) * c.columns()).map(Math::abs).max()
        .getAsDouble();
  }

  // boxes, pairs, triplets, sequences

  /** Centres cancel in the size of coordinates; a gradient is at most one over an edge. */
  private static Outcome boxes(GoldenCase c, Compute compute) {
    BoxLoss loss = new BoxLoss(BoxLoss.Kind.valueOf(c.loss().toUpperCase(Locale.ROOT)), c.number("eps"),
        c.reductionOfLibrary());
    float[] losses = new float[c.rows()], gradient = new float[4 * c.rows()];
    double value = loss.evaluate(compute.kernels(), segment(c, "prediction"), segment(c, "target"), of(gradient),
        of(losses), c.rows());
    double divisor = c.reduction().equals("mean") ? c.rows() : 1;
    double[] lossTerms = new double[c.rows()], gradientTerms = new double[4 * c.rows()];
    for (int r = 0; r < c.rows(); r++) {
      double edge = Double.POSITIVE_INFINITY, farthest = 0;
      for (String input : new String[]{"prediction", "target"}) {
        double[] x = c.get(input);
        for (int i = 4 * r; i < 4 * r + 4; i++) {
          farthest = Math.max(farthest, abs(x[i]));
          edge = i < 4 * r + 2 ? Math.min(edge, x[i + 2] - x[i]) : edge;
        }
      }
      lossTerms[r] = 1 + farthest / edge;
      Arrays.fill(gradientTerms, 4 * r, 4 * r + 4, lossTerms[r] / edge / divisor);
    }
    return outcome(value, losses, lossTerms, divisor, gradient, gradientTerms);
  }

  private static Outcome tripletMargin(GoldenCase c, Compute compute) {
    TripletMargin loss = new TripletMargin(c.number("margin"), c.number("eps"), c.flag("swap"),
        c.reductionOfLibrary());
    return vectors(c, new String[]{"anchor", "positive", "negative"}, (g, losses) -> loss.evaluate(compute.kernels(),
        segment(c, "anchor"), segment(c, "positive"), segment(c, "negative"), g[0], g[1], g[2], losses, c.rows(),
        c.columns()),
        r -> new Terms(loss.margin() + distance(c, "anchor", "positive", r) + distance(c, "anchor", "negative", r)
            + distance(c, "positive", "negative", r), 2));
  }

  private static Outcome contrastive(GoldenCase c, Compute compute) {
    Contrastive loss = new Contrastive(c.number("margin"), c.reductionOfLibrary());
    return vectors(c, FIRST_SECOND, (g, losses) -> loss.evaluate(compute.kernels(), segment(c, "first"),
        segment(c, "second"), MemorySegment.ofArray(c.ints("target")), g[0], g[1], losses, c.rows(), c.columns()),
        r -> {
          double terms = loss.margin() + distance(c, "first", "second", r);
          return new Terms(terms * terms, terms);
        });
  }

  private static Outcome cosineEmbedding(GoldenCase c, Compute compute) {
    CosineEmbedding loss = new CosineEmbedding(c.number("margin"), c.reductionOfLibrary());
    return vectors(c, FIRST_SECOND, (g, losses) -> loss.evaluate(compute.kernels(), segment(c, "first"),
        segment(c, "second"), MemorySegment.ofArray(c.ints("target")), g[0], g[1], losses, c.rows(), c.columns()),
        r -> new Terms(2, 2 / Math.min(norm(c, "first", r), norm(c, "second", r))));
  }

  private static Outcome marginRanking(GoldenCase c, Compute compute) {
    MarginRanking loss = new MarginRanking(c.number("margin"), c.reductionOfLibrary());
    int n = c.rows() * c.columns();
    // its rows are single numbers
    GoldenCase flat = new GoldenCase(c.loss(), c.options(), c.reduction(), n, 1, c.inputs(), c.losses(), c.value(),
        c.gradients());
    return vectors(flat, FIRST_SECOND, (g, losses) -> loss.evaluate(compute.kernels(), segment(c, "first"),
        segment(c, "second"), MemorySegment.ofArray(c.ints("target")), g[0], g[1], losses, n),
        r -> new Terms(loss.margin() + distance(flat, "first", "second", r), 0));
  }

  private static final String[] FIRST_SECOND = {"first", "second"};

  @FunctionalInterface
  private interface VectorLoss {
    double evaluate(MemorySegment[] gradients, MemorySegment losses);
  }

  private static Outcome vectors(GoldenCase c, String[] names, VectorLoss loss,
      IntFunction<Terms> terms) {
    MemorySegment[] segments = new MemorySegment[names.length];
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (int k = 0; k < names.length; k++) {
      gradients.put(names[k], new float[c.rows() * c.columns()]);
      segments[k] = of(gradients.get(names[k]));
    }
    float[] losses = new float[c.rows()];
    double value = loss.evaluate(segments, of(losses)), divisor = c.reduction().equals("mean") ? c.rows() : 1;
    double[] lossTerms = new double[c.rows()], gradientTerms = new double[c.rows() * c.columns()];
    for (int r = 0; r < c.rows(); r++) {
      Terms one = terms.apply(r);
      lossTerms[r] = one.loss;
      Arrays.fill(gradientTerms, r * c.columns(), (r + 1) * c.columns(), one.slope / divisor);
    }
    Map<String, double[]> allTerms = new LinkedHashMap<>();
    gradients.keySet().forEach(name -> allTerms.put(name, gradientTerms));
    return new Outcome(value, losses, lossTerms, divisor, gradients, allTerms);
  }

  private static double distance(GoldenCase c, String one, String other, int r) {
    double sum = 0;
    for (int i = r * c.columns(); i < (r + 1) * c.columns(); i++) {
      sum += Math.pow(c.get(one)[i] - c.get(other)[i], 2);
    }
    return Math.sqrt(sum);
  }

  private static double norm(GoldenCase c, String name, int r) {
    return Math.sqrt(Arrays.stream(c.get(name), r * c.columns(), (r + 1) * c.columns()).map(x -> x * x).sum());
  }

  /** The file's frames are time by batch and its labels lie without gaps; ours are by sample. */
  private static Outcome ctc(GoldenCase c, Compute compute) {
    int time = (int) c.number("steps"), samples = (int) c.number("batch"), classes = c.columns();
    int[] targets = c.ints("targetLengths"), inputs = c.ints("inputLengths"), flat = c.ints("labels");
    int most = Arrays.stream(targets).max().getAsInt();
    int[] labels = new int[samples * most];
    for (int n = 0, at = 0; n < samples; at += targets[n++]) {
      System.arraycopy(flat, at, labels, n * most, targets[n]);
    }
    float[] x = c.floats("prediction"), logits = new float[x.length], mine = new float[x.length],
        gradient = new float[x.length];
    for (int t = 0; t < time; t++) {
      for (int n = 0; n < samples; n++) {
        System.arraycopy(x, (t * samples + n) * classes, logits, (n * time + t) * classes, classes);
      }
    }
    CtcScratch scratch = CtcScratch.of(samples, time, most);
    Ctc loss = new Ctc((int) c.number("blank"), c.flag("zeroInfinity"), c.reductionOfLibrary());
    double value = loss.evaluate(compute.kernels(), logits, labels, inputs, targets, mine, scratch, time, classes,
        most);
    for (int t = 0; t < time; t++) {
      for (int n = 0; n < samples; n++) {
        System.arraycopy(mine, (n * time + t) * classes, gradient, (t * samples + n) * classes, classes);
      }
    }
    // a walk is a sum over its frames of logarithms of probabilities
    double walk = time * 2 * (Arrays.stream(c.get("prediction")).map(Math::abs).max().getAsDouble() + softmax(c));
    double[] lossTerms = new double[samples], gradientTerms = new double[x.length];
    Arrays.fill(lossTerms, walk);
    Arrays.fill(gradientTerms, walk / (c.reduction().equals("mean") ? samples : 1));
    float[] losses = scratch.losses().asSlice(0, 4L * samples).toArray(ValueLayout.JAVA_FLOAT);
    return outcome(value, losses, lossTerms, c.reduction().equals("mean") ? samples : 1, gradient, gradientTerms);
  }

  static MemorySegment segment(GoldenCase c, String input) {
    return of(c.floats(input));
  }

  static MemorySegment of(float[] x) {
    return MemorySegment.ofArray(x);
  }
}
