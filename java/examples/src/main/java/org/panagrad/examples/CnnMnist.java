package org.panagrad.examples;

import java.io.IOException;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Activation;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.train.Fit;
import org.panagrad.train.History;
import org.panagrad.train.Model;

/**
 * The convolutional network of many introductions, trained as they do it: its last layer gives probabilities, and the loss is
 * the program's own, a number for each sample. Losses of logits are safer and quicker: see
 * {@link Losses#softmaxCrossEntropy}.
 */
final class CnnMnist implements Example {
  /** The cross-entropy of probabilities p with labels one-hot, a number for each sample; no logarithm of 0. */
  private static final Loss CROSS_ENTROPY = Losses
      .customOfClasses((p, oneHot) -> oneHot.times(p.atLeast(1e-7).log()).rowSum().negate());

  @Override
  public String name() {
    return "cnn-mnist";
  }

  @Override
  public String description() {
    return "a CNN with a loss of one's own on probabilities, ten epochs with validation";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    int epochs = setting.reduced() ? 3 : 10;
    try (Digits digits = setting.reduced() ? Digits.of(setting, 3_000, 1_000) : Digits.of(setting, 60_000, 10_000);
        Compute compute = setting.compute();
        Model model = network().seed(setting.seed()).on(compute).compile(Adam.of(1e-3), CROSS_ENTROPY,
            Metrics.accuracy())) {
      History history = model.fit(digits.training(),
          Fit.epochs(epochs).batchSize(64).seed(setting.seed()).validation(digits.test()));
      Report report = new Report();
      double best = 0;
      for (History.Epoch epoch : history.epochs()) {
        double accuracy = epoch.validation() == null ? 0 : epoch.validation().metrics().getFirst();
        setting.say("epoch %d: loss %.4f, validation accuracy %.4f", epoch.number(), epoch.training().loss(), accuracy);
        best = Math.max(best, accuracy);
        report.figure("validation accuracy", accuracy);
      }
      return report.figure("best validation accuracy", best).figure("parameters", model.parameterCount());
    }
  }

  private static Sequential network() {
    return Sequential.of(Input.image(Digits.SIDE, Digits.SIDE, 1), //
        Conv2D.of(32, 3).relu(), MaxPool2D.of(2), //
        Conv2D.of(64, 3).relu(), MaxPool2D.of(2), //
        Conv2D.of(64, 3).relu(), Flatten.of(), //
        Dense.of(64).relu(), Dense.of(Digits.CLASSES), Activation.softmax());
  }
}
