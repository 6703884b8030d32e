package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link RecurrentKernels} in plain Java. */
sealed interface ScalarRecurrentKernels extends RecurrentKernels permits ScalarKernels, VectorKernels {
  @Override
  default void lstmCell(MemorySegment gates, MemorySegment bias, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hidden, long units, long from, long to) {
    for (long j = from * units; j < to * units; j++) {
      long u = j % units, input = gate(j, u), forget = input + units, candidate = forget + units,
          output = candidate + units;
      float i = Elementary.sigmoid(get(gates, input) + get(bias, u));
      float f = Elementary.sigmoid(get(gates, forget) + get(bias, units + u));
      float g = Elementary.tanh(get(gates, candidate) + get(bias, 2 * units + u));
      float o = Elementary.sigmoid(get(gates, output) + get(bias, 3 * units + u));
      float c = Math.fma(f, get(previousCell, j), i * g);
      set(gates, input, i);
      set(gates, forget, f);
      set(gates, candidate, g);
      set(gates, output, o);
      set(cell, j, c);
      set(hidden, j, o * Elementary.tanh(c));
    }
  }

  @Override
  default void lstmCellBackward(MemorySegment gates, MemorySegment previousCell, MemorySegment cell,
      MemorySegment hiddenGradient, MemorySegment cellGradient, MemorySegment previousCellGradient, long units,
      long from, long to) {
    for (long j = from * units; j < to * units; j++) {
      long input = gate(j, j % units), forget = input + units, candidate = forget + units, output = candidate + units;
      float i = get(gates, input), f = get(gates, forget), g = get(gates, candidate), o = get(gates, output);
      float t = Elementary.tanh(get(cell, j)), dh = get(hiddenGradient, j);
      float dc = Math.fma(dh * o, tanhSlope(t), get(cellGradient, j));
      set(gates, input, dc * g * sigmoidSlope(i));
      set(gates, forget, dc * get(previousCell, j) * sigmoidSlope(f));
      set(gates, candidate, dc * i * tanhSlope(g));
      set(gates, output, dh * t * sigmoidSlope(o));
      set(previousCellGradient, j, dc * f);
    }
  }

  @Override
  default void gruCell(MemorySegment gates, MemorySegment bias, MemorySegment previousHidden, MemorySegment hidden,
      long units, long from, long to) {
    for (long j = from * units; j < to * units; j++) {
      long u = j % units, fresh = gate(j, u), reset = fresh + units, update = reset + units, recurrent = update + units;
      float r = Elementary.sigmoid(get(gates, reset) + get(bias, units + u));
      float z = Elementary.sigmoid(get(gates, update) + get(bias, 2 * units + u));
      float q = get(gates, recurrent) + get(bias, 3 * units + u);
      float n = Elementary.tanh(Math.fma(r, q, get(gates, fresh) + get(bias, u)));
      set(gates, fresh, n);
      set(gates, reset, r);
      set(gates, update, z);
      set(gates, recurrent, q);
      set(hidden, j, Math.fma(z, get(previousHidden, j) - n, n));
    }
  }

  @Override
  default void gruCellBackward(MemorySegment gates, MemorySegment previousHidden, MemorySegment hiddenGradient,
      MemorySegment previousHiddenGradient, long units, long from, long to) {
    for (long j = from * units; j < to * units; j++) {
      long fresh = gate(j, j % units), reset = fresh + units, update = reset + units, recurrent = update + units;
      float n = get(gates, fresh), r = get(gates, reset), z = get(gates, update), q = get(gates, recurrent);
      float dh = get(hiddenGradient, j), dn = dh * (1 - z) * tanhSlope(n);
      set(gates, fresh, dn);
      set(gates, reset, dn * q * sigmoidSlope(r));
      set(gates, update, dh * (get(previousHidden, j) - n) * sigmoidSlope(z));
      set(gates, recurrent, dn * r);
      set(previousHiddenGradient, j, Math.fma(dh, z, get(previousHiddenGradient, j)));
    }
  }

  /** Where the first gate of unit u stands, which is element j of the states. */
  private static long gate(long j, long u) {
    return GATES * (j - u) + u;
  }

  /** The derivative of a sigmoid by its value. */
  private static float sigmoidSlope(float s) {
    return s * (1 - s);
  }

  /** The derivative of a tanh by its value. */
  private static float tanhSlope(float t) {
    return Math.fma(-t, t, 1);
  }
}
