package org.panagrad.bench.golden;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy;
import static org.bytedeco.pytorch.global.torch.cosine_embedding_loss;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.ctc_loss;
import static org.bytedeco.pytorch.global.torch.huber_loss;
import static org.bytedeco.pytorch.global.torch.kl_div;
import static org.bytedeco.pytorch.global.torch.l1_loss;
import static org.bytedeco.pytorch.global.torch.margin_ranking_loss;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.nll_loss;
import static org.bytedeco.pytorch.global.torch.poisson_nll_loss;
import static org.bytedeco.pytorch.global.torch.triplet_margin_loss;
import static org.panagrad.bench.golden.Draw.inputs;
import static org.panagrad.bench.golden.Draw.integers;
import static org.panagrad.bench.golden.Draw.labelsIgnoring;
import static org.panagrad.bench.golden.Draw.numbers;
import static org.panagrad.bench.golden.Draw.vector;
import static org.panagrad.bench.golden.Formulas.difference;
import static org.panagrad.bench.golden.Formulas.from;
import static org.panagrad.bench.golden.Formulas.logCosh;
import static org.panagrad.bench.golden.Formulas.plus;
import static org.panagrad.bench.golden.Formulas.times;
import static org.panagrad.bench.golden.Formulas.unit;
import static org.panagrad.bench.golden.Reduce.BATCHMEAN;
import static org.panagrad.bench.golden.Reduce.MEAN;
import static org.panagrad.bench.golden.Reduce.NONE;
import static org.panagrad.bench.golden.Reduce.SUM;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;

/** Values and gradients of losses as libtorch computes them in double: see bench/README.md. */
final class GoldenLosses {
  private static final Map<String, Draw> PAIR = inputs("prediction", Draw::prediction, "target", Draw::target);
  private static final Map<String, Draw> LOGITS_AND_LABELS = inputs("prediction", Draw::prediction, "labels",
      Draw::labels);
  private static final double EPS_6 = 1e-6f;
  private static final double EPS_7 = 1e-7f;
  private static final double EPS_8 = 1e-8f;

  private final List<Loss> losses = new ArrayList<>();

  GoldenLosses() {
    regression();
    distributions();
    robust();
    binary();
    margins();
    softmax();
    regions();
    embeddings();
    sequences();
    adversarial();
  }

  /** As they stand in the file. */
  List<Object> cases() {
    return losses.stream().flatMap(loss -> loss.list().stream()).<Object>map(GoldenCase::compute).toList();
  }

  private void regression() {
    loss("meanSquaredError", PAIR, (in, r) -> mse_loss(in.prediction(), in.target(), r.code()))
        .cases()
        .weighted(Draw::weights);
    loss("leastSquares", PAIR, (in, r) -> r.of(times(difference(in).square(), 0.5)))
        .cases();
    loss("rmse", PAIR, (in, r) -> mse_loss(in.prediction(), in.target(), 1).sqrt())
        .at(1, 1, MEAN).at(1, 10, MEAN).at(4, 7, MEAN).at(3, 17, MEAN);
    loss("meanAbsoluteError", PAIR, (in, r) -> l1_loss(in.prediction(), in.target(), r.code()))
        .cases()
        .edge("0 where prediction is target", 1, 3, SUM, pair(numbers(1, 2, -3), numbers(1, 1.5, -3)));
    loss("huber", PAIR, (in, r) -> huber_loss(in.prediction(), in.target(), r.code(), in.number("delta")))
        .cases("delta", 1.0).cases("delta", 0.25)
        .at(1, 4, NONE, pair(numbers(0.5, -0.5, 0, 1000), numbers(0, 0, 0, 0)), "delta", 0.5);
    loss("smoothL1", PAIR, Formulas::smoothL1)
        .cases("beta", 1.0).cases("beta", 0.25).cases("beta", 0.0)
        .at(1, 4, NONE, pair(numbers(0.5, -0.5, 0, 1000), numbers(0, 0, 0, 0)), "beta", 0.5)
        .edge("0 where prediction is target", 1, 2, SUM, pair(numbers(1, 2), numbers(1, 1.5)), "beta", 0.0);
    loss("logCosh", PAIR, (in, r) -> r.of(logCosh(difference(in))))
        .cases()
        .at(1, 4, NONE, pair(numbers(1e4, -1e4, 0, 0.125), numbers(0, 0, 0, 0)));
    loss("quantile", PAIR, (in, r) -> r.of(Formulas.quantile(in)))
        .cases("q", 0.125).cases("q", 0.75);
    // (log(1 + x) - log(1 + t))^2
    loss("meanSquaredLogarithmicError", inputs("prediction", Draw::positive, "target", Draw::positiveTarget),
        (in, r) -> mse_loss(in.prediction().log1p(), in.target().log1p(), r.code()))
        .cases();
    // 100 |t - x| / max(|t|, 1e-7), as Keras
    loss("meanAbsolutePercentageError", PAIR,
        (in, r) -> r.of(times(difference(in).abs().div(in.target().abs().clamp_min(new Scalar(EPS_7))), 100)))
        .cases()
        .at(1, 3, NONE, pair(numbers(1, -0.5, 2), numbers(0, 0, 1)));
  }

