package org.panagrad.kernel;

/**
 * Every kernel in native code, one tier of libpanagrad: the addresses of its functions, by family. They are called in
 * the families' forms.
 *
 * @param java does the units that would be too long for a critical call
 */
record NativeKernels(NativeTier tier, long shortWork, Kernels java,
    NativeElementaryKernels.Functions elementaryFunctions,
    NativeActivationKernels.Functions activationFunctions,
    NativeMapKernels.Functions mapFunctions,
    NativeRowKernels.Functions rowFunctions,
    NativeSoftmaxKernels.Functions softmaxFunctions,
    NativeNormKernels.Functions normFunctions,
    NativeEmbeddingKernels.Functions embeddingFunctions,
    NativeLossKernels.Functions lossFunctions,
    NativeBoxKernels.Functions boxFunctions,
    NativePairKernels.Functions pairFunctions,
    NativeGaussianKernels.Functions gaussianFunctions,
    NativePenaltyKernels.Functions penaltyFunctions,
    NativeLinearLossKernels.Functions linearLossFunctions,
    NativeOverlapKernels.Functions overlapFunctions,
    NativeOptimizerKernels.Functions optimizerFunctions,
    NativePoolKernels.Functions poolFunctions,
    NativeConvolutionKernels.Functions convolutionFunctions,
    NativeProductKernels.Functions productFunctions,
    NativeRandomKernels.Functions randomFunctions,
    NativeSequenceKernels.Functions sequenceFunctions,
    NativeRecurrentKernels.Functions recurrentFunctions)
    implements
      Kernels,
      NativeElementaryKernels,
      NativeActivationKernels,
      NativeMapKernels,
      NativeRowKernels,
      NativeSoftmaxKernels,
      NativeNormKernels,
      NativeEmbeddingKernels,
      NativeLossKernels,
      NativeBoxKernels,
      NativePairKernels,
      NativeGaussianKernels,
      NativePenaltyKernels,
      NativeLinearLossKernels,
      NativeOverlapKernels,
      NativeOptimizerKernels,
      NativePoolKernels,
      NativeConvolutionKernels,
      NativeProductKernels,
      NativeRandomKernels,
      NativeSequenceKernels,
      NativeRecurrentKernels {

  NativeKernels(NativeTier tier, Kernels java) {
    this(tier, tier.shortWork(), java,
        new NativeElementaryKernels.Functions(tier),
        new NativeActivationKernels.Functions(tier),
        new NativeMapKernels.Functions(tier),
        new NativeRowKernels.Functions(tier),
        new NativeSoftmaxKernels.Functions(tier),
        new NativeNormKernels.Functions(tier),
        new NativeEmbeddingKernels.Functions(tier),
        new NativeLossKernels.Functions(tier),
        new NativeBoxKernels.Functions(tier),
        new NativePairKernels.Functions(tier),
        new NativeGaussianKernels.Functions(tier),
        new NativePenaltyKernels.Functions(tier),
        new NativeLinearLossKernels.Functions(tier),
        new NativeOverlapKernels.Functions(tier),
        new NativeOptimizerKernels.Functions(tier),
        new NativePoolKernels.Functions(tier),
        new NativeConvolutionKernels.Functions(tier),
        new NativeProductKernels.Functions(tier),
        new NativeRandomKernels.Functions(tier),
        new NativeSequenceKernels.Functions(tier),
        new NativeRecurrentKernels.Functions(tier));
  }

  @Override
  public String name() {
    return tier.name();
  }
}
