package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * What loss passes saw: a record for each block or row, written by the kernels ({@code pana_statistics} in panagrad.h),
 * and their total, which this class reads. Not thread-safe; may be used again and again.
 */
public final class LossStatistics {
  /** Bytes of a unit's record. */
  public static final long BYTES = 32;
  static final long WORDS = BYTES / 4;
  private static final long FIRST = 0, MINIMUM = 8, MAXIMUM = 12, GRADIENT_SQUARE = 16, NONFINITE = 20, SATURATED = 24,
      CORRECT = 28;

  private float minimum, maximum;
  private double gradientSquare;
  private long nonfinite, first, saturated, correct;

  /** Nothing seen yet. */
  public LossStatistics() {
    clear();
  }

  /** Forgets what was seen. */
  public void clear() {
    minimum = Float.POSITIVE_INFINITY;
    maximum = Float.NEGATIVE_INFINITY;
    gradientSquare = 0;
    nonfinite = saturated = correct = 0;
    first = -1;
  }

  /**
   * Adds the records of a pass, in order.
   *
   * @param records {@link #BYTES} for each unit
   * @param units   blocks or rows
   */
  public void add(MemorySegment records, long units) {
    for (long at = 0; at < units * BYTES; at += BYTES) {
      float low = records.get(JAVA_FLOAT, at + MINIMUM), high = records.get(JAVA_FLOAT, at + MAXIMUM);
      minimum = low < minimum ? low : minimum;
      maximum = high > maximum ? high : maximum;
      gradientSquare += records.get(JAVA_FLOAT, at + GRADIENT_SQUARE);
      int bad = records.get(JAVA_INT, at + NONFINITE);
      if (nonfinite == 0 && bad > 0) {
        first = records.get(JAVA_LONG_UNALIGNED, at + FIRST);
      }
      nonfinite += bad;
      saturated += records.get(JAVA_INT, at + SATURATED);
      correct += records.get(JAVA_INT, at + CORRECT);
    }
  }

  /**
   * The least prediction.
   *
   * @return infinity where there is none but NaN
   */
  public float minimum() {
    return minimum;
  }

  /**
   * The greatest prediction.
   *
   * @return minus infinity where there is none but NaN
   */
  public float maximum() {
    return maximum;
  }

  /**
   * The Euclidean norm of the gradient as written, reduction's divisor included.
   *
   * @return 0 where none was asked for
   */
  public double gradientNorm() {
    return Math.sqrt(gradientSquare);
  }

  /**
   * Predictions that are NaN or infinite.
   *
   * @return how many
   */
  public long nonfinite() {
    return nonfinite;
  }

  /**
   * The first prediction that is NaN or infinite.
   *
   * @return its index, -1 where there is none
   */
  public long firstNonfinite() {
    return first;
  }

  /**
   * Rows whose softmax gives one class all but a millionth.
   *
   * @return how many; 0 for losses without a softmax
   */
  public long saturated() {
    return saturated;
  }

  /**
   * Rows whose greatest logit, the first of equal ones, is the label's.
   *
   * @return how many; 0 for losses without labels
   */
  public long correct() {
    return correct;
  }

  // what kernels in Java write

  /** The record of a unit: inputs [from, to), the first of which has an index. */
  static void ofInputs(MemorySegment records, long unit, MemorySegment x, long from, long to, long index) {
    float minimum = Float.POSITIVE_INFINITY, maximum = Float.NEGATIVE_INFINITY;
    int bad = 0;
    long first = -1;
    for (long i = from; i < to; i++) {
      float v = x.getAtIndex(JAVA_FLOAT, i);
      minimum = v < minimum ? v : minimum;
      maximum = v > maximum ? v : maximum;
      if (v - v != 0) {
        first = bad == 0 ? index + i - from : first;
        bad++;
      }
    }
    long at = unit * BYTES;
    records.set(JAVA_LONG_UNALIGNED, at + FIRST, first);
    // of two zeros either would do: + 0 makes it +0
    records.set(JAVA_FLOAT, at + MINIMUM, minimum + 0.0f);
    records.set(JAVA_FLOAT, at + MAXIMUM, maximum + 0.0f);
    records.set(JAVA_FLOAT, at + GRADIENT_SQUARE, 0);
    records.set(JAVA_INT, at + NONFINITE, bad);
    records.set(JAVA_INT, at + SATURATED, 0);
    records.set(JAVA_INT, at + CORRECT, 0);
  }

  /** Adds the square of its gradient, elements [from, to). */
  static void ofGradient(MemorySegment records, long unit, MemorySegment gradient, long from, long to) {
    double sum = 0;
    for (long block = from; block < to; block += Kernels.BLOCK) {
      sum += squares(gradient, block, Math.min(block + Kernels.BLOCK, to));
    }
    records.set(JAVA_FLOAT, unit * BYTES + GRADIENT_SQUARE, (float) sum);
  }

  static void setCorrect(MemorySegment records, long row, boolean correct) {
    records.set(JAVA_INT, row * BYTES + CORRECT, correct ? 1 : 0);
  }

  static void setSaturated(MemorySegment records, long row, boolean saturated) {
    records.set(JAVA_INT, row * BYTES + SATURATED, saturated ? 1 : 0);
  }

  private static float squares(MemorySegment x, long from, long to) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (long i = from; i < to; i++) {
      float v = x.getAtIndex(JAVA_FLOAT, i);
      int k = (int) (i - from) % ScalarKernels.PARTIALS;
      partial[k] = Math.fma(v, v, partial[k]);
    }
    return Partials.tree(partial);
  }
}
