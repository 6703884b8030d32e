package org.panagrad.optim;

import java.util.Objects;

/**
 * Lowers the rate when a value, such as the validation loss, no longer improves: PyTorch's ReduceLROnPlateau, without
 * its eps. No {@link Schedule}, since it depends on what was observed; its {@link State} can be read and restored
 * exactly.
 *
 * <pre>{@code
 * Plateau plateau = Plateau.of(1e-3).patience(5);
 * rate = plateau.observe(validationLoss); // after each epoch
 * }</pre>
 *
 * <p>A value improves on the best so far, b, if it is less than {@code b - threshold abs(b)} (relative) or
 * {@code b - threshold} (absolute); with {@link Mode#MAX} if it is greater than the sum. For b below 0 PyTorch takes b
 * itself for abs(b), and there counts as better what is slightly worse. NaN never improves. More than {@code patience}
 * values in a row without improvement multiply the rate by {@code factor}, down to the minimum; the next {@code
 * cooldown} values are not counted.
 */
public final class Plateau {
  /** Which values are better. */
  public enum Mode {
    /** Small ones: a loss. */
    MIN,
    /** Great ones: an accuracy. */
    MAX
  }

  /** What a threshold is measured in. */
  public enum Threshold {
    /** Shares of the best value. */
    RELATIVE,
    /** The values' own unit. */
    ABSOLUTE
  }

  /**
   * All that changes.
   *
   * @param rate         now
   * @param best         value so far; before the first improvement infinite, with the sign of what is worst
   * @param badValues    without improvement since
   * @param cooldownLeft values that will not be counted
   */
  public record State(double rate, double best, long badValues, long cooldownLeft) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the rate or a count is negative, or best is NaN
     */
    public State {
      Options.notNegative("rate", rate);
      if (Double.isNaN(best)) {
        throw new IllegalArgumentException("best is NaN, which is never best");
      }
      Counts.notNegative("badValues", badValues);
      Counts.notNegative("cooldownLeft", cooldownLeft);
    }
  }

  private Mode mode = Mode.MIN;
  private Threshold kind = Threshold.RELATIVE;
  private double factor = 0.1, threshold = 1e-4, minimum;
  private long patience = 10, cooldown;
  private State state;

  private Plateau(double rate) {
    state = new State(rate, Double.POSITIVE_INFINITY, 0, 0);
  }

  /**
   * With PyTorch's defaults: small values are better, factor 0.1, patience 10, threshold 1e-4 relative, no cooldown,
   * minimum 0.
   *
   * @param rate to begin with, at least 0
   * @return not yet told anything
   */
  public static Plateau of(double rate) {
    return new Plateau(rate);
  }

  /**
   * Sets which values are better, and forgets the best.
   *
   * @param better small or great ones
   * @return this
   */
  public Plateau mode(Mode better) {
    mode = Objects.requireNonNull(better, "mode");
    double worst = mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    state = new State(state.rate, worst, state.badValues, state.cooldownLeft);
    return this;
  }

  /**
   * Sets what the rate is multiplied by.
   *
   * @param share in [0, 1)
   * @return this
   */
  public Plateau factor(double share) {
    Options.share("factor", share);
    factor = share;
    return this;
  }

  /**
   * Sets how many values in a row may bring no improvement.
   *
   * @param values at least 0
   * @return this
   */
  public Plateau patience(long values) {
    Counts.notNegative("patience", values);
    patience = values;
    return this;
  }

  /**
   * Sets how much better an improvement must be.
   *
   * @param amount at least 0
   * @param of     what
   * @return this
   */
  public Plateau threshold(double amount, Threshold of) {
    Options.notNegative("threshold", amount);
    kind = Objects.requireNonNull(of, "of");
    threshold = amount;
    return this;
  }

  /**
   * Sets how many values are not counted after the rate was lowered.
   *
   * @param values at least 0
   * @return this
   */
  public Plateau cooldown(long values) {
    Counts.notNegative("cooldown", values);
    cooldown = values;
    return this;
  }

  /**
   * Sets the rate below which it is not lowered.
   *
   * @param rate at least 0
   * @return this
   */
  public Plateau minimumRate(double rate) {
    Options.notNegative("minimumRate", rate);
    minimum = rate;
    return this;
  }

  /**
   * Takes a value into account.
   *
   * @param value of an epoch
   * @return the rate from now on
   */
  public double observe(double value) {
    boolean better = improves(value);
    long bad = better || state.cooldownLeft > 0 ? 0 : state.badValues + 1;
    boolean lower = bad > patience;
    state = new State(lower ? Math.min(state.rate, Math.max(state.rate * factor, minimum)) : state.rate,
        better ? value : state.best, lower ? 0 : bad, lower ? cooldown : Math.max(0, state.cooldownLeft - 1));
    return state.rate;
  }

  private boolean improves(double value) {
    if (Double.isInfinite(state.best)) {
      return mode == Mode.MIN ? value < state.best : value > state.best;
    }
    double margin = kind == Threshold.RELATIVE ? threshold * Math.abs(state.best) : threshold;
    return mode == Mode.MIN ? value < state.best - margin : value > state.best + margin;
  }

  /**
   * The rate now.
   *
   * @return as {@link #observe} returned it last
   */
  public double rate() {
    return state.rate;
  }

  /**
   * All that changes, to be kept in a checkpoint.
   *
   * @return immutable
   */
  public State state() {
    return state;
  }

  /**
   * Goes on from a state; options are set as before.
   *
   * @param earlier as {@link #state} returned it
   * @return this
   */
  public Plateau restore(State earlier) {
    state = Objects.requireNonNull(earlier, "earlier");
    return this;
  }
}
