package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.optim.RateRangeTest.End;
import org.panagrad.optim.RateRangeTest.Result;
import org.panagrad.optim.RateRangeTest.Trial;

class RateRangeTestTest {
  private static Result run(RateRangeTest test, double... losses) {
    Iterator<Double> next = Arrays.stream(losses).iterator();
    return test.run(rate -> next.next());
  }

  private static final RateRangeTest DECADES = RateRangeTest.of(1e-4, 1).steps(5).smoothing(0);

  @Test
  void ratesRiseGeometrically() {
    List<Trial> trials = run(DECADES, 5, 4, 3, 2, 1).trials();
    double[] rates = {1e-4, 1e-3, 1e-2, 1e-1, 1};
    for (int i = 0; i < rates.length; i++) {
      assertEquals(rates[i], trials.get(i).rate(), 1e-14 * rates[i]);
    }
    assertEquals(1e-4, trials.getFirst().rate());
    assertEquals(1, trials.getLast().rate());
  }

  /** By hand: slopes -1, -2 / 2, -5 / 2, -2 / 2; the least loss at 0.1. */
  @Test
  void suggestsSteepestAndTenthOfMinimum() {
    Result result = run(DECADES, 10, 9, 8, 4, 6);
    assertEquals(End.STEPS, result.end());
    assertEquals(1e-2, result.steepest(), 1e-16);
    assertEquals(1e-2, result.tenthOfMinimum(), 1e-16);
    assertEquals(5, result.trials().size());
  }

  @Test
  void divergenceEndsIt() {
    Result result = run(DECADES, 10, 2, 8, 9, 1);
    assertEquals(End.DIVERGED, result.end(), "9 is more than 4 times 2, 8 is not");
    assertEquals(4, result.trials().size());
    assertEquals(1e-4, result.tenthOfMinimum(), 1e-18);
    assertEquals(1e-4, result.steepest(), 1e-18, "slopes -8, -2 / 2");
    // below 0: best + 3 abs(best)
    assertEquals(End.DIVERGED, run(DECADES, 1, -2, 5, 1, 1).end());
    assertEquals(End.STEPS, run(DECADES, 1, -2, 4, 1, 1).end());
  }

  @Test
  void aLossThatIsNotFiniteEndsIt() {
    for (double loss : new double[]{Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      Result result = run(DECADES, 10, 8, 7, loss);
      assertEquals(End.NOT_FINITE, result.end());
      assertEquals(4, result.trials().size());
      assertEquals(loss, result.trials().getLast().loss());
      assertEquals(1e-4, result.steepest(), 1e-18, "slopes -2, -3 / 2, -1");
    }
    Result first = run(DECADES, Double.NaN);
    assertTrue(Double.isNaN(first.steepest()) && Double.isNaN(first.tenthOfMinimum()));
  }

  @Test
  void lossesThatNeverFallSuggestNothing() {
    Result result = run(DECADES, 1, 2, 3, 3.5, 3.75);
    assertTrue(Double.isNaN(result.steepest()) && Double.isNaN(result.tenthOfMinimum()));
  }

  /** By hand: averages 2, 3, 3.5 of 4, 4, 4 with weights 1/2, 3/4, 7/8; then 0.5 * 3.5 + 0.5 * 0 over 15/16. */
  @Test
  void smoothingIsWithoutBias() {
    List<Trial> trials = run(DECADES.smoothing(0.5), 4, 4, 4, 0, 0).trials();
    double[] smoothed = {4, 4, 4, 28 / 15.0, 28 / 31.0};
    for (int i = 0; i < smoothed.length; i++) {
      assertEquals(smoothed[i], trials.get(i).smoothed(), 1e-15);
    }
  }

  /** Gradient descent on x^2 from 1: it diverges for rates above 1, so the suggestions lie below. */
  @Test
  void gradientDescent() {
    double[] x = {1};
    Result result = RateRangeTest.of(1e-4, 100).run(rate -> {
      double loss = x[0] * x[0];
      x[0] -= rate * 2 * x[0];
      return loss;
    });
    assertEquals(End.DIVERGED, result.end());
    assertTrue(result.steepest() > 1e-3 && result.steepest() < 1, () -> "steepest " + result.steepest());
    assertTrue(result.tenthOfMinimum() > 1e-3 && result.tenthOfMinimum() < 1);
  }

  @Test
  void wrongArgumentsAreRefused() {
    refused("low is 0.0: it must be positive and finite", () -> RateRangeTest.of(0, 1));
    refused("high is 1.0: it must be greater than low, which is 1.0", () -> RateRangeTest.of(1, 1));
    refused("steps is 2: a curve has at least 3", () -> DECADES.steps(2));
    refused("smoothing is 1.0: it must be at least 0 and less than 1", () -> DECADES.smoothing(1));
    refused("divergence is 1.0: it must be greater than 1", () -> new RateRangeTest(1, 2, 3, 0, 1));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
