package org.panagrad.graph;

import java.util.Random;

/** A recurrent operation to be tested: what it is, its sizes, and what it is given and asked for. */
record RecurrentCase(boolean gru, int batch, int steps, int features, int hidden, boolean reverse, boolean lengths,
    boolean initial, boolean sequence, boolean last) {
  static final String[] INPUTS = {"weight_ih", "weight_hh", "bias_ih", "bias_hh", "x", "initialHidden", "initialCell"};

  /** How many steps of a sample count: among the first are all of them, none and one. */
  int length(int sample) {
    int[] first = {steps, 0, 1};
    return !lengths ? steps : sample < first.length ? first[sample] : new Random(sample).nextInt(steps + 1);
  }

  /** Floats of an input of {@link ReferenceRecurrence}. */
  int floats(int input) {
    int columns = (gru ? 3 : 4) * hidden;
    return switch (input) {
      case 0 -> columns * features;
      case 1 -> columns * hidden;
      case 2, 3 -> columns;
      case 4 -> batch * steps * features;
      default -> batch * hidden;
    };
  }

  /** Whether there is such an input. */
  boolean has(int input) {
    return input < 5 || initial && (input == 5 || !gru);
  }
}
