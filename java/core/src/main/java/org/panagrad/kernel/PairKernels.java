package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Losses of pairs and triplets of embeddings, with the gradients of all of them in one pass; the range counts rows, of
 * {@link #marginRanking} elements. Sums over a row are canonical. Each gradient may be null on its own, and may be the
 * array that it is the gradient of.
 *
 * <p>The subgradient at a hinge (where the loss just becomes 0) and at a distance of 0 is 0; where a hinge is met the
 * gradient is 0 whatever the inputs. A NaN in a row makes its loss NaN.
 */
public sealed interface PairKernels permits Kernels, CheckedPairKernels, NativePairKernels, ScalarPairKernels {

  /**
   * {@code max(0, d(anchor, positive) - n + margin)} with {@code d(x, y) = |x - y + epsilon|} (the Euclidean norm,
   * epsilon added to every element, as PyTorch does) and {@code n = d(anchor, negative)}; with {@code swap} n is
   * {@code d(positive, negative)} where that is less (Balntas et al.: Learning local feature descriptors with triplets,
   * 2016), at a tie d(anchor, negative).
   *
   * @param anchor           rows x columns floats
   * @param positive         rows x columns floats
   * @param negative         rows x columns floats
   * @param anchorGradient   rows x columns floats for the derivative by anchor * scale, or null
   * @param positiveGradient the same by positive, or null
   * @param negativeGradient the same by negative, or null
   * @param losses           rows floats
   * @param columns          length of a row, at least 1
   * @param margin           how much farther the negative should be
   * @param epsilon          added to every difference, 1e-6 by default
   * @param swap             whether the positive may take the anchor's place
   * @param scale            factor of the gradients: 1 for NONE and SUM, 1 / rows for MEAN
   * @param from             first row
   * @param to               end
   */
  void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to);

  /**
   * {@code d^2 / 2} for similar rows, {@code max(0, margin - d)^2 / 2} for others, {@code d = |x1 - x2|} (Hadsell,
   * Chopra, LeCun: Dimensionality Reduction by Learning an Invariant Mapping, 2006: with its factor of 1/2; its labels
   * are the other way round).
   *
   * @param x1         rows x columns floats
   * @param x2         rows x columns floats
   * @param labels     rows ints: 1 similar, 0 not
   * @param x1Gradient rows x columns floats for the derivative by x1 * scale, or null
   * @param x2Gradient the same by x2, or null
   * @param losses     rows floats
   * @param columns    length of a row, at least 1
   * @param margin     how far apart rows that are not similar should be
   * @param scale      factor of the gradients: 1 for NONE and SUM, 1 / rows for MEAN
   * @param from       first row
   * @param to         end
   */
  void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to);

  /**
   * {@code 1 - cos} for label 1, {@code max(0, cos - margin)} for label -1, with
   * {@code cos = x1 . x2 / (sqrt(|x1|^2 + e) sqrt(|x2|^2 + e))} and e = 1e-12, as PyTorch has it: the cosine of a zero
   * row is 0. By rounding, a loss may be a few 2^-24 below 0. Elements beyond 1e19 overflow (NaN).
   *
   * @param x1         rows x columns floats
   * @param x2         rows x columns floats
   * @param labels     rows ints: 1 or -1
   * @param x1Gradient rows x columns floats for the derivative by x1 * scale, or null
   * @param x2Gradient the same by x2, or null
   * @param losses     rows floats
   * @param columns    length of a row, at least 1
   * @param margin     the greatest cosine that costs nothing for label -1
   * @param scale      factor of the gradients: 1 for NONE and SUM, 1 / rows for MEAN
   * @param from       first row
   * @param to         end
   */
  void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to);

  /**
   * {@code max(0, -y (x1 - x2) + margin)}, element by element: y = 1 wants x1 to be the greater one, -1 x2. The
   * derivatives by x1 and x2 are -y and y, also where the loss is NaN; 0 where it is 0.
   *
   * @param x1         n floats
   * @param x2         n floats
   * @param labels     n ints y: 1 or -1
   * @param x1Gradient n floats for the derivative by x1 * scale, or null
   * @param x2Gradient the same by x2, or null
   * @param losses     n floats
   * @param margin     how much greater it should be
   * @param scale      factor of the gradients: 1 for NONE and SUM, 1 / n for MEAN
   * @param from       first element
   * @param to         end
   */
  void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin, float scale, long from, long to);
}
