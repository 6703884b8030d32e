package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Adadelta (Zeiler 2012): {@code v = rho v + (1 - rho) g^2; d = sqrt(u + epsilon) / sqrt(v + epsilon) g;
 * u = rho u + (1 - rho) d^2; p -= rate d}.
 *
 * @param rho     in [0, 1)
 * @param epsilon positive: u is 0 at first, and nothing would ever move
 */
public record Adadelta(double rho, double epsilon) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adadelta {
    Options.share("rho", rho);
    Options.positive("epsilon", epsilon);
  }

  /**
   * With PyTorch's defaults: rho 0.9, epsilon 1e-6.
   *
   * @param learningRate positive; PyTorch's default is 1
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Adadelta(0.9, 1e-6));
  }

  /**
   * As Keras's {@code Adadelta}: rho 0.95, epsilon 1e-7.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new Adadelta(0.95, 1e-7));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.ADADELTA;
  }

  @Override
  public List<String> stateNames() {
    return List.of("square_avg", "acc_delta");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, rate).scalar(1, rho).scalar(2, 1 - rho).scalar(3, epsilon);
  }
}
