package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * LAMB (You and others 2020): Adam's direction {@code r = m' / (sqrt(v') + epsilon) + decay p}, and a step as long as
 * the tensor says: {@code p -= rate |p| / |r| r}. Where either norm is 0 their ratio counts as 1. It reads the tensors
 * once before it writes them.
 *
 * @param beta1   in [0, 1)
 * @param beta2   in [0, 1)
 * @param epsilon at least 0
 * @param decay   part of the direction, at least 0
 */
public record Lamb(double beta1, double beta2, double epsilon, double decay) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Lamb {
    Moments.check(beta1, beta2, epsilon);
    Options.notNegative("decay", decay);
  }

  /**
   * With the usual defaults: betas 0.9 and 0.999, epsilon 1e-6, decay 0.01.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Lamb(0.9, 0.999, 1e-6, 0.01));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.LAMB;
  }

  @Override
  public UpdateRule reading() {
    return UpdateRule.LAMB_SQUARES;
  }

  @Override
  public List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    Moments.prepare(update, beta1, beta2, epsilon, step, memory).scalar(0, 1 / (1 - memory.beta1.of(beta1, step)))
        .scalar(7,
            decay);
  }

  @Override
  public float ratio(double rate, long step, long elements, double parameterSquare, double directionSquare) {
    double trust = parameterSquare > 0 && directionSquare > 0
        ? StrictMath.sqrt(parameterSquare) / StrictMath.sqrt(directionSquare)
        : 1;
    return (float) (rate * trust);
  }
}
