package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.optim.BacktrackingLineSearch.End;
import org.panagrad.optim.BacktrackingLineSearch.Result;
import org.panagrad.optim.BacktrackingLineSearch.Trial;

class LineSearchTest {
  /** x^2. */
  private static double square(double[] x, double[] gradient) {
    if (gradient != null) {
      gradient[0] = 2 * x[0];
    }
    return x[0] * x[0];
  }

  private static double[] at(double... x) {
    return x;
  }

  /** By hand: from 1 along -2 the values at steps 4, 2, 1, 0.5 are 49, 9, 1, 0, and the slope is -4. */
  @Test
  void shortensUntilTheValueFalls() {
    double[] x = at(1), direction = at(-2);
    Result result = BacktrackingLineSearch.of().initial(4).search(LineSearchTest::square, x, direction);
    assertEquals(new Result(0.5, 0, 1, -4, End.FOUND,
        List.of(new Trial(4, 49), new Trial(2, 9), new Trial(1, 1), new Trial(0.5, 0))), result);
    assertArrayEquals(at(1), x);
    assertArrayEquals(at(-2), direction);
    Objective valuesOnly = (point, gradient) -> {
      assertNull(gradient);
      return point[0] * point[0];
    };
    assertEquals(result, BacktrackingLineSearch.of().initial(4).search(valuesOnly, x, 1, at(2), direction));
  }

  /** At step s the value is (1 - 2 s)^2 = 1 - 4 s + 4 s^2, at most 1 - 4 c1 s where s <= 1 - c1. */
  @Test
  void conditionIsArmijos() {
    BacktrackingLineSearch search = BacktrackingLineSearch.of().c1(0.25);
    assertEquals(0.75, search.initial(0.75).search(LineSearchTest::square, at(1), at(-2)).step());
    assertEquals(0.375, search.initial(0.7500001).shrink(0.5).search(LineSearchTest::square, at(1), at(-2)).step(),
        1e-6);
  }

  @Test
  void endsAfterTheMostTrials() {
    Result result = BacktrackingLineSearch.of().initial(1000).mostTrials(3).search(LineSearchTest::square, at(1),
        at(-2));
    assertEquals(End.TRIALS, result.end());
    assertEquals(0, result.step());
    assertEquals(1, result.value());
    assertEquals(List.of(1000.0, 500.0, 250.0), result.trials().stream().map(Trial::step).toList());
  }

  @Test
  void goesBackWhereTheValueIsNotFinite() {
    Objective objective = (x, gradient) -> {
      if (gradient != null) {
        gradient[0] = 1 - 1 / x[0];
      }
      return x[0] - Math.log(x[0]); // NaN below 0, infinite at 0
    };
    Result result = BacktrackingLineSearch.of().initial(2).search(objective, at(2), at(-2));
    assertTrue(Double.isNaN(result.trials().get(0).value()));
    assertEquals(Double.POSITIVE_INFINITY, result.trials().get(1).value());
    assertEquals(0.5, result.step());
    assertEquals(1, result.value());
    Objective pit = (x, gradient) -> {
      if (gradient != null) {
        gradient[0] = -1;
      }
      return x[0] > 1 ? Double.NEGATIVE_INFINITY : -x[0];
    };
    assertEquals(1, BacktrackingLineSearch.of().initial(4).search(pit, at(0), at(1)).step(), "not even minus infinity");
  }

  @Test
  void wrongArgumentsAreRefused() {
    BacktrackingLineSearch search = BacktrackingLineSearch.of();
    refused("the slope along the direction is 4.0: it must be negative and finite, as along the negative gradient",
        () -> search.search(LineSearchTest::square, at(1), at(2)));
    refused("the slope along the direction is 0.0: it must be negative and finite, as along the negative gradient",
        () -> search.search(LineSearchTest::square, at(0), at(2)));
    refused("the value at the start is NaN: start where it is finite",
        () -> search.search(LineSearchTest::square, at(Double.NaN), at(2)));
    refused("direction has 2 elements, x has 1", () -> search.search(LineSearchTest::square, at(1), at(2, 1)));
    refused("gradient has 2 elements, x has 1",
        () -> search.search(LineSearchTest::square, at(1), 1, at(2, 1), at(-2)));
    refused("c1 is 1.0: it must lie between 0.0 and 1.0", () -> search.c1(1));
    refused("shrink is NaN: it must lie between 0.0 and 1.0", () -> search.shrink(Double.NaN));
    refused("initial is 0.0: it must be positive and finite", () -> search.initial(0));
    refused("mostTrials is 0: it must be at least 1", () -> search.mostTrials(0));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
