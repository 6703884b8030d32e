package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * FTRL-Proximal (McMahan and others 2013, algorithm 1), for online learning of sparse linear models:
 * {@code z += g - (sqrt(n + g^2) - sqrt(n)) / rate p; n += g^2}, then p = 0 where |z| is at most lambda1, else
 * {@code p = (sign(z) lambda1 - z) / ((beta + sqrt(n)) / rate + lambda2)}. The parameters follow from the states: what
 * they were at first is forgotten with an element's first step.
 *
 * @param beta at least 0; 1 in the paper
 * @param lambda1   at least 0: many parameters stay 0
 * @param lambda2   at least 0
 */
public record Ftrl(double beta, double lambda1, double lambda2) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Ftrl {
    Options.notNegative("beta", beta);
    Options.notNegative("lambda1", lambda1);
    Options.notNegative("lambda2", lambda2);
  }

  /**
   * With a beta of 1.
   *
   * @param learningRate the paper's alpha, positive
   * @param lambda1   at least 0
   * @param lambda2   at least 0
   * @return the optimizer
   */
  public static Optimizer of(double learningRate, double lambda1, double lambda2) {
    return Optimizer.of(learningRate, new Ftrl(1, lambda1, lambda2));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.FTRL;
  }

  @Override
  public List<String> stateNames() {
    return List.of("linear", "accumulator");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, 1 / rate).scalar(1, beta).scalar(2, lambda1).scalar(3, lambda2);
  }
}
