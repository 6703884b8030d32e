package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Adam (Kingma and Ba 2015): {@code m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
 * p -= rate m' / (sqrt(v') + epsilon)} with m' = m / (1 - beta1^t), v' = v / (1 - beta2^t). AMSGrad (Reddi, Kale and
 * Kumar 2018) puts the greatest v so far for v. AdamW is Adam with {@link Optimizer#decoupledWeightDecay decoupled
 * decay}.
 *
 * @param beta1      in [0, 1)
 * @param beta2      in [0, 1)
 * @param epsilon    at least 0
 * @param amsgrad    by the greatest v
 * @param epsilonHat Keras's form: epsilon is added before v is corrected, {@code sqrt(v) + epsilon}
 */
public record Adam(double beta1, double beta2, double epsilon, boolean amsgrad, boolean epsilonHat) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adam {
    Moments.check(beta1, beta2, epsilon);
  }

  /**
   * With PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8.
   *
   * @param learningRate positive; PyTorch's default is 0.001
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Adam(0.9, 0.999, 1e-8, false, false));
  }

  /**
   * AMSGrad with the same.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static Optimizer amsgrad(double learningRate) {
    return Optimizer.of(learningRate, new Adam(0.9, 0.999, 1e-8, true, false));
  }

  /**
   * AdamW (Loshchilov and Hutter 2019): Adam with PyTorch's decoupled decay of 0.01.
   *
   * @param learningRate positive; PyTorch's default is 0.001
   * @return the optimizer
   */
  public static Optimizer adamW(double learningRate) {
    return of(learningRate).decoupledWeightDecay(0.01);
  }

  /**
   * As Keras's {@code Adam}: epsilon 1e-7 beside the uncorrected root.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new Adam(0.9, 0.999, 1e-7, false, true));
  }

  @Override
  public UpdateRule kernel() {
    return amsgrad ? UpdateRule.AMSGRAD : UpdateRule.ADAM;
  }

  @Override
  public List<String> stateNames() {
    return amsgrad ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    Moments.prepare(update, beta1, beta2, epsilon, step, memory);
    double size = rate / (1 - memory.beta1.of(beta1, step));
    if (epsilonHat) {
      update.scalar(0, size * StrictMath.sqrt(1 - memory.beta2.of(beta2, step))).scalar(5, 1);
    } else {
      update.scalar(0, size);
    }
  }
}
