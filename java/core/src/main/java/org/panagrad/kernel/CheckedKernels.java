package org.panagrad.kernel;

/**
 * The contract's checks in front of a backend, so that the backend can trust what it is given: native code cannot fail,
 * and nothing is written when an argument is wrong.
 *
 * @param backend behind the checks
 */
record CheckedKernels(Kernels backend)
    implements
      Kernels,
      CheckedElementaryKernels,
      CheckedActivationKernels,
      CheckedMapKernels,
      CheckedRowKernels,
      CheckedSoftmaxKernels,
      CheckedNormKernels,
      CheckedEmbeddingKernels,
      CheckedLossKernels,
      CheckedBoxKernels,
      CheckedPairKernels,
      CheckedGaussianKernels,
      CheckedPenaltyKernels,
      CheckedLinearLossKernels,
      CheckedOverlapKernels,
      CheckedOptimizerKernels,
      CheckedPoolKernels,
      CheckedConvolutionKernels,
      CheckedProductKernels,
      CheckedRandomKernels,
      CheckedSequenceKernels,
      CheckedRecurrentKernels {

  @Override
  public String name() {
    return backend.name();
  }
}
