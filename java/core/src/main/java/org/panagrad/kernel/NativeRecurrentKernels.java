package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RecurrentCalls;

/** {@link RecurrentKernels} in native code. */
sealed interface NativeRecurrentKernels extends RecurrentKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment lstmCell, lstmCellBackward, gruCell, gruCellBackward;

    Functions(NativeTier tier) {
      lstmCell = tier.function("lstm_cell_f32");
      lstmCellBackward = tier.function("lstm_cell_backward_f32");
      gruCell = tier.function("gru_cell_f32");
      gruCellBackward = tier.function("gru_cell_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions recurrentFunctions();

  /** Of a row, in elements of an elementwise kernel: five elementary functions of each unit. */
  private static long work(long units) {
    return 8 * units;
  }

  @Override
  default void lstmCell(MemorySegment gates, MemorySegment bias, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hidden, long units, long from, long to) {
    long work = work(units);
    if (tooLong(work, gates, bias) || tooLong(work, previousCell, cell) || tooLong(work, hidden, hidden)) {
      java().lstmCell(gates, bias, previousCell, cell, hidden, units, from, to);
    } else {
      RecurrentCalls.call(recurrentFunctions().lstmCell, step(work), gates, bias, previousCell, cell, hidden, units,
          from, to);
    }
  }

  @Override
  default void lstmCellBackward(MemorySegment gates, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hiddenGradient, MemorySegment cellGradient, MemorySegment previousCellGradient, long units,
      long from, long to) {
    long work = work(units);
    if (tooLong(work, gates, previousCell) || tooLong(work, cell, hiddenGradient)
        || tooLong(work, cellGradient, previousCellGradient)) {
      java().lstmCellBackward(gates, previousCell, cell, hiddenGradient, cellGradient, previousCellGradient, units,
          from, to);
    } else {
      RecurrentCalls.call(recurrentFunctions().lstmCellBackward, step(work), gates, previousCell, cell, hiddenGradient,
          cellGradient, previousCellGradient, units, from, to);
    }
  }

  @Override
  default void gruCell(MemorySegment gates, MemorySegment bias, MemorySegment previousHidden, MemorySegment hidden,
      long units, long from, long to) {
    long work = work(units);
    if (tooLong(work, gates, bias) || tooLong(work, previousHidden, hidden)) {
      java().gruCell(gates, bias, previousHidden, hidden, units, from, to);
    } else {
      RecurrentCalls.call(recurrentFunctions().gruCell, step(work), gates, bias, previousHidden, hidden, units, from,
          to);
    }
  }

  @Override
  default void gruCellBackward(MemorySegment gates, MemorySegment previousHidden, MemorySegment hiddenGradient,
      MemorySegment previousHiddenGradient, long units, long from, long to) {
    long work = work(units);
    if (tooLong(work, gates, previousHidden) || tooLong(work, hiddenGradient, previousHiddenGradient)) {
      java().gruCellBackward(gates, previousHidden, hiddenGradient, previousHiddenGradient, units, from, to);
    } else {
      RecurrentCalls.call(recurrentFunctions().gruCellBackward, step(work), gates, previousHidden, hiddenGradient,
          previousHiddenGradient, units, from, to);
    }
  }
}
