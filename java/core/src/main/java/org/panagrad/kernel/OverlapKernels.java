package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Overlap of predictions with targets, of which dice and tversky are made: the sums that it needs, then its gradient.
 * The range counts blocks of rows: a row has {@link #blocks} of them, unit u is block {@code u % blocks} of row
 * {@code u / blocks}. p is the prediction, or the sigmoid of it where predictions are logits.
 *
 * <p>Predictions are read twice, since the gradient of an element needs the sums of its whole row.
 */
public sealed interface OverlapKernels
    permits Kernels, CheckedOverlapKernels, NativeOverlapKernels, ScalarOverlapKernels {
  /** Sums of a unit: of p t, of p, of t. */
  int SUMS = 3;

  /**
   * Units of a row.
   *
   * @param columns length of a row
   * @return how many blocks of {@link Kernels#BLOCK} elements hold it; the last may be smaller
   */
  static long blocks(long columns) {
    return Checks.parts(columns, Kernels.BLOCK);
  }

  /**
   * The canonical sums of each block.
   *
   * @param prediction rows x columns floats
   * @param target     rows x columns floats
   * @param sums       rows x blocks x {@link #SUMS} floats: of p t, of p, of t
   * @param columns    length of a row, at least 1
   * @param logits     whether predictions are logits
   * @param from       first unit
   * @param to         end
   */
  void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns, boolean logits,
      long from, long to);

  /**
   * A gradient that is linear in the target: {@code slopes[2 r] t + slopes[2 r + 1]} in row r, times {@code p (1 - p)}
   * where predictions are logits. A row whose two slopes are both 0 has gradient 0, whatever it holds.
   *
   * @param prediction rows x columns floats
   * @param target     rows x columns floats
   * @param slopes     rows x 2 floats: the derivative by p is the first times t, plus the second
   * @param gradient   rows x columns floats; may be {@code prediction}
   * @param columns    length of a row, at least 1
   * @param logits     whether predictions are logits
   * @param from       first unit
   * @param to         end
   */
  void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes, MemorySegment gradient,
      long columns, boolean logits, long from, long to);
}
