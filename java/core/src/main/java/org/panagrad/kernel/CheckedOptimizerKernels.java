package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link OptimizerKernels}. */
sealed interface CheckedOptimizerKernels extends OptimizerKernels, CheckedForm permits CheckedKernels {
  private static void update(MemorySegment parameter, MemorySegment gradient, long from, long to) {
    range(from, to);
    out("parameter", parameter, to);
    in("gradient", gradient, to);
    apart("parameter", parameter, to, "gradient", gradient, to);
  }

  private static void state(String name, MemorySegment state, MemorySegment parameter, MemorySegment gradient, long n) {
    out(name, state, n);
    apart(name, state, n, "parameter", parameter, n);
    apart(name, state, n, "gradient", gradient, n);
  }

  @Override
  default void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    update(parameter, gradient, from, to);
    backend().sgd(parameter, gradient, rate, from, to);
  }

  @Override
  default void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    update(parameter, gradient, from, to);
    state("momentumBuffer", momentumBuffer, parameter, gradient, to);
    backend().momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, from, to);
  }

  @Override
  default void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    update(parameter, gradient, from, to);
    state("squareAverage", squareAverage, parameter, gradient, to);
    backend().rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, from, to);
  }

  @Override
  default void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    update(parameter, gradient, from, to);
    state("firstMoment", firstMoment, parameter, gradient, to);
    state("secondMoment", secondMoment, parameter, gradient, to);
    apart("secondMoment", secondMoment, to, "firstMoment", firstMoment, to);
    backend().adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2, step,
        correction, epsilon, from, to);
  }
}
