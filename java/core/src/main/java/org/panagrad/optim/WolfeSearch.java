package org.panagrad.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that fulfils the strong Wolfe conditions (Nocedal and Wright, algorithms 3.5 and 3.6). Counts and keeps what
 * it tried.
 */
final class WolfeSearch {
  /** Of one search: intervals shrink by a tenth at least, steps grow tenfold at most, so that is far. */
  private static final int MOST_PROBES = 60;

  /** An evaluation; the slope is that along the direction. */
  record Probe(double step, double value, double slope, double[] x, double[] gradient) {
    boolean isFinite() {
      return Double.isFinite(value) && Double.isFinite(slope);
    }
  }

  private final Objective objective;
  private final double c1, c2;
  private final int mostEvaluations;
  private final List<Lbfgs.Trial> trials = new ArrayList<>();

  // of the search that runs
  private Probe from;
  private double[] direction;
  private int iteration, end;

  WolfeSearch(Objective objective, double c1, double c2, int mostEvaluations) {
    this.objective = objective;
    this.c1 = c1;
    this.c2 = c2;
    this.mostEvaluations = mostEvaluations;
  }

  List<Lbfgs.Trial> trials() {
    return trials;
  }

  boolean exhausted() {
    return trials.size() >= mostEvaluations;
  }

  /** The first evaluation. */
  Probe start(double[] x) {
    double[] gradient = new double[x.length];
    double value = objective.evaluate(x, gradient), norm = Points.maximumNorm(gradient);
    if (!Double.isFinite(value) || !Double.isFinite(norm)) {
      throw new IllegalArgumentException("at the start the value is " + value + " and the gradient's greatest element "
          + norm + ": start where both are finite");
    }
    trials.add(new Lbfgs.Trial(0, 0, value, Double.NaN));
    return new Probe(0, value, Double.NaN, x, gradient);
  }

  /**
   * Searches from a point.
   *
   * @return where both conditions hold; else, when no more can be tried, where at least the first does; else null
   */
  @Nullable
  Probe along(double[] way, Probe start, double firstStep, int number) {
    double slope = Points.dot(start.gradient, way);
    if (!(slope < 0 && slope > Double.NEGATIVE_INFINITY)) {
      return null;
    }
    direction = way;
    from = new Probe(0, start.value, slope, start.x, start.gradient);
    iteration = number;
    end = Math.min(mostEvaluations, trials.size() + MOST_PROBES);
    return bracket(firstStep);
  }

  /** Algorithm 3.5: goes on until an interval holds a good step. */
  private @Nullable Probe bracket(double firstStep) {
    Probe last = from;
    double step = firstStep;
    while (trials.size() < end) {
      Probe probe = probe(step, at(step));
      if (tooHigh(probe) || last != from && probe.value >= last.value) {
        return zoom(last, probe);
      }
      if (flat(probe)) {
        return probe;
      }
      if (probe.slope >= 0) {
        return zoom(probe, last);
      }
      step = within(cubicMinimum(last, probe), step + 1.1 * (step - last.step), 10 * step, 10 * step);
      last = probe;
    }
    return last == from ? null : last;
  }

  /** Algorithm 3.6: low is the best step that fulfils the first condition, and the slope there points towards high. */
  private @Nullable Probe zoom(Probe low, Probe high) {
    while (trials.size() < end) {
      double left = Math.min(low.step, high.step), width = Math.abs(high.step - low.step);
      double step = within(cubicMinimum(low, high), left + 0.1 * width, left + 0.9 * width, left + 0.5 * width);
      double[] x = at(step);
      if (Arrays.equals(x, low.x) || Arrays.equals(x, high.x)) {
        break; // no number lies between them
      }
      Probe probe = probe(step, x);
      if (tooHigh(probe) || probe.value >= low.value) {
        high = probe;
      } else if (flat(probe)) {
        return probe;
      } else {
        high = probe.slope * (high.step - low.step) >= 0 ? low : high;
        low = probe;
      }
    }
    return low.step > 0 ? low : null;
  }

  private Probe probe(double step, double[] x) {
    double[] gradient = new double[x.length];
    double value = objective.evaluate(x, gradient);
    Probe probe = new Probe(step, value, Points.dot(gradient, direction), x, gradient);
    trials.add(new Lbfgs.Trial(iteration, step, value, probe.slope));
    return probe;
  }

  private double[] at(double step) {
    double[] x = new double[from.x.length];
    Points.move(from.x, step, direction, x);
    return x;
  }

  /** The first condition does not hold. */
  private boolean tooHigh(Probe probe) {
    return !probe.isFinite() || probe.value > from.value + c1 * probe.step * from.slope;
  }

  /** The second condition holds. */
  private boolean flat(Probe probe) {
    return Math.abs(probe.slope) <= -c2 * from.slope;
  }

  /** Of the cubic through values and slopes of both (equation 3.59); NaN where there is none. */
  private static double cubicMinimum(Probe a, Probe b) {
    if (!a.isFinite() || !b.isFinite()) {
      return Double.NaN;
    }
    double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
    double d2 = Math.signum(b.step - a.step) * Math.sqrt(d1 * d1 - a.slope * b.slope);
    return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  }

  private static double within(double step, double least, double most, double otherwise) {
    return Double.isNaN(step) ? otherwise : Math.max(least, Math.min(most, step));
  }
}
