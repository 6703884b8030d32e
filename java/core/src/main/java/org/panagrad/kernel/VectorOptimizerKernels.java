package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;

/** {@link OptimizerKernels} in the Vector API. */
sealed interface VectorOptimizerKernels extends ScalarOptimizerKernels permits VectorKernels {
  @Override
  default void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().sgd(parameter, gradient, rate, i * BYTES, count);
      i += count;
    }
    ScalarOptimizerKernels.super.sgd(parameter, gradient, rate, end, to);
  }

  @Override
  default void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, momentumBuffer, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, i * BYTES, count);
      i += count;
    }
    ScalarOptimizerKernels.super.momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, end, to);
  }

  @Override
  default void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, squareAverage, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, i * BYTES, count);
      i += count;
    }
    ScalarOptimizerKernels.super.rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, end, to);
  }

  @Override
  default void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, firstMoment, secondMoment);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2,
          oneMinusBeta2, step, correction, epsilon, i * BYTES, count);
      i += count;
    }
    ScalarOptimizerKernels.super.adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2,
        oneMinusBeta2, step, correction, epsilon, end, to);
  }
}
