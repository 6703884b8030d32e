package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;

/**
 * Rates against PyTorch's closed formulas, written here as they stand there, over e = step - 1; and what comes back.
 */
class ScheduleTest {
  private static final long STEPS = 100;
  /** Sums, products and cosines of numbers of size 1: a few roundings. */
  private static final double TOLERANCE = 8 * 0x1p-53;

  /** A schedule whose rates have size 1, and the formula. */
  record Formula(String name, Schedule schedule, Function<Long, Double> rate) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Formula formula(String name, Schedule schedule, Function<Long, Double> rate) {
    return new Formula(name, schedule, rate);
  }

  static List<Formula> formulas() {
    return List.of(
        formula("constant", Schedule.constant(0.5), e -> 0.5),
        formula("StepLR", Schedule.stepDecay(0.8, 0.3, 7), e -> 0.8 * StrictMath.pow(0.3, e / 7)),
        formula("MultiStepLR", Schedule.multiStepDecay(0.8, 0.3, 1, 30, 31),
            e -> 0.8 * StrictMath.pow(0.3, e < 1 ? 0 : e < 30 ? 1 : e < 31 ? 2 : 3)),
        formula("ExponentialLR", Schedule.exponentialDecay(0.8, 0.95), e -> 0.8 * StrictMath.pow(0.95, e)),
        formula("CosineAnnealingLR", Schedule.cosine(0.8, 0.2, 70),
            e -> 0.2 + (0.8 - 0.2) * (1 + StrictMath.cos(Math.PI * Math.min(e, 70) / 70)) / 2),
        formula("CosineAnnealingWarmRestarts", Schedule.cosineRestarts(0.8, 0.2, 9, 1),
            e -> 0.2 + (0.8 - 0.2) * (1 + StrictMath.cos(Math.PI * (e % 9) / 9)) / 2),
        formula("CosineAnnealingWarmRestarts, T_mult 3", Schedule.cosineRestarts(0.8, 0.2, 4, 3), e -> {
          // runs of 4, 12, 36, 108
          long since = e < 4 ? e : e < 16 ? e - 4 : e < 52 ? e - 16 : e - 52;
          double length = e < 4 ? 4 : e < 16 ? 12 : e < 52 ? 36 : 108;
          return 0.2 + (0.8 - 0.2) * (1 + StrictMath.cos(Math.PI * since / length)) / 2;
        }),
        formula("PolynomialLR", Schedule.polynomial(0.8, 0, 60, 2),
            e -> 0.8 * StrictMath.pow(1 - Math.min(e, 60) / 60.0, 2)),
        formula("PolynomialDecay", Schedule.polynomial(0.8, 0.1, 60, 0.5),
            e -> (0.8 - 0.1) * StrictMath.pow(1 - Math.min(e, 60) / 60.0, 0.5) + 0.1),
        formula("LinearLR", Schedule.linear(0.2, 0.8, 60), e -> 0.8 * (0.25 + (1 - 0.25) * Math.min(e, 60) / 60)),
        formula("SequentialLR of LinearLR and ExponentialLR",
            Schedule.warmUp(10, 0.25, Schedule.exponentialDecay(0.8, 0.95)),
            e -> e < 10 ? 0.8 * (0.25 + (1 - 0.25) * e / 10) : 0.8 * StrictMath.pow(0.95, e - 10)),
        formula("even warm-up", Schedule.warmUp(10, Schedule.constant(0.8)), e -> 0.8 * Math.min(e + 1, 11) / 11),
        formula("OneCycleLR", Schedule.oneCycle(0.8, 80), e -> {
          double at = Math.min(e, 79), top = 0.3 * 80 - 1, low = 0.8 / 25, last = low / 1e4;
          return at <= top ? annealed(low, 0.8, at / top) : annealed(0.8, last, (at - top) / (79 - top));
        }),
        formula("OneCycleLR, linear", Schedule.oneCycle(0.8, 80, 0.25, Schedule.Anneal.LINEAR, 4, 2), e -> {
          double at = Math.min(e, 79), low = 0.2, last = 0.1;
          return at <= 19 ? low + (0.8 - low) * at / 19 : 0.8 + (last - 0.8) * (at - 19) / 60;
        }),
        formula("OneCycleLR, down only", Schedule.oneCycle(0.8, 80, 0, Schedule.Anneal.LINEAR, 4, 2),
            e -> 0.8 + (0.1 - 0.8) * (Math.min(e, 79) + 1) / 80),
        formula("OneCycleLR, up only", Schedule.oneCycle(0.8, 80, 1, Schedule.Anneal.LINEAR, 4, 2),
            e -> 0.2 + (0.8 - 0.2) * Math.min(e, 79) / 79),
        formula("CyclicLR, triangular", Schedule.cyclic(0.2, 0.8, 8), e -> 0.2 + (0.8 - 0.2) * triangle(e, 8, 8)),
        formula("CyclicLR, triangular2", Schedule.cyclic(Schedule.Cycle.TRIANGULAR2, 0.2, 0.8, 6, 10, 1),
            e -> 0.2 + (0.8 - 0.2) * triangle(e, 6, 10) / StrictMath.pow(2, e / 16)),
        formula("CyclicLR, exp_range", Schedule.cyclic(Schedule.Cycle.EXP_RANGE, 0.2, 0.8, 10, 6, 0.97),
            e -> 0.2 + (0.8 - 0.2) * triangle(e, 10, 6) * StrictMath.pow(0.97, e)),
        formula("SequentialLR", Schedule.sequence(
            List.of(Schedule.constant(0.1), Schedule.exponentialDecay(0.8, 0.9), Schedule.stepDecay(0.5, 0.5, 3)), 5,
            20),
            e -> e < 5 ? 0.1 : e < 20 ? 0.8 * StrictMath.pow(0.9, e - 5) : 0.5 * StrictMath.pow(0.5, (e - 20) / 3)),
        formula("custom", Schedule.custom(step -> 1.0 / step), e -> 1.0 / (e + 1)));
  }

