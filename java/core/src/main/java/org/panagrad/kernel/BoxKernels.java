package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Losses of boxes, as a detector's regression uses them; the range counts boxes. A box is its corners x1, y1, x2, y2
 * with {@code x1 <= x2}, {@code y1 <= y2}. Semantics and epsilon are those of torchvision's {@code *_box_iou_loss}.
 *
 * <p>With i the area of the intersection, u that of the union, {@code IoU = i / (u + epsilon)}. What holds for all:
 * <ul>
 * <li>Disjoint boxes, and boxes that only touch: i and its derivative are 0, so {@link #iou} is 1 and its gradient 0.
 * <li>Edges that coincide (identical boxes): the prediction's edge moves the intersection's, and the outer box's, by
 * half; so the gradient favours no side. Identical boxes of positive area have a loss of about epsilon over their area.
 * <li>A box without area: i is 0, the loss that of disjoint boxes. Two of them: IoU is 0, not NaN, if epsilon is not 0.
 * <li>Corners in the wrong order are not sorted: the areas' signs go into the formula.
 * <li>A NaN among the eight numbers makes the loss and all four derivatives NaN.
 * </ul>
 */
public sealed interface BoxKernels permits Kernels, CheckedBoxKernels, NativeBoxKernels, ScalarBoxKernels {

  /**
   * {@code 1 - IoU}.
   *
   * @param prediction n x 4 floats
   * @param target     n x 4 floats
   * @param gradient   n x 4 floats for the derivative by the prediction * scale, or null; may be {@code prediction}
   * @param losses     n floats
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / n for MEAN
   * @param epsilon    added to denominators, 1e-7 by default
   * @param from       first box
   * @param to         end
   */
  void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, MemorySegment losses,
      float scale, float epsilon, long from, long to);

  /**
   * {@code 1 - IoU + (c - u) / (c + epsilon)}, c being the area of the smallest box around both (Rezatofighi et al.:
   * Generalized Intersection over Union, 2019). From 0 to 2; disjoint boxes have a gradient too.
   *
   * @param prediction n x 4 floats
   * @param target     n x 4 floats
   * @param gradient   n x 4 floats for the derivative by the prediction * scale, or null; may be {@code prediction}
   * @param losses     n floats
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / n for MEAN
   * @param epsilon    added to denominators, 1e-7 by default
   * @param from       first box
   * @param to         end
   */
  void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, MemorySegment losses,
      float scale, float epsilon, long from, long to);

  /**
   * {@code 1 - IoU + d^2 / (g^2 + epsilon)}, d being the distance of the centres, g the diagonal of the smallest box
   * around both (Zheng et al.: Distance-IoU Loss, 2020).
   *
   * @param prediction n x 4 floats
   * @param target     n x 4 floats
   * @param gradient   n x 4 floats for the derivative by the prediction * scale, or null; may be {@code prediction}
   * @param losses     n floats
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / n for MEAN
   * @param epsilon    added to denominators, 1e-7 by default
   * @param from       first box
   * @param to         end
   */
  void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, MemorySegment losses,
      float scale, float epsilon, long from, long to);

  /**
   * {@link #diou} + {@code alpha v} with {@code v = 4 / pi^2 (atan(target's width / height) - atan(width / height))^2}
   * and {@code alpha = v / (1 - IoU + v + epsilon)}, which the gradient takes as a constant (Zheng et al.: Distance-IoU
   * Loss, 2020). A box whose width and height are both 0 has no shape: NaN, as in torchvision. One without height has
   * the angle pi / 2.
   *
   * @param prediction n x 4 floats
   * @param target     n x 4 floats
   * @param gradient   n x 4 floats for the derivative by the prediction * scale, or null; may be {@code prediction}
   * @param losses     n floats
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / n for MEAN
   * @param epsilon    added to denominators, 1e-7 by default
   * @param from       first box
   * @param to         end
   */
  void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, MemorySegment losses,
      float scale, float epsilon, long from, long to);
}
