package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.LossCalls;

/** {@link LossKernels} in native code. */
sealed interface NativeLossKernels extends LossKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions, by the ordinal of the formula. */
  final class Functions {
    private final MemorySegment[] element = new MemorySegment[ElementFormula.values().length],
        row = new MemorySegment[RowFormula.values().length];

    Functions(NativeTier tier) {
      for (RowFormula formula : RowFormula.values()) {
        row[formula.ordinal()] = tier.function(formula.symbol());
      }
      for (ElementFormula formula : ElementFormula.values()) {
        element[formula.ordinal()] = tier.function(formula.symbol());
      }
    }
  }

  /** Those of this tier. */
  Functions lossFunctions();

  @Override
  default void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to) {
    if (tooLong(columns, x, orNull(gradient)) || tooLong(columns, orNull(target), losses)) {
      java().rowLoss(loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
    } else {
      LossCalls.call(lossFunctions().row[loss.formula().ordinal()], step(2 * columns + 16), x, orNull(target),
          orNull(weights), orNull(loss.classWeights()), orNull(gradient), losses, orNull(statistics), loss.struct(),
          columns, scale, from, to);
    }
  }

  @Override
  default void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    LossCalls.call(lossFunctions().element[loss.formula().ordinal()], blocks(4), prediction, target, orNull(weights),
        orNull(gradient), orNull(losses), sums, orNull(statistics), loss.struct(), columns, scale, from, to);
  }
}
