package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Adamax (Kingma and Ba 2015, section 7.1): {@code m = beta1 m + (1 - beta1) g; u = max(beta2 u, |g| + epsilon);
 * p -= rate / (1 - beta1^t) m / u}.
 *
 * @param beta1          in [0, 1)
 * @param beta2          in [0, 1)
 * @param epsilon        at least 0
 * @param epsilonOutside Keras's form: {@code u = max(beta2 u, |g|)} and {@code m / (u + epsilon)}
 */
public record Adamax(double beta1, double beta2, double epsilon, boolean epsilonOutside) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adamax {
    Moments.check(beta1, beta2, epsilon);
  }

  /**
   * With PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8.
   *
   * @param learningRate positive; PyTorch's default is 0.002
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Adamax(0.9, 0.999, 1e-8, false));
  }

  /**
   * As Keras's {@code Adamax}: epsilon 1e-7 outside.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new Adamax(0.9, 0.999, 1e-7, true));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.ADAMAX;
  }

  @Override
  public List<String> stateNames() {
    return List.of("exp_avg", "exp_inf");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, rate / (1 - memory.beta1.of(beta1, step))).scalar(1, beta1).scalar(2, 1 - beta1).scalar(3, beta2)
        .scalar(4, epsilonOutside ? 0 : epsilon).scalar(5, epsilonOutside ? epsilon : 0);
  }
}
