package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Losses with their gradients: element by element, and row by row. */
public sealed interface LossKernels permits Kernels, CheckedLossKernels, NativeLossKernels, ScalarLossKernels {

  /**
   * An elementwise loss: values, gradient and block sums in one pass. With w the weight of element i,
   * {@code losses[i] = l w} and {@code gradient[i] = dl/dx w scale}; where w is 0 both are 0, whatever prediction and
   * target are, so a mask is a weight of 0 or 1.
   *
   * @param loss       formula and options
   * @param prediction n floats
   * @param target     n floats
   * @param weights    a float, not negative, for each {@code columns} elements, or null for 1
   * @param columns    elements that share a weight, at least 1
   * @param gradient   n floats, or null for the value alone; may be {@code prediction}
   * @param losses     n floats, or null
   * @param sums       a float per block of {@link Kernels#BLOCK} elements: its canonical sum of the losses
   * @param statistics {@link LossStatistics#BYTES} per block for what the pass saw, or null
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / divisor for MEAN
   * @param from       first element, a multiple of the block
   * @param to         end, a multiple of the block or the whole length
   */
  void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights,
      long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses, MemorySegment sums,
      @Nullable MemorySegment statistics, float scale, long from, long to);

  /**
   * A loss of rows: values and gradient in one pass. With v the row's weight, {@code losses[r] = l v} and the gradient
   * is {@code dl/dx v scale}. A row whose label is the loss's ignoreIndex, or whose weight is 0, has loss 0 and
   * gradient 0, whatever it holds.
   *
   * @param loss       formula and options
   * @param x          rows x columns floats: logits, or what the loss takes
   * @param target     as the loss takes them: an int for each row in [0, columns) or ignoreIndex; rows x columns
   *                   floats; or null
   * @param weights    a float, not negative, for each row, or null for 1
   * @param gradient   rows x columns floats, or null for the value alone; may be {@code x}
   * @param losses     rows floats
   * @param statistics {@link LossStatistics#BYTES} per row for what the pass saw, or null
   * @param columns    length of a row, from 1 to 2^31 - 1
   * @param scale      factor of the gradient: 1 for NONE and SUM, 1 / divisor for MEAN
   * @param from       first row
   * @param to         end
   */
  void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to);
}
