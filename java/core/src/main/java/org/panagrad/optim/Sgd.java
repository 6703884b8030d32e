package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Gradient descent, {@code p -= rate g}; with momentum {@code b = momentum b + (1 - dampening) g; p -= rate b}, b being
 * g in the first step; with Nesterov's look ahead {@code p -= rate (momentum b + g)}. PyTorch's form, in which the rate
 * stays outside of the buffer; in Keras's, {@code v = momentum v - rate g; p += v}, it is inside, which differs once
 * the rate changes.
 *
 * @param momentum  in [0, 1); 0 keeps no buffer
 * @param dampening in [0, 1); 0 for nesterov
 * @param nesterov  needs momentum
 * @param rateInside Keras's form
 */
public record Sgd(double momentum, double dampening, boolean nesterov, boolean rateInside) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Sgd {
    Options.share("momentum", momentum);
    Options.share("dampening", dampening);
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw new IllegalArgumentException("nesterov is true with momentum " + momentum + " and dampening " + dampening
          + ": it needs a momentum and no dampening");
    }
  }

  /**
   * Without momentum.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Sgd(0, 0, false, false));
  }

  /**
   * With momentum.
   *
   * @param learningRate     positive
   * @param momentum in [0, 1)
   * @return the optimizer
   */
  public static Optimizer momentum(double learningRate, double momentum) {
    return Optimizer.of(learningRate, new Sgd(momentum, 0, false, false));
  }

  /**
   * With Nesterov's momentum.
   *
   * @param learningRate     positive
   * @param momentum in (0, 1)
   * @return the optimizer
   */
  public static Optimizer nesterov(double learningRate, double momentum) {
    return Optimizer.of(learningRate, new Sgd(momentum, 0, true, false));
  }

  /**
   * As Keras's {@code SGD}, whose buffer holds steps.
   *
   * @param learningRate     positive
   * @param momentum in [0, 1)
   * @param nesterov needs momentum
   * @return the optimizer
   */
  public static Optimizer keras(double learningRate, double momentum, boolean nesterov) {
    return Optimizer.of(learningRate, new Sgd(momentum, 0, nesterov, true));
  }

  @Override
  public UpdateRule kernel() {
    return momentum == 0 ? UpdateRule.SGD : nesterov ? UpdateRule.NESTEROV : UpdateRule.MOMENTUM;
  }

  @Override
  public List<String> stateNames() {
    return momentum == 0 ? List.of() : List.of("momentum_buffer");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    double fresh = step == 1 ? 1 : 1 - dampening;
    boolean inside = rateInside && momentum != 0;
    update.scalar(0, inside ? 1 : rate).scalar(1, momentum).scalar(2, inside ? rate * fresh : fresh);
  }
}
