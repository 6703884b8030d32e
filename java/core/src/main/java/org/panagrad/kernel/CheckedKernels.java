package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The contract's checks in front of a backend, so that the backend can trust what it is given: native code cannot fail,
 * and nothing is written when an argument is wrong.
 *
 * @param backend behind the checks
 * @param storage where its arrays lie
 */
record CheckedKernels(Kernels backend, Storage storage)
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

  /** Of a processor. */
  CheckedKernels(Kernels backend) {
    this(backend, backend);
  }

  @Override
  public String name() {
    return backend.name();
  }

  // where arrays lie

  @Override
  public boolean onDevice() {
    return storage.onDevice();
  }

  @Override
  public boolean reaches(MemorySegment array) {
    return storage.reaches(array);
  }

  @Override
  public Arena arena() {
    return storage.arena();
  }

  @Override
  public MemorySegment allocate(long bytes) {
    return storage.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment array) {
    storage.upload(array);
  }

  @Override
  public void download(MemorySegment array) {
    storage.download(array);
  }

  @Override
  public void begin() {
    storage.begin();
  }

  @Override
  public void copy(MemorySegment from, MemorySegment to) {
    storage.copy(from, to);
  }
}