  private void distributions() {
    loss("poissonNll", inputs("prediction", Draw::prediction, "target", Draw::counts),
        (in, r) -> poisson_nll_loss(in.prediction(), in.target(), in.flag("logInput"), in.flag("full"),
            in.number("eps"), r.code()))
        .cases("logInput", true, "full", false, "eps", EPS_8)
        .cases("logInput", true, "full", true, "eps", EPS_8)
        .cases(inputs("prediction", Draw::positive), "logInput", false, "full", false, "eps", EPS_8)
        .cases(inputs("prediction", Draw::positive), "logInput", false, "full", true, "eps", 0.125)
        .edge("without logInput 1 - t / (x + eps)", 1, 3, NONE, pair(numbers(0, 0, 1), numbers(0, 2, 3)),
            "logInput", false, "full", false, "eps", EPS_8);
    loss("gaussianNll", inputs("prediction", Draw::prediction, "variance", Draw::positive, "target", Draw::target),
        (in, r) -> r.of(Formulas.gaussianNll(in)))
        .cases("full", false, "eps", EPS_6).cases("full", true, "eps", EPS_6)
        .edge("of the variance: that at eps where it is below", 1, 3, NONE,
            inputs("prediction", numbers(1, 1, 1), "variance", numbers(0, 0.125, 4), "target", numbers(0.5, 2, 1)),
            "full", false, "eps", 0.25);
    // -1/2 (1 + logVariance - mean^2 - exp(logVariance)) of an element
    loss("gaussianKl", inputs("mean", Draw::prediction, "logVariance", Draw::prediction),
        (in, r) -> r.of(times(plus(in.get("logVariance"), 1).sub(in.get("mean").square())
            .sub(in.get("logVariance").exp()), -0.5)))
        .cases().at(4, 7, BATCHMEAN);
    loss("kullbackLeibler", inputs("prediction", Draw::logProbabilities, "target", Draw::distribution),
        (in, r) -> r == BATCHMEAN
            ? r.of(kl_div(in.prediction(), in.target(), 0, false))
            : kl_div(in.prediction(), in.target(), r.code(), false))
        .cases().at(4, 7, BATCHMEAN).at(3, 17, BATCHMEAN);
  }

  private void robust() {
    loss("generalRobust", PAIR, (in, r) -> r.of(Formulas.generalRobust(in)))
        .cases("alpha", 1.0, "scale", 1.0).cases("alpha", 2.0, "scale", 0.5).cases("alpha", 0.0, "scale", 1.0)
        .cases("alpha", -2.0, "scale", 2.0).cases("alpha", 1.5, "scale", 0.25).cases("alpha", "-inf", "scale", 1.5)
        .at(1, 3, NONE, pair(numbers(0, 1000, -1000), numbers(0, 0, 0)), "alpha", 1.0, "scale", 1.0)
        .at(1, 3, NONE, pair(numbers(0, 1000, -1000), numbers(0, 0, 0)), "alpha", 0.0, "scale", 1.0)
        .at(1, 3, NONE, pair(numbers(0, 1000, -1000), numbers(0, 0, 0)), "alpha", -2.0, "scale", 1.0)
        .at(1, 3, NONE, pair(numbers(0, 1000, -1000), numbers(0, 0, 0)), "alpha", 1.5, "scale", 1.0)
        .at(1, 3, NONE, pair(numbers(0, 1000, -1000), numbers(0, 0, 0)), "alpha", "-inf", "scale", 1.0);
  }

