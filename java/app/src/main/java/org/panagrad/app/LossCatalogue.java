package org.panagrad.app;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.panagrad.loss.BoxLoss;
import org.panagrad.loss.ElementwiseLoss;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.loss.RowwiseLoss;

/** All losses, with the charts of those that are elementwise, and the charts that compare several. */
final class LossCatalogue {
  private static final String ERROR = "error e = x - t, in units of t", LOGIT = "logit x", SCORE = "score x",
      NUMBER = "a number", LABEL = "a label from 0", LOGITS = "a row of logits", PIXELS = "a logit a pixel",
      MASK = "a mask, 0 to 1", NATS = "loss, in nats",
      PLAIN = "loss, without a unit", UNITS = "loss, in units of t", SQUARED = "loss, in units of t, squared",
      BY_ERROR = "dl/de, the pull on x", BY_X = "dl/dx, the pull on x";
  private static final double[] ERRORS = LossSampler.axis(-4, 4), SCORES = LossSampler.axis(-3, 3),
      PROBABILITIES = LossSampler.axis(0.01, 0.99);

  /** In the order in which they are listed. */
  static final List<LossEntry> LOSSES = List.of(
      // regression
      errors("meanSquaredError", "e^2", SQUARED, line("loss", Losses.meanSquaredError(), 0)),
      other("rootMeanSquaredError", NUMBER, NUMBER, "sqrt(mean of e^2), one value for a batch"),
      errors("meanAbsoluteError", "|e|", UNITS, line("loss", Losses.meanAbsoluteError(), 0)),
      errors("huber", "e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2)", SQUARED,
          line("delta 0.5", Losses.huber(0.5), 0), line("delta 1", Losses.huber(1), 0),
          line("delta 2", Losses.huber(2), 0)),
      errors("smoothL1", "e^2 / (2 beta) where |e| < beta, else |e| - beta / 2", UNITS,
          line("beta 0", Losses.smoothL1(0), 0), line("beta 1", Losses.smoothL1(1), 0),
          line("beta 2", Losses.smoothL1(2), 0)),
      errors("logCosh", "ln cosh e", PLAIN, line("loss", Losses.logCosh(), 0)),
      errors("quantile", "max(-q e, (1 - q) e)", UNITS, line("q 0.1", Losses.quantile(0.1), 0),
          line("q 0.5", Losses.quantile(0.5), 0), line("q 0.9", Losses.quantile(0.9), 0)),
      new LossEntry("generalRobust", NUMBER, NUMBER,
          "b/alpha ((u^2/b + 1)^(alpha/2) - 1), u = e/scale, b = |alpha - 2|",
          new LossChart("generalRobust", "generalRobust, scale 1", ERROR, PLAIN, BY_ERROR, 5, 3,
              lines(ERRORS, robust(2), robust(1), robust(0), robust(-2), robust(Double.NEGATIVE_INFINITY)))),
      other("adaptiveRobust", NUMBER, NUMBER, "generalRobust + ln scale + ln Z(alpha), both learned"),
      new LossEntry("meanSquaredLogarithmicError", "a number above -1", "a number above -1",
          "(ln(1 + x) - ln(1 + t))^2",
          chart("meanSquaredLogarithmicError", "prediction x", PLAIN, LossSampler.axis(0, 10),
              line("t 1", Losses.meanSquaredLogarithmicError(), 1),
              line("t 4", Losses.meanSquaredLogarithmicError(), 4))),
      new LossEntry("meanAbsolutePercentageError", NUMBER, "a number, not 0", "100 |e| / max(|t|, 1e-7)",
          chart("meanAbsolutePercentageError", "prediction x", "loss, in %", LossSampler.axis(0, 10),
              line("t 1", Losses.meanAbsolutePercentageError(), 1),
              line("t 2", Losses.meanAbsolutePercentageError(), 2),
              line("t 5", Losses.meanAbsolutePercentageError(), 5))),
      new LossEntry("poissonNll", "log of a rate", "a count", "e^x - t x; of a rate itself: x - t ln(x + epsilon)",
          chart("poissonNll", "logarithm x of the rate", NATS, LossSampler.axis(-2, 3),
              line("t 0", Losses.poissonNll(), 0), line("t 1", Losses.poissonNll(), 1),
              line("t 4", Losses.poissonNll(), 4))),
      // two classes
      new LossEntry("binaryCrossEntropy", "a logit", "0 to 1",
          "w t softplus(-x) + (1 - t) softplus(x), w posWeight: one, or one a column",
          chart("binaryCrossEntropy", LOGIT, NATS, LossSampler.axis(-6, 6), line("t 0", Losses.binaryCrossEntropy(), 0),
              line("t 1", Losses.binaryCrossEntropy(), 1), line("t 1, posWeight 3", Losses.binaryCrossEntropy(3, 0), 1),
              line("t 1, smoothing 0.2", Losses.binaryCrossEntropy(1, 0.2), 1))),
      new LossEntry("binaryCrossEntropyOfProbabilities", "a probability", "0 to 1", "-(t ln x + (1 - t) ln(1 - x))",
          chart("binaryCrossEntropyOfProbabilities", "binary, of probabilities", "probability x", NATS,
              LossSampler.axis(0.02, 0.98), line("t 0", Losses.binaryCrossEntropyOfProbabilities(), 0),
              line("t 1", Losses.binaryCrossEntropyOfProbabilities(), 1))),
      new LossEntry("focal", "a logit", "0 to 1", "a (1 - p)^gamma (-ln p), p the probability of the true class",
          chart("focal", "focal, t 1", LOGIT, NATS, LossSampler.axis(-6, 6), focal(0), focal(0.5), focal(1), focal(2),
              focal(5))),
      new LossEntry("hinge", "a score", "-1 or 1", "max(0, 1 - t x)",
          chart("hinge", SCORE, PLAIN, SCORES, line("t -1", Losses.hinge(), -1), line("t 1", Losses.hinge(), 1))),
      new LossEntry("squaredHinge", "a score", "-1 or 1", "max(0, 1 - t x)^2",
          chart("squaredHinge", SCORE, PLAIN, SCORES, line("t -1", Losses.squaredHinge(), -1),
              line("t 1", Losses.squaredHinge(), 1))),
      other("dice", PIXELS, MASK, "1 - (2 sum p t + smooth) / (sum p + sum t + smooth), p = sigmoid(x)"),
      other("tversky", PIXELS, MASK, "1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth), TP = sum p t"),
      // scores of a critic, distributions
      new LossEntry("leastSquares", "a score", NUMBER, "e^2 / 2",
          chart("leastSquares", SCORE, PLAIN, SCORES, line("t 0", Losses.leastSquares(), 0),
              line("t 1", Losses.leastSquares(), 1))),
      new LossEntry("wasserstein", "a score", "-1 or 1", "-t x",
          chart("wasserstein", SCORE, PLAIN, SCORES, line("t -1", Losses.wasserstein(), -1),
              line("t 1", Losses.wasserstein(), 1))),
      new LossEntry("kullbackLeibler", "log-probabilities", "probabilities", "t (ln t - x), 0 where t is 0",
          chart("kullbackLeibler", "kullbackLeibler, a term", "log-probability x", NATS, LossSampler.axis(-6, 0),
              line("t 0.1", Losses.kullbackLeibler(), 0.1), line("t 0.5", Losses.kullbackLeibler(), 0.5),
              line("t 0.9", Losses.kullbackLeibler(), 0.9))),
      other("Adversarial", "scores of a critic", "real or generated",
          "logistic, least squares, hinge, Wasserstein: critic's and generator's"),
      other("GaussianNll", "mean x and variance v", NUMBER, "(ln v + e^2 / v) / 2, v at least epsilon"),
      other("GaussianKl", "mean x, log-variance s", "none", "(x^2 + e^s - 1 - s) / 2, the divergence from N(0, 1)"),
      // one of K classes
      other("softmaxCrossEntropy", LOGITS, LABEL, "ln(sum of e^x[c]) - x[t]"),
      other("softmaxCrossEntropyOfProbabilities", LOGITS, "class probabilities",
          "sum of t[c] (-ln p[c]), p the softmax"),
      other("focalSoftmax", LOGITS, LABEL, "(1 - p[t])^gamma (-ln p[t]), p the softmax"),
      other("entropy", LOGITS, "none", "sum of p[c] (-ln p[c]), p the softmax"),
      other("nll", "log-probabilities", LABEL, "-x[t]"),
      other("multiClassHinge", "a row of scores", LABEL, "max(0, 1 + greatest of the other x[c] - x[t])"),
      other("LinearCrossEntropy", "what a layer is given", LABEL,
          "ln(sum of e^z[c]) - z[t], z = x W + b never whole in memory"),
      other("zeroOne", "a row of scores", LABEL, "1 where the greatest x[c] is not x[t]; its gradient is 0"),
      // sequences, boxes, embeddings
      other("SequenceCrossEntropy", "logits of each step", "a label for each step",
          "mean of softmaxCrossEntropy over the steps that exist"),
      other("Ctc", "logits of each frame", "labels without places", "-ln(sum of the probabilities of all alignments)"),
      other("BoxLoss", "x1, y1, x2, y2", "x1, y1, x2, y2", "1 - IoU, and its kinds GIoU, DIoU, CIoU"),
      other("Contrastive", "vectors at distance d", "1 similar, 0 not", "d^2 / 2 or max(0, margin - d)^2 / 2"),
      other("CosineEmbedding", "two vectors", "1 similar, -1 not", "1 - cos or max(0, cos - margin)"),
      other("MarginRanking", "two scores", "1 or -1", "max(0, -t (x1 - x2) + margin)"),
      other("TripletMargin", "three vectors", "none", "max(0, d(anchor, positive) - d(anchor, negative) + margin)"),
      other("InfoNce", "queries q, keys k", "key i for query i",
          "ln(sum over j of e^s[i][j]) - s[i][i], s[i][j] = q[i] . k[j] / temperature"),
      other("NtXent", "two views of all rows", "the other view",
          "ln(sum over j not i of e^s[i][j]) - s[i][other], s = cos / temperature"),
      // a lambda
      other("custom", "any", NUMBER, "as a lambda says: (y, t) -> y.minus(t).abs().pow(1.5).mean()"),
      other("customOfClasses", "any", "a label", "as a lambda says, of the labels as rows of 0 and 1"),
      other("customWithoutTarget", "any", "none", "as a lambda says, of predictions alone"),
      // of other losses, without labels, of parameters
      other("SumOfLosses", "as its parts", "as its parts", "sum of w[i] l[i], losses of one prediction"),
      other("CombinedLoss", "one for each part", "one for each part", "sum of w[i] l[i], a prediction for each"),
      other("DetectorLoss", "logits and a box", "a label and a box",
          "loss of the classes + boxWeight * loss of the boxes that hold something"),
      other("PseudoLabels", "strong view's logits", "weak view's logits",
          "softmaxCrossEntropy with the target's likeliest class, where it is sure"),
      other("Consistency", "a student's logits", "a teacher's logits",
          "squared error, cross-entropy or divergence of both softmaxes"),
      other("Penalty", "parameters x", "none, or reference t",
          "l1 sum |d| + l2 / 2 sum d^2, d = x, or x - t: l1, l2, elasticNet, anchor"));

