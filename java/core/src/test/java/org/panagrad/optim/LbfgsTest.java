package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.panagrad.optim.Lbfgs.End;
import org.panagrad.optim.Lbfgs.Result;
import org.panagrad.optim.Lbfgs.Trial;

class LbfgsTest {
  /** Rosenbrock's function for each pair (More, Garbow and Hillstrom 1981, problem 21). */
  private static double rosenbrock(double[] x, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < x.length; i += 2) {
      double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
      gradient[i] = -400 * x[i] * a - 2 * b;
      gradient[i + 1] = 200 * a;
      sum += 100 * a * a + b * b;
    }
    return sum;
  }

  /** Rosenbrock's function for all neighbours. */
  private static double chainedRosenbrock(double[] x, double[] gradient) {
    double sum = 0;
    Arrays.fill(gradient, 0);
    for (int i = 0; i + 1 < x.length; i++) {
      double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
      gradient[i] += -400 * x[i] * a - 2 * b;
      gradient[i + 1] += 200 * a;
      sum += 100 * a * a + b * b;
    }
    return sum;
  }

  /** 1/2 sum h (x - 1)^2, h rising geometrically from 1 to the condition number. */
  private static Objective quadratic(int n, double condition) {
    return (x, gradient) -> {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        double h = StrictMath.pow(condition, i / (n - 1.0)), e = x[i] - 1;
        gradient[i] = h * e;
        sum += h * e * e / 2;
      }
      return sum;
    };
  }

  /** (-1.2, 1), again and again. */
  private static double[] classicalStart(int n) {
    double[] x = new double[n];
    Arrays.setAll(x, i -> i % 2 == 0 ? -1.2 : 1);
    return x;
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Nocedal and Wright, section 6.1, tell of 34 iterations of BFGS until the gradient is below 1e-5. */
  @Test
  void rosenbrockInTwoDimensions() {
    assertTrue(Lbfgs.of().tolerances(1e-5, 0).minimise(LbfgsTest::rosenbrock, classicalStart(2)).iterations() <= 40);
    Result result = Lbfgs.of().minimise(LbfgsTest::rosenbrock, classicalStart(2));
    assertEquals(End.GRADIENT, result.end());
    assertArrayEquals(ones(2), result.x(), 1e-8);
    assertTrue(result.trials().size() <= 50, () -> result.trials().size() + " evaluations");
  }

  /** All pairs go the same way: it takes hardly longer than two dimensions. */
  @Test
  void rosenbrockInHundredDimensions() {
    for (int history : new int[]{5, 10}) {
      Result result = Lbfgs.of().history(history).minimise(LbfgsTest::rosenbrock, classicalStart(100));
      assertArrayEquals(ones(100), result.x(), 1e-8);
      assertTrue(result.trials().size() <= 55, () -> result.trials().size() + " evaluations");
    }
  }

  /** The valley has 100 bends, and each is followed: some evaluations for each dimension. */
  @Test
  void chainedRosenbrockInHundredDimensions() {
    Result result = Lbfgs.of().minimise(LbfgsTest::chainedRosenbrock, new double[100]);
    assertArrayEquals(ones(100), result.x(), 1e-8);
    assertTrue(result.trials().size() <= 700, () -> result.trials().size() + " evaluations");
  }

  /** With searches that are nearly exact it is the method of conjugate gradients, which ends after n iterations. */
  @Test
  void quadraticInAsManyIterationsAsDimensions() {
    for (int n : new int[]{2, 5, 20}) {
      Result result = Lbfgs.of().wolfe(1e-4, 1e-3).history(n).minimise(quadratic(n, 1e6), new double[n]);
      assertEquals(End.GRADIENT, result.end());
      assertTrue(result.iterations() <= n + 3, () -> n + ": " + result.iterations());
      assertArrayEquals(ones(n), result.x(), 1e-8);
    }
  }

  /** With few changes kept, many different curvatures take long; with all of them, some iterations for each. */
  @Test
  void illConditionedQuadratic() {
    Result few = Lbfgs.of().minimise(quadratic(5, 1e6), new double[5]);
    assertArrayEquals(ones(5), few.x(), 1e-8);
    assertTrue(few.trials().size() <= 65, () -> few.trials().size() + " evaluations");
    Result many = Lbfgs.of().history(200).minimise(quadratic(20, 1e6), new double[20]);
    assertArrayEquals(ones(20), many.x(), 1e-8);
    assertTrue(many.trials().size() <= 150, () -> many.trials().size() + " evaluations");
  }

  /** y = 3 x - 2 + noise, against the closed formula: slope = cov(x, y) / var(x). */
  @Test
  void linearRegression() {
    int n = 50;
    double[] x = new double[n], y = new double[n];
    SplittableRandom random = new SplittableRandom(1);
    double sumX = 0, sumY = 0;
    for (int i = 0; i < n; i++) {
      x[i] = random.nextDouble(-1, 4);
      y[i] = 3 * x[i] - 2 + random.nextDouble(-0.5, 0.5);
      sumX += x[i];
      sumY += y[i];
    }
    double covariance = 0, variance = 0;
    for (int i = 0; i < n; i++) {
      covariance += (x[i] - sumX / n) * (y[i] - sumY / n);
      variance += (x[i] - sumX / n) * (x[i] - sumX / n);
    }
    Result result = Lbfgs.of().minimise((w, gradient) -> {
      double sum = 0;
      Arrays.fill(gradient, 0);
      for (int i = 0; i < n; i++) {
        double e = w[0] * x[i] + w[1] - y[i];
        gradient[0] += 2 * e * x[i] / n;
        gradient[1] += 2 * e / n;
        sum += e * e / n;
      }
      return sum;
    }, new double[2]);
    double slope = covariance / variance;
    assertArrayEquals(new double[]{slope, (sumY - slope * sumX) / n}, result.x(), 1e-8);
    assertTrue(result.trials().size() <= 15, () -> result.trials().size() + " evaluations");
  }

  /** x - ln x: NaN below 0, infinite at 0, least at 1. */
  @Test
  void staysWhereTheValueIsFinite() {
    for (double start : new double[]{1e-3, 0.5, 3, 50}) {
      Result result = Lbfgs.of().minimise((x, gradient) -> {
        gradient[0] = 1 - 1 / x[0];
        return x[0] - Math.log(x[0]);
      }, new double[]{start});
      assertEquals(1, result.x()[0], 1e-8);
      assertEquals(End.GRADIENT, result.end());
    }
  }

  @Test
  void aGradientThatIsNotFiniteIsAvoidedToo() {
    Result result = Lbfgs.of().minimise((x, gradient) -> {
      gradient[0] = x[0] > 1.5 ? Double.NaN : 2 * (x[0] - 1);
      return (x[0] - 1) * (x[0] - 1);
    }, new double[]{-4});
    assertEquals(1, result.x()[0], 1e-8);
  }

  @Test
  void startAtTheMinimum() {
    double[] start = ones(2);
    Result result = Lbfgs.of().minimise(LbfgsTest::rosenbrock, start);
    assertEquals(End.GRADIENT, result.end());
    assertEquals(0, result.iterations());
    assertEquals(List.of(new Trial(0, 0, 0, Double.NaN)), result.trials());
    assertArrayEquals(start, result.x());
  }

  @Test
  void limits() {
    Result few = Lbfgs.of().most(3, 100).minimise(LbfgsTest::rosenbrock, classicalStart(2));
    assertEquals(End.ITERATIONS, few.end());
    assertEquals(3, few.iterations());
    for (int most = 1; most <= 40; most++) {
      Result result = Lbfgs.of().most(1000, most).minimise(LbfgsTest::rosenbrock, classicalStart(2));
      assertEquals(End.EVALUATIONS, result.end());
      assertEquals(most, result.trials().size());
      assertTrue(result.value() <= 24.2, "never worse than the start");
    }
    Result change = Lbfgs.of().tolerances(0, 0.5).minimise(quadratic(20, 100), new double[20]);
    assertEquals(End.CHANGE, change.end());
  }

  /** From many points, along gradients that are far too long or too short. */
  @Test
  void stepsFulfilTheStrongWolfeConditions() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 300; i++) {
      double[] x = {random.nextDouble(-2, 2), random.nextDouble(-1, 3)}, direction = new double[2];
      double c2 = i % 2 == 0 ? 0.9 : 0.01, length = StrictMath.pow(10, random.nextDouble(-6, 6));
      WolfeSearch search = new WolfeSearch(LbfgsTest::rosenbrock, 1e-4, c2, 1_000);
      WolfeSearch.Probe start = search.start(x);
      Points.move(direction, -length, start.gradient(), direction);
      double slope = Points.dot(start.gradient(), direction);
      WolfeSearch.Probe found = search.along(direction, start, 1, 1);
      assertTrue(found != null && found.value() <= start.value() + 1e-4 * found.step() * slope);
      assertTrue(Math.abs(found.slope()) <= -c2 * slope);
      assertTrue(search.trials().size() <= 30, () -> search.trials().size() + " evaluations");
    }
  }

  @Test
  void theValueFallsInEachIteration() {
    Result result = Lbfgs.of().minimise(LbfgsTest::chainedRosenbrock, classicalStart(10));
    List<Trial> trials = result.trials();
    double value = trials.getFirst().value();
    for (int i = 1; i < trials.size(); i++) {
      if (i + 1 == trials.size() || trials.get(i + 1).iteration() > trials.get(i).iteration()) {
        assertTrue(trials.get(i).value() < value);
        value = trials.get(i).value();
      }
    }
    double[] gradient = new double[10];
    assertEquals(LbfgsTest.chainedRosenbrock(result.x(), gradient), result.value());
    assertEquals(Points.maximumNorm(gradient), result.gradientNorm());
    assertEquals(value, result.value(), "of the last trial");
    assertEquals(result.iterations(), trials.getLast().iteration());
  }

  @Test
  void aGradientOfTheWrongSignIsNoticed() {
    Result result = Lbfgs.of().minimise((x, gradient) -> {
      gradient[0] = -2 * x[0];
      return x[0] * x[0];
    }, new double[]{5});
    assertEquals(End.NO_STEP, result.end());
    assertEquals(25, result.value());
  }

  @Test
  void aFunctionWithoutMinimumEnds() {
    assertTrue(Lbfgs.of().minimise((x, gradient) -> {
      gradient[0] = 1;
      return x[0];
    }, new double[1]).value() < -1e6);
  }

  @Test
  void theSameAgainGivesTheSameBits() {
    Result once = Lbfgs.of().minimise(LbfgsTest::chainedRosenbrock, classicalStart(30));
    Result again = Lbfgs.of().minimise(LbfgsTest::chainedRosenbrock, classicalStart(30));
    assertArrayEquals(once.x(), again.x());
    assertEquals(once.trials(), again.trials());
  }

  @Test
  void wrongArgumentsAreRefused() {
    Lbfgs lbfgs = Lbfgs.of();
    refused("history is 0: it must be at least 1", () -> lbfgs.history(0));
    refused("c1 is 0.0: it must lie between 0.0 and 1.0", () -> lbfgs.wolfe(0, 0.9));
    refused("c2 is 0.1: it must lie between 0.1 and 1.0", () -> lbfgs.wolfe(0.1, 0.1));
    refused("gradientTolerance is -1.0: it must be at least 0 and finite", () -> lbfgs.tolerances(-1, 0));
    refused("changeTolerance is NaN: it must be at least 0 and finite", () -> lbfgs.tolerances(0, Double.NaN));
    refused("mostIterations is -1: it must be at least 0", () -> lbfgs.most(-1, 1));
    refused("mostEvaluations is 0: it must be at least 1", () -> lbfgs.most(1, 0));
    refused("at the start the value is NaN and the gradient's greatest element NaN: start where both are finite",
        () -> lbfgs.minimise(LbfgsTest::rosenbrock, new double[]{Double.NaN, 1}));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
