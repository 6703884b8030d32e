package org.panagrad.examples;

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
 * A loop of one's own: forward, loss, backward, step, a thousand times, on a network with one hidden layer of five. The loss
 * falls from 1.07 to 0.1275 (seed 1), where the same network in double precision comes too, to 3e-7 of it. 100 samples, at
 * either size.
 */
final class MlpTanh implements Example {
  static final int SAMPLES = 100, STEPS = 1_000;
  static final double RATE = 0.01;

  static Sequential network() {
    return Sequential.of(Input.features(Waves.FEATURES), Dense.of(5), Activation.tanh(), Dense.of(1));
  }

  @Override
  public String name() {
    return "mlp-tanh";
  }

  @Override
  public String description() {
    return "gradient descent in a loop of one's own, on a network 10-5-1";
  }

  @Override
  public Report run(Setting setting) {
    Report report = new Report();
    try (Compute compute = setting.compute();
        Dataset data = Waves.draw(SAMPLES, setting.seed()).dataset();
        Model model = network().seed(setting.seed()).on(compute).compile(Sgd.of(RATE), Losses.meanSquaredError())) {
      Batch batch = new Batches(data, SAMPLES).load(0); // all samples at once, so there is no noise of batches
      for (int step = 0; step < STEPS; step++) {
        model.forward(batch);
        double loss = model.loss(batch); // of the parameters before this step
        model.backward();
        model.step();
        if (step % 100 == 0) {
          setting.say("step %4d, loss %.6f", step, loss);
        }
      }
      report.figure("loss", model.evaluate(data, SAMPLES).loss());
    }
    return report;
  }
}
