package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * Triplets of embeddings: an anchor is to be nearer to its positive than to its negative by a margin; see
 * {@link org.panagrad.kernel.PairKernels#tripletMargin}. Euclidean distances, options and defaults as PyTorch's
 * TripletMarginLoss. Immutable.
 *
 * @param margin    positive
 * @param epsilon   added to every difference inside the distance, not negative
 * @param swap      whether the positive takes the anchor's place where it is nearer to the negative
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of rows
 */
public record TripletMargin(double margin, double epsilon, boolean swap, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public TripletMargin {
    Ranges.positive("margin", margin);
    Ranges.notNegative("epsilon", epsilon);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * With margin 1, epsilon 1e-6, no swap, reduced to the mean.
   *
   * @return the loss
   */
  public static TripletMargin of() {
    return of(1);
  }

  /**
   * With epsilon 1e-6, no swap, reduced to the mean.
   *
   * @param margin positive
   * @return the loss
   * @throws IllegalArgumentException if it is not positive or not finite
   */
  public static TripletMargin of(double margin) {
    return new TripletMargin(margin, 1e-6, false, Reduction.MEAN);
  }

  /**
   * The same with swap or without.
   *
   * @param other whether the positive takes the anchor's place where it is nearer to the negative
   * @return the loss
   */
  public TripletMargin swap(boolean other) {
    return new TripletMargin(margin, epsilon, other, reduction);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public TripletMargin reduction(Reduction other) {
    return new TripletMargin(margin, epsilon, swap, other);
  }

  /**
   * Value and gradients. Nothing is allocated. Each gradient may be null, and may be the array that it is of.
   *
   * @param kernels          compute it
   * @param anchor           rows x columns floats
   * @param positive         rows x columns floats
   * @param negative         rows x columns floats
   * @param anchorGradient   rows x columns floats, or null
   * @param positiveGradient rows x columns floats, or null
   * @param negativeGradient rows x columns floats, or null
   * @param losses           receives rows floats, each row's loss
   * @param rows             triplets
   * @param columns          length of an embedding
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   */
  public double evaluate(Kernels kernels, MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long rows, long columns) {
    kernels.tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
        columns, (float) margin, (float) epsilon, swap, reduction.scale(rows), 0, rows);
    return reduction.value(kernels.sum(losses, rows), rows);
  }
}
