package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.check.Memories.size;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link SequenceKernels}. */
sealed interface CheckedSequenceKernels extends SequenceKernels, CheckedForm permits CheckedKernels {
  @Override
  default void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths, MemorySegment targetLengths,
      @Nullable MemorySegment scales, @Nullable MemorySegment gradient, MemorySegment losses, MemorySegment scratch,
      long time, long classes, long maxTarget, int blank, boolean zeroInfinity, long from, long to) {
    range(from, to);
    size("time", time, 1, Integer.MAX_VALUE);
    size("classes", classes, 1, Integer.MAX_VALUE);
    size("maxTarget", maxTarget, 0, (1 << 30) - 1);
    size("blank", blank, 0, classes - 1);
    long n = elements("time x classes", time * classes, to);
    long targets = maxTarget == 0 ? 0 : elements("maxTarget", maxTarget, to);
    long space = elements("scratch", SequenceKernels.ctcScratch(time, maxTarget), to);
    in("logits", logits, n);
    in("labels", labels, targets);
    in("inputLengths", inputLengths, to);
    in("targetLengths", targetLengths, to);
    if (scales != null) {
      in("scales", scales, to);
    }
    out("losses", losses, to);
    out("scratch", scratch, space);
    apart("scratch", scratch, space, "losses", losses, to);
    apartFromInputs("losses", losses, to, labels, targets, inputLengths, targetLengths, scales, to);
    apart("losses", losses, to, "logits", logits, n);
    apartFromInputs("scratch", scratch, space, labels, targets, inputLengths, targetLengths, scales, to);
    apart("scratch", scratch, space, "logits", logits, n);
    if (gradient != null) {
      out("gradient", gradient, n);
      inPlaceOrApart("gradient", gradient, n, "logits", logits, n);
      apartFromInputs("gradient", gradient, n, labels, targets, inputLengths, targetLengths, scales, to);
      apart("gradient", gradient, n, "losses", losses, to);
      apart("gradient", gradient, n, "scratch", scratch, space);
    }
    lengths("inputLengths", inputLengths, time, from, to);
    lengths("targetLengths", targetLengths, maxTarget, from, to);
    for (long sample = from; sample < to; sample++) {
      target(labels, sample, maxTarget, targetLengths.getAtIndex(JAVA_INT, sample), classes, blank);
    }
    backend().ctc(logits, labels, inputLengths, targetLengths, scales, gradient, losses, scratch, time, classes,
        maxTarget, blank, zeroInfinity, from, to);
  }

  private static void apartFromInputs(String name, MemorySegment x, long size, MemorySegment labels, long targets,
      MemorySegment inputLengths, MemorySegment targetLengths, @Nullable MemorySegment scales, long samples) {
    apart(name, x, size, "labels", labels, targets);
    apart(name, x, size, "inputLengths", inputLengths, samples);
    apart(name, x, size, "targetLengths", targetLengths, samples);
    apart(name, x, size, "scales", scales, samples);
  }

  private static void lengths(String name, MemorySegment lengths, long most, long from, long to) {
    for (long n = from; n < to; n++) {
      int length = lengths.getAtIndex(JAVA_INT, n);
      if (length < 0 || length > most) {
        throw new IllegalArgumentException(
            name + " of sample " + n + " is " + length + ": it must be in [0, " + most + "]");
      }
    }
  }

  private static void target(MemorySegment labels, long sample, long maxTarget, int length, long classes, int blank) {
    // another thread may have written the length since it was checked
    for (long i = 0; i < Math.min(length, maxTarget); i++) {
      int label = labels.getAtIndex(JAVA_INT, sample * maxTarget + i);
      if (label < 0 || label >= classes || label == blank) {
        throw new IllegalArgumentException(
            "label " + label + " of sample " + sample + " at position " + i + (label == blank
                ? " is the blank, which no target holds"
                : " is out of range: with " + classes + " classes it must be in [0, " + classes + ")"));
      }
    }
  }
}
