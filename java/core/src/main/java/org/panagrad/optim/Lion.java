package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Lion (Chen and others 2023): {@code p -= rate sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g}.
 *
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 */
public record Lion(double beta1, double beta2) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Lion {
    Options.share("beta1", beta1);
    Options.share("beta2", beta2);
  }

  /**
   * With the paper's defaults: betas 0.9 and 0.99. Rates are a third to a tenth of Adam's, decays as many times
   * greater.
   *
   * @param learningRate positive; the paper's is 0.0001
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Lion(0.9, 0.99));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.LION;
  }

  @Override
  public List<String> stateNames() {
    return List.of("exp_avg");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, rate).scalar(1, beta1).scalar(2, 1 - beta1).scalar(3, beta2).scalar(4, 1 - beta2);
  }
}
