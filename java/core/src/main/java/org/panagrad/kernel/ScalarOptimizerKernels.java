package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.squareRoot;

import java.lang.foreign.MemorySegment;

/** {@link OptimizerKernels} in plain Java. */
sealed interface ScalarOptimizerKernels extends OptimizerKernels permits ScalarKernels, VectorOptimizerKernels {
  @Override
  default void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    for (long i = from; i < to; i++) {
      set(parameter, i, Math.fma(-rate, get(gradient, i), get(parameter, i)));
    }
  }

  @Override
  default void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    for (long i = from; i < to; i++) {
      float b = Math.fma(momentum, get(momentumBuffer, i), weight * get(gradient, i));
      set(momentumBuffer, i, b);
      set(parameter, i, Math.fma(-rate, b, get(parameter, i)));
    }
  }

  @Override
  default void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    for (long i = from; i < to; i++) {
      float g = get(gradient, i);
      float v = Math.fma(rho, get(squareAverage, i), oneMinusRho * g * g);
      set(squareAverage, i, v);
      set(parameter, i, get(parameter, i) - rate * g / (squareRoot(v) + epsilon));
    }
  }

  @Override
  default void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    for (long i = from; i < to; i++) {
      float g = get(gradient, i);
      float m = Math.fma(beta1, get(firstMoment, i), oneMinusBeta1 * g);
      float v = Math.fma(beta2, get(secondMoment, i), oneMinusBeta2 * g * g);
      set(firstMoment, i, m);
      set(secondMoment, i, v);
      set(parameter, i, get(parameter, i) - step * m / Math.fma(squareRoot(v), correction, epsilon));
    }
  }
}
