package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reached;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.SequenceKernels;

/**
 * Connectionist temporal classification on logits: the loss of sequences whose labels are known and their places not.
 * {@link SequenceKernels#ctc} is its formula. PyTorch's reductions: MEAN divides each sample's loss by the length of
 * its target (by 1 where that is empty), then takes the mean over the samples.
 *
 * <pre>{@code
 * Ctc ctc = Ctc.of(0).withZeroInfinity(true);
 * CtcScratch scratch = CtcScratch.of(samples, time, maxTarget);
 * double loss = ctc.evaluate(kernels, logits, labels, inputLengths, targetLengths, gradient, scratch, samples, time,
 *     classes, maxTarget);
 * }</pre>
 *
 * @param blank        the class that is no label
 * @param zeroInfinity whether a target that no walk spells, its loss being infinite, has a loss and gradient of 0
 * @param reduction    of the samples' losses
 */
public record Ctc(int blank, boolean zeroInfinity, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if blank is negative
   */
  public Ctc {
    if (blank < 0) {
      throw new IllegalArgumentException("blank is " + blank + ": it must not be negative");
    }
  }

  /**
   * With PyTorch's defaults: MEAN, infinite losses stay infinite.
   *
   * @param blank the class that is no label
   * @return the loss
   */
  public static Ctc of(int blank) {
    return new Ctc(blank, false, Reduction.MEAN);
  }

  /**
   * The same with another rule for infinite losses.
   *
   * @param zero whether they become 0
   * @return the loss
   */
  public Ctc withZeroInfinity(boolean zero) {
    return new Ctc(blank, zero, reduction);
  }

  /**
   * The same with another reduction.
   *
   * @param other instead
   * @return the loss
   */
  public Ctc withReduction(Reduction other) {
    return new Ctc(blank, zeroInfinity, other);
  }

  /**
   * Value and gradient.
   *
   * @param kernels       compute it
   * @param logits        samples x time x classes floats
   * @param labels        samples x maxTarget ints in [0, classes), none the blank; those beyond a target are not read
   * @param inputLengths  samples ints in [0, time]; frames beyond them are not read
   * @param targetLengths samples ints in [0, maxTarget]
   * @param gradient      samples x time x classes floats for the gradient of the reduced loss, or null for the value
   *                      alone; may be {@code logits}
   * @param scratch       made for at least these sizes; holds the samples' losses afterwards
   * @param samples       of the batch
   * @param time          frames
   * @param classes       length of a frame, the blank included
   * @param maxTarget     labels of a row
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a length or a label is out of range, naming sample and position; the gradient
   *                                   is not written then
   */
  public double evaluate(Kernels kernels, MemorySegment logits, MemorySegment labels, MemorySegment inputLengths,
      MemorySegment targetLengths, @Nullable MemorySegment gradient, CtcScratch scratch, long samples, long time,
      long classes, long maxTarget) {
    MemorySegment scales = reduction == Reduction.MEAN ? scratch.scales() : null;
    if (scales != null) {
      for (long n = 0; n < samples; n++) {
        scales.setAtIndex(ValueLayout.JAVA_FLOAT, n, (float) (1.0 / ((double) samples * divisor(targetLengths, n))));
      }
      kernels.upload(scales);
    }
    MemorySegment losses = scratch.losses();
    Reached reached = scratch.reached();
    kernels.ctc(logits, reached.of(0, labels), reached.of(1, inputLengths), reached.of(2, targetLengths), scales,
        gradient, losses, scratch.lattice(), time, classes,
        maxTarget, blank, zeroInfinity, 0, samples);
    if (scales == null) {
      return kernels.sum(losses, samples);
    }
    kernels.download(losses);
    return mean(losses, targetLengths, samples);
  }

  private static int divisor(MemorySegment targetLengths, long n) {
    return Math.max(1, targetLengths.getAtIndex(ValueLayout.JAVA_INT, n));
  }

  private static double mean(MemorySegment losses, MemorySegment targetLengths, long samples) {
    double sum = 0;
    for (long n = 0; n < samples; n++) {
      sum += losses.getAtIndex(ValueLayout.JAVA_FLOAT, n) / (double) divisor(targetLengths, n);
    }
    return sum / samples;
  }

  /**
   * Value and gradient on plain arrays. Nothing is allocated when the same arrays and scratch are passed again.
   *
   * @param kernels       compute it
   * @param logits        samples x time x classes
   * @param labels        samples x maxTarget, each in [0, classes), none the blank; those beyond a target are not read
   * @param inputLengths  of each sample, in [0, time]; frames beyond them are not read. As many as there are samples
   * @param targetLengths of each sample, in [0, maxTarget]
   * @param gradient      samples x time x classes for the gradient of the reduced loss, or null for the value alone;
   *                      may be {@code logits}
   * @param scratch       made for at least these sizes; holds the samples' losses afterwards
   * @param time          frames
   * @param classes       length of a frame, the blank included
   * @param maxTarget     labels of a row
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a length or a label is out of range, naming sample and position; the gradient
   *                                   is not written then
   */
  public double evaluate(Kernels kernels, float[] logits, int[] labels, int[] inputLengths, int[] targetLengths,
      float @Nullable [] gradient, CtcScratch scratch, int time, int classes, int maxTarget) {
    return evaluate(kernels, scratch.arrays().of(0, logits), scratch.arrays().of(1, labels),
        scratch.arrays().of(2, inputLengths), scratch.arrays().of(3, targetLengths),
        gradient == null ? null : scratch.arrays().of(4, gradient), scratch, inputLengths.length, time, classes,
        maxTarget);
  }
}
