package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * A loss of boxes (corners x1, y1, x2, y2) by how much prediction and target overlap; see
 * {@link org.panagrad.kernel.BoxKernels} for the formulas and their edges. Immutable.
 *
 * @param kind      which one
 * @param epsilon   added to denominators, not negative; 0 makes two boxes without area NaN
 * @param reduction NONE and SUM give the sum, MEAN divides by the number of boxes
 */
public record BoxLoss(Kind kind, double epsilon, Reduction reduction) {
  /** Torchvision's. */
  private static final double EPSILON = 1e-7;

  /** What is compared. */
  public enum Kind {
    /** {@code 1 - IoU}: intersection over union. */
    IOU,
    /** Generalized: with the empty part of the smallest box around both. */
    GIOU,
    /** Distance: with the distance of the centres. */
    DIOU,
    /** Complete: with the difference of the shapes, too. */
    CIOU
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if epsilon is negative or not finite
   */
  public BoxLoss {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reduction, "reduction");
    Ranges.notNegative("epsilon", epsilon);
  }

  /**
   * With epsilon 1e-7, reduced to the mean.
   *
   * @param kind which one
   * @return the loss
   */
  public static BoxLoss of(Kind kind) {
    return new BoxLoss(kind, EPSILON, Reduction.MEAN);
  }

  /**
   * The same with another epsilon.
   *
   * @param other added to denominators
   * @return the loss
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public BoxLoss epsilon(double other) {
    return new BoxLoss(kind, other, reduction);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public BoxLoss reduction(Reduction other) {
    return new BoxLoss(kind, epsilon, other);
  }

  /**
   * Value and gradient. Nothing is allocated.
   *
   * @param kernels    compute it
   * @param prediction boxes x 4 floats
   * @param target     boxes x 4 floats
   * @param gradient   boxes x 4 floats, may be {@code prediction}; null for the value alone
   * @param losses     receives boxes floats, each box's loss
   * @param boxes      how many
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   */
  public double evaluate(Kernels kernels, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment gradient, MemorySegment losses, long boxes) {
    return reduction.value(sum(kernels, prediction, target, gradient, losses, reduction.scale(boxes), boxes), boxes);
  }

  /** The sum of the losses; gradients are those of the sum times scale. */
  double sum(Kernels kernels, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, long boxes) {
    float e = (float) epsilon;
    switch (kind) {
      case IOU -> kernels.iou(prediction, target, gradient, losses, scale, e, 0, boxes);
      case GIOU -> kernels.giou(prediction, target, gradient, losses, scale, e, 0, boxes);
      case DIOU -> kernels.diou(prediction, target, gradient, losses, scale, e, 0, boxes);
      case CIOU -> kernels.ciou(prediction, target, gradient, losses, scale, e, 0, boxes);
    }
    return kernels.sum(losses, boxes);
  }
}
