package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.RecurrentKernels;

/**
 * Samples of a batch that run through a recurrent operation together, and its arrays. They go by position: the rows of
 * all samples at the first step to be taken, then at the second, and so on. So a position is a matrix, and all
 * positions together are another. Steps that do not count come last in either direction.
 */
final class RecurrentGroup {
  /** The group's first sample in the batch. */
  final int first;
  private final int most;
  /** Rows of features; rows of gates; the same from the recurrent part's column on; gate by gate. */
  final MemorySegment inputs, gates, recurrentGates;
  final MemorySegment[] byGate = new MemorySegment[RecurrentKernels.GATES];
  /** Canonical sums of the columns of gates, by blocks. */
  final MemorySegment biasSums;
  final States hidden, hiddenGradient;
  /** Of a cell that has a state of its own, else null. */
  final @Nullable States cell, cellGradient;
  /** Samples of the present batch, and positions that the longest of them has. */
  int samples, positions;

  /** Room for so many samples of this shape. */
  RecurrentGroup(Memory memory, int first, int most, Recurrence io, long recurrentColumn, boolean hasCell,
      MemorySegment biasSums) {
    this.first = first;
    this.most = most;
    this.biasSums = biasSums;
    long steps = io.steps(), units = io.hidden();
    inputs = memory.floats(steps * most * io.features());
    gates = memory.floats(steps * most * RecurrentKernels.GATES * units);
    recurrentGates = gates.asSlice(Float.BYTES * recurrentColumn);
    for (int gate = 0; gate < byGate.length; gate++) {
      byGate[gate] = gates.asSlice(Float.BYTES * gate * units);
    }
    hidden = new States(memory, steps, most, units);
    hiddenGradient = new States(memory, steps, most, units);
    cell = hasCell ? new States(memory, steps, most, units) : null;
    cellGradient = hasCell ? new States(memory, steps, most, units) : null;
  }

  /** Takes its samples of a batch. */
  void begin(int batch, int[] lengths) {
    samples = Math.min(most, batch - first);
    positions = 0;
    for (int i = first; i < first + samples; i++) {
      positions = Math.max(positions, lengths[i]);
    }
  }

  /** The first row of a position; of a state, that of the slot before it. */
  long row(int position) {
    return (long) position * samples;
  }

  /** Rows of all positions. */
  long rows() {
    return row(positions);
  }
}
