package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.BoxCalls;

/** {@link BoxKernels} in native code. */
sealed interface NativeBoxKernels extends BoxKernels, NativeForm permits NativeKernels {
  /** Elements of an elementwise kernel in the time of one box's loss. */
  long BOX = 64;

  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment iou, giou, diou, ciou;

    Functions(NativeTier tier) {
      iou = tier.function("iou_f32");
      giou = tier.function("giou_f32");
      diou = tier.function("diou_f32");
      ciou = tier.function("ciou_f32");
    }
  }

  /** Those of this tier. */
  Functions boxFunctions();

  @Override
  default void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxCalls.call(boxFunctions().iou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from,
        to);
  }

  @Override
  default void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxCalls.call(boxFunctions().giou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from,
        to);
  }

  @Override
  default void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxCalls.call(boxFunctions().diou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from,
        to);
  }

  @Override
  default void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses, float scale, float epsilon, long from, long to) {
    BoxCalls.call(boxFunctions().ciou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from,
        to);
  }
}
