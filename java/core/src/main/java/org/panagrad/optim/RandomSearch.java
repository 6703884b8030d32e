package org.panagrad.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.panagrad.kernel.Philox;

/**
 * Tries points drawn at random (Bergstra and Bengio: Random Search for Hyper-Parameter Optimization, 2012): better than
 * a grid where only few of the numbers matter. Immutable. A point depends on seed, trial and range alone: more trials
 * begin with the same ones, and a single one can be drawn again by its number.
 *
 * <pre>{@code
 * RandomSearch.Result result = RandomSearch.seed(1)
 *     .logUniform("learningRate", 1e-5, 1e-1).uniform("momentum", 0.5, 0.99)
 *     .run(20, point -> validationLoss(point.get("learningRate"), point.get("momentum")));
 * }</pre>
 */
public final class RandomSearch {
  /**
   * One trial.
   *
   * @param number in the order of trying, from 0
   * @param point  a number for each range
   * @param value  what came out, smaller being better
   */
  public record Trial(int number, Map<String, Double> point, double value) {
  }

  /**
   * What came out.
   *
   * @param trials by value, the smallest first, NaN last; equal ones in the order of trying
   */
  public record Result(List<Trial> trials) {
    /** Trials are not changed later. */
    public Result {
      trials = List.copyOf(trials);
    }

    /**
     * The trial with the smallest value.
     *
     * @return its value is NaN only if all are
     */
    public Trial best() {
      return trials.getFirst();
    }
  }

  private record Range(String name, double low, double high, boolean logarithmic) {
    /** From a number in [0, 1). */
    double at(double share) {
      double value = logarithmic
          ? StrictMath.exp(Curves.mix(StrictMath.log(high), StrictMath.log(low), share))
          : Curves.mix(high, low, share);
      return Math.max(low, Math.min(high, value)); // rounding may lead out
    }
  }

  private final long seed;
  private final List<Range> ranges;

  private RandomSearch(long seed, List<Range> ranges) {
    this.seed = seed;
    this.ranges = ranges;
  }

  /**
   * Without ranges.
   *
   * @param seed another one gives other points
   * @return the search
   */
  public static RandomSearch seed(long seed) {
    return new RandomSearch(seed, List.of());
  }

  /**
   * The same with a number more, all parts of its range being equally likely.
   *
   * @param name of the number, a new one
   * @param low  finite
   * @param high finite, at least low
   * @return the search
   * @throws IllegalArgumentException if the range is none, or the name is taken
   */
  public RandomSearch uniform(String name, double low, double high) {
    if (!Double.isFinite(low) || !Double.isFinite(high) || high < low) {
      throw new IllegalArgumentException("the range of " + name + " is from " + low + " to " + high
          + ": both must be finite, the second at least the first");
    }
    return with(new Range(name, low, high, false));
  }

  /**
   * The same with a number more, all of its magnitudes being equally likely: for rates and penalties.
   *
   * @param name of the number, a new one
   * @param low  positive
   * @param high finite, at least low
   * @return the search
   * @throws IllegalArgumentException if the range is none, or the name is taken
   */
  public RandomSearch logUniform(String name, double low, double high) {
    if (!(low > 0 && high >= low && high < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the range of " + name + " is from " + low + " to " + high
          + ": for magnitudes both must be positive and finite, the second at least the first");
    }
    return with(new Range(name, low, high, true));
  }

  private RandomSearch with(Range range) {
    if (ranges.stream().anyMatch(other -> other.name.equals(range.name))) {
      throw new IllegalArgumentException("there is a range " + range.name + " already");
    }
    List<Range> more = new ArrayList<>(ranges);
    more.add(range);
    return new RandomSearch(seed, List.copyOf(more));
  }

  /**
   * The point of a trial.
   *
   * @param trial its number, from 0
   * @return a number for each range, in their order
   */
  public Map<String, Double> point(int trial) {
    Map<String, Double> point = new LinkedHashMap<>();
    for (int i = 0; i < ranges.size(); i++) {
      point.put(ranges.get(i).name, ranges.get(i).at(share(trial, i)));
    }
    return Collections.unmodifiableMap(point);
  }

  /** 53 random bits as a number in [0, 1). */
  private double share(int trial, int range) {
    long high = Philox.word(seed, trial, 2L * range) & 0xffffffffL;
    long low = Philox.word(seed, trial, 2L * range + 1) & 0xffffffffL;
    return ((high << 32 | low) >>> 11) * 0x1p-53;
  }

  /**
   * Tries points, one after the other.
   *
   * @param trials how many, at least 1
   * @param value  of a point, smaller being better; NaN where there is none
   * @return all trials, by value
   */
  public Result run(int trials, ToDoubleFunction<Map<String, Double>> value) {
    Counts.positive("trials", trials);
    List<Trial> tried = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      Map<String, Double> point = point(i);
      tried.add(new Trial(i, point, value.applyAsDouble(point)));
    }
    tried.sort(Comparator.comparingDouble(Trial::value));
    return new Result(tried);
  }
}
