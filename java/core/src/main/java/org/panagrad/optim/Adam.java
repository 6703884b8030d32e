package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.kernel.Kernels;

/**
 * Adam (Kingma and Ba: Adam, a Method for Stochastic Optimization; 2015), bias-corrected, epsilon outside the root.
 *
 * @param learningRate positive
 * @param beta1        in [0, 1)
 * @param beta2        in [0, 1)
 * @param epsilon      not negative
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon) implements Optimizer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adam {
    Options.positive("learningRate", learningRate);
    Options.share("beta1", beta1);
    Options.share("beta2", beta2);
    Options.notNegative("epsilon", epsilon);
  }

  /**
   * With PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static Adam of(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8);
  }

  @Override
  public List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  public void update(Kernels kernels, MemorySegment parameter, MemorySegment gradient, MemorySegment[] state,
      long step, long from, long to) {
    double correction1 = 1 - power(beta1, step), correction2 = 1 - power(beta2, step);
    kernels.adam(parameter, gradient, state[0], state[1], (float) beta1, (float) (1 - beta1), (float) beta2,
        (float) (1 - beta2), (float) (learningRate / correction1), (float) (1 / StrictMath.sqrt(correction2)),
        (float) epsilon, from, to);
  }

  /** x^n by squaring: the same everywhere, as StrictMath's pow is, which allocates. */
  private static double power(double x, long n) {
    double result = 1;
    for (double square = x; n > 0; n >>= 1, square *= square) {
      if ((n & 1) == 1) {
        result *= square;
      }
    }
    return result;
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", "adam");
    options.put("learningRate", learningRate);
    options.put("beta1", beta1);
    options.put("beta2", beta2);
    options.put("epsilon", epsilon);
    return options;
  }
}