  /** Losses side by side, for the questions of docs/choosing-a-loss.md. */
  static final List<LossChart> OVERVIEWS = List.of(
      new LossChart("overview-regression", "Regression", ERROR, "loss", BY_ERROR, 6, 4,
          lines(ERRORS, line("squared", Losses.meanSquaredError(), 0), line("absolute", Losses.meanAbsoluteError(), 0),
              line("Huber, delta 1", Losses.huber(1), 0), line("log-cosh", Losses.logCosh(), 0), robust(0),
              robust(-2))),
      new LossChart("overview-margins", "Two classes", "margin t x: how far a score x is on its side", "loss",
          "dl/d(t x)", 6, 6,
          sampler -> List.of(
              sampler.rows("0-1", Losses.zeroOne(), 2, SCORES, DoubleUnaryOperator.identity()),
              line("hinge", Losses.hinge(), 1).on(sampler, SCORES),
              line("squared hinge", Losses.squaredHinge(), 1).on(sampler, SCORES),
              line("logistic", Losses.binaryCrossEntropy(), 1).on(sampler, SCORES))),
      new LossChart("overview-focal", "Easy and hard rows", "probability of the true class", NATS,
          "dl/dx, x the logit",
          sampler -> List.of(0.0, 0.5, 1.0, 2.0, 5.0).stream()
              .map(gamma -> sampler.elements(gamma == 0 ? "cross-entropy" : "focal, gamma " + number(gamma),
                  Losses.focal(gamma), 1, PROBABILITIES, p -> Math.log(p / (1 - p))))
              .toList()),
      new LossChart("overview-boxes", "Boxes", "offset of the centres", PLAIN, "dl/d(offset)",
          sampler -> List.of(BoxLoss.Kind.values()).stream()
              .map(kind -> sampler.boxes(kind.name().replace("OU", "oU"), kind, new float[]{-0.5f, -0.5f, 0.5f, 1.5f},
                  new float[]{-1, 0, 1, 1}, LossSampler.axis(0, 4)))
              .toList()),
      new LossChart("overview-cross-entropy", "One of 10 classes", "probability of the true class", NATS,
          "dl/dx[t], x[t] its logit",
          sampler -> List.of(tenth("cross-entropy", Losses.softmaxCrossEntropy(), sampler),
              tenth("smoothing 0.1", Losses.softmaxCrossEntropy().labelSmoothing(0.1), sampler),
              tenth("focal, gamma 2", Losses.focalSoftmax(2), sampler))),
      new LossChart("overview-overlap", "One pixel of 51", "probability of the wanted pixel", "loss",
          "dl/dx, x its logit",
          sampler -> List.of(small("cross-entropy", Losses.binaryCrossEntropy(), sampler),
              small("Dice", Losses.dice().smooth(0), sampler),
              small("Tversky, beta 0.7", Losses.tversky(0.3, 0.7).smooth(0), sampler),
              small("Tversky, beta 0.3", Losses.tversky(0.7, 0.3).smooth(0), sampler))));

