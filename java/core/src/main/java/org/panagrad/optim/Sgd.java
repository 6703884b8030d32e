package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.kernel.Kernels;

/**
 * Stochastic gradient descent, {@code p -= rate * g}, or with momentum {@code b = momentum * b + (1 - dampening) * g;
 * p -= rate * b}, b being g in the first step (PyTorch's form).
 *
 * @param learningRate positive
 * @param momentum     in [0, 1); 0 keeps no buffer
 * @param dampening    in [0, 1)
 */
public record Sgd(double learningRate, double momentum, double dampening) implements Optimizer {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Sgd {
    Options.positive("learningRate", learningRate);
    Options.share("momentum", momentum);
    Options.share("dampening", dampening);
  }

  /**
   * Without momentum.
   *
   * @param learningRate positive
   * @return the optimizer
   */
  public static Sgd of(double learningRate) {
    return new Sgd(learningRate, 0, 0);
  }

  /**
   * With momentum.
   *
   * @param momentum in [0, 1)
   * @return a copy
   */
  public Sgd momentum(double momentum) {
    return new Sgd(learningRate, momentum, dampening);
  }

  @Override
  public List<String> stateNames() {
    return momentum == 0 ? List.of() : List.of("momentum_buffer");
  }

  @Override
  public void update(Kernels kernels, MemorySegment parameter, MemorySegment gradient, MemorySegment[] state,
      long step, long from, long to) {
    if (momentum == 0) {
      kernels.sgd(parameter, gradient, (float) learningRate, from, to);
    } else {
      kernels.momentum(parameter, gradient, state[0], (float) learningRate, (float) momentum,
          step == 1 ? 1 : (float) (1 - dampening), from, to);
    }
  }

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", "sgd");
    options.put("learningRate", learningRate);
    options.put("momentum", momentum);
    options.put("dampening", dampening);
    return options;
  }
}