  private void binary() {
    // targets smoothed to t (1 - labelSmoothing) + labelSmoothing / 2; posWeight has one factor for each column
    loss("binaryCrossEntropyWithLogits", inputs("prediction", Draw::prediction, "target", Draw::binary),
        Formulas::binaryCrossEntropyWithLogits)
        .cases()
        .cases(inputs("target", Draw::softTarget))
        .cases(inputs("posWeight", Draw::columnWeights))
        .cases("labelSmoothing", 0.125)
        .cases(inputs("posWeight", Draw::columnWeights), "labelSmoothing", 0.25)
        .weighted(Draw::rowWeights)
        .at(1, 5, NONE, pair(numbers(1e4, 1e4, -1e4, -1e4, 0), numbers(0, 1, 0, 1, 1)));
    loss("binaryCrossEntropy", inputs("prediction", Draw::probability, "target", Draw::binary),
        (in, r) -> binary_cross_entropy(in.prediction(), in.target(), new TensorOptional(), r.code()))
        .cases().cases(inputs("target", Draw::softTarget))
        .edge("(x - t) / max(x (1 - x), 1e-12); logarithms are at least -100", 1, 6, NONE,
            pair(numbers(0, 0, 1, 1, 0, 1), numbers(0, 1, 0, 1, 0.5, 0.5)));
    // torchvision.ops.sigmoid_focal_loss
    loss("focal", inputs("prediction", Draw::prediction, "target", Draw::binary), (in, r) -> r.of(Formulas.focal(in)))
        .cases("alpha", 0.25, "gamma", 2.0).cases("gamma", 1.5).cases("alpha", 0.75, "gamma", 0.0)
        .cases(inputs("target", Draw::softTarget), "alpha", 0.25, "gamma", 2.0)
        .at(1, 4, NONE, pair(numbers(1e4, 1e4, -1e4, -1e4), numbers(0, 1, 0, 1)), "alpha", 0.25, "gamma", 2.0);
  }

  private void margins() {
    Map<String, Draw> signed = inputs("prediction", Draw::prediction, "target", Draw::signs);
    loss("hinge", signed, (in, r) -> r.of(from(1, in.prediction().mul(in.target())).relu()))
        .cases();
    loss("squaredHinge", signed, (in, r) -> r.of(from(1, in.prediction().mul(in.target())).relu().square()))
        .cases().at(1, 2, NONE, pair(numbers(1, -1), numbers(1, -1)));
    loss("wasserstein", signed, (in, r) -> r.of(in.prediction().mul(in.target()).neg()))
        .cases();
    loss("marginRanking", inputs("first", Draw::prediction, "second", Draw::target, "target", Draw::signs),
        (in, r) -> margin_ranking_loss(in.get("first"), in.get("second"), in.target(), in.number("margin"), r.code()))
        .cases("margin", 0.0).cases("margin", 0.5);
  }

