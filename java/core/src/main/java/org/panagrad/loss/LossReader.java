package org.panagrad.loss;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A loss from its description, as {@link Loss#describe} gave it; whatever stands there, the answer is a loss or a message.
 */
final class LossReader {
  private final Map<?, ?> description;
  private final String name;
  private final Set<String> known = new HashSet<>(Set.of("name"));

  private LossReader(Map<?, ?> description) {
    this.description = description;
    name = String.valueOf(description.get("name"));
  }

  static Loss read(Map<?, ?> description) {
    LossReader reader = new LossReader(description);
    Loss loss = reader.loss();
    for (Object key : description.keySet()) {
      if (!reader.known.contains(key)) {
        throw new IllegalArgumentException("loss " + reader.name + " has no option " + key);
      }
    }
    return loss;
  }

  private Loss loss() {
    return switch (name) {
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
      case "generalRobust" -> Losses.generalRobust(numberInWords("alpha"), number("scale"));
      case "binaryCrossEntropy" -> option("posWeight") instanceof List<?>
          ? Losses.binaryCrossEntropy(floats("posWeight"), number("labelSmoothing"))
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
      default -> throw new IllegalArgumentException("there is no loss " + name);
    };
  }

  /** With the options that a loss of rows has only where they were set. */
  private RowwiseLoss rows(RowwiseLoss plain) {
    RowwiseLoss loss = plain;
    if (has("classWeight")) {
      loss = loss.classWeight(floats("classWeight"));
    }
    if (has("ignoreIndex")) {
      loss = loss.ignoreIndex(whole("ignoreIndex"));
    }
    if (has("labelSmoothing")) {
      loss = loss.labelSmoothing(number("labelSmoothing"));
    }
    return has("zLoss") ? loss.zLoss(number("zLoss")) : loss;
  }

  private RowwiseLoss rowwise(String key) {
    if (read(map(key, option(key))) instanceof RowwiseLoss loss) {
      return loss;
    }
    throw wrong(key, "no loss of single rows");
  }

  private List<WeightedLoss> parts() {
    if (!(option("parts") instanceof List<?> list)) {
      throw wrong("parts", "no list");
    }
    List<WeightedLoss> parts = new ArrayList<>();
    for (Object element : list) {
      LossReader part = new LossReader(map("parts", element));
      parts.add(new WeightedLoss(part.name, part.number("weight"), read(part.map("loss", part.option("loss")))));
    }
    return parts;
  }

  // options

  private boolean has(String key) {
    known.add(key);
    return description.containsKey(key);
  }

  private @Nullable Object option(String key) {
    known.add(key);
    return description.get(key);
  }

  private IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(key + " of loss " + name + " is " + description.get(key) + ": " + problem);
  }

  private Map<?, ?> map(String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(key, "no object");
  }

  private double number(String key) {
    if (option(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "no number");
  }

  /** As text, since JSON has no infinity. */
  private double numberInWords(String key) {
    try {
      return Double.parseDouble(String.valueOf(option(key)));
    } catch (NumberFormatException e) {
      throw wrong(key, "no number");
    }
  }

  private int whole(String key) {
    double number = number(key);
    if (number == (int) number) {
      return (int) number;
    }
    throw wrong(key, "no whole number");
  }

  private boolean flag(String key) {
    if (option(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "neither true nor false");
  }

  private float[] floats(String key) {
    if (!(option(key) instanceof List<?> list)) {
      throw wrong(key, "no list");
    }
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw wrong(key, "no list of numbers");
      }
      floats[i] = number.floatValue();
    }
    return floats;
  }

  private <E extends Enum<E>> E word(String key, Class<E> words) {
    Object word = option(key);
    for (E constant : words.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    throw wrong(key, "no " + words.getSimpleName().toLowerCase(Locale.ROOT));
  }
}
