package org.panagrad.nn;

/** The layer of a long short-term memory; see {@link Recurrent}. */
public final class Lstm {
  private Lstm() {
  }

  /**
   * A layer that gives its last hidden state.
   *
   * @param units numbers of a state
   * @return the layer
   */
  public static Recurrent of(int units) {
    return new Recurrent(Recurrent.Cell.LSTM, units, Recurrent.Output.LAST, false, false, false);
  }
}
