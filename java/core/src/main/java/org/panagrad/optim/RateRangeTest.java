package org.panagrad.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Finds a learning rate by raising it from step to step until the loss diverges (Smith: Cyclical Learning Rates for
 * Training Neural Networks, 2017, section 3.3, with the geometric scale and the smoothing that have become usual
 * since). Step i of {@code steps} (from 0) has the rate {@code low (high / low)^(i / (steps - 1))}; the smoothed loss
 * is {@code a_i / (1 - smoothing^(i + 1))}, {@code a_i = smoothing a_(i-1) + (1 - smoothing) loss}, which lags behind
 * by about {@code smoothing / (1 - smoothing)} steps.
 *
 * <p>The model learns on the way, and diverges at the end: keep its parameters before and put them back afterwards.
 *
 * <pre>{@code
 * RateRangeTest.Result found = RateRangeTest.of(1e-6, 1).run(rate -> trainOnNextBatch(rate));
 * }</pre>
 *
 * @param low        first rate, positive
 * @param high       last rate, greater than low
 * @param steps      at least 3
 * @param smoothing  in [0, 1); 0 leaves the losses as they are
 * @param divergence it ends when the smoothed loss is more than so many times the best, greater than 1
 */
public record RateRangeTest(double low, double high, int steps, double smoothing, double divergence) {

  /** Why it ended. */
  public enum End {
    /** All rates were tried: the highest is not too high. */
    STEPS,
    /** The smoothed loss rose too far. */
    DIVERGED,
    /** A loss was NaN or infinite. */
    NOT_FINITE
  }

  /**
   * One step.
   *
   * @param rate     trained with
   * @param loss     of that step
   * @param smoothed loss
   */
  public record Trial(double rate, double loss, double smoothed) {
  }

  /**
   * What came out. Both suggestions are NaN where the smoothed loss never fell.
   *
   * @param steepest       the rate where the smoothed loss falls fastest over the logarithm of the rate
   * @param tenthOfMinimum a tenth of the rate where it is least, the more careful one
   * @param end            why it ended
   * @param trials         the curve; the last may hold a loss that is not finite
   */
  public record Result(double steepest, double tenthOfMinimum, End end, List<Trial> trials) {
    /** Trials are not changed later. */
    public Result {
      trials = List.copyOf(trials);
    }
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RateRangeTest {
    Options.positive("low", low);
    Options.positive("high", high);
    if (high <= low) {
      throw new IllegalArgumentException("high is " + high + ": it must be greater than low, which is " + low);
    }
    if (steps < 3) {
      throw new IllegalArgumentException("steps is " + steps + ": a curve has at least 3");
    }
    Options.share("smoothing", smoothing);
    if (!(divergence > 1)) {
      throw new IllegalArgumentException("divergence is " + divergence + ": it must be greater than 1");
    }
  }

  /**
   * In 100 steps, with smoothing 0.9, until 4 times the best loss.
   *
   * @param low  first rate, positive
   * @param high last rate, greater than low
   * @return the test
   */
  public static RateRangeTest of(double low, double high) {
    return new RateRangeTest(low, high, 100, 0.9, 4);
  }

  /**
   * The same with another number of steps.
   *
   * @param number at least 3
   * @return the test
   */
  public RateRangeTest steps(int number) {
    return new RateRangeTest(low, high, number, smoothing, divergence);
  }

  /**
   * The same with another smoothing.
   *
   * @param share of the past, in [0, 1)
   * @return the test
   */
  public RateRangeTest smoothing(double share) {
    return new RateRangeTest(low, high, steps, share, divergence);
  }

  /**
   * Trains a step with each rate.
   *
   * @param train does one step with the rate that it is given, and returns the step's loss
   * @return suggestions and the curve
   */
  public Result run(DoubleUnaryOperator train) {
    List<Trial> trials = new ArrayList<>();
    double average = 0, weight = 1, best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < steps; i++) {
      double rate = rate(i), loss = train.applyAsDouble(rate);
      average = smoothing * average + (1 - smoothing) * loss;
      weight *= smoothing;
      double smoothed = average / (1 - weight);
      trials.add(new Trial(rate, loss, smoothed));
      if (!Double.isFinite(loss)) {
        return result(trials.subList(0, i), trials, End.NOT_FINITE);
      }
      best = Math.min(best, smoothed);
      if (smoothed - best > (divergence - 1) * Math.abs(best)) { // for losses above 0: smoothed > divergence * best
        return result(trials, trials, End.DIVERGED);
      }
    }
    return result(trials, trials, End.STEPS);
  }

  private double rate(int step) {
    return step == steps - 1
        ? high
        : low * StrictMath.exp((StrictMath.log(high) - StrictMath.log(low)) * step / (steps - 1));
  }

  private static Result result(List<Trial> curve, List<Trial> trials, End end) {
    int least = 0, steepest = 0;
    for (int i = 1; i < curve.size(); i++) {
      least = curve.get(i).smoothed < curve.get(least).smoothed ? i : least;
    }
    if (least == 0) {
      return new Result(Double.NaN, Double.NaN, end, trials);
    }
    for (int i = 1; i <= least; i++) {
      steepest = slope(curve, i) < slope(curve, steepest) ? i : steepest;
    }
    return new Result(curve.get(steepest).rate, curve.get(least).rate / 10, end, trials);
  }

  /** By index, which is as good as by the logarithm of the rate: central differences, one-sided at the ends. */
  private static double slope(List<Trial> curve, int i) {
    int left = Math.max(0, i - 1), right = Math.min(i + 1, curve.size() - 1);
    return (curve.get(right).smoothed - curve.get(left).smoothed) / (right - left);
  }
}
