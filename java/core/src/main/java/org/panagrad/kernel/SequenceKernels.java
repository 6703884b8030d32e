package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Losses of sequences; the range counts samples. */
public sealed interface SequenceKernels
    permits Kernels, CheckedSequenceKernels, NativeSequenceKernels, ScalarSequenceKernels {

  /**
   * Floats of scratch memory that {@link #ctc} needs for each sample.
   *
   * @param time      frames of a sample, those beyond its length included
   * @param maxTarget labels of a sample, those beyond its length included
   * @return (time + 4) (2 maxTarget + 3) + 2 time
   */
  static long ctcScratch(long time, long maxTarget) {
    return (time + 4) * (2 * maxTarget + 3) + 2 * time;
  }

  /**
   * Connectionist temporal classification (Graves, Fernandez, Gomez, Schmidhuber: Connectionist Temporal
   * Classification; 2006) over the softmax of logits, value and gradient in one pass.
   *
   * <p>A walk emits one class in each frame; it spells what is left of it when repeats are merged, then blanks dropped.
   * With T and S the sample's lengths, {@code P} = sum over all walks of T frames that spell the sample's first S
   * labels of the product of their probabilities, {@code softmax(logits[n][t])[c]}. Then {@code losses[n] = -ln P}, and
   * {@code gradient[n][t][c] = (softmax(logits[n][t])[c] - posterior[n][t][c]) * scales[n]}, the posterior being the
   * share of P that belongs to walks which emit c in frame t. {@code gradient} may be {@code logits}.
   *
   * <ul>
   * <li>Frames from T on are not read; their gradient is 0.
   * <li>An empty target is spelled by blanks alone. With T = 0 the loss is 0 for an empty target; else P is 0.
   * <li>A target with r labels that repeat their neighbour needs S + r frames. With fewer, P is 0, and so it is where
   * every walk needs a class whose logit is -inf. The loss is then infinite and every gradient of the T frames NaN;
   * with {@code zeroInfinity} loss and gradient are 0.
   * <li>A frame (of the T) with a NaN, with +inf, or with nothing but -inf has a softmax of NaN: the loss and every
   * gradient of the T frames are NaN, with {@code zeroInfinity} too.
   * </ul>
   *
   * @param logits        samples x time x classes floats
   * @param labels        samples x maxTarget ints; the first targetLengths[n] are in [0, classes) and not the blank,
   *                      the others are not read
   * @param inputLengths  samples ints in [0, time]: T
   * @param targetLengths samples ints in [0, maxTarget]: S
   * @param scales        samples floats, the factor of each sample's gradient, or null for 1
   * @param gradient      samples x time x classes floats, or null for the value alone
   * @param losses        samples floats; the scales do not matter here
   * @param scratch       samples x {@link #ctcScratch} floats, overwritten
   * @param time          frames, from 1 to 2^31 - 1
   * @param classes       length of a frame, the blank included, from 1 to 2^31 - 1
   * @param maxTarget     labels of a row, from 0 to 2^30 - 1
   * @param blank         the class that is no label, in [0, classes)
   * @param zeroInfinity  whether an infinite loss becomes 0
   * @param from          first sample
   * @param to            end
   */
  void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths, MemorySegment targetLengths,
      @Nullable MemorySegment scales, @Nullable MemorySegment gradient, MemorySegment losses, MemorySegment scratch,
      long time, long classes, long maxTarget, int blank, boolean zeroInfinity, long from, long to);
}
