package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Reduction;

/**
 * The normalized temperature-scaled cross-entropy of SimCLR (Chen, Kornblith, Norouzi, Hinton: A Simple Framework for
 * Contrastive Learning of Visual Representations, 2020). There are two views of each of N samples; each of the 2 N rows
 * is to find the other view of its sample among all rows but itself. With {@code s[i][j]} the cosine of rows i and j
 * over the temperature (rows divided by {@code max(|z|, 1e-12)}, as PyTorch's normalize does) and p the partner of i,
 * the loss of row i is {@code ln sum over j != i of e^s[i][j] - s[i][p]}. Immutable.
 *
 * @param temperature positive
 * @param reduction   NONE and SUM give the sum, MEAN divides by the 2 N rows
 */
public record NtXent(double temperature, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the temperature is not positive or not finite
   */
  public NtXent {
    Ranges.positive("temperature", temperature);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * With temperature 0.5, reduced to the mean.
   *
   * @return the loss
   */
  public static NtXent of() {
    return of(0.5);
  }

  /**
   * Reduced to the mean.
   *
   * @param temperature positive; 0.1 to 0.5 are usual
   * @return the loss
   * @throws IllegalArgumentException if it is not positive or not finite
   */
  public static NtXent of(double temperature) {
    return new NtXent(temperature, Reduction.MEAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public NtXent reduction(Reduction other) {
    return new NtXent(temperature, other);
  }

  /**
   * Value and gradient. Nothing is allocated.
   *
   * @param call     scratch, which holds the rows' losses afterwards
   * @param views    rows x columns floats: one view of all samples, then the other in the same order, so that row
   *                 i + rows / 2 is the partner of row i
   * @param gradient rows x columns floats apart from views, or null
   * @param rows     of both views together: 2 N
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if rows are odd or too many, or the gradient overlaps the views
   */
  public double evaluate(SimilarityCall call, MemorySegment views, @Nullable MemorySegment gradient, long rows) {
    call.check("views", views, rows, "gradient", gradient);
    if (rows % 2 != 0) {
      throw new IllegalArgumentException("rows is " + rows + ": two views of each sample make an even number");
    }
    call.apart("gradient", gradient, rows, "views", views, rows);
    if (rows == 0) {
      return reduction.value(0, 0);
    }
    call.begin(temperature, true);
    double sum = call.crossEntropy(views, rows, views, rows, rows / 2, true, reduction.scale(rows), gradient, false,
        gradient, true);
    call.takeLosses(rows, false);
    return reduction.value(sum, rows);
  }
}
