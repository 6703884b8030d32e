package org.panagrad.examples;

import org.panagrad.data.Dataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.train.Fit;
import org.panagrad.train.History;
import org.panagrad.train.Model;

/**
 * compile and fit: a network 10-64-32-1 with relu, Adam, a hundred epochs of one batch each. The loss falls from 1.11 to
 * 0.0345 (seed 1), where the same network in double precision comes too, to 2e-6 of it. 200 samples, at either size.
 */
final class MlpRelu implements Example {
  static final int SAMPLES = 200, EPOCHS = 100;
  static final double RATE = 1e-3;

  static Sequential network() {
    return Sequential.of(Input.features(Waves.FEATURES), Dense.of(64).relu(), Dense.of(32).relu(), Dense.of(1));
  }

  @Override
  public String name() {
    return "mlp-relu";
  }

  @Override
  public String description() {
    return "compile and fit, with Adam, on a network 10-64-32-1";
  }

  @Override
  public Report run(Setting setting) {
    try (Compute compute = setting.compute();
        Dataset data = Waves.draw(SAMPLES, setting.seed()).dataset();
        Model model = network().seed(setting.seed()).on(compute).compile(Adam.of(RATE), Losses.meanSquaredError())) {
      History history = model.fit(data, Fit.epochs(EPOCHS).batchSize(SAMPLES).inOrder());
      return new Report()
          .figure("parameters", model.parameterCount())
          .figure("loss at first", history.epochs().getFirst().training().loss())
          .figure("loss", model.evaluate(data, SAMPLES).loss());
    }
  }
}
