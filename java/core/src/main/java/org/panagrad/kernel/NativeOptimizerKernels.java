package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.OptimizerCalls;

/** {@link OptimizerKernels} in native code. */
sealed interface NativeOptimizerKernels extends OptimizerKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment sgd, momentum, rmsProp, adam;

    Functions(NativeTier tier) {
      sgd = tier.function("sgd_f32");
      momentum = tier.function("momentum_f32");
      rmsProp = tier.function("rmsprop_f32");
      adam = tier.function("adam_f32");
    }
  }

  /** Those of this tier. */
  Functions optimizerFunctions();

  @Override
  default void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    OptimizerCalls.call(optimizerFunctions().sgd, shortWork(), parameter, gradient, rate, from, to);
  }

  @Override
  default void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    OptimizerCalls.call(optimizerFunctions().momentum, shortWork(), parameter, gradient, momentumBuffer, rate, momentum,
        weight, from, to);
  }

  @Override
  default void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    OptimizerCalls.call(optimizerFunctions().rmsProp, shortWork(), parameter, gradient, squareAverage, rate, rho,
        oneMinusRho, epsilon, from, to);
  }

  @Override
  default void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    OptimizerCalls.call(optimizerFunctions().adam, shortWork(), parameter, gradient, firstMoment, secondMoment, beta1,
        oneMinusBeta1, beta2, oneMinusBeta2, step, correction, epsilon, from, to);
  }
}
