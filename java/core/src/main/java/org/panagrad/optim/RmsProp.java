package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.kernel.Kernels;

/**
 * RMSProp (Hinton, 2012): {@code v = rho * v + (1 - rho) * g^2; p -= rate * g / (sqrt(v) + epsilon)}.
 *
 * @param learningRate positive
 * @param rho          in [0, 1); PyTorch calls it alpha
 * @param epsilon      not negative, added outside the root
 */
public record RmsProp(double learningRate, double rho, double epsilon) implements Optimizer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RmsProp {
    Options.positive("learningRate", learningRate);
    Options.share("rho", rho);
    Options.notNegative("epsilon", epsilon);
  }

  /**
   * With PyTorch's defaults: rho 0.99, epsilon 1e-8.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static RmsProp of(double learningRate) {
    return new RmsProp(learningRate, 0.99, 1e-8);
  }

  @Override
  public List<String> stateNames() {
    return List.of("square_avg");
  }

  @Override
  public void update(Kernels kernels, MemorySegment parameter, MemorySegment gradient, MemorySegment[] state,
      long step, long from, long to) {
    kernels.rmsProp(parameter, gradient, state[0], (float) learningRate, (float) rho, (float) (1 - rho),
        (float) epsilon, from, to);
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", "rmsprop");
    options.put("learningRate", learningRate);
    options.put("rho", rho);
    options.put("epsilon", epsilon);
    return options;
  }
}
