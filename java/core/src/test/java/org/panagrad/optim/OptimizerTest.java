package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;

class OptimizerTest {
  private static final double U = 0x1p-24;

  /** An update rule on arrays, with its state. */
  private static final class Run {
    private final Kernels kernels;
    private final Optimizer optimizer;
    private final float[] parameter;
    private final MemorySegment[] state;
    private long step;

    Run(Kernels kernels, Optimizer optimizer, float... start) {
      this.kernels = kernels;
      this.optimizer = optimizer;
      parameter = start;
      state = new MemorySegment[optimizer.stateNames().size()];
      Arrays.setAll(state, i -> MemorySegment.ofArray(new float[start.length]));
    }

    float[] step(float... gradient) {
      step++;
      optimizer.update(kernels, MemorySegment.ofArray(parameter), MemorySegment.ofArray(gradient), state, step, 0,
          parameter.length);
      return parameter;
    }
  }

  /** By hand, from parameter 1 with these gradients: the numbers are exact, but for epsilons of 0 and the last bits. */
  private record Steps(Optimizer optimizer, double[] gradients, double[] parameters) {
    @Override
    public String toString() {
      return optimizer.toString();
    }
  }

  private static Steps steps(Optimizer optimizer, double[] gradients, double... parameters) {
    return new Steps(optimizer, gradients, parameters);
  }

  private static double[] gradients(double... gradients) {
    return gradients;
  }

