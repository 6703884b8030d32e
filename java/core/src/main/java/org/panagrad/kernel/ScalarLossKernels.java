package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link LossKernels} in plain Java. */
sealed interface ScalarLossKernels extends LossKernels, RowSweeps permits ScalarKernels, VectorLossKernels {
  @Override
  default void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to) {
    RowCall.run(this, loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
  }

  @Override
  default void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    for (long block = from; block < to; block += BLOCK) {
      long end = Math.min(block + BLOCK, to);
      if (statistics != null) {
        LossStatistics.ofInputs(statistics, block / BLOCK, prediction, block, end, block);
      }
      set(sums, block / BLOCK, lossBlock(loss, prediction, target, weights, columns, gradient, losses, scale, block,
          end));
      if (statistics != null && gradient != null) {
        LossStatistics.ofGradient(statistics, block / BLOCK, gradient, block, end);
      }
    }
  }

  /** Elements of one block; returns their sum. */
  default float lossBlock(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      float scale, long from, long to) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    addLosses(loss, prediction, target, weights, columns, gradient, losses, scale, from, from, to, partial);
    return Partials.tree(partial);
  }

  /** Elements of the block that begins at block; adds them to its partial sums. */
  static void addLosses(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      float scale, long block, long from, long to, float[] partial) {
    ElementFormula formula = loss.formula();
    float[] options = loss.options();
    for (long i = from; i < to; i++) {
      long pair = formula.at(get(prediction, i), get(target, i), options, i);
      float l = ElementFormula.loss(pair), derivative = ElementFormula.derivative(pair), factor = scale;
      if (weights != null) {
        float w = get(weights, i / columns);
        l = w == 0 ? 0 : l * w;
        derivative = w == 0 ? 0 : derivative;
        factor = w * scale;
      }
      if (gradient != null) {
        set(gradient, i, derivative * factor);
      }
      if (losses != null) {
        set(losses, i, l);
      }
      partial[(int) (i - block) % PARTIALS] += l;
    }
  }
}
