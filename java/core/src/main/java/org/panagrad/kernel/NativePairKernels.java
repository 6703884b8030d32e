package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.PairCalls;

/** {@link PairKernels} in native code. */
sealed interface NativePairKernels extends PairKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment tripletMargin, contrastive, cosineEmbedding, marginRanking;

    Functions(NativeTier tier) {
      tripletMargin = tier.function("triplet_margin_f32");
      contrastive = tier.function("contrastive_f32");
      cosineEmbedding = tier.function("cosine_embedding_f32");
      marginRanking = tier.function("margin_ranking_f32");
    }
  }

  /** Those of this tier. */
  Functions pairFunctions();

  @Override
  default void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    MemorySegment da = orNull(anchorGradient), dp = orNull(positiveGradient), dn = orNull(negativeGradient);
    long work = 3 * columns;
    if (tooLong(work, anchor, positive) || tooLong(work, negative, losses) || tooLong(work, da, dp)
        || tooLong(work, dn, dn)) {
      java().tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
          columns, margin, epsilon, swap, scale, from, to);
    } else {
      PairCalls.call(pairFunctions().tripletMargin, step(work + 16), anchor, positive, negative, da, dp, dn, losses,
          columns, margin, epsilon, swap ? 1 : 0, scale, from, to);
    }
  }

  @Override
  default void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    MemorySegment dx1 = orNull(x1Gradient), dx2 = orNull(x2Gradient);
    long work = 2 * columns;
    if (tooLong(work, x1, x2) || tooLong(work, labels, losses) || tooLong(work, dx1, dx2)) {
      java().contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
    } else {
      PairCalls.call(pairFunctions().contrastive, step(work + 16), x1, x2, labels, dx1, dx2, losses, columns, margin,
          scale, from, to);
    }
  }

  @Override
  default void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns,
      float margin, float scale, long from, long to) {
    MemorySegment dx1 = orNull(x1Gradient), dx2 = orNull(x2Gradient);
    long work = 2 * columns;
    if (tooLong(work, x1, x2) || tooLong(work, labels, losses) || tooLong(work, dx1, dx2)) {
      java().cosineEmbedding(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
    } else {
      PairCalls.call(pairFunctions().cosineEmbedding, step(work + 16), x1, x2, labels, dx1, dx2, losses, columns,
          margin, scale, from, to);
    }
  }

  @Override
  default void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin,
      float scale, long from, long to) {
    PairCalls.call(pairFunctions().marginRanking, step(2), x1, x2, labels, orNull(x1Gradient), orNull(x2Gradient),
        losses, margin, scale, from, to);
  }
}