  private LossCatalogue() {
  }

  /** A loss with its options, for one target. */
  private record Line(String label, ElementwiseLoss loss, double target) {
    LossLine on(LossSampler sampler, double[] axis) {
      return sampler.elements(label, loss, target, axis, DoubleUnaryOperator.identity());
    }
  }

  private static Line line(String label, ElementwiseLoss loss, double target) {
    return new Line(label, loss, target);
  }

  private static Line robust(double alpha) {
    return line("robust, alpha " + number(alpha), Losses.generalRobust(alpha, 1), 0);
  }

  private static Line focal(double gamma) {
    return line("gamma " + number(gamma), Losses.focal(gamma), 1);
  }

  private static String number(double value) {
    return Double.isInfinite(value) ? "-inf" : value == Math.rint(value) ? Long.toString((long) value) : value + "";
  }

  /** Of ten classes, those that are not true being equally likely. */
  private static LossLine tenth(String label, RowwiseLoss loss, LossSampler sampler) {
    return sampler.rows(label, loss, 10, PROBABILITIES, p -> Math.log(9 * p / (1 - p)));
  }

  /** Of a mask of one pixel, the 50 others having a probability of 0.01. */
  private static LossLine small(String label, Loss loss, LossSampler sampler) {
    return sampler.mask(label, loss, 51, 0.01, PROBABILITIES);
  }

  private static Function<LossSampler, List<LossLine>> lines(double[] axis, Line... lines) {
    return sampler -> List.of(lines).stream().map(line -> line.on(sampler, axis)).toList();
  }

  private static LossChart chart(String name, String title, String x, String unit, double[] axis, Line... lines) {
    return new LossChart(name, title, x, unit, BY_X, lines(axis, lines));
  }

  private static LossChart chart(String name, String x, String unit, double[] axis, Line... lines) {
    return chart(name, name, x, unit, axis, lines);
  }

  /** A loss of the error alone. */
  private static LossEntry errors(String name, String formula, String unit, Line... lines) {
    return new LossEntry(name, NUMBER, NUMBER, formula,
        new LossChart(name, name, ERROR, unit, BY_ERROR, lines(ERRORS, lines)));
  }

  private static LossEntry other(String name, String prediction, String target, String formula) {
    return new LossEntry(name, prediction, target, formula, null);
  }
}
