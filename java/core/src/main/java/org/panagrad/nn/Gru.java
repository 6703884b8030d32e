package org.panagrad.nn;

/** The layer of a gated recurrent unit; see {@link Recurrent}. */
public final class Gru {
  private Gru() {
  }

  /**
   * A layer that gives its last hidden state.
   *
   * @param units numbers of a state
   * @return the layer
   */
  public static Recurrent of(int units) {
    return new Recurrent(Recurrent.Cell.GRU, units, Recurrent.Output.LAST, false, false, false);
  }
}
