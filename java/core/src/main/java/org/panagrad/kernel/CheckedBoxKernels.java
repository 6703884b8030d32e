package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link BoxKernels}. */
sealed interface CheckedBoxKernels extends BoxKernels, CheckedForm permits CheckedKernels {
  private static void boxLoss(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, long from, long to) {
    range(from, to);
    long n = elements("edges", 4, to);
    in("prediction", prediction, n);
    in("target", target, n);
    out("losses", losses, to);
    apart("losses", losses, to, "prediction", prediction, n);
    apart("losses", losses, to, "target", target, n);
    if (gradient != null) {
      out("gradient", gradient, n);
      inPlaceOrApart("gradient", gradient, n, "prediction", prediction, n);
      apart("gradient", gradient, n, "target", target, n);
      apart("gradient", gradient, n, "losses", losses, to);
    }
  }

  @Override
  default void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend().iou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend().giou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend().diou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend().ciou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }
}
