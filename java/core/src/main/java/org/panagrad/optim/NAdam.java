package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Adam with Nesterov's momentum (Dozat 2016), as PyTorch has it: with the momentum of step t
 * {@code u(t) = beta1 (1 - 0.96^(t momentumDecay) / 2)} and U(t) the product of u(1) to u(t),
 * {@code p -= rate ((1 - u(t)) / (1 - U(t)) g + u(t + 1) / (1 - U(t + 1)) m) / (sqrt(v') + epsilon)}.
 *
 * @param beta1         in [0, 1)
 * @param beta2         in [0, 1)
 * @param epsilon       at least 0
 * @param momentumDecay at least 0
 */
public record NAdam(double beta1, double beta2, double epsilon, double momentumDecay) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public NAdam {
    Moments.check(beta1, beta2, epsilon);
    Options.notNegative("momentumDecay", momentumDecay);
  }

  /**
   * With PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, momentumDecay 0.004.
   *
   * @param learningRate positive; PyTorch's default is 0.002
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new NAdam(0.9, 0.999, 1e-8, 4e-3));
  }

  /**
   * As Keras's {@code Nadam}: epsilon 1e-7, momentumDecay 1.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new NAdam(0.9, 0.999, 1e-7, 1));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.NADAM;
  }

  @Override
  public List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    double product = product(step, memory), now = momentum(step), next = momentum(step + 1);
    Moments.prepare(update, beta1, beta2, epsilon, step, memory).scalar(0, rate * (1 - now) / (1 - product)).scalar(7,
        rate * next / (1 - product * next));
  }

  private double momentum(long step) {
    return beta1 * (1 - 0.5 * StrictMath.exp(step * momentumDecay * LN_096));
  }

  /** U(step), from that of the step before where it is remembered, else anew. */
  private double product(long step, RuleMemory memory) {
    boolean goesOn = memory.productStep > 0 && memory.productStep < step;
    double product = goesOn ? memory.product : 1;
    for (long t = goesOn ? memory.productStep + 1 : 1; t <= step; t++) {
      product *= momentum(t);
    }
    memory.product = product;
    memory.productStep = step;
    return product;
  }

  private static final double LN_096 = StrictMath.log(0.96);
}
