package org.panagrad.examples;

import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Activation;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

/**
 * Logistic regression on XOR, which no straight line separates: its loss ends at ln 2, what a model that knows nothing has.
 * A hidden layer learns it.
 */
final class Xor implements Example {
  private static final int STEPS = 4_000;
  private static final float[][] CORNERS = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, EXCLUSIVE_OR = {{0}, {1}, {1}, {0}};

  @Override
  public String name() {
    return "xor";
  }

  @Override
  public String description() {
    return "logistic regression on XOR stays at ln 2; one hidden layer learns it";
  }

  @Override
  public Report run(Setting setting) {
    Report report = new Report();
    try (Compute compute = setting.compute()) {
      Sequential line = Sequential.of(Input.features(2), Dense.of(1)),
          hidden = Sequential.of(Input.features(2), Dense.of(4), Activation.tanh(), Dense.of(1));
      double[] losses = train(line.seed(setting.seed()).on(compute), 0.1);
      report.figure("loss of a line", losses[STEPS - 1]).figure("its least loss", least(losses));
      losses = train(hidden.seed(setting.seed()).on(compute), 0.5);
      report.figure("loss with a hidden layer", losses[STEPS - 1]);
    }
    return report;
  }

  /** The loss before each step of gradient descent on all four corners. */
  private static double[] train(Sequential network, double rate) {
    double[] losses = new double[STEPS];
    try (Dataset data = ArrayDataset.of(CORNERS, EXCLUSIVE_OR);
        Model model = network.compile(Sgd.of(rate), Losses.binaryCrossEntropy())) {
      Batch batch = new Batches(data, data.size()).load(0);
      for (int step = 0; step < STEPS; step++) {
        model.forward(batch);
        losses[step] = model.loss(batch);
        model.backward();
        model.step();
      }
    }
    return losses;
  }

  private static double least(double[] losses) {
    double least = Double.POSITIVE_INFINITY;
    for (double loss : losses) {
      least = Math.min(least, loss);
    }
    return least;
  }
}
