package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * Pairs of embeddings: the cosine of similar ones (label 1) is to be 1, that of others (label -1) at most a margin; see
 * {@link org.panagrad.kernel.PairKernels#cosineEmbedding}. Immutable.
 *
 * @param margin    from -1 to 1, the range of a cosine
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of rows
 */
public record CosineEmbedding(double margin, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the margin is out of its range
   */
  public CosineEmbedding {
    Ranges.within("margin", margin, -1, 1);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * With margin 0, reduced to the mean.
   *
   * @return the loss
   */
  public static CosineEmbedding of() {
    return of(0);
  }

  /**
   * Reduced to the mean.
   *
   * @param margin from -1 to 1
   * @return the loss
   * @throws IllegalArgumentException if it is out of its range
   */
  public static CosineEmbedding of(double margin) {
    return new CosineEmbedding(margin, Reduction.MEAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public CosineEmbedding reduction(Reduction other) {
    return new CosineEmbedding(margin, other);
  }

  /**
   * Value and gradients. Nothing is allocated. Each gradient may be null, and may be the array that it is of.
   *
   * @param kernels    compute it
   * @param x1         rows x columns floats
   * @param x2         rows x columns floats
   * @param labels     rows ints: 1 similar, -1 not
   * @param x1Gradient rows x columns floats, or null
   * @param x2Gradient rows x columns floats, or null
   * @param losses     receives rows floats, each row's loss
   * @param rows       pairs
   * @param columns    length of an embedding
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a label is out of range; nothing is written then
   */
  public double evaluate(Kernels kernels, MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long rows,
      long columns) {
    kernels.cosineEmbedding(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, (float) margin,
        reduction.scale(rows), 0,
        rows);
    return reduction.value(kernels.sum(losses, rows), rows);
  }
}
