package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link RecurrentKernels}. */
sealed interface CheckedRecurrentKernels extends RecurrentKernels, CheckedForm permits CheckedKernels {
  @Override
  default void lstmCell(MemorySegment gates, MemorySegment bias, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hidden, long units, long from, long to) {
    gates(gates, units, from, to);
    in("bias", bias, elements("units", units, GATES));
    in("previousCell", previousCell, units * to);
    out("cell", cell, units * to);
    out("hidden", hidden, units * to);
    apartFromBias(gates, "cell", cell, bias, units, from, to);
    apartFromBias(gates, "hidden", hidden, bias, units, from, to);
    apartFromGates(gates, "previousCell", previousCell, units, from, to);
    apartStates("cell", cell, "previousCell", previousCell, units, from, to);
    apartStates("hidden", hidden, "previousCell", previousCell, units, from, to);
    apartStates("hidden", hidden, "cell", cell, units, from, to);
    backend().lstmCell(gates, bias, previousCell, cell, hidden, units, from, to);
  }

  @Override
  default void lstmCellBackward(MemorySegment gates, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hiddenGradient, MemorySegment cellGradient, MemorySegment previousCellGradient, long units,
      long from, long to) {
    gates(gates, units, from, to);
    in("previousCell", previousCell, units * to);
    in("cell", cell, units * to);
    in("hiddenGradient", hiddenGradient, units * to);
    in("cellGradient", cellGradient, units * to);
    out("previousCellGradient", previousCellGradient, units * to);
    apartFromGates(gates, "previousCell", previousCell, units, from, to);
    apartFromGates(gates, "cell", cell, units, from, to);
    apartFromGates(gates, "hiddenGradient", hiddenGradient, units, from, to);
    apartFromGates(gates, "cellGradient", cellGradient, units, from, to);
    apartFromGates(gates, "previousCellGradient", previousCellGradient, units, from, to);
    apartStates("previousCellGradient", previousCellGradient, "previousCell", previousCell, units, from, to);
    apartStates("previousCellGradient", previousCellGradient, "cell", cell, units, from, to);
    apartStates("previousCellGradient", previousCellGradient, "hiddenGradient", hiddenGradient, units, from, to);
    apartStates("previousCellGradient", previousCellGradient, "cellGradient", cellGradient, units, from, to);
    backend().lstmCellBackward(gates, previousCell, cell, hiddenGradient, cellGradient, previousCellGradient, units,
        from, to);
  }

  @Override
  default void gruCell(MemorySegment gates, MemorySegment bias, MemorySegment previousHidden, MemorySegment hidden,
      long units, long from, long to) {
    gates(gates, units, from, to);
    in("bias", bias, elements("units", units, GATES));
    in("previousHidden", previousHidden, units * to);
    out("hidden", hidden, units * to);
    apartFromBias(gates, "hidden", hidden, bias, units, from, to);
    apartFromGates(gates, "previousHidden", previousHidden, units, from, to);
    apartStates("hidden", hidden, "previousHidden", previousHidden, units, from, to);
    backend().gruCell(gates, bias, previousHidden, hidden, units, from, to);
  }

  @Override
  default void gruCellBackward(MemorySegment gates, MemorySegment previousHidden, MemorySegment hiddenGradient,
      MemorySegment previousHiddenGradient, long units, long from, long to) {
    gates(gates, units, from, to);
    in("previousHidden", previousHidden, units * to);
    in("hiddenGradient", hiddenGradient, units * to);
    out("previousHiddenGradient", previousHiddenGradient, units * to);
    apartFromGates(gates, "previousHidden", previousHidden, units, from, to);
    apartFromGates(gates, "hiddenGradient", hiddenGradient, units, from, to);
    apartFromGates(gates, "previousHiddenGradient", previousHiddenGradient, units, from, to);
    apartStates("previousHiddenGradient", previousHiddenGradient, "previousHidden", previousHidden, units, from, to);
    apartStates("previousHiddenGradient", previousHiddenGradient, "hiddenGradient", hiddenGradient, units, from, to);
    backend().gruCellBackward(gates, previousHidden, hiddenGradient, previousHiddenGradient, units, from, to);
  }

  /** The range, the gates, and their size, which is the greatest. */
  private static void gates(MemorySegment gates, long units, long from, long to) {
    range(from, to);
    out("gates", gates, elements("units", units, elements("gates", GATES, to)));
  }

  /** A state that is written, and the gates, apart from the bias; and from each other. */
  private static void apartFromBias(MemorySegment gates, String name, MemorySegment state, MemorySegment bias,
      long units, long from, long to) {
    long row = GATES * units;
    apart("gates", gates, row * from, row * to, "bias", bias, 0, row);
    apart(name, state, units * from, units * to, "bias", bias, 0, row);
    apartFromGates(gates, name, state, units, from, to);
  }

  private static void apartFromGates(MemorySegment gates, String name, MemorySegment state, long units, long from,
      long to) {
    apart("gates", gates, GATES * units * from, GATES * units * to, name, state, units * from, units * to);
  }

  private static void apartStates(String outName, MemorySegment out, String name, MemorySegment state, long units,
      long from, long to) {
    apart(outName, out, units * from, units * to, name, state, units * from, units * to);
  }
}