  static List<Steps> steps() {
    return List.of(
        steps(Sgd.of(0.1), gradients(0.5, -2), 0.95, 1.15),
        // b = 0.5, 0.5 * 0.5 + 0.5, 0.5 * 0.75 - 2
        steps(Sgd.of(0.1).momentum(0.5), gradients(0.5, 0.5, -2), 0.95, 0.875, 1.0375),
        // the first gradient is not dampened: b = 0.5, 0.5 * 0.5 + 0.75 * 0.5
        steps(new Sgd(0.1, 0.5, 0.25), gradients(0.5, 0.5), 0.95, 0.8875),
        // without momentum there is nothing to dampen
        steps(new Sgd(0.1, 0, 0.25), gradients(0.5, 0.5), 0.95, 0.9),
        // v = 0.25 * 4, 0.75 + 0.25 * 13
        steps(new RmsProp(0.1, 0.75, 0), gradients(2, Math.sqrt(13)), 0.8, 0.8 - 0.1 * Math.sqrt(13) / 2),
        // epsilon stands outside the root: sqrt(1) + 1
        steps(new RmsProp(0.1, 0.75, 1), gradients(2), 0.9),
        // the corrections undo the shares: m = g, v = g^2
        steps(new Adam(0.1, 0.9, 0.999, 0), gradients(0.5), 0.9),
        steps(new Adam(0.1, 0.9, 0.999, 0), gradients(-1e-6), 1.1),
        // epsilon after the correction, outside the root: 0.5 / (0.5 + 0.5)
        steps(new Adam(0.1, 0.9, 0.999, 0.5), gradients(0.5), 0.95),
        // m = 0.5 * 0.5 - 0.5 * 2 over 3/4, v = 0.75 * 0.25 + 0.25 * 4 over 7/16
        steps(new Adam(0.1, 0.5, 0.75, 0), gradients(1, -2), 0.9, 0.9 + 0.1 / Math.sqrt(1.1875 / 0.4375)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void firstSteps(Steps test) {
    for (Kernels kernels : Backends.all()) {
      Run run = new Run(kernels, test.optimizer, 1);
      for (int t = 0; t < test.gradients.length; t++) {
        // a few roundings of numbers near 1
        assertEquals(test.parameters[t], run.step((float) test.gradients[t])[0], 8 * U, kernels.name() + ", step " + t);
      }
    }
  }

  /** One step of a rule in double, as its paper has it. */
  private interface Oracle {
    double step(double parameter, double gradient, double[] state, int step);
  }

  private record Trajectory(Optimizer optimizer, Oracle oracle, double tolerance) {
    @Override
    public String toString() {
      return optimizer.toString();
    }
  }

  private static final int STEPS = 1000;
  private static final double RATE = 0.01;

  /**
   * Each step rounds a parameter of some units: STEPS * U * 4. The scalars are rounded to float: the rate costs U of
   * the whole path (each step at most RATE * 10), a share beta of an average U / (1 - beta) of each step.
   */
  private static double tolerance(double share) {
    return STEPS * U * 4 + STEPS * RATE * 10 * (4 * U + U / (1 - share));
  }

  static List<Trajectory> trajectories() {
    return List.of(
        new Trajectory(Sgd.of(RATE), (p, g, s, t) -> p - RATE * g, tolerance(0)),
        new Trajectory(Sgd.of(RATE).momentum(0.9), (p, g, s, t) -> p - RATE * (s[0] = 0.9 * s[0] + g), tolerance(0.9)),
        new Trajectory(new Sgd(RATE, 0.9, 0.3),
            (p, g, s, t) -> p - RATE * (s[0] = t == 1 ? g : 0.9 * s[0] + 0.7 * g), tolerance(0.9)),
        new Trajectory(new RmsProp(RATE, 0.95, 1e-3), (p, g, s, t) -> {
          s[0] = 0.95 * s[0] + 0.05 * g * g;
          return p - RATE * g / (Math.sqrt(s[0]) + 1e-3);
        }, tolerance(0.95)),
        new Trajectory(new Adam(RATE, 0.9, 0.99, 1e-3), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.99 * s[1] + 0.01 * g * g;
          double m = s[0] / (1 - Math.pow(0.9, t)), v = s[1] / (1 - Math.pow(0.99, t));
          return p - RATE * m / (Math.sqrt(v) + 1e-3);
        }, tolerance(0.99)));
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void thousandSteps(Trajectory test) {
    int n = 37;
    Random random = new Random(3);
    float[] start = new float[n], gradient = new float[n];
    for (int i = 0; i < n; i++) {
      start[i] = 2 * random.nextFloat() - 1;
    }
    double[] expected = new double[n];
    Arrays.setAll(expected, i -> start[i]);
    double[][] state = new double[n][2];
    List<Run> runs = new ArrayList<>();
    Backends.all().forEach(kernels -> runs.add(new Run(kernels, test.optimizer, start.clone())));
    for (int t = 1; t <= STEPS; t++) {
      for (int i = 0; i < n; i++) {
        // of very different sizes, and with a mean
        gradient[i] = (float) Math.pow(10, i % 5 - 4) * (2 * random.nextFloat() - 0.9f);
        expected[i] = test.oracle.step(expected[i], gradient[i], state[i], t);
      }
      for (Run run : runs) {
        run.step(gradient);
      }
    }
    for (Run run : runs) {
      assertArrayEquals(runs.getFirst().parameter, run.parameter, run.kernels.name() + ": the same bits");
      for (int i = 0; i < n; i++) {
        assertEquals(expected[i], run.parameter[i], test.tolerance, run.kernels.name() + "[" + i + "], seed 3");
      }
    }
  }

  @Test
  void rangesAreKept() {
    float[] ones = new float[9];
    Arrays.fill(ones, 1);
    for (Trajectory test : trajectories()) {
      Run run = new Run(Backends.of(Backend.AUTO), test.optimizer, ones.clone());
      test.optimizer.update(run.kernels, MemorySegment.ofArray(run.parameter), MemorySegment.ofArray(ones), run.state,
          1,
          2, 7);
      for (int i = 0; i < 9; i++) {
        assertEquals(i >= 2 && i < 7, run.parameter[i] != 1, test.optimizer + " at " + i);
      }
    }
  }

  /** An option out of its range, and what the message must say. */
  private record Bad(Supplier<Optimizer> optimizer, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  static List<Bad> bad() {
    double nan = Double.NaN, infinity = Double.POSITIVE_INFINITY;
    return List.of(new Bad(() -> Sgd.of(nan), "learningRate is NaN"), new Bad(() -> Sgd.of(0), "learningRate is 0.0"),
        new Bad(() -> Sgd.of(-0.1), "learningRate is -0.1"),
        new Bad(() -> Adam.of(infinity), "learningRate is Infinity"),
        new Bad(() -> RmsProp.of(nan), "learningRate is NaN"), new Bad(() -> Sgd.of(1).momentum(1), "momentum is 1.0"),
        new Bad(() -> Sgd.of(1).momentum(-0.5), "momentum is -0.5"),
        new Bad(() -> Sgd.of(1).momentum(nan), "momentum is NaN"),
        new Bad(() -> new Sgd(1, 0.9, 1.5), "dampening is 1.5"), new Bad(() -> new RmsProp(1, 1, 0), "rho is 1.0"),
        new Bad(() -> new RmsProp(1, -1, 0), "rho is -1.0"), new Bad(() -> new RmsProp(1, 0.9, -1), "epsilon is -1.0"),
        new Bad(() -> new RmsProp(1, 0.9, nan), "epsilon is NaN"),
        new Bad(() -> new Adam(1, 1, 0.9, 0), "beta1 is 1.0"),
        new Bad(() -> new Adam(1, 0.9, nan, 0), "beta2 is NaN"), new Bad(() -> new Adam(1, 0.9, 2, 0), "beta2 is 2.0"),
        new Bad(() -> new Adam(1, 0.9, 0.9, -1e-8), "epsilon is -1.0E-8"),
        new Bad(() -> new Adam(1, 0.9, 0.9, infinity), "epsilon is Infinity"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badOptionsAreRefused(Bad test) {
    String message = String.valueOf(assertThrows(IllegalArgumentException.class, test.optimizer::get).getMessage());
    assertTrue(message.startsWith(test.message + ":"), message);
  }

  /** f = (x^2 + 50 y^2) / 2. Rules that divide by the gradient's size end in a circle of a rate's radius. */
  @Test
  void illConditionedQuadratic() {
    for (Optimizer optimizer : List.of(Sgd.of(0.02), Sgd.of(0.02).momentum(0.7), RmsProp.of(1e-3), Adam.of(1e-2))) {
      Run run = new Run(Backends.of(Backend.AUTO), optimizer, 1, -1);
      for (int t = 0; t < 5000; t++) {
        run.step(run.parameter[0], 50 * run.parameter[1]);
      }
      assertArrayEquals(new float[2], run.parameter, 2e-3f, optimizer.toString());
    }
  }

  /** f = (1 - x)^2 + 100 (y - x^2)^2, from its usual start: the minimum lies at (1, 1), along a bent valley. */
  @Test
  void rosenbrock() {
    for (Optimizer optimizer : List.of(Sgd.of(5e-4).momentum(0.9), Adam.of(1e-2))) {
      Run run = new Run(Backends.of(Backend.AUTO), optimizer, -1.2f, 1);
      for (int t = 0; t < 20_000; t++) {
        float x = run.parameter[0], y = run.parameter[1];
        run.step(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x));
      }
      assertArrayEquals(new float[]{1, 1}, run.parameter, 0.01f, optimizer.toString());
    }
  }

  @Test
  void describesItself() {
    assertEquals("{name=adam, learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-8}",
        Adam.of(1e-3).describe().toString());
    assertEquals("{name=rmsprop, learningRate=0.01, rho=0.99, epsilon=1.0E-8}", RmsProp.of(0.01).describe().toString());
    assertEquals("{name=sgd, learningRate=0.1, momentum=0.9, dampening=0.0}",
        Sgd.of(0.1).momentum(0.9).describe().toString());
  }
}
