package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;

/**
 * One direction of a GRU, as PyTorch has it: with gates reset r, update z and new n,
 * {@code r = sigmoid(x W + b + h U + b')}, z likewise, {@code n = tanh(x W + b + r (h U + b'))} and
 * {@code h' = (1 - z) n + z h}.
 */
public final class GruOp extends RecurrentOp {
  /**
   * Where the gates r, z, n on disk lie inside: n, r, z in what multiplies the input, r, z, n in what multiplies the
   * state. So in a row n, r, z, q of {@link org.panagrad.kernel.RecurrentKernels#gruCell} each product's columns stand
   * together.
   */
  private static final int[] INPUT_ORDER = {1, 2, 0}, RECURRENT_ORDER = {0, 1, 2};

  /**
   * The operation.
   *
   * @param recurrence what it reads and writes, with weights of {@link #weights}
   * @throws IllegalArgumentException if shapes do not fit each other, a cell state or no output is named
   */
  public GruOp(Recurrence recurrence) {
    super(recurrence, INPUT_ORDER.length, false);
    if (recurrence.initialCell() != null || recurrence.lastCell() != null) {
      throw new IllegalArgumentException("a GRU has no cell state: its hidden state is all");
    }
  }

  /**
   * The parameters of a direction, gates r, z, n: {@code weight_ih<suffix>} and so on.
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
    return Recurrence.Weights.of(maker, suffix, features, hidden, INPUT_ORDER, RECURRENT_ORDER, initializer);
  }

  @Override
  void cell(Kernels kernels, RecurrentGroup group, MemorySegment bias, long units, long from, long to) {
    kernels.gruCell(group.gates, bias, group.hidden.before(), group.hidden.after(group.samples), units, from, to);
  }

  @Override
  void cellBackward(Kernels kernels, RecurrentGroup group, long units, long from, long to) {
    kernels.gruCellBackward(group.gates, group.hidden.before(), group.hiddenGradient.after(group.samples),
        group.hiddenGradient.before(), units, from, to);
  }
}
