package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * Pairs of embeddings: similar ones (label 1) are to be near, others (label 0) at least a margin apart; see
 * {@link org.panagrad.kernel.PairKernels#contrastive}. Immutable.
 *
 * @param margin    positive
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of rows
 */
public record Contrastive(double margin, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the margin is out of its range
   */
  public Contrastive {
    Ranges.positive("margin", margin);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * With margin 1, reduced to the mean.
   *
   * @return the loss
   */
  public static Contrastive of() {
    return of(1);
  }

  /**
   * Reduced to the mean.
   *
   * @param margin positive
   * @return the loss
   * @throws IllegalArgumentException if it is out of its range
   */
  public static Contrastive of(double margin) {
    return new Contrastive(margin, Reduction.MEAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public Contrastive reduction(Reduction other) {
    return new Contrastive(margin, other);
  }

  /**
   * Value and gradients. Nothing is allocated. Each gradient may be null, and may be the array that it is of.
   *
   * @param kernels    compute it
   * @param x1         rows x columns floats
   * @param x2         rows x columns floats
   * @param labels     rows ints: 1 similar, 0 not
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
    kernels.contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, (float) margin, reduction.scale(rows),
        0,
        rows);
    return reduction.value(kernels.sum(losses, rows), rows);
  }
}
