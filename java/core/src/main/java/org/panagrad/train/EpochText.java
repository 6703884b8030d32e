package org.panagrad.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An epoch's figures as text, to the bit: number samples seconds, then loss and metrics of training and validation. */
final class EpochText {
  private EpochText() {
  }

  static String of(History.Epoch epoch) {
    Evaluation validation = epoch.validation();
    return epoch.number() + " " + epoch.samples() + " " + Double.toHexString(epoch.seconds()) + ";"
        + text(epoch.training()) + ";" + (validation == null ? "" : text(validation));
  }

  private static String text(Evaluation evaluation) {
    StringBuilder text = new StringBuilder(Double.toHexString(evaluation.loss()));
    evaluation.metrics().forEach(metric -> text.append(' ').append(Double.toHexString(metric)));
    return text.toString();
  }

  /** Throws IllegalArgumentException for what is none. */
  static History.Epoch parse(String text) {
    String[] parts = text.split(";", -1);
    String[] head = parts[0].split(" ");
    if (parts.length != 3 || head.length != 3) {
      throw new IllegalArgumentException(text);
    }
    Evaluation training = evaluation(parts[1]);
    if (training == null) {
      throw new IllegalArgumentException(text);
    }
    return new History.Epoch(Integer.parseInt(head[0]), training, evaluation(parts[2]), Long.parseLong(head[1]),
        Double.parseDouble(head[2]));
  }

  private static @Nullable Evaluation evaluation(String text) {
    if (text.isEmpty()) {
      return null;
    }
    List<Double> numbers = new ArrayList<>();
    for (String number : text.split(" ")) {
      numbers.add(Double.parseDouble(number));
    }
    return new Evaluation(numbers.getFirst(), numbers.subList(1, numbers.size()));
  }
}
