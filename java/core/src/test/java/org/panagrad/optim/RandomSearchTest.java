package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.panagrad.optim.RandomSearch.Result;
import org.panagrad.optim.RandomSearch.Trial;

class RandomSearchTest {
  private static final RandomSearch SEARCH = RandomSearch.seed(7).logUniform("rate", 1e-5, 1e-1)
      .uniform("momentum", -2, 3);

  /** Counts of 1000 draws in 10 equal parts: 100 with a standard deviation of 9.5, so 50 is beyond five of them. */
  private static void assertEven(String name, double low, double high, boolean logarithmic) {
    int[] counts = new int[10];
    for (int i = 0; i < 1_000; i++) {
      double value = SEARCH.point(i).get(name);
      assertTrue(value >= low && value <= high, () -> name + " " + value);
      double share = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      counts[Math.min(9, (int) (10 * share))]++;
    }
    for (int count : counts) {
      assertEquals(100, count, 50);
    }
  }

  @Test
  void pointsAreSpreadEvenly() {
    assertEven("rate", 1e-5, 1e-1, true);
    assertEven("momentum", -2, 3, false);
  }

  @Test
  void pointsDependOnSeedAndNumberAlone() {
    List<Map<String, Double>> points = new ArrayList<>();
    SEARCH.run(5, point -> {
      points.add(point);
      return 0;
    });
    for (int i = 0; i < 5; i++) {
      assertEquals(points.get(i), SEARCH.point(i));
    }
    assertEquals(List.of("rate", "momentum"), List.copyOf(points.getFirst().keySet()));
    assertEquals(SEARCH.point(3).get("rate"), RandomSearch.seed(7).logUniform("rate", 1e-5, 1e-1).point(3).get("rate"),
        "a range more changes no other");
    assertNotEquals(SEARCH.point(3), SEARCH.point(4));
    assertNotEquals(SEARCH.point(3), RandomSearch.seed(8).logUniform("rate", 1e-5, 1e-1).uniform("momentum", -2, 3)
        .point(3));
  }

  @Test
  void trialsAreSortedByValue() {
    double[] values = {3, Double.NaN, 1, Double.POSITIVE_INFINITY, 1, -2};
    int[] number = {0};
    Result result = SEARCH.run(6, point -> values[number[0]++]);
    assertEquals(List.of(5, 2, 4, 0, 3, 1), result.trials().stream().map(Trial::number).toList());
    assertEquals(-2, result.best().value());
    for (Trial trial : result.trials()) {
      assertEquals(values[trial.number()], trial.value());
      assertEquals(SEARCH.point(trial.number()), trial.point());
    }
    assertTrue(Double.isNaN(SEARCH.run(2, point -> Double.NaN).best().value()));
  }

  /** The chance that none of 100 points falls into the best tenth is 0.9^100, 3e-5; the seed is fixed. */
  @Test
  void findsTheMinimum() {
    Result result = SEARCH.run(100, point -> Math.abs(Math.log10(point.get("rate")) + 3));
    assertEquals(-3, Math.log10(result.best().point().get("rate")), 0.2);
    List<Double> values = result.trials().stream().map(Trial::value).toList();
    assertEquals(values.stream().sorted(Comparator.naturalOrder()).toList(), values);
  }

  @Test
  void rangesOfOneNumber() {
    assertEquals(Map.of("a", 0.1, "b", -0.3),
        RandomSearch.seed(1).logUniform("a", 0.1, 0.1).uniform("b", -0.3, -0.3).point(0));
  }

  @Test
  void wrongArgumentsAreRefused() {
    refused("trials is 0: it must be at least 1", () -> SEARCH.run(0, point -> 0));
    refused("there is a range rate already", () -> SEARCH.uniform("rate", 0, 1));
    refused("the range of x is from 2.0 to 1.0: both must be finite, the second at least the first",
        () -> SEARCH.uniform("x", 2, 1));
    refused(
        "the range of x is from 0.0 to 1.0: for magnitudes both must be positive and finite, the second at least the"
            + " first",
        () -> SEARCH.logUniform("x", 0, 1));
    assertThrows(UnsupportedOperationException.class, () -> SEARCH.point(0).put("rate", 1.0));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
