package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Every kernel in plain Java: the canonical order and arithmetic of docs/numerics.md, spelled out in the families'
 * forms. It needs nothing, and what the other backends do not do themselves, it does for them.
 */
final class ScalarKernels
    implements
      Kernels,
      ScalarElementaryKernels,
      ScalarActivationKernels,
      ScalarMapKernels,
      ScalarRowKernels,
      ScalarSoftmaxKernels,
      ScalarNormKernels,
      ScalarEmbeddingKernels,
      ScalarLossKernels,
      ScalarBoxKernels,
      ScalarPairKernels,
      ScalarGaussianKernels,
      ScalarPenaltyKernels,
      ScalarLinearLossKernels,
      ScalarOverlapKernels,
      ScalarOptimizerKernels,
      ScalarPoolKernels,
      ScalarConvolutionKernels,
      ScalarProductKernels,
      ScalarRandomKernels,
      ScalarSequenceKernels,
      ScalarRecurrentKernels {
  /** Partial sums of a block. */
  static final int PARTIALS = 64;

  @Override
  public String name() {
    return "scalar";
  }

  static float get(MemorySegment x, long i) {
    return x.getAtIndex(JAVA_FLOAT, i);
  }

  static void set(MemorySegment x, long i, float value) {
    x.setAtIndex(JAVA_FLOAT, i, value);
  }

  static void zero(MemorySegment x, long from, long to) {
    fill(x, from, to, 0);
  }

  static void fill(MemorySegment x, long from, long to, float value) {
    for (long i = from; i < to; i++) {
      set(x, i, value);
    }
  }

  /** The root of a float in double, rounded to float, is the correctly rounded root. */
  static float squareRoot(float x) {
    return (float) Math.sqrt(x);
  }
}
