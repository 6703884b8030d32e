package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The cells of recurrent layers: a time step from its pre-activations, and back. Rows of gates have 4 x units floats,
 * one gate behind the other, rows of all other arrays have units floats, and the bias is one row of gates. The range
 * counts rows; outputs overlap nothing in the rows of the range, so that the states before and after a step may be
 * pieces of one array.
 */
public sealed interface RecurrentKernels
    permits Kernels, CheckedRecurrentKernels, NativeRecurrentKernels, ScalarRecurrentKernels {
  /** Gates in a row. */
  int GATES = 4;

  /**
   * A step of an LSTM with the gates input i, forget f, candidate g and output o: the bias is added, i, f and o become
   * their sigmoid, g its tanh; {@code cell = f previousCell + i g} and {@code hidden = o tanh(cell)}.
   *
   * @param gates        before: {@code x W + h U}; afterwards: the gates, for {@link #lstmCellBackward}
   * @param bias         4 x units floats
   * @param previousCell the cell's state before the step
   * @param cell         the cell's state after it
   * @param hidden       the output
   * @param units        of the layer
   * @param from         first row
   * @param to           end
   */
  void lstmCell(MemorySegment gates, MemorySegment bias, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hidden, long units, long from, long to);

  /**
   * The gradients of {@link #lstmCell}.
   *
   * @param gates                before: as lstmCell left them; afterwards: the gradient of what it was given there
   * @param previousCell         as given to lstmCell
   * @param cell                 lstmCell's
   * @param hiddenGradient       the gradient of hidden
   * @param cellGradient         the gradient of cell, beside what comes through hidden
   * @param previousCellGradient receives that of previousCell
   * @param units                of the layer
   * @param from                 first row
   * @param to                   end
   */
  void lstmCellBackward(MemorySegment gates, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hiddenGradient, MemorySegment cellGradient, MemorySegment previousCellGradient, long units,
      long from, long to);

  /**
   * A step of a GRU with the gates new n, reset r, update z and recurrent q, the part of n that r scales: the bias is
   * added, r and z become their sigmoid, {@code n = tanh(n + r q)} and {@code hidden = n + z (previousHidden - n)}.
   *
   * @param gates          before: {@code x W} in n, {@code x W + h U} in r and z, {@code h U} in q; afterwards: the
   *                       gates, for {@link #gruCellBackward}
   * @param bias           4 x units floats
   * @param previousHidden the state before the step
   * @param hidden         the state after it
   * @param units          of the layer
   * @param from           first row
   * @param to             end
   */
  void gruCell(MemorySegment gates, MemorySegment bias, MemorySegment previousHidden, MemorySegment hidden, long units,
      long from, long to);

  /**
   * The gradients of {@link #gruCell}.
   *
   * @param gates                  before: as gruCell left them; afterwards: the gradient of what it was given there
   * @param previousHidden         as given to gruCell
   * @param hiddenGradient         the gradient of hidden
   * @param previousHiddenGradient to this is added what comes through z
   * @param units                  of the layer
   * @param from                   first row
   * @param to                     end
   */
  void gruCellBackward(MemorySegment gates, MemorySegment previousHidden, MemorySegment hiddenGradient,
      MemorySegment previousHiddenGradient, long units, long from, long to);
}
