package org.panagrad.kernel;

/**
 * The contract of every operation, stated once: one interface per family. {@link Backends} hands out the
 * implementations; all of them give the same bits (docs/numerics.md).
 *
 * <p>Rules that hold for every method:
 * <ul>
 * <li>Arrays are memory segments of dense {@code float}s in native order (labels and indices: {@code int}s), on the
 * Java heap ({@code float[]}) or off it, in any mixture; a GPU's lie in its session's memory ({@link Storage}). Nothing
 * needs more than 4-byte alignment.
 * <li>A call works on the range {@code [from, to)} only, counted in elements, rows, images or blocks as the method
 * says. Any cut of a range into several calls, on any threads, gives the same bits.
 * <li>Outputs overlap no other argument, except where a method says that it works in place: then both may be the very
 * same elements.
 * <li>NaN and infinities propagate.
 * <li>Nothing is allocated, and no call holds up a safepoint for long, whatever its length.
 * </ul>
 *
 * <p>Arguments are checked before anything is written: {@link NullPointerException},
 * {@link IndexOutOfBoundsException} where a segment is too short for the range, {@link IllegalArgumentException} for
 * sizes that make no sense, outputs that overlap or are read-only, and labels out of range,
 * {@link IllegalStateException} for closed memory, {@link WrongThreadException} for memory confined to another thread.
 */
public sealed interface Kernels
    extends
      Storage,
      ElementaryKernels,
      ActivationKernels,
      MapKernels,
      RowKernels,
      SoftmaxKernels,
      NormKernels,
      EmbeddingKernels,
      LossKernels,
      BoxKernels,
      PairKernels,
      GaussianKernels,
      PenaltyKernels,
      LinearLossKernels,
      OverlapKernels,
      OptimizerKernels,
      PoolKernels,
      ConvolutionKernels,
      ProductKernels,
      RandomKernels,
      SequenceKernels,
      RecurrentKernels
    permits CheckedKernels, NativeKernels, ScalarKernels, VectorKernels {

  /** The length of a canonical block: reductions may be cut at its multiples only. */
  int BLOCK = 4096;

  /**
   * Names this implementation for people.
   *
   * @return "scalar", "vector 512", "native avx2" ...
   */
  String name();
}
