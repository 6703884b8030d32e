package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.ElementCalls;

/** {@link ElementaryKernels} in native code. */
sealed interface NativeElementaryKernels extends ElementaryKernels, NativeForm permits NativeKernels {
  /** Elements like exp's in the time of one of what is built on exp and log, at most. */
  long DERIVED = 2;

  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment exp, log, log1p, expm1, tanh, sigmoid, softplus, atan;

    Functions(NativeTier tier) {
      exp = tier.function("exp_f32");
      log = tier.function("log_f32");
      log1p = tier.function("log1p_f32");
      expm1 = tier.function("expm1_f32");
      tanh = tier.function("tanh_f32");
      sigmoid = tier.function("sigmoid_f32");
      softplus = tier.function("softplus_f32");
      atan = tier.function("atan_f32");
    }
  }

  /** Those of this tier. */
  Functions elementaryFunctions();

  @Override
  default void exp(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().exp, shortWork(), x, y, from, to);
  }

  @Override
  default void log(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().log, shortWork(), x, y, from, to);
  }

  @Override
  default void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().log1p, step(DERIVED), x, y, from, to);
  }

  @Override
  default void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().expm1, step(DERIVED), x, y, from, to);
  }

  @Override
  default void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().tanh, step(DERIVED), x, y, from, to);
  }

  @Override
  default void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().sigmoid, step(DERIVED), x, y, from, to);
  }

  @Override
  default void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().softplus, step(DERIVED), x, y, from, to);
  }

  @Override
  default void atan(MemorySegment x, MemorySegment y, long from, long to) {
    ElementCalls.call(elementaryFunctions().atan, step(DERIVED), x, y, from, to);
  }
}
