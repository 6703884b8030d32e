package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Update rules, element by element; the range counts elements. The scalars that depend on the step alone are computed
 * once, in double, by the caller.
 */
public sealed interface OptimizerKernels
    permits Kernels, CheckedOptimizerKernels, NativeOptimizerKernels, ScalarOptimizerKernels {

  /**
   * {@code p -= rate * g}.
   *
   * @param parameter n floats
   * @param gradient  n floats
   * @param rate      learning rate
   * @param from      first element
   * @param to        end
   */
  void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to);

  /**
   * {@code b = momentum * b + weight * g; p -= rate * b} (PyTorch's form: the rate stays outside the buffer).
   *
   * @param parameter      n floats
   * @param gradient       n floats
   * @param momentumBuffer n floats, 0 before the first step
   * @param rate           learning rate
   * @param momentum       share of the buffer that stays
   * @param weight         1 in the first step, 1 - dampening afterwards
   * @param from           first element
   * @param to             end
   */
  void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to);

  /**
   * {@code v = rho * v + (1 - rho) * g^2; p -= rate * g / (sqrt(v) + epsilon)}.
   *
   * @param parameter     n floats
   * @param gradient      n floats
   * @param squareAverage n floats, 0 before the first step
   * @param rate          learning rate
   * @param rho           share of the average that stays
   * @param oneMinusRho   1 - rho, rounded from double
   * @param epsilon       added outside the root
   * @param from          first element
   * @param to            end
   */
  void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate, float rho,
      float oneMinusRho, float epsilon, long from, long to);

  /**
   * {@code m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
   * p -= step * m / (sqrt(v) * correction + epsilon)}: Adam (Kingma and Ba, 2015) with its two bias corrections folded
   * into scalars.
   *
   * @param parameter     n floats
   * @param gradient      n floats
   * @param firstMoment   n floats, 0 before the first step
   * @param secondMoment  n floats, 0 before the first step
   * @param beta1         share of the first moment that stays
   * @param oneMinusBeta1 1 - beta1, rounded from double
   * @param beta2         share of the second moment that stays
   * @param oneMinusBeta2 1 - beta2, rounded from double
   * @param step          rate / (1 - beta1^t)
   * @param correction    1 / sqrt(1 - beta2^t)
   * @param epsilon       added outside the root
   * @param from          first element
   * @param to            end
   */
  void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment, MemorySegment secondMoment,
      float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step, float correction, float epsilon,
      long from, long to);
}
