package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link BoxKernels} in plain Java. */
sealed interface ScalarBoxKernels extends BoxKernels permits ScalarKernels, VectorKernels {
  @Override
  default void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.IOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.GIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.DIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  default void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.CIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }
}