  private void softmax() {
    loss("softmaxCrossEntropy", LOGITS_AND_LABELS, Formulas::softmaxCrossEntropy)
        .cases()
        .cases(inputs("classWeight", Draw::columnWeights))
        .cases("labelSmoothing", 0.125)
        .cases(inputs("classWeight", Draw::columnWeights), "labelSmoothing", 0.25)
        .at(4, 7, MEAN, inputs("labels", labelsIgnoring(-100)), "ignoreIndex", -100)
        .at(4, 7, NONE, inputs("labels", labelsIgnoring(2)), "ignoreIndex", 2)
        .at(3, 17, MEAN, inputs("labels", labelsIgnoring(-100), "classWeight", Draw::columnWeights))
        .at(4, 7, MEAN, inputs("labels", labelsIgnoring(3)), "ignoreIndex", 3, "labelSmoothing", 0.125)
        .at(4, 7, SUM, inputs("labels", labelsIgnoring(-100), "classWeight", Draw::columnWeights), "labelSmoothing",
            0.125)
        .at(4, 7, MEAN, inputs("labels", labelsIgnoring(-100), "classWeight", Draw::columnWeights), "labelSmoothing",
            0.125)
        .at(2, 3, SUM, inputs("labels", integers(-100, -100)))
        .cases("zLoss", 0x1p-10)
        .at(4, 7, MEAN, inputs("labels", labelsIgnoring(-100)), "zLoss", 0x1p-7)
        .weighted(Draw::rowWeights)
        .at(3, 4, NONE, LABELLED_EXTREMES);
    loss("softmaxCrossEntropy", inputs("prediction", Draw::prediction, "target", Draw::distribution),
        (in, r) -> cross_entropy_loss(in.prediction(), in.target(), in.optional("classWeight"), r.code(), -100,
            in.number("labelSmoothing", 0)))
        .cases()
        .cases(inputs("classWeight", Draw::columnWeights))
        .cases("labelSmoothing", 0.125)
        .cases(inputs("classWeight", Draw::columnWeights), "labelSmoothing", 0.25)
        .at(2, 3, NONE, pair(numbers(1e4, -1e4, 0, 1, 1, 1), numbers(0.25, 0.25, 0.5, 2, 0, 1)));
    loss("nll", inputs("prediction", Draw::logProbabilities, "labels", Draw::labels),
        (in, r) -> nll_loss(in.prediction(), in.labels(), in.optional("classWeight"), r.code(),
            (long) in.number("ignoreIndex", -100)))
        .cases().cases(inputs("classWeight", Draw::columnWeights))
        .at(4, 7, MEAN, inputs("labels", labelsIgnoring(-100), "classWeight", Draw::columnWeights))
        .at(4, 7, NONE, inputs("labels", labelsIgnoring(2)), "ignoreIndex", 2)
        .at(2, 3, SUM, inputs("labels", integers(-100, -100)));
    loss("multiClassHinge", LOGITS_AND_LABELS, (in, r) -> r.of(Formulas.multiClassHinge(in)))
        .cases("margin", 1.0).cases("margin", 0.5).cases("margin", 4.0);
    loss("focalSoftmax", LOGITS_AND_LABELS, (in, r) -> r.of(Formulas.focalSoftmax(in)))
        .cases("gamma", 2.0).cases("gamma", 0.0).cases(inputs("alpha", Draw::columnWeights), "gamma", 1.5)
        .at(3, 4, NONE, LABELLED_EXTREMES, "gamma", 2.0);
    loss("entropy", inputs("prediction", Draw::prediction), (in, r) -> r.of(Formulas.entropy(in.prediction())))
        .cases().at(3, 4, NONE, inputs("prediction", LABELLED_EXTREMES.get("prediction")));
  }

  private static final Map<String, Draw> LABELLED_EXTREMES = inputs(
      "prediction", numbers(1e4, -1e4, 0, 1, 1e4, 1e4, -1e4, -1e4, 30000, 30001, 29999, 30000),
      "labels", integers(1, 0, 2));

  private void regions() {
    Map<String, Draw> masks = inputs("prediction", Draw::probability, "target", Draw::binary);
    Map<String, Draw> empty = pair(numbers(0, 0, 0, 0.5, 0, 1), numbers(0, 0, 0, 0, 0, 0));
    loss("dice", masks, (in, r) -> r.of(Formulas.dice(in)))
        .cases("smooth", 1.0).cases("smooth", 0x1p-10).at(2, 3, NONE, empty, "smooth", 1.0);
    loss("tversky", masks, (in, r) -> r.of(Formulas.tversky(in)))
        .cases("alpha", 0.5, "beta", 0.5, "smooth", 1.0).cases("alpha", 0.25, "beta", 0.75, "smooth", 0.125)
        .at(2, 3, NONE, empty, "alpha", 0.25, "beta", 0.75, "smooth", 1.0);
    boxes("iou", (in, r) -> r.of(new Boxes(in).iou()));
    boxes("giou", (in, r) -> r.of(new Boxes(in).giou()));
    boxes("diou", (in, r) -> r.of(new Boxes(in).diou()));
    String constant = "alpha is held constant";
    Map<String, Draw> random = Map.of();
    loss("ciou", inputs("prediction", Draw::boxes, "target", Draw::targetBoxes), (in, r) -> r.of(new Boxes(in).ciou()))
        .edge(constant, 1, 4, MEAN, random, "eps", EPS_7).edge(constant, 8, 4, NONE, random, "eps", EPS_7)
        .edge(constant, 5, 4, MEAN, random, "eps", EPS_7).edge(constant, 5, 4, SUM, random, "eps", EPS_7)
        .edge(constant, 3, 4, NONE, SPECIAL_BOXES, "eps", EPS_7);
  }

