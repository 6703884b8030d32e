package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;

/**
 * One direction of an LSTM, as PyTorch has it: with gates input i, forget f, candidate g and output o, each of
 * {@code x W + b + h U + b'}, {@code c' = sigmoid(f) c + sigmoid(i) tanh(g)} and {@code h' = sigmoid(o) tanh(c')}.
 */
public final class LstmOp extends RecurrentOp {
  private static final int[] ORDER = {0, 1, 2, 3};

  /**
   * The operation.
   *
   * @param recurrence what it reads and writes, with weights of {@link #weights}
   * @throws IllegalArgumentException if shapes do not fit each other, or no output is named
   */
  public LstmOp(Recurrence recurrence) {
    super(recurrence, ORDER.length, true);
  }

  /**
   * The parameters of a direction, gates i, f, g, o: {@code weight_ih<suffix>} and so on.
   *
   * @param maker       of a parameter with a name
   * @param suffix      of the names: PyTorch's "_l0", "_l0_reverse"
   * @param features    floats of a step of the input
   * @param hidden      floats of a state
   * @param initializer of all four; PyTorch's is uniform within 1 / sqrt(hidden)
   * @return the parameters
   */
  public static Recurrence.Weights weights(Parameter.Maker maker, String suffix, long features, long hidden,
      Parameter.Initializer initializer) {
    return Recurrence.Weights.of(maker, suffix, features, hidden, ORDER, ORDER, initializer);
  }

  @Override
  void cell(Kernels kernels, RecurrentGroup group, MemorySegment bias, long units, long from, long to) {
    kernels.lstmCell(group.gates, bias, group.cell.before(), group.cell.after(group.samples),
        group.hidden.after(group.samples), units, from, to);
  }

  @Override
  void cellBackward(Kernels kernels, RecurrentGroup group, long units, long from, long to) {
    kernels.lstmCellBackward(group.gates, group.cell.before(), group.cell.after(group.samples),
        group.hiddenGradient.after(group.samples), group.cellGradient.after(group.samples),
        group.cellGradient.before(), units, from, to);
  }
}
