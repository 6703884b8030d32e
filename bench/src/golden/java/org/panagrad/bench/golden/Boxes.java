package org.panagrad.bench.golden;

import static org.panagrad.bench.golden.Formulas.from;
import static org.panagrad.bench.golden.Formulas.over;
import static org.panagrad.bench.golden.Formulas.plus;
import static org.panagrad.bench.golden.Formulas.times;

import org.bytedeco.pytorch.Tensor;

/**
 * Losses of boxes x1, y1, x2, y2, by the formulas of torchvision.ops: every quotient has eps in its divisor. Here
 * relu(width) relu(height) is what torchvision does with a mask.
 */
final class Boxes {
  private final Tensor a;
  private final Tensor b;
  private final double eps;

  Boxes(Inputs in) {
    a = in.prediction();
    b = in.target();
    eps = in.number("eps");
  }

  /** 1 - intersection / union. */
  Tensor iou() {
    return from(1, overlap());
  }

  /** iou + (hull - union) / hull; the hull is the smallest box around both. */
  Tensor giou() {
    Tensor hull = hull(0).mul(hull(1));
    return iou().add(quotient(hull.sub(union()), hull));
  }

  /** iou + squared distance of the centres / squared diagonal of the hull. */
  Tensor diou() {
    Tensor distance = centre(a, 0).sub(centre(b, 0)).square().add(centre(a, 1).sub(centre(b, 1)).square());
    Tensor diagonal = hull(0).square().add(hull(1).square());
    return iou().add(quotient(distance, diagonal));
  }

  /** diou + alpha v, v = 4/pi^2 (difference of atan(width / height))^2; alpha = v / (iou + v) counts as constant. */
  Tensor ciou() {
    Tensor v = times(angle(b).sub(angle(a)).square(), 4 / (Math.PI * Math.PI));
    Tensor alpha = quotient(v, iou().add(v)).detach();
    return diou().add(alpha.mul(v));
  }

  private Tensor quotient(Tensor x, Tensor y) {
    return x.div(plus(y, eps));
  }

  private Tensor overlap() {
    return quotient(intersection(), union());
  }

  private Tensor intersection() {
    return meet(0).relu().mul(meet(1).relu());
  }

  private Tensor union() {
    return area(a).add(area(b)).sub(intersection());
  }

  /** Length of what both have on an axis; negative where they are apart. */
  private Tensor meet(int axis) {
    return high(a, axis).minimum(high(b, axis)).sub(low(a, axis).maximum(low(b, axis)));
  }

  private Tensor hull(int axis) {
    return high(a, axis).maximum(high(b, axis)).sub(low(a, axis).minimum(low(b, axis)));
  }

  private static Tensor area(Tensor box) {
    return size(box, 0).mul(size(box, 1));
  }

  private static Tensor angle(Tensor box) {
    return size(box, 0).div(size(box, 1)).atan();
  }

  private static Tensor centre(Tensor box, int axis) {
    return over(low(box, axis).add(high(box, axis)), 2);
  }

  private static Tensor size(Tensor box, int axis) {
    return high(box, axis).sub(low(box, axis));
  }

  private static Tensor low(Tensor box, int axis) {
    return box.select(1, axis);
  }

  private static Tensor high(Tensor box, int axis) {
    return box.select(1, axis + 2);
  }
}
