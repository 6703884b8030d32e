package org.panagrad.optim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;

/**
 * The learning rate as a pure function of the step: a run that is resumed at any step goes on with the rates it would
 * have had. Immutable, allocates nothing, and gives the same bits on every machine.
 *
 * <p>Steps count from 1, as in {@link Updater#step}. In the formulas {@code e = step - 1} is the number of updates that
 * are done, PyTorch's epoch counter where its scheduler is stepped after each update; the values are those of PyTorch's
 * closed formulas. Rates are absolute, not factors, and never negative. A schedule that has an end stays on its last
 * rate.
 *
 * <pre>{@code
 * Schedule schedule = Schedule.warmUp(500, Schedule.cosine(1e-3, 1e-5, 9_500));
 * }</pre>
 */
public sealed interface Schedule permits Schedules.Constant, Schedules.StepDecay, Schedules.MultiStepDecay,
    Schedules.ExponentialDecay, Schedules.Cosine, Schedules.CosineRestarts, Schedules.Polynomial, Schedules.OneCycle,
    Schedules.Cyclic, Schedules.Sequence, Schedules.Custom {

  /** The curve of a {@link Schedule#oneCycle(double, long, double, Anneal, double, double) one-cycle} schedule. */
  enum Anneal {
    /** Half a wave of the cosine: flat at both ends. */
    COSINE,
    /** A straight line. */
    LINEAR
  }

  /** How the height of a {@link Schedule#cyclic(Cycle, double, double, long, long, double) cyclic} schedule changes. */
  enum Cycle {
    /** It does not. */
    TRIANGULAR,
    /** It is halved after each cycle. */
    TRIANGULAR2,
    /** It is multiplied by gamma after each step. */
    EXP_RANGE
  }

  /**
   * The rate of a step.
   *
   * @param step from 1
   * @return at least 0, finite
   * @throws IllegalArgumentException if the step is less than 1
   */
  double rate(long step);

  /**
   * Name and options, for a model's file. {@link #described} makes the schedule from them.
   *
   * @return as {"name": "exponentialDecay", "initial": 0.1, "gamma": 0.999}
   */
  Map<String, Object> describe();

  /**
   * The same rate always.
   *
   * @param rate at least 0
   * @return the schedule
   */
  static Schedule constant(double rate) {
    return new Schedules.Constant(rate);
  }

  /**
   * Falls by a factor every so many steps: {@code initial * gamma^floor(e / every)}. PyTorch's StepLR.
   *
   * @param initial at least 0
   * @param gamma   in (0, 1]
   * @param every   steps of one rate, at least 1
   * @return the schedule
   */
  static Schedule stepDecay(double initial, double gamma, long every) {
    return new Schedules.StepDecay(initial, gamma, every);
  }

  /**
   * Falls by a factor at given places: {@code initial * gamma^(number of milestones <= e)}. PyTorch's MultiStepLR.
   *
   * @param initial    at least 0
   * @param gamma      in (0, 1]
   * @param milestones numbers of updates after which the rate falls, ascending, from 1
   * @return the schedule
   */
  static Schedule multiStepDecay(double initial, double gamma, long... milestones) {
    return new Schedules.MultiStepDecay(initial, gamma, Arrays.stream(milestones).boxed().toList());
  }

  /**
   * Falls by a factor in each step: {@code initial * gamma^e}. PyTorch's ExponentialLR.
   *
   * @param initial at least 0
   * @param gamma   in (0, 1]
   * @return the schedule
   */
  static Schedule exponentialDecay(double initial, double gamma) {
    return new Schedules.ExponentialDecay(initial, gamma);
  }

  /**
   * Half a wave of the cosine (Loshchilov and Hutter: SGDR, 2017, equation 5):
   * {@code end + (initial - end) (1 + cos(pi e / steps)) / 2} up to {@code e = steps}. PyTorch's CosineAnnealingLR,
   * which rises again after T_max steps; here the rate stays at the end.
   *
   * @param initial at least 0
   * @param end     the floor, at least 0
   * @param steps   PyTorch's T_max, at least 1
   * @return the schedule
   */
  static Schedule cosine(double initial, double end, long steps) {
    return new Schedules.Cosine(initial, end, steps);
  }

  /**
   * The same again and again, each time from the initial rate: SGDR itself, PyTorch's CosineAnnealingWarmRestarts.
   *
   * @param initial    at least 0
   * @param end        what it falls towards, at least 0
   * @param first      steps up to the first restart, PyTorch's T_0, at least 1
   * @param multiplier each run is so many times as long as the one before, PyTorch's T_mult, at least 1
   * @return the schedule
   */
  static Schedule cosineRestarts(double initial, double end, long first, long multiplier) {
    return new Schedules.CosineRestarts(initial, end, first, multiplier);
  }

  /**
   * From one rate to another by a power: {@code end + (initial - end) (1 - min(e, steps) / steps)^power}. PyTorch's
   * PolynomialLR with an end, Keras's PolynomialDecay.
   *
   * @param initial at least 0
   * @param end     at least 0
   * @param steps   at least 1
   * @param power   positive; 1 is a straight line
   * @return the schedule
   */
  static Schedule polynomial(double initial, double end, long steps, double power) {
    return new Schedules.Polynomial(initial, end, steps, power);
  }

  /**
   * A straight line, up or down: {@link #polynomial} of power 1. PyTorch's LinearLR.
   *
   * @param initial at least 0
   * @param end     at least 0
   * @param steps   at least 1
   * @return the schedule
   */
  static Schedule linear(double initial, double end, long steps) {
    return polynomial(initial, end, steps, 1);
  }

  /**
   * Rises evenly to another schedule's first rate r, then follows it: step n of the warm-up has {@code r n / (steps +
   * 1)}, and step {@code steps + 1} is the other's first. Warm-up by Goyal et al. (2017), section 2.2.
   *
   * @param steps length of the warm-up, at least 1
   * @param then  what follows
   * @return the schedule
   */
  static Schedule warmUp(long steps, Schedule then) {
    return warmUp(steps, 1 / (Counts.positive("steps", steps) + 1.0), then);
  }

  /**
   * Rises from a part of another schedule's first rate r, then follows it: {@code r (f + (1 - f) e / steps)} while e is
   * less than steps. PyTorch's SequentialLR of LinearLR (start_factor f, 1/3 there) and the other.
   *
   * @param steps       length of the warm-up, at least 1
   * @param startFactor f, from 0 to 1; with 0 the first update changes nothing
   * @param then        what follows
   * @return the schedule
   */
  static Schedule warmUp(long steps, double startFactor, Schedule then) {
    if (!(startFactor >= 0 && startFactor <= 1)) {
      throw new IllegalArgumentException("startFactor is " + startFactor + ": it must be from 0 to 1");
    }
    double full = then.rate(1);
    return sequence(List.of(linear(startFactor * full, full, steps), then), steps);
  }

  /**
   * {@link #oneCycle(double, long, double, Anneal, double, double)} with PyTorch's defaults: up in 30 % of the steps,
   * by cosine, divFactor 25, finalDivFactor 10000.
   *
   * @param max   the highest rate, at least 0
   * @param total steps of the cycle, at least 2
   * @return the schedule
   */
  static Schedule oneCycle(double max, long total) {
    return oneCycle(max, total, 0.3, Anneal.COSINE, 25, 1e4);
  }

  /**
   * Up once and down for the rest (Smith and Topin: Super-Convergence, 2018): from {@code max / divFactor} at e = 0 to
   * max at {@code e = pctStart * total - 1}, then down to {@code max / divFactor / finalDivFactor} at {@code e = total
   * - 1}. PyTorch's OneCycleLR with two phases; its change of momentum is not part of it.
   *
   * @param max            the highest rate, at least 0
   * @param total          steps of the cycle, at least 2
   * @param pctStart       share of the steps that rise, from 0 to 1
   * @param anneal         the curve up and down
   * @param divFactor      at least 1
   * @param finalDivFactor at least 1
   * @return the schedule
   */
  static Schedule oneCycle(double max, long total, double pctStart, Anneal anneal, double divFactor,
      double finalDivFactor) {
    return new Schedules.OneCycle(max, total, pctStart, anneal, divFactor, finalDivFactor);
  }

  /**
   * Triangles between two rates, as long up as down.
   *
   * @param base the low rate, at least 0
   * @param max  the high one, at least base
   * @param half steps up, and steps down, at least 1
   * @return the schedule
   */
  static Schedule cyclic(double base, double max, long half) {
    return cyclic(Cycle.TRIANGULAR, base, max, half, half, 1);
  }

  /**
   * Triangles on the low rate (Smith: Cyclical Learning Rates for Training Neural Networks, 2017):
   * {@code base + (max - base) h s}, h going from 0 to 1 in the steps up and back to 0 in the steps down, and s being
   * 1, or {@code 2^-c} in cycle c (from 0), or {@code gamma^e}. PyTorch's CyclicLR.
   *
   * @param cycle how the height changes
   * @param base  the low rate, at least 0
   * @param max   the high one of the first cycle, at least base
   * @param up    steps up, at least 1
   * @param down  steps down, at least 1
   * @param gamma in (0, 1], for {@link Cycle#EXP_RANGE}; 1 for the others
   * @return the schedule
   */
  static Schedule cyclic(Cycle cycle, double base, double max, long up, long down, double gamma) {
    return new Schedules.Cyclic(cycle, base, max, up, down, gamma);
  }

  /**
   * One schedule after the other, each from its own step 1. PyTorch's SequentialLR.
   *
   * @param parts      at least one
   * @param milestones numbers of updates after which the next part begins, ascending, from 1; one fewer than parts
   * @return the schedule
   */
  static Schedule sequence(List<Schedule> parts, long... milestones) {
    return new Schedules.Sequence(parts, Arrays.stream(milestones).boxed().toList());
  }

  /**
   * A function of one's own, from the step (from 1) to the rate. It can be trained with; a model's file tells that
   * there was one, but cannot give it back.
   *
   * @param rates pure; a rate that is negative or not finite is refused when it comes
   * @return the schedule
   */
  static Schedule custom(LongToDoubleFunction rates) {
    return new Schedules.Custom(Objects.requireNonNull(rates, "rates"));
  }

  /**
   * The schedule that a description is of.
   *
   * @param description as {@link #describe} gave it, numbers being of any kind
   * @return an equal schedule
   * @throws IllegalArgumentException if there is no such schedule, or an option is missing, unknown or wrong; and for
   *                                  {@link #custom}
   */
  static Schedule described(Map<?, ?> description) {
    return ScheduleReader.read(description);
  }
}
