package org.panagrad.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * Shortens a step until the value falls enough (Armijo 1966; Nocedal and Wright: Numerical Optimization, 2006,
 * algorithm 3.1): the first step of {@code initial, initial * shrink, initial * shrink^2 ...} with
 * {@code f(x + step d) <= f(x) + c1 step g d}, g the gradient at x. A value that is not finite counts as too great.
 *
 * @param c1         share of the slope that must be gained, in (0, 1)
 * @param shrink     in (0, 1)
 * @param initial    first step, positive
 * @param mostTrials steps tried at most, at least 1
 */
public record BacktrackingLineSearch(double c1, double shrink, double initial, int mostTrials) {

  /** Why a search ended. */
  public enum End {
    /** The value fell enough. */
    FOUND,
    /** It did not within the trials allowed. */
    TRIALS
  }

  /**
   * One step that was tried.
   *
   * @param step  its length, in directions
   * @param value there
   */
  public record Trial(double step, double value) {
  }

  /**
   * What came out.
   *
   * @param step   found, or 0
   * @param value  at the end of that step
   * @param start  value at step 0
   * @param slope  there along the direction, negative
   * @param end    why the search ended
   * @param trials in their order, the last is the step found
   */
  public record Result(double step, double value, double start, double slope, End end, List<Trial> trials) {
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
  public BacktrackingLineSearch {
    Points.inside("c1", c1, 0, 1);
    Points.inside("shrink", shrink, 0, 1);
    Options.positive("initial", initial);
    Counts.positive("mostTrials", mostTrials);
  }

  /**
   * With c1 1e-4, shrink 0.5, initial step 1 and 50 trials.
   *
   * @return the search
   */
  public static BacktrackingLineSearch of() {
    return new BacktrackingLineSearch(1e-4, 0.5, 1, 50);
  }

  /**
   * The same with another share.
   *
   * @param share in (0, 1)
   * @return the search
   */
  public BacktrackingLineSearch c1(double share) {
    return new BacktrackingLineSearch(share, shrink, initial, mostTrials);
  }

  /**
   * The same with another factor.
   *
   * @param factor in (0, 1)
   * @return the search
   */
  public BacktrackingLineSearch shrink(double factor) {
    return new BacktrackingLineSearch(c1, factor, initial, mostTrials);
  }

  /**
   * The same from another step.
   *
   * @param step positive
   * @return the search
   */
  public BacktrackingLineSearch initial(double step) {
    return new BacktrackingLineSearch(c1, shrink, step, mostTrials);
  }

  /**
   * The same with more or fewer trials.
   *
   * @param trials at least 1
   * @return the search
   */
  public BacktrackingLineSearch mostTrials(int trials) {
    return new BacktrackingLineSearch(c1, shrink, initial, trials);
  }

  /**
   * Searches. Value and gradient at x are asked for once; then come values only.
   *
   * @param objective made small
   * @param x         where to begin; not changed
   * @param direction such as the negative gradient, of x's length; not changed
   * @return the step and what was tried
   * @throws IllegalArgumentException if the direction does not descend, or the value at x is not finite
   */
  public Result search(Objective objective, double[] x, double[] direction) {
    double[] gradient = new double[x.length];
    return search(objective, x, objective.evaluate(x, gradient), gradient, direction);
  }

  /**
   * Searches where value and gradient are known already.
   *
   * @param objective made small, asked for values only
   * @param x         where to begin; not changed
   * @param start     value at x
   * @param gradient  at x; not changed
   * @param direction such as the negative gradient, of x's length; not changed
   * @return the step and what was tried
   * @throws IllegalArgumentException if the direction does not descend, or the value at x is not finite
   */
  public Result search(Objective objective, double[] x, double start, double[] gradient, double[] direction) {
    double slope = descent(x, start, gradient, direction);
    double[] point = new double[x.length];
    List<Trial> trials = new ArrayList<>();
    double step = initial;
    while (trials.size() < mostTrials) {
      Points.move(x, step, direction, point);
      Trial trial = new Trial(step, objective.evaluate(point, null));
      trials.add(trial);
      if (Double.isFinite(trial.value) && trial.value <= start + c1 * step * slope) {
        return new Result(step, trial.value, start, slope, End.FOUND, trials);
      }
      step *= shrink;
    }
    return new Result(0, start, start, slope, End.TRIALS, trials);
  }

  /** The slope, or a refusal. */
  private static double descent(double[] x, double start, double[] gradient, double[] direction) {
    Points.sameLength("gradient", gradient, x);
    Points.sameLength("direction", direction, x);
    if (!Double.isFinite(start)) {
      throw new IllegalArgumentException("the value at the start is " + start + ": start where it is finite");
    }
    double slope = Points.dot(gradient, direction);
    if (!(slope < 0 && slope > Double.NEGATIVE_INFINITY)) {
      throw new IllegalArgumentException("the slope along the direction is " + slope
          + ": it must be negative and finite, as along the negative gradient");
    }
    return slope;
  }
}