  /** Inside, around, apart. */
  private static final Map<String, Draw> SPECIAL_BOXES = pair(
      numbers(1, 1, 2, 3, 0, 0, 4, 4, 0, 0, 1, 1), numbers(0, 0, 4, 4, 1, 1, 2, 3, 2, 3, 4, 3.5));

  private void boxes(String name, Formula formula) {
    loss(name, inputs("prediction", Draw::boxes, "target", Draw::targetBoxes), formula)
        .at(1, 4, MEAN, "eps", EPS_7).at(8, 4, NONE, "eps", EPS_7)
        .at(5, 4, MEAN, "eps", EPS_7).at(5, 4, SUM, "eps", EPS_7)
        .at(3, 4, NONE, SPECIAL_BOXES, "eps", EPS_7);
  }

  private void embeddings() {
    // query . key / temperature, of vectors of length 1 where normalized; row i of both belong together
    loss("infoNce", inputs("query", Draw::prediction, "key", Draw::target),
        (in, r) -> Formulas.infoNce(in.flag("normalized")
            ? unit(in.get("query")).mm(unit(in.get("key")).t())
            : in.get("query").mm(in.get("key").t()), in, r))
        .at(4, 7, MEAN, "temperature", 0.5, "normalized", true)
        .at(3, 17, NONE, "temperature", 0.125, "normalized", true)
        .at(4, 7, SUM, "temperature", 8.0, "normalized", false)
        .at(1, 10, MEAN, "temperature", 0.5, "normalized", true);
    loss("infoNceSimilarity", inputs("prediction", Draw::prediction),
        (in, r) -> Formulas.infoNce(in.prediction(), in, r))
        .at(4, 7, MEAN, "temperature", 0.5).at(5, 5, NONE, "temperature", 2.0);
    // the first half of the rows are the first views, the second half the second ones
    loss("ntXent", inputs("prediction", Draw::prediction), (in, r) -> Formulas
        .ntXent(unit(in.prediction()).mm(unit(in.prediction()).t()), in, r))
        .at(4, 7, MEAN, "temperature", 0.5).at(6, 5, NONE, "temperature", 0.125)
        .at(2, 10, SUM, "temperature", 0.5);
    loss("ntXentSimilarity", inputs("prediction", Draw::prediction), (in, r) -> Formulas.ntXent(in.prediction(), in, r))
        .at(4, 4, MEAN, "temperature", 0.5).at(6, 6, NONE, "temperature", 2.0);
    // distances of PyTorch: |a - b + eps|
    loss("tripletMargin", inputs("anchor", Draw::prediction, "positive", Draw::target, "negative", Draw::other),
        (in, r) -> triplet_margin_loss(in.get("anchor"), in.get("positive"), in.get("negative"), in.number("margin"), 2,
            in.number("eps"), in.flag("swap"), r.code()))
        .cases("margin", 1.0, "swap", false, "eps", EPS_6).cases("margin", 4.0, "swap", true, "eps", EPS_6);
    // target 1: the same, 0: different
    loss("contrastive", inputs("first", Draw::prediction, "second", Draw::target, "target", Draw::rowBinary),
        (in, r) -> r.of(Formulas.contrastive(in)))
        .cases("margin", 1.0).cases("margin", 16.0)
        .at(3, 2, NONE, inputs("first", numbers(0, 0, 1, 1, 3, 4), "second", numbers(3, 4, 1.5, 1, 0, 0), "target",
            vector(0, 0, 1)), "margin", 1.0);
    loss("cosineEmbedding", inputs("first", Draw::prediction, "second", Draw::target, "target", Draw::rowSigns),
        (in, r) -> cosine_embedding_loss(in.get("first"), in.get("second"), in.target(), in.number("margin"),
            r.code()))
        .at(1, 10, NONE, "margin", 0.0).at(4, 7, MEAN, "margin", 0.0).at(3, 17, SUM, "margin", 0.0)
        .at(4, 7, NONE, "margin", -0.5).at(4, 7, MEAN, "margin", 0.25);
  }

