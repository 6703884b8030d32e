package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * AdaGrad (Duchi, Hazan and Singer 2011): {@code s += g^2; p -= rate / (1 + rateDecay (t - 1)) g / (sqrt(s) +
 * epsilon)}.
 *
 * @param rateDecay     at least 0
 * @param initial       of s; at least 0
 * @param epsilon       at least 0
 * @param epsilonInside Keras's form, {@code sqrt(s + epsilon)}
 */
public record AdaGrad(double rateDecay, double initial, double epsilon, boolean epsilonInside) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public AdaGrad {
    Options.notNegative("rateDecay", rateDecay);
    Options.notNegative("initial", initial);
    Options.notNegative("epsilon", epsilon);
  }

  /**
   * With PyTorch's defaults: initial 0, epsilon 1e-10.
   *
   * @param learningRate positive; PyTorch's default is 0.01
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new AdaGrad(0, 0, 1e-10, false));
  }

  /**
   * As Keras's {@code Adagrad}: initial 0.1, epsilon 1e-7 inside of the root.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new AdaGrad(0, 0.1, 1e-7, true));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.ADAGRAD;
  }

  @Override
  public List<String> stateNames() {
    return List.of("sum");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, rate / (1 + (step - 1) * rateDecay)).scalar(1, epsilonInside ? epsilon : 0).scalar(2,
        epsilonInside ? 0 : epsilon);
  }
}
