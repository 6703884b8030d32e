package org.panagrad.graph;

import org.jspecify.annotations.Nullable;

/**
 * What a recurrent operation reads and writes: {@code Recurrence.of(x, weights).lengths(n).sequence(y)}. A sequence has
 * shape (steps, features), so that a batch is batch x steps x features; a state has shape (hidden).
 *
 * @param x             the sequences: steps x features
 * @param weights       the parameters
 * @param isReverse     whether each sequence runs from its last step to its first; outputs stand at the steps of their
 *                      inputs all the same
 * @param lengths       one int for each sample, in [0, steps], of the steps that count; null: all do. Beyond them the
 *                      state stays what it is, outputs are 0 and x is not read
 * @param initialHidden the hidden state before the first step; null: 0
 * @param initialCell   the cell state before the first step, of an LSTM; null: 0
 * @param sequence      receives the hidden state after each step: steps x hidden; null: not wanted
 * @param lastHidden    receives the hidden state after the last step that counts; null: not wanted
 * @param lastCell      receives the cell state after it, of an LSTM; null: not wanted
 */
public record Recurrence(Value x, Weights weights, boolean isReverse, @Nullable Value lengths,
    @Nullable Value initialHidden, @Nullable Value initialCell, @Nullable Value sequence, @Nullable Value lastHidden,
    @Nullable Value lastCell) {

  /**
   * The parameters of a direction of a layer. Inside, weights lie as (in, gates x hidden); the order of the gates there
   * is the operation's, which {@link LstmOp#weights} and {@link GruOp#weights} know.
   *
   * @param input         weight_ih, (gates x hidden, features) on disk
   * @param recurrent     weight_hh, (gates x hidden, hidden) on disk
   * @param inputBias     bias_ih, gates x hidden
   * @param recurrentBias bias_hh, gates x hidden
   */
  public record Weights(Parameter input, Parameter recurrent, Parameter inputBias, Parameter recurrentBias) {
    /** PyTorch's four tensors, the gates moved from their order on disk to that inside. */
    static Weights of(Parameter.Maker maker, String suffix, long features, long hidden, int[] inputOrder,
        int[] recurrentOrder, Parameter.Initializer initializer) {
      return new Weights(
          parameter(maker, "weight_ih" + suffix, features, hidden, inputOrder, initializer),
          parameter(maker, "weight_hh" + suffix, hidden, hidden, recurrentOrder, initializer),
          bias(maker, "bias_ih" + suffix, hidden, inputOrder, initializer),
          bias(maker, "bias_hh" + suffix, hidden, recurrentOrder, initializer));
    }

    private static Parameter parameter(Parameter.Maker maker, String name, long in, long hidden, int[] order,
        Parameter.Initializer initializer) {
      long out = order.length * hidden;
      return maker.parameter(name, Shape.of(out, in), Shape.of(in, out),
          disk -> disk % in * out + moved(disk / in, hidden, order), initializer, in, hidden);
    }

    private static Parameter bias(Parameter.Maker maker, String name, long hidden, int[] order,
        Parameter.Initializer initializer) {
      Shape shape = Shape.of(order.length * hidden);
      return maker.parameter(name, shape, shape, disk -> moved(disk, hidden, order), initializer, hidden, hidden);
    }

    /** Whether any of them is. */
    boolean trained() {
      return input.trained() || recurrent.trained() || inputBias.trained() || recurrentBias.trained();
    }

    /** Gate g on disk is gate order[g] inside. */
    private static long moved(long row, long hidden, int[] order) {
      return order[(int) (row / hidden)] * hidden + row % hidden;
    }
  }

  /**
   * Forward in time, over all steps, from a state of 0; an output is still to be named.
   *
   * @param x       the sequences: steps x features
   * @param weights the parameters
   * @return what else can be asked for
   */
  public static Recurrence of(Value x, Weights weights) {
    return new Recurrence(x, weights, false, null, null, null, null, null, null);
  }

  /**
   * Backward in time, from each sequence's last step that counts.
   *
   * @return a copy
   */
  public Recurrence reverse() {
    return new Recurrence(x, weights, true, lengths, initialHidden, initialCell, sequence, lastHidden, lastCell);
  }

  /**
   * Sequences of different lengths.
   *
   * @param steps one int for each sample
   * @return a copy
   */
  public Recurrence lengths(Value steps) {
    return new Recurrence(x, weights, isReverse, steps, initialHidden, initialCell, sequence, lastHidden, lastCell);
  }

  /**
   * The states to begin with.
   *
   * @param h hidden state
   * @param c cell state of an LSTM; null for a GRU, or for 0
   * @return a copy
   */
  public Recurrence initial(Value h, @Nullable Value c) {
    return new Recurrence(x, weights, isReverse, lengths, h, c, sequence, lastHidden, lastCell);
  }

  /**
   * Where the hidden states of all steps go.
   *
   * @param y steps x hidden
   * @return a copy
   */
  public Recurrence sequence(Value y) {
    return new Recurrence(x, weights, isReverse, lengths, initialHidden, initialCell, y, lastHidden, lastCell);
  }

  /**
   * Where the last states go.
   *
   * @param h hidden state
   * @param c cell state of an LSTM; null for a GRU, or if it is not wanted
   * @return a copy
   */
  public Recurrence last(Value h, @Nullable Value c) {
    return new Recurrence(x, weights, isReverse, lengths, initialHidden, initialCell, sequence, h, c);
  }

  /** Steps of a sequence. */
  long steps() {
    return x.shape().size(0);
  }

  /** Floats of a step of the input. */
  long features() {
    return x.shape().last();
  }

  /** Floats of a state. */
  long hidden() {
    return weights.recurrent().inside().size(0);
  }

  /** Fails unless all shapes fit each other, and a cell of so many gates. */
  void require(int gates) {
    long columns = gates * hidden();
    shape("x", x, x.shape().rank() == 2, "(steps, features)");
    inside("weight_ih", weights.input(), Shape.of(features(), columns));
    inside("weight_hh", weights.recurrent(), Shape.of(hidden(), columns));
    inside("bias_ih", weights.inputBias(), Shape.of(columns));
    inside("bias_hh", weights.recurrentBias(), Shape.of(columns));
    shape("sequence", sequence, Shape.of(steps(), hidden()));
    shape("lengths", lengths, Shape.of(1));
    shape("initialHidden", initialHidden, Shape.of(hidden()));
    shape("initialCell", initialCell, Shape.of(hidden()));
    shape("lastHidden", lastHidden, Shape.of(hidden()));
    shape("lastCell", lastCell, Shape.of(hidden()));
    if (sequence == null && lastHidden == null && lastCell == null) {
      throw new IllegalArgumentException("no output: name a sequence or a last state");
    }
  }

  private static void shape(String name, @Nullable Value value, Shape wanted) {
    shape(name, value, value == null || value.shape().equals(wanted), wanted.toString());
  }

  private static void shape(String name, @Nullable Value value, boolean right, String wanted) {
    if (value != null && !right) {
      throw new IllegalArgumentException(name + " has shape " + value.shape() + ": it must be " + wanted);
    }
  }

  private static void inside(String name, Parameter parameter, Shape wanted) {
    if (!parameter.inside().equals(wanted)) {
      throw new IllegalArgumentException(
          name + " has shape " + parameter.inside() + " inside: it must be " + wanted);
    }
  }
}
