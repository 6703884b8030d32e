package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.panagrad.graph.Value;

/**
 * A layer that goes through a sequence step by step, made by {@link Lstm#of} or {@link Gru#of}. On disk its parameters
 * have PyTorch's names, gate order and layouts: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, and with _reverse.
 *
 * <p>It reads a sequence (steps x features), then, where they are asked for, the sequences' lengths (an int) and the
 * states to begin with. With lengths, steps beyond leave the state as it is and their outputs are 0; the way backward
 * in time begins at each sequence's last step.
 *
 * @param cell          what happens at a step
 * @param units         numbers of a state
 * @param output        what it gives
 * @param bidirectional whether a second direction goes backward in time; its outputs stand behind the first one's
 * @param hasLengths    whether it reads lengths
 * @param hasInitial    whether it reads states to begin with, as {@link Output#STATES} gives them
 */
public record Recurrent(Cell cell, int units, Output output, boolean bidirectional, boolean hasLengths,
    boolean hasInitial) implements Layer {

  /** What happens at a step. */
  public enum Cell {
    /** Hochreiter and Schmidhuber, 1997; with a forget gate. */
    LSTM,
    /** Cho and others, 2014; PyTorch's form, whose reset gate scales the product. */
    GRU
  }

  /** What a recurrent layer gives. */
  public enum Output {
    /** The hidden state after the last step that counts. */
    LAST,
    /** The hidden states of all steps: steps x units. */
    SEQUENCE,
    /** All states after the last step: for an LSTM the hidden one, then the cell's; 2 x units numbers. */
    STATES
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if units is less than 1, or states of two directions are wanted or given
   */
  public Recurrent {
    if (units < 1) {
      throw new IllegalArgumentException("units is " + units + ": it must be at least 1");
    }
    if (bidirectional && (hasInitial || output == Output.STATES)) {
      throw new IllegalArgumentException("a bidirectional layer has no states to begin with, and gives none");
    }
  }

  /**
   * With the hidden states of all steps.
   *
   * @return a copy
   */
  public Recurrent sequence() {
    return new Recurrent(cell, units, Output.SEQUENCE, bidirectional, hasLengths, hasInitial);
  }

  /**
   * With all states after the last step, for another layer to begin with.
   *
   * @return a copy
   */
  public Recurrent states() {
    return new Recurrent(cell, units, Output.STATES, bidirectional, hasLengths, hasInitial);
  }

  /**
   * With a second direction, backward in time.
   *
   * @return a copy
   */
  public Recurrent inBothDirections() {
    return new Recurrent(cell, units, output, true, hasLengths, hasInitial);
  }

  /**
   * Reading lengths: {@code Node.of(layer, sequence, lengths)}.
   *
   * @return a copy
   */
  public Recurrent withLengths() {
    return new Recurrent(cell, units, output, bidirectional, true, hasInitial);
  }

  /**
   * Reading states to begin with, last: {@code Node.of(layer, sequence, states)}.
   *
   * @return a copy
   */
  public Recurrent withInitial() {
    return new Recurrent(cell, units, output, bidirectional, hasLengths, true);
  }

  @Override
  public String kind() {
    return cell.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int inputs() {
    return 1 + (hasLengths ? 1 : 0) + (hasInitial ? 1 : 0);
  }

  @Override
  public Value build(Builder builder, Value... x) {
    return new RecurrentBuilder(this, builder, x).build();
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("units", units);
    options.put("output", output.name().toLowerCase(Locale.ROOT));
    options.put("bidirectional", bidirectional);
    options.put("lengths", hasLengths);
    options.put("initial", hasInitial);
    return options;
  }
}