  /** Logits of row t batch + n are those of sample n at time t; labels follow one another without gaps. */
  private void sequences() {
    loss("ctc", inputs("prediction", Draw::prediction),
        (in, r) -> ctc_loss(in.prediction().reshape((long) in.number("steps"), (long) in.number("batch"), -1)
            .log_softmax(2), in.labels(), in.get("inputLengths"), in.get("targetLengths"), (long) in.number("blank"),
            r.code(), in.flag("zeroInfinity")))
        .at(1, 3, SUM, sequence(integers(1), integers(1), integers(1)), ctc(1, 1, 0, false))
        .at(5, 4, NONE, sequence(integers(1, 3), integers(5), integers(2)), ctc(5, 1, 0, false))
        .at(6, 4, SUM, sequence(integers(2, 2, 1), integers(6), integers(3)), ctc(6, 1, 0, false))
        .at(5, 3, SUM, sequence(integers(0, 1), integers(5), integers(2)), ctc(5, 1, 2, false))
        .at(4, 3, SUM, sequence(integers(), integers(4), integers(0)), ctc(4, 1, 0, false))
        .at(15, 5, NONE, sequence(integers(1, 2, 3, 4, 4, 1), integers(5, 4, 5), integers(3, 1, 2)),
            ctc(5, 3, 0, false))
        .at(15, 5, MEAN, sequence(integers(1, 2, 3, 4, 4, 1), integers(5, 4, 5), integers(3, 1, 2)),
            ctc(5, 3, 0, false))
        .at(12, 4, MEAN, sequence(integers(1, 2, 3, 1), integers(6, 3), integers(4, 0)), ctc(6, 2, 0, false))
        .at(6, 3, MEAN, sequence(integers(1, 1, 2, 1), integers(3, 3), integers(3, 1)), ctc(3, 2, 0, true))
        .at(6, 3, NONE, sequence(integers(1, 1, 2), integers(2, 3), integers(2, 1)), ctc(3, 2, 0, true));
  }

  private static Map<String, Draw> sequence(Draw labels, Draw inputLengths, Draw targetLengths) {
    return inputs("labels", labels, "inputLengths", inputLengths, "targetLengths", targetLengths);
  }

  private static Object[] ctc(int steps, int batch, int blank, boolean zeroInfinity) {
    return new Object[]{"steps", steps, "batch", batch, "blank", blank, "zeroInfinity", zeroInfinity};
  }

  private void adversarial() {
    loss("adversarialDiscriminator", inputs("real", Draw::prediction, "fake", Draw::target),
        (in, r) -> r.of(Formulas.adversarialDiscriminator(in)))
        .at(1, 10, MEAN, "form", "logistic").at(4, 7, NONE, "form", "logistic")
        .at(1, 10, MEAN, "form", "hinge").at(4, 7, SUM, "form", "hinge")
        .at(1, 10, MEAN, "form", "leastSquares").at(1, 10, MEAN, "form", "wasserstein")
        .at(1, 2, NONE, inputs("real", numbers(1e4, -1e4), "fake", numbers(1e4, -1e4)), "form", "logistic");
    loss("adversarialGenerator", inputs("fake", Draw::prediction),
        (in, r) -> r.of(Formulas.adversarialGenerator(in)))
        .at(1, 10, MEAN, "form", "nonSaturating").at(4, 7, NONE, "form", "nonSaturating")
        .at(1, 10, MEAN, "form", "minimax").at(4, 7, SUM, "form", "minimax")
        .at(1, 10, MEAN, "form", "leastSquares").at(1, 10, MEAN, "form", "wasserstein")
        .at(1, 2, NONE, inputs("fake", numbers(1e4, -1e4)), "form", "nonSaturating");
  }

  private static Map<String, Draw> pair(Draw prediction, Draw target) {
    return inputs("prediction", prediction, "target", target);
  }

  private Loss loss(String name, Map<String, Draw> inputs, Formula formula) {
    Loss loss = new Loss(name, inputs, formula);
    losses.add(loss);
    return loss;
  }

  /** One case on each line. */
}
