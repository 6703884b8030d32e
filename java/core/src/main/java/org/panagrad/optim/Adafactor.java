package org.panagrad.optim;

import java.util.List;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * Adafactor (Shazeer and Stern 2018), as PyTorch has it. Of a matrix it keeps no second moment for each element, only
 * the mean squares of the gradient in each row and each column, R and C, whose product over the mean of R is the
 * estimate V; of a vector it keeps V itself. With fresh = t^beta2Decay and rms the root mean square of a whole tensor,
 * in step t:
 *
 * <pre>
 * R = (1 - fresh) R + fresh row means of g^2;  C likewise;  V = R C / max(mean of R, epsilon1)
 * V = (1 - fresh) V + fresh g^2, of a vector
 * u = g / max(sqrt(V), epsilon1);  u = u / max(1, rms(u) / threshold)
 * p -= max(epsilon2, rms(p)) min(rate, 1 / sqrt(t)) u
 * </pre>
 *
 * <p>A tensor's shape says what it is: from two dimensions on, the last two are rows and columns, each pair of which is
 * factored by itself; rms goes over all. A model's parameters are taken as they lie inside: those of a dense layer are
 * a matrix of inputs x outputs, those of a convolution one of (height x width x channels of its window) x outputs,
 * where PyTorch factors each filter's window by itself. Its states are "row_var" and "col_var", or "variance".
 *
 * <p>A matrix is read twice before it is written: V depends on all squares, and the length of u on all of V, so no sums
 * of the first pass give it. That is 24 bytes an element in a step (4 + 8 + 12) where Adam has 28, and of states next
 * to nothing where Adam has 8.
 *
 * @param beta2Decay at most 0: how fast the share of the fresh squares falls
 * @param epsilon1   least root of an estimate, at least 0
 * @param epsilon2   least size of a tensor, at least 0
 * @param threshold  greatest root mean square of an update before the rate, at least 1; PyTorch's d
 */
public record Adafactor(double beta2Decay, double epsilon1, double epsilon2, double threshold) implements Rule {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adafactor {
    Options.notPositive("beta2Decay", beta2Decay);
    Options.notNegative("epsilon1", epsilon1);
    Options.notNegative("epsilon2", epsilon2);
    Options.atLeast("threshold", 1, threshold);
  }

  /**
   * With PyTorch's defaults: a decay of -0.8, epsilons of 2^-23 and 1e-3, a threshold of 1. PyTorch's weight_decay is
   * {@link Optimizer#decoupledWeightDecay}.
   *
   * @param learningRate positive; PyTorch's default, and what the paper always takes, is 0.01
   * @return the optimizer
   */
  public static Optimizer of(double learningRate) {
    return Optimizer.of(learningRate, new Adafactor(-0.8, 0x1p-23, 1e-3, 1));
  }

  @Override
  public UpdateRule kernel() {
    return UpdateRule.ADAFACTOR;
  }

  @Override
  public UpdateRule reading() {
    return UpdateRule.ADAFACTOR_SQUARES;
  }

  @Override
  public List<String> stateNames() {
    return List.of("variance");
  }

  @Override
  public void prepare(Update update, double rate, long step, RuleMemory memory) {
    update.scalar(0, 1 - fresh(step)).scalar(1, fresh(step)).scalar(2, epsilon1);
  }

  /** The share of a step's squares. */
  double fresh(long step) {
    return 1 / Curves.power(step, -beta2Decay);
  }

  /** As in Python, a mean square of NaN counts as none. */
  @Override
  public float ratio(double rate, long step, long elements, double parameterSquare, double directionSquare) {
    double size = StrictMath.sqrt(parameterSquare / elements);
    double excess = StrictMath.sqrt(directionSquare / elements) / threshold;
    double length = (size > epsilon2 ? size : epsilon2) * Math.min(rate, 1 / StrictMath.sqrt(step));
    return (float) (length / (excess > 1 ? excess : 1));
  }
}
