package org.panagrad.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.check.Description;

/**
 * A loss from its description, as {@link Loss#describe} gave it; whatever stands there, the answer is a loss or a
 * message.
 */
final class LossReader {
  private final Description description;

  private LossReader(Map<?, ?> options) {
    description = new Description("loss", options);
  }

  static Loss read(Map<?, ?> options) {
    LossReader reader = new LossReader(options);
    Loss loss = reader.loss();
    reader.description.requireAllKnown();
    return loss;
  }

  private Loss loss() {
    return switch (description.name()) {
      case "meanSquaredError" -> Losses.meanSquaredError();
      case "rootMeanSquaredError" -> Losses.rootMeanSquaredError();
      case "meanAbsoluteError" -> Losses.meanAbsoluteError();
      case "huber" -> Losses.huber(number("delta"));
      case "smoothL1" -> Losses.smoothL1(number("beta"));
      case "logCosh" -> Losses.logCosh();
      case "quantile" -> Losses.quantile(number("q"));
      case "meanSquaredLogarithmicError" -> Losses.meanSquaredLogarithmicError();
      case "meanAbsolutePercentageError" -> Losses.meanAbsolutePercentageError();
      case "poissonNll" -> Losses.poissonNll(flag("logInput"), flag("full"), number("epsilon"));
      case "generalRobust" -> Losses.generalRobust(description.numberInWords("alpha"), number("scale"));
      case "binaryCrossEntropy" -> description.option("posWeight") instanceof List<?>
          ? Losses.binaryCrossEntropy(description.floats("posWeight"), number("labelSmoothing"))
          : Losses.binaryCrossEntropy(number("posWeight"), number("labelSmoothing"));
      case "binaryCrossEntropyOfProbabilities" -> Losses.binaryCrossEntropyOfProbabilities();
      case "focal" -> Losses.focal(number("gamma"), number("alpha"));
      case "hinge" -> Losses.hinge();
      case "squaredHinge" -> Losses.squaredHinge();
      case "leastSquares" -> Losses.leastSquares();
      case "wasserstein" -> Losses.wasserstein();
      case "kullbackLeibler" -> Losses.kullbackLeibler(flag("logTarget"));
      case "softmaxCrossEntropy" -> rows(Losses.softmaxCrossEntropy());
      case "softmaxCrossEntropyOfProbabilities" -> rows(Losses.softmaxCrossEntropyOfProbabilities());
      case "focalSoftmax" -> rows(Losses.focalSoftmax(number("gamma")));
      case "entropy" -> rows(Losses.entropy());
      case "nll" -> rows(Losses.nll());
      case "multiClassHinge" -> rows(Losses.multiClassHinge());
      case "zeroOne" -> rows(Losses.zeroOne());
      case "dice" -> Losses.dice().smooth(number("smooth")).fromLogits(flag("fromLogits"))
          .perSample(flag("perSample"));
      case "tversky" -> Losses.tversky(number("alpha"), number("beta")).smooth(number("smooth"))
          .fromLogits(flag("fromLogits")).perSample(flag("perSample"));
      case "sequenceCrossEntropy" -> SequenceCrossEntropy.of(rowwise("step"))
          .layout(word("layout", SequenceCrossEntropy.Layout.class))
          .mean(word("mean", SequenceCrossEntropy.Mean.class));
      case "pseudoLabels" -> PseudoLabels.of(number("confidence")).loss(rowwise("loss"))
          .divisor(word("divisor", PseudoLabels.Divisor.class));
      case "consistency" -> Consistency.of(word("kind", Consistency.Kind.class));
      case "adversarial" -> Adversarial.of(word("form", Adversarial.Form.class))
          .loss(word("side", Adversarial.Side.class));
      case "sumOfLosses" -> new SumOfLosses(parts());
      case "adaptiveRobust" -> Losses.adaptiveRobust();
      case "custom" -> throw new IllegalArgumentException(
          "the loss is custom, a lambda that no file holds: build and compile the network by hand, then Model.load");
      default -> throw new IllegalArgumentException("there is no loss " + description.name());
    };
  }

  /** With the options that a loss of rows has only where they were set. */
  private RowwiseLoss rows(RowwiseLoss plain) {
    RowwiseLoss loss = plain;
    if (description.has("classWeight")) {
      loss = loss.classWeight(description.floats("classWeight"));
    }
    if (description.has("ignoreIndex")) {
      loss = loss.ignoreIndex(ignoreIndex());
    }
    if (description.has("labelSmoothing")) {
      loss = loss.labelSmoothing(number("labelSmoothing"));
    }
    return description.has("zLoss") ? loss.zLoss(number("zLoss")) : loss;
  }

  private int ignoreIndex() {
    long index = description.whole("ignoreIndex");
    if (index != (int) index) {
      throw description.wrong("ignoreIndex", "no label");
    }
    return (int) index;
  }

  private RowwiseLoss rowwise(String key) {
    if (read(description.map(key)) instanceof RowwiseLoss loss) {
      return loss;
    }
    throw description.wrong(key, "no loss of single rows");
  }

  private List<WeightedLoss> parts() {
    List<WeightedLoss> parts = new ArrayList<>();
    for (Object element : description.list("parts")) {
      Description part = new Description("loss", description.map("parts", element));
      parts.add(new WeightedLoss(part.name(), part.number("weight"), read(part.map("loss"))));
    }
    return parts;
  }

  private double number(String key) {
    return description.number(key);
  }

  private boolean flag(String key) {
    return description.flag(key);
  }

  private <E extends Enum<E>> E word(String key, Class<E> words) {
    return description.word(key, words);
  }
}
