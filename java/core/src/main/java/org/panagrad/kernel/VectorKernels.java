package org.panagrad.kernel;

import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.L;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Kernels in Java's Vector API, with the bits of {@link ScalarKernels}, whose forms do what does not pay here and what
 * is left over behind the last whole vector. The methods cut their range into pieces for {@link VectorLoops}.
 *
 * <p>The steps from piece to piece are not constant: C2 may drop the safepoint polls of loops with a constant step (it
 * does under the serial and parallel collectors), but keeps them in these.
 */
final class VectorKernels
    implements
      Kernels,
      VectorElementaryKernels,
      VectorActivationKernels,
      VectorMapKernels,
      VectorRowKernels,
      VectorSoftmaxKernels,
      ScalarNormKernels,
      ScalarEmbeddingKernels,
      VectorRowSweeps,
      VectorLossKernels,
      ScalarBoxKernels,
      ScalarPairKernels,
      ScalarGaussianKernels,
      ScalarPenaltyKernels,
      ScalarLinearLossKernels,
      ScalarOverlapKernels,
      VectorOptimizerKernels,
      VectorPoolKernels,
      VectorConvolutionKernels,
      VectorProductKernels,
      ScalarRandomKernels,
      ScalarSequenceKernels,
      ScalarRecurrentKernels {
  private static final Class<?> OFF_HEAP = MemorySegment.NULL.getClass(),
      HEAP = MemorySegment.ofArray(new float[0]).getClass();
  private static final VectorLoops OFF_HEAP_LOOPS = VectorLoops.of(OFF_HEAP), HEAP_LOOPS = VectorLoops.of(HEAP);

  /** Whether this processor and JVM have vectors of a width that the kernels are written for. */
  static boolean supported() {
    return L == 16 || L == 8;
  }

  @Override
  public String name() {
    return "vector " + L * Float.SIZE;
  }

  /** The loops for these segments, whose class tells where they lie. */
  static VectorLoops loops(MemorySegment a, @Nullable MemorySegment b, @Nullable MemorySegment c,
      @Nullable MemorySegment d) {
    Class<?> kind = a.getClass();
    if (b != null && b.getClass() != kind || c != null && c.getClass() != kind || d != null && d.getClass() != kind) {
      return VectorLoops.ANY;
    }
    return kind == OFF_HEAP ? OFF_HEAP_LOOPS : kind == HEAP ? HEAP_LOOPS : VectorLoops.ANY;
  }

  /** Elements of the block at i. */
  static int block(long i, long to) {
    return (int) Math.min(BLOCK, to - i);
  }

  /** Rows, of those left, that make about a block. */
  static int rows(long left, long columns) {
    return (int) Math.min(left, Math.max(1, BLOCK / columns));
  }

  /** The end of the whole vectors. */
  static long whole(long from, long to) {
    return to - Math.max(0, to - from) % L;
  }

  static void clear(MemorySegment x, long from, long to) {
    VectorLoops loops = loops(x, null, null, null);
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.rows().zero(x, i * BYTES, count);
      i += count;
    }
  }
}
