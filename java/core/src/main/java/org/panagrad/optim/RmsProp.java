package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * RMSProp (Hinton 2012): {@code v = rho v + (1 - rho) g^2; p -= rate g / (sqrt(v) + epsilon)}. Centered (Graves 2013),
 * the variance {@code max(0, v - m^2)}, with {@code m = rho m + (1 - rho) g}, stands for v. With momentum,
 * {@code b = momentum b + g / (sqrt(v) + epsilon); p -= rate b}; in Keras's form the rate is inside of b.
 *
 * @param rho        in [0, 1); PyTorch calls it alpha
 * @param epsilon    at least 0
 * @param momentum   in [0, 1); 0 keeps no buffer
 * @param centered   by the variance
 * @param kerasForm  {@code sqrt(v + epsilon)}, and the rate inside of the buffer
 */
public record RmsProp(double rho, double epsilon, double momentum, boolean centered, boolean kerasForm)
    implements
      Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RmsProp {
    Options.share("rho", rho);
    Options.notNegative("epsilon", epsilon);
    Options.share("momentum", momentum);
  }

  /**
   * With PyTorch's defaults: rho 0.99, epsilon 1e-8.
   *
   * @param learningRate positive; PyTorch's default is 0.01
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new RmsProp(0.99, 1e-8, 0, false, false));
  }

  /**
   * As Keras's {@code RMSprop}: rho 0.9, epsilon 1e-7 inside of the root.
   *
   * @param learningRate positive; Keras's default is 0.001
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate) {
    return Optimizer.of(learningRate, new RmsProp(0.9, 1e-7, 0, false, true));
  }

  @Override
  public UpdateRule kernel() {
    if (momentum == 0) {
      return centered ? UpdateRule.CENTERED_RMSPROP : UpdateRule.RMSPROP;
    }
    return centered ? UpdateRule.CENTERED_RMSPROP_MOMENTUM : UpdateRule.RMSPROP_MOMENTUM;
  }

  @Override
  public List<String> stateNames() {
    return switch (kernel()) {
      case CENTERED_RMSPROP -> List.of("square_avg", "grad_avg");
      case RMSPROP_MOMENTUM -> List.of("square_avg", "momentum_buffer");
      case CENTERED_RMSPROP_MOMENTUM -> List.of("square_avg", "grad_avg", "momentum_buffer");
      default -> List.of("square_avg");
    };
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    boolean inside = momentum == 0 || kerasForm;
    update.scalar(0, inside ? rate : 1).scalar(1, rho).scalar(2, 1 - rho).scalar(3, kerasForm ? epsilon : 0)
        .scalar(4, kerasForm ? 0 : epsilon).scalar(5, momentum).scalar(6, inside ? 1 : rate);
  }
}
