package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.SequenceCalls;

/** {@link SequenceKernels} in native code. */
sealed interface NativeSequenceKernels extends SequenceKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment ctc;

    Functions(NativeTier tier) {
      ctc = tier.function("ctc_f32");
    }
  }

  /** Those of this tier. */
  Functions sequenceFunctions();

  @Override
  default void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths, MemorySegment targetLengths,
      @Nullable MemorySegment scales, @Nullable MemorySegment gradient, MemorySegment losses, MemorySegment scratch,
      long time, long classes, long maxTarget, int blank, boolean zeroInfinity, long from, long to) {
    MemorySegment w = orNull(scales), g = orNull(gradient);
    // a frame: two softmaxes, and in each direction three exps and a log for every state
    long work = time * (2 * classes + 8 * (2 * maxTarget + 1));
    if (tooLong(work, logits, labels) || tooLong(work, inputLengths, targetLengths) || tooLong(work, w, g)
        || tooLong(work, losses, scratch)) {
      java().ctc(logits, labels, inputLengths, targetLengths, scales, gradient, losses, scratch, time, classes,
          maxTarget, blank, zeroInfinity, from, to);
    } else {
      SequenceCalls.call(sequenceFunctions().ctc, step(work), logits, labels, inputLengths, targetLengths, w, g, losses,
          scratch, time, classes, maxTarget, blank, zeroInfinity ? 1 : 0, from, to);
    }
  }
}
