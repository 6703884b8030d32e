package org.panagrad.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * L-BFGS, limited-memory BFGS (Nocedal 1980; Nocedal and Wright: Numerical Optimization, 2006, algorithms 7.4 and 7.5),
 * with a line search for the strong Wolfe conditions (algorithms 3.5 and 3.6). For smooth functions of all the data; it
 * makes no sense of a batch that changes from call to call.
 *
 * <p>In each iteration {@code x += step d}, {@code d = -H g}, where H stands for the inverse Hessian that the last
 * {@code history} changes of x and gradient tell of. A step fulfils {@code f(x + step d) <= f(x) + c1 step g d} and
 * {@code abs(g(x + step d) d) <= c2 abs(g d)}. A change that tells of no positive curvature is left out. Where no step
 * is found, the history is forgotten once and the search starts again along the negative gradient.
 *
 * <p>Values or gradients that are not finite count as too great, so a step never ends there. All sums go from the first
 * element to the last: the same objective gives the same bits everywhere.
 *
 * <pre>{@code
 * Lbfgs.Result result = Lbfgs.of().minimise(objective, new double[n]);
 * }</pre>
 *
 * @param history           changes that are kept, at least 1
 * @param c1                share of the slope that must be gained, in (0, 1)
 * @param c2                share of the slope that may be left, in (c1, 1)
 * @param gradientTolerance it ends when no element of the gradient is greater in size, at least 0
 * @param changeTolerance   it ends when the value falls by no more than this share of itself, at least 0
 * @param mostIterations    at least 0
 * @param mostEvaluations   of the objective, at least 1
 */
public record Lbfgs(int history, double c1, double c2, double gradientTolerance, double changeTolerance,
    int mostIterations, int mostEvaluations) {

  /** Why it ended. */
  public enum End {
    /** The gradient is within its tolerance: a minimum, or a saddle point. */
    GRADIENT,
    /** The value fell by no more than its tolerance. */
    CHANGE,
    /** The iterations are used up. */
    ITERATIONS,
    /** The evaluations are used up. */
    EVALUATIONS,
    /** Not even along the negative gradient does the value fall: rounding hides it, or the gradient is wrong. */
    NO_STEP
  }

  /**
   * One evaluation.
   *
   * @param iteration that it was made in, from 1; 0 at the start
   * @param step      in directions; 0 at the start
   * @param value     there, perhaps not finite
   * @param slope     there along the direction; NaN at the start, which has none
   */
  public record Trial(int iteration, double step, double value, double slope) {
  }

  /**
   * What came out.
   *
   * @param x            the best point
   * @param value        there
   * @param gradientNorm the greatest size of an element of the gradient there
   * @param iterations   that were made
   * @param end          why it ended
   * @param trials       all evaluations in their order
   */
  public record Result(double[] x, double value, double gradientNorm, int iterations, End end, List<Trial> trials) {
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
  public Lbfgs {
    Counts.positive("history", history);
    Points.inside("c1", c1, 0, 1);
    Points.inside("c2", c2, c1, 1);
    Options.notNegative("gradientTolerance", gradientTolerance);
    Options.notNegative("changeTolerance", changeTolerance);
    Counts.notNegative("mostIterations", mostIterations);
    Counts.positive("mostEvaluations", mostEvaluations);
  }

  /**
   * With history 10, c1 1e-4, c2 0.9, tolerances 1e-8 of the gradient and 2^-52 of the value, 1000 iterations and 2000
   * evaluations.
   *
   * @return the method
   */
  public static Lbfgs of() {
    return new Lbfgs(10, 1e-4, 0.9, 1e-8, 0x1p-52, 1000, 2000);
  }

  /**
   * The same with another memory.
   *
   * @param changes at least 1
   * @return the method
   */
  public Lbfgs history(int changes) {
    return new Lbfgs(changes, c1, c2, gradientTolerance, changeTolerance, mostIterations, mostEvaluations);
  }

  /**
   * The same with other conditions on a step.
   *
   * @param gained c1, in (0, 1)
   * @param left   c2, in (c1, 1)
   * @return the method
   */
  public Lbfgs wolfe(double gained, double left) {
    return new Lbfgs(history, gained, left, gradientTolerance, changeTolerance, mostIterations, mostEvaluations);
  }

  /**
   * The same with another end.
   *
   * @param ofGradient its greatest element, at least 0
   * @param ofChange   share of the value, at least 0
   * @return the method
   */
  public Lbfgs tolerances(double ofGradient, double ofChange) {
    return new Lbfgs(history, c1, c2, ofGradient, ofChange, mostIterations, mostEvaluations);
  }

  /**
   * The same with more or less patience.
   *
   * @param iterations  at least 0
   * @param evaluations at least 1
   * @return the method
   */
  public Lbfgs most(int iterations, int evaluations) {
    return new Lbfgs(history, c1, c2, gradientTolerance, changeTolerance, iterations, evaluations);
  }

  /**
   * Looks for a minimum.
   *
   * @param objective made small
   * @param start     where to begin; not changed
   * @return the best point, why it ended, and all that was tried
   * @throws IllegalArgumentException if value or gradient at the start are not finite
   */
  public Result minimise(Objective objective, double[] start) {
    WolfeSearch search = new WolfeSearch(objective, c1, c2, mostEvaluations);
    CurvatureHistory curvature = new CurvatureHistory(history);
    WolfeSearch.Probe here = search.start(start.clone());
    int iteration = 0;
    End end = end(here, iteration, search);
    while (end == null) {
      WolfeSearch.Probe next = next(search, curvature, here, iteration + 1);
      if (next == null) {
        end = search.exhausted() ? End.EVALUATIONS : End.NO_STEP;
      } else {
        iteration++;
        curvature.add(Points.difference(next.x(), here.x()), Points.difference(next.gradient(), here.gradient()));
        end = end(next, iteration, search);
        end = end == null && rests(here.value(), next.value()) ? End.CHANGE : end;
        here = next;
      }
    }
    return new Result(here.x(), here.value(), Points.maximumNorm(here.gradient()), iteration, end, search.trials());
  }

  private @Nullable End end(WolfeSearch.Probe here, int iteration, WolfeSearch search) {
    if (Points.maximumNorm(here.gradient()) <= gradientTolerance) {
      return End.GRADIENT;
    }
    if (iteration == mostIterations) {
      return End.ITERATIONS;
    }
    return search.exhausted() ? End.EVALUATIONS : null;
  }

  private boolean rests(double before, double after) {
    return before - after <= changeTolerance * Math.max(Math.abs(before), Math.abs(after));
  }

  /** Along the direction of the history, and where that leads nowhere along the negative gradient. */
  private static WolfeSearch.@Nullable Probe next(WolfeSearch search, CurvatureHistory curvature,
      WolfeSearch.Probe here, int iteration) {
    double[] direction = curvature.direction(here.gradient());
    if (curvature.isEmpty()) { // nothing is known of the length: move by 1 in all at most
      return search.along(direction, here, Math.min(1, 1 / Points.sumOfSizes(direction)), iteration);
    }
    WolfeSearch.Probe next = search.along(direction, here, 1, iteration);
    if (next != null) {
      return next;
    }
    curvature.clear();
    return next(search, curvature, here, iteration);
  }
}