  private static double annealed(double from, double to, double share) {
    return to + (from - to) / 2 * (StrictMath.cos(Math.PI * share) + 1);
  }

  private static double triangle(long e, long up, long down) {
    double x = (double) e / (up + down) - Math.floor((double) e / (up + down)), ratio = (double) up / (up + down);
    return x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void ratesAreThoseOfTheFormula(Formula formula) {
    for (long step = 1; step <= STEPS; step++) {
      // gamma^e by squaring doubles its error with the power: e roundings at most
      double expected = formula.rate.apply(step - 1), powers = step * 0x1p-53 * expected;
      assertEquals(expected, formula.schedule.rate(step), TOLERANCE + powers, "step " + step);
    }
  }

  /** By hand, from the formulas. */
  @Test
  void someRates() {
    Schedule cosine = Schedule.cosine(1, 0, 4);
    assertEquals(1, cosine.rate(1));
    assertEquals(0.85355339059327376, cosine.rate(2), 0x1p-52); // (1 + sqrt(1/2)) / 2
    assertEquals(0.5, cosine.rate(3), 0x1p-52);
    assertEquals(0, cosine.rate(5));
    Schedule oneCycle = Schedule.oneCycle(1, 10); // up in 2 steps, down in 7
    assertEquals(0.04, oneCycle.rate(1));
    assertEquals(0.52, oneCycle.rate(2), 0x1p-52); // half way between 0.04 and 1
    assertEquals(1, oneCycle.rate(3));
    assertEquals(4e-6, oneCycle.rate(10));
    assertEquals(0.1 * 0.1 * 0.1, Schedule.stepDecay(0.1, 0.1, 30).rate(61), 0x1p-60);
  }

  @Test
  void endsAreExactAndStay() {
    for (Schedule schedule : List.of(Schedule.cosine(0.1, 1e-4, 7), Schedule.polynomial(0.1, 1e-4, 7, 0.7),
        Schedule.linear(0.1, 1e-4, 7))) {
      assertEquals(0.1, schedule.rate(1));
      assertEquals(1e-4, schedule.rate(8));
      assertEquals(1e-4, schedule.rate(9));
      assertEquals(1e-4, schedule.rate(Long.MAX_VALUE));
    }
    Schedule oneCycle = Schedule.oneCycle(0.1, 10, 0.4, Schedule.Anneal.COSINE, 3, 7);
    assertEquals(0.1 / 3, oneCycle.rate(1));
    assertEquals(0.1, oneCycle.rate(4));
    assertEquals(0.1 / 3 / 7, oneCycle.rate(10));
    assertEquals(0.1 / 3 / 7, oneCycle.rate(Long.MAX_VALUE));
    assertEquals(0.1, Schedule.warmUp(5, Schedule.cosine(0.1, 0, 7)).rate(6));
    assertEquals(0, Schedule.warmUp(5, 0, Schedule.constant(0.1)).rate(1));
    assertEquals(0.1, Schedule.oneCycle(0.1, 2, 0.5, Schedule.Anneal.LINEAR, 4, 2).rate(1), "a top at the first step");
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void ratesAreNeverNegative(Formula formula) {
    for (long step : new long[]{1, 2, 1_000, 1_000_003, 1L << 40, Long.MAX_VALUE}) {
      double rate = formula.schedule.rate(step);
      assertTrue(rate >= 0 && rate <= 1, () -> "step " + step + ": " + rate);
    }
    for (long step : new long[]{0, -1, Long.MIN_VALUE}) {
      assertEquals("step is " + step + ": steps count from 1",
          assertThrows(IllegalArgumentException.class, () -> formula.schedule.rate(step)).getMessage());
    }
  }

  // Curves

  @Test
  void halfCosineIsThatOfStrictMath() {
    for (int i = 0; i <= 1_000; i++) {
      double x = i / 1_000.0;
      // pi x as a double is off by its half ulp, and so is 1 + cos
      assertEquals((1 + StrictMath.cos(Math.PI * x)) / 2, Curves.halfCosine(x), 4 * 0x1p-53, "x " + x);
    }
    assertEquals(1, Curves.halfCosine(0));
    assertEquals(0, Curves.halfCosine(1));
  }

  @Test
  void powers() {
    assertEquals(1, Curves.power(0.3, 0L));
    assertEquals(0x1p-30, Curves.power(0.5, 30L));
    assertEquals(0, Curves.power(0.5, Long.MAX_VALUE));
    assertEquals(1, Curves.power(1, Long.MAX_VALUE));
    assertEquals(0.125, Curves.power(0.5, 3.0));
    assertEquals(StrictMath.pow(0.3, 2.5), Curves.power(0.3, 2.5), 0x1p-54);
    assertEquals(0, Curves.power(0.0, 0.5));
    assertEquals(1, Curves.power(1.0, 0.5));
  }

  // descriptions

  static Stream<Formula> described() {
    return formulas().stream().filter(formula -> !(formula.schedule instanceof Schedules.Custom));
  }

  @ParameterizedTest
  @MethodSource("described")
  void whatComesBackIsTheSame(Formula formula) throws DataException {
    Map<String, Object> description = formula.schedule.describe();
    assertEquals(formula.schedule, Schedule.described((Map<?, ?>) Json.parse(Json.write(description))));
    assertEquals(formula.schedule, Schedule.described(description));
  }

  @Test
  void noScheduleIsForgotten() {
    Set<Class<?>> sampled = new HashSet<>();
    formulas().forEach(formula -> sampled.add(formula.schedule.getClass()));
    assertEquals(Set.of(Schedule.class.getPermittedSubclasses()), sampled);
  }

  private static void refused(String message, Map<?, ?> description) {
    assertEquals(message,
        assertThrows(IllegalArgumentException.class, () -> Schedule.described(description)).getMessage());
  }

  @Test
  void wrongDescriptionsAreRefused() {
    refused("there is no schedule null", Map.of());
    refused("there is no schedule noam", Map.of("name", "noam"));
    refused("rate of schedule constant is null: no number", Map.of("name", "constant"));
    refused("rate of schedule constant is x: no number", Map.of("name", "constant", "rate", "x"));
    refused("schedule constant has no option gamma", Map.of("name", "constant", "rate", 1, "gamma", 1));
    refused("rate is -1.0: it must be at least 0 and finite", Map.of("name", "constant", "rate", -1));
    refused("every of schedule stepDecay is 1.5: no whole number",
        Map.of("name", "stepDecay", "initial", 1, "gamma", 1, "every", 1.5));
    refused("cycle of schedule cyclic is square: no cycle", Map.of("name", "cyclic", "cycle", "square"));
    refused("milestones of schedule multiStepDecay is 3: no list",
        Map.of("name", "multiStepDecay", "initial", 1, "gamma", 1, "milestones", 3));
    refused("milestones of schedule multiStepDecay is [a]: no whole number",
        Map.of("name", "multiStepDecay", "initial", 1, "gamma", 1, "milestones", List.of("a")));
    refused("parts of schedule sequence is [1]: no list of objects",
        Map.of("name", "sequence", "parts", List.of(1), "milestones", List.of()));
    refused("there is no schedule noam",
        Map.of("name", "sequence", "parts", List.of(Map.of("name", "noam")), "milestones", List.of()));
    refused("the schedule was a function of the program's own, which a description cannot hold: make it again with"
        + " Schedule.custom", Schedule.custom(step -> 1).describe());
  }

  // arguments

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void wrongArgumentsAreRefused() {
    Schedule one = Schedule.constant(1);
    refused("rate is NaN: it must be at least 0 and finite", () -> Schedule.constant(Double.NaN));
    refused("initial is Infinity: it must be at least 0 and finite",
        () -> Schedule.exponentialDecay(Double.POSITIVE_INFINITY, 1));
    refused("gamma is 0.0: it must be greater than 0 and at most 1", () -> Schedule.exponentialDecay(1, 0));
    refused("gamma is 1.5: it must be greater than 0 and at most 1", () -> Schedule.stepDecay(1, 1.5, 1));
    refused("every is 0: it must be at least 1", () -> Schedule.stepDecay(1, 1, 0));
    refused("milestones are [3, 3]: they must ascend, from 1 or more", () -> Schedule.multiStepDecay(1, 1, 3, 3));
    refused("milestones are [0]: they must ascend, from 1 or more", () -> Schedule.multiStepDecay(1, 1, 0));
    refused("end is -1.0: it must be at least 0 and finite", () -> Schedule.cosine(1, -1, 1));
    refused("multiplier is 0: it must be at least 1", () -> Schedule.cosineRestarts(1, 0, 1, 0));
    refused("power is 0.0: it must be positive and finite", () -> Schedule.polynomial(1, 0, 1, 0));
    refused("steps is 0: it must be at least 1", () -> Schedule.warmUp(0, one));
    refused("startFactor is 2.0: it must be from 0 to 1", () -> Schedule.warmUp(1, 2, one));
    refused("total is 1: a cycle has at least 2 steps", () -> Schedule.oneCycle(1, 1));
    refused("pctStart is NaN: it must be from 0 to 1",
        () -> Schedule.oneCycle(1, 2, Double.NaN, Schedule.Anneal.COSINE, 1, 1));
    refused("divFactor is 0.5: it must be at least 1 and finite",
        () -> Schedule.oneCycle(1, 2, 1, Schedule.Anneal.COSINE, 0.5, 1));
    refused("max is 1.0, less than base 2.0: exchange them", () -> Schedule.cyclic(2, 1, 1));
    refused("gamma is 0.5, which TRIANGULAR does not use: it must be 1",
        () -> Schedule.cyclic(Schedule.Cycle.TRIANGULAR, 0, 1, 1, 1, 0.5));
    refused("there are 1 parts and 1 milestones: each part but the first begins at a milestone",
        () -> Schedule.sequence(List.of(one), 1));
    for (double rate : new double[]{-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals("the custom schedule's rate of step 3 is " + rate + ": it must be at least 0 and finite",
          assertThrows(IllegalStateException.class, () -> Schedule.custom(step -> rate).rate(3)).getMessage());
    }
  }
}
