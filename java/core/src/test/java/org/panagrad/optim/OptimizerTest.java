package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

class OptimizerTest {
  private static final double U = 0x1p-24;

  /** An update rule on arrays, with its state. */
  private static final class Run {
    private final Kernels kernels;
    private final Optimizer optimizer;
    private final float[] parameter;
    private final MemorySegment gradient;
    private final Updater updater;

    Run(Kernels kernels, Optimizer optimizer, float... start) {
      this.kernels = kernels;
      this.optimizer = optimizer;
      parameter = start;
      gradient = MemorySegment.ofArray(new float[start.length]);
      updater = new Updater(Compute.of(kernels, Product.Choice.BUILTIN, 1), optimizer).add("x",
          MemorySegment.ofArray(parameter), gradient);
    }

    float[] step(float... slopes) {
      gradient.copyFrom(MemorySegment.ofArray(slopes));
      updater.step();
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
        steps(Sgd.momentum(0.1, 0.5), gradients(0.5, 0.5, -2), 0.95, 0.875, 1.0375),
        // the first gradient is not dampened: b = 0.5, 0.5 * 0.5 + 0.75 * 0.5
        steps(Optimizer.of(0.1, new Sgd(0.5, 0.25, false, false)), gradients(0.5, 0.5), 0.95, 0.8875),
        // without momentum there is nothing to dampen
        steps(Optimizer.of(0.1, new Sgd(0, 0.25, false, false)), gradients(0.5, 0.5), 0.95, 0.9),
        // v = 0.25 * 4, 0.75 + 0.25 * 13
        steps(Optimizer.of(0.1, new RmsProp(0.75, 0, 0, false, false)), gradients(2, Math.sqrt(13)), 0.8,
            0.8 - 0.1 * Math.sqrt(13) / 2),
        // epsilon stands outside the root: sqrt(1) + 1
        steps(Optimizer.of(0.1, new RmsProp(0.75, 1, 0, false, false)), gradients(2), 0.9),
        // the corrections undo the shares: m = g, v = g^2
        steps(Optimizer.of(0.1, new Adam(0.9, 0.999, 0, false, false)), gradients(0.5), 0.9),
        steps(Optimizer.of(0.1, new Adam(0.9, 0.999, 0, false, false)), gradients(-1e-6), 1.1),
        // epsilon after the correction, outside the root: 0.5 / (0.5 + 0.5)
        steps(Optimizer.of(0.1, new Adam(0.9, 0.999, 0.5, false, false)), gradients(0.5), 0.95),
        // m = 0.5 * 0.5 - 0.5 * 2 over 3/4, v = 0.75 * 0.25 + 0.25 * 4 over 7/16
        steps(Optimizer.of(0.1, new Adam(0.5, 0.75, 0, false, false)), gradients(1, -2), 0.9,
            0.9 + 0.1 / Math.sqrt(1.1875 / 0.4375)),
        // b = 0.5, -1.75; g + b / 2 = 0.75, -2.875
        steps(Sgd.nesterov(0.1, 0.5), gradients(0.5, -2), 0.925, 1.2125),
        // v = -0.05, -0.075
        steps(Sgd.keras(0.1, 0.5, false), gradients(0.5, 0.5), 0.95, 0.875),
        // v / 2 - 0.1 g = -0.075, -0.0875
        steps(Sgd.keras(0.1, 0.5, true), gradients(0.5, 0.5), 0.925, 0.8375),
        // s = 9, 25; with rateDecay 1 the second rate is a half; from 16 on s = 25
        steps(Optimizer.of(0.1, new AdaGrad(0, 0, 0, false)), gradients(3, 4), 0.9, 0.82),
        steps(Optimizer.of(0.1, new AdaGrad(1, 0, 0, false)), gradients(3, 4), 0.9, 0.86),
        steps(Optimizer.of(0.1, new AdaGrad(0, 16, 0, false)), gradients(3), 0.94),
        // 3 + 1, and in Keras's form sqrt(9 + 7)
        steps(Optimizer.of(0.1, new AdaGrad(0, 0, 1, false)), gradients(3), 0.925),
        steps(Optimizer.of(0.1, new AdaGrad(0, 0, 7, true)), gradients(3), 0.925),
        // v = 8, 8; u = 0, 8 / 9: d = 4 / 3, sqrt(17 / 9) / 3 sqrt(8)
        steps(Optimizer.of(0.3, new Adadelta(0.5, 1)), gradients(4, Math.sqrt(8)), 0.6, 0.6 - 0.3 * Math.sqrt(136) / 9),
        // Keras's sqrt(1 + 3)
        steps(Optimizer.of(0.1, new RmsProp(0.75, 3, 0, false, true)), gradients(2), 0.9),
        // v = 1, 4; b = 2, 1 + sqrt(13) / 2
        steps(Optimizer.of(0.1, new RmsProp(0.75, 0, 0.5, false, false)), gradients(2, Math.sqrt(13)), 0.8,
            0.7 - 0.1 * Math.sqrt(13) / 2),
        // v = 4, m = 1
        steps(Optimizer.of(0.1, new RmsProp(0.75, 0, 0, true, false)), gradients(4), 1 - 0.4 / Math.sqrt(3)),
        // v = 1, 0.75, of which 1 stays the greatest: m' = 2, 0.5 / 0.75; v' = 4, 16 / 7
        steps(Optimizer.of(0.1, new Adam(0.5, 0.75, 0, true, false)), gradients(2, 0), 0.9, 0.9 - Math.sqrt(7) / 60),
        // Keras's epsilon beside the uncorrected root: 0.5 / 0.5 of a rate times 1 / (1 + 1)
        steps(Optimizer.of(0.1, new Adam(0.5, 0.75, 1, false, true)), gradients(2), 0.95),
        // decays by 0.1 * 0.5 first
        steps(Optimizer.of(0.1, new Adam(0.9, 0.999, 0, false, false)).decoupledWeightDecay(0.5), gradients(2), 0.85),
        // m' = 2, 4 / 3; u = 2, 1.5, with epsilon inside 4, 3, outside 2 + 2, 1.5 + 2
        steps(Optimizer.of(0.1, new Adamax(0.5, 0.75, 0, false)), gradients(2, 1), 0.9, 0.9 - 0.4 / 4.5),
        steps(Optimizer.of(0.1, new Adamax(0.5, 0.75, 2, false)), gradients(2, 1), 0.95, 0.95 - 0.4 / 9),
        steps(Optimizer.of(0.1, new Adamax(0.5, 0.75, 2, true)), gradients(2, 1), 0.95, 0.95 - 0.4 / 10.5),
        // u(t) = 1/4: (g + 4/15 m) / 2, and then 16/63 m alone over sqrt(12 / 7); m = 1, 0.5
        steps(Optimizer.of(0.1, new NAdam(0.5, 0.75, 0, 0)), gradients(2, 0), 1 - 0.1 * 17 / 15,
            1 - 0.1 * 17 / 15 - 0.1 * 8 / 63 / Math.sqrt(12.0 / 7)),
        // the signs of 1, 0.25 - 0.5 and 0.0625 + 0.125; m = 0.5, 0.125
        steps(Optimizer.of(0.1, new Lion(0.5, 0.75)), gradients(2, -1, 0.25), 0.9, 1, 0.9),
        // of one element, a tenth of itself, whatever the direction's length
        steps(Optimizer.of(0.1, new Lamb(0.9, 0.999, 0, 0.5)), gradients(0.5, 0.5), 0.9, 0.81),
        // n = 9, 25, 169; z = 3 - 6, -3 + 4 - 4 * 0.25, 12; 0.5 of z counts nothing
        steps(Optimizer.of(0.5, new Ftrl(1, 0.5, 2)), gradients(3, 4, 12), 0.25, 0, -11.5 / 30));
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
  interface Oracle {
    double step(double parameter, double gradient, double[] state, int step);
  }

  record Trajectory(Optimizer optimizer, Oracle oracle, double tolerance) {
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
        new Trajectory(Sgd.momentum(RATE, 0.9), (p, g, s, t) -> p - RATE * (s[0] = 0.9 * s[0] + g), tolerance(0.9)),
        new Trajectory(Optimizer.of(RATE, new Sgd(0.9, 0.3, false, false)),
            (p, g, s, t) -> p - RATE * (s[0] = t == 1 ? g : 0.9 * s[0] + 0.7 * g), tolerance(0.9)),
        new Trajectory(Optimizer.of(RATE, new RmsProp(0.95, 1e-3, 0, false, false)), (p, g, s, t) -> {
          s[0] = 0.95 * s[0] + 0.05 * g * g;
          return p - RATE * g / (Math.sqrt(s[0]) + 1e-3);
        }, tolerance(0.95)),
        adam(Optimizer.of(RATE, new Adam(0.9, 0.99, 1e-3, false, false)), (p, g) -> g, p -> p),
        // what comes before the rule: each in its place
        adam(Optimizer.of(RATE, ADAM).weightDecay(0.1), (p, g) -> g + 0.1 * p, p -> p),
        adam(Optimizer.of(RATE, ADAM).l1(0.01), (p, g) -> g + 0.01 * Math.signum(p), p -> p),
        adam(Optimizer.of(RATE, ADAM).decoupledWeightDecay(0.1), (p, g) -> g, p -> p * (1 - RATE * 0.1)),
        adam(Optimizer.of(RATE, ADAM).clipValue(0.05), (p, g) -> Math.clamp(g, -0.05, 0.05), p -> p),
        adam(Optimizer.of(RATE, ADAM).maximizing().weightDecay(0.1), (p, g) -> -g + 0.1 * p, p -> p),
        new Trajectory(Sgd.nesterov(RATE, 0.9), (p, g, s, t) -> p - RATE * (g + 0.9 * (s[0] = 0.9 * s[0] + g)),
            tolerance(0.9)),
        // Keras: v = momentum v - rate g; p += momentum v - rate g
        new Trajectory(Sgd.keras(RATE, 0.9, true),
            (p, g, s, t) -> p + 0.9 * (s[0] = 0.9 * s[0] - RATE * g) - RATE * g, tolerance(0.9)),
        new Trajectory(Optimizer.of(RATE, new AdaGrad(0.01, 0.1, 1e-3, false)), (p, g, s, t) -> {
          s[0] = (t == 1 ? (float) 0.1 : s[0]) + g * g;
          return p - RATE / (1 + (t - 1) * 0.01) * g / (Math.sqrt(s[0]) + 1e-3);
        }, tolerance(0)),
        new Trajectory(AdaGrad.keras(RATE), (p, g, s, t) -> {
          s[0] = (t == 1 ? (float) 0.1 : s[0]) + g * g;
          return p - RATE * g / Math.sqrt(s[0] + 1e-7);
        }, tolerance(0)),
        new Trajectory(Optimizer.of(1, new Adadelta(0.9, 1e-3)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g * g;
          double change = Math.sqrt(s[1] + 1e-3) / Math.sqrt(s[0] + 1e-3) * g;
          s[1] = 0.9 * s[1] + 0.1 * change * change;
          return p - change;
        }, 100 * tolerance(0.9)), // a rate of 1, a hundred times the others'
        new Trajectory(RmsProp.keras(RATE), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g * g;
          return p - RATE * g / Math.sqrt(s[0] + 1e-7);
        }, tolerance(0.9)),
        new Trajectory(Optimizer.of(RATE, new RmsProp(0.95, 1e-2, 0.5, false, false)), (p, g, s, t) -> {
          s[0] = 0.95 * s[0] + 0.05 * g * g;
          s[1] = 0.5 * s[1] + g / (Math.sqrt(s[0]) + 1e-2);
          return p - RATE * s[1];
        }, tolerance(0.95)),
        new Trajectory(Optimizer.of(RATE, new RmsProp(0.95, 0.1, 0.5, true, true)), (p, g, s, t) -> {
          s[0] = 0.95 * s[0] + 0.05 * g * g;
          s[2] = 0.95 * s[2] + 0.05 * g;
          s[1] = 0.5 * s[1] + RATE * g / Math.sqrt(s[0] - s[2] * s[2] + 0.1);
          return p - s[1];
        }, tolerance(0.95)),
        new Trajectory(Optimizer.of(RATE, new RmsProp(0.95, 0.1, 0, true, false)), (p, g, s, t) -> {
          s[0] = 0.95 * s[0] + 0.05 * g * g;
          s[2] = 0.95 * s[2] + 0.05 * g;
          return p - RATE * g / (Math.sqrt(s[0] - s[2] * s[2]) + 0.1);
        }, tolerance(0.95)),
        new Trajectory(Optimizer.of(RATE, new Adam(0.9, 0.99, 1e-3, true, false)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.99 * s[1] + 0.01 * g * g;
          s[2] = Math.max(s[2], s[1]);
          double m = s[0] / (1 - Math.pow(0.9, t)), v = s[2] / (1 - Math.pow(0.99, t));
          return p - RATE * m / (Math.sqrt(v) + 1e-3);
        }, tolerance(0.99)),
        new Trajectory(Optimizer.of(RATE, new Adam(0.9, 0.99, 1e-3, false, true)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.99 * s[1] + 0.01 * g * g;
          double rate = RATE * Math.sqrt(1 - Math.pow(0.99, t)) / (1 - Math.pow(0.9, t));
          return p - rate * s[0] / (Math.sqrt(s[1]) + 1e-3);
        }, tolerance(0.99)),
        new Trajectory(Optimizer.of(RATE, new Adamax(0.9, 0.99, 1e-3, false)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = Math.max(0.99 * s[1], Math.abs(g) + 1e-3);
          return p - RATE / (1 - Math.pow(0.9, t)) * s[0] / s[1];
        }, tolerance(0.99)),
        new Trajectory(Optimizer.of(RATE, new Adamax(0.9, 0.99, 1e-3, true)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = Math.max(0.99 * s[1], Math.abs(g));
          return p - RATE / (1 - Math.pow(0.9, t)) * s[0] / (s[1] + 1e-3);
        }, tolerance(0.99)),
        new Trajectory(Optimizer.of(RATE, new NAdam(0.9, 0.99, 1e-3, 4e-3)), (p, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.99 * s[1] + 0.01 * g * g;
          double now = 0.9 * (1 - 0.5 * Math.pow(0.96, t * 4e-3)),
              next = 0.9 * (1 - 0.5 * Math.pow(0.96, (t + 1) * 4e-3));
          s[2] = (t == 1 ? 1 : s[2]) * now;
          double root = Math.sqrt(s[1] / (1 - Math.pow(0.99, t))) + 1e-3;
          return p - RATE * (1 - now) / (1 - s[2]) * g / root - RATE * next / (1 - s[2] * next) * s[0] / root;
        }, tolerance(0.99)),
        new Trajectory(Lion.of(RATE), (p, g, s, t) -> {
          double direction = Math.signum(0.9 * s[0] + 0.1 * g);
          s[0] = 0.99 * s[0] + 0.01 * g;
          return p - RATE * direction;
        }, tolerance(0)),
        new Trajectory(Ftrl.of(RATE, 0.01, 0.1), (p, g, s, t) -> {
          s[0] += g - (Math.sqrt(s[1] + g * g) - Math.sqrt(s[1])) / RATE * p;
          s[1] += g * g;
          return Math.abs(s[0]) <= 0.01
              ? 0
              : (Math.signum(s[0]) * 0.01 - s[0]) / ((1 + Math.sqrt(s[1])) / RATE + 0.1);
        }, 10 * tolerance(0))); // z is a sum of a thousand terms, each some times as great as p / RATE
  }

  private static final Adam ADAM = new Adam(0.9, 0.99, 1e-3, false, false);

  private static Trajectory adam(Optimizer optimizer, DoubleBinaryOperator followed, DoubleUnaryOperator decayed) {
    return new Trajectory(optimizer, (p, gradient, s, t) -> {
      double g = followed.applyAsDouble(p, gradient);
      s[0] = 0.9 * s[0] + 0.1 * g;
      s[1] = 0.99 * s[1] + 0.01 * g * g;
      double m = s[0] / (1 - Math.pow(0.9, t)), v = s[1] / (1 - Math.pow(0.99, t));
      return decayed.applyAsDouble(p) - RATE * m / (Math.sqrt(v) + 1e-3);
    }, tolerance(0.99));
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
    double[][] state = new double[n][3];
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
        new Bad(() -> RmsProp.of(nan), "learningRate is NaN"), new Bad(() -> Sgd.momentum(1, 1), "momentum is 1.0"),
        new Bad(() -> Sgd.momentum(1, -0.5), "momentum is -0.5"),
        new Bad(() -> Sgd.momentum(1, nan), "momentum is NaN"),
        new Bad(() -> Sgd.nesterov(1, 0), "nesterov is true with momentum 0.0 and dampening 0.0"),
        new Bad(() -> Optimizer.of(1, new Sgd(0.9, 0.1, true, false)),
            "nesterov is true with momentum 0.9 and dampening 0.1"),
        new Bad(() -> Optimizer.of(1, new Sgd(0.9, 1.5, false, false)), "dampening is 1.5"),
        new Bad(() -> Optimizer.of(1, new RmsProp(1, 0, 0, false, false)), "rho is 1.0"),
        new Bad(() -> Optimizer.of(1, new RmsProp(-1, 0, 0, false, false)), "rho is -1.0"),
        new Bad(() -> Optimizer.of(1, new RmsProp(0.9, -1, 0, false, false)), "epsilon is -1.0"),
        new Bad(() -> Optimizer.of(1, new RmsProp(0.9, nan, 0, false, false)), "epsilon is NaN"),
        new Bad(() -> Optimizer.of(1, new RmsProp(0.9, 0, 1, false, false)), "momentum is 1.0"),
        new Bad(() -> Optimizer.of(1, new Adam(1, 0.9, 0, false, false)), "beta1 is 1.0"),
        new Bad(() -> Optimizer.of(1, new Adam(0.9, nan, 0, false, false)), "beta2 is NaN"),
        new Bad(() -> Optimizer.of(1, new Adam(0.9, 2, 0, false, false)), "beta2 is 2.0"),
        new Bad(() -> Optimizer.of(1, new Adam(0.9, 0.9, -1e-8, false, false)), "epsilon is -1.0E-8"),
        new Bad(() -> Optimizer.of(1, new Adam(0.9, 0.9, infinity, false, false)), "epsilon is Infinity"),
        new Bad(() -> Optimizer.of(1, new Adamax(0.9, 1, 0, false)), "beta2 is 1.0"),
        new Bad(() -> Optimizer.of(1, new NAdam(0.9, 0.9, 0, -1)), "momentumDecay is -1.0"),
        new Bad(() -> Optimizer.of(1, new Lion(0.9, 1)), "beta2 is 1.0"),
        new Bad(() -> Optimizer.of(1, new Lamb(0.9, 0.9, 0, -1)), "decay is -1.0"),
        new Bad(() -> Optimizer.of(1, new AdaGrad(-1, 0, 0, false)), "rateDecay is -1.0"),
        new Bad(() -> Optimizer.of(1, new Adadelta(0.9, 0)), "epsilon is 0.0"),
        new Bad(() -> Ftrl.of(1, -1, 0), "lambda1 is -1.0"), new Bad(() -> Adafactor.of(0), "learningRate is 0.0"),
        new Bad(() -> Optimizer.of(1, new Adafactor(0.1, 0, 0, 1)), "beta2Decay is 0.1"),
        new Bad(() -> Optimizer.of(1, new Adafactor(-infinity, 0, 0, 1)), "beta2Decay is -Infinity"),
        new Bad(() -> Optimizer.of(1, new Adafactor(nan, 0, 0, 1)), "beta2Decay is NaN"),
        new Bad(() -> Optimizer.of(1, new Adafactor(-1, -1, 0, 1)), "epsilon1 is -1.0"),
        new Bad(() -> Optimizer.of(1, new Adafactor(-1, 0, nan, 1)), "epsilon2 is NaN"),
        new Bad(() -> Optimizer.of(1, new Adafactor(-1, 0, 0, 0.9)), "threshold is 0.9"),
        new Bad(() -> Optimizer.of(1, new Adafactor(-1, 0, 0, infinity)), "threshold is Infinity"),
        new Bad(() -> Sgd.of(1).weightDecay(-1), "weightDecay is -1.0"),
        new Bad(() -> Sgd.of(1).decoupledWeightDecay(nan), "decoupledWeightDecay is NaN"),
        new Bad(() -> Sgd.of(1).l1(-1), "l1 is -1.0"), new Bad(() -> Sgd.of(1).clipNorm(0), "clipNorm is 0.0"),
        new Bad(() -> Sgd.of(1).clipValue(nan), "clipValue is NaN"),
        new Bad(() -> Sgd.of(1).averageWeights(1), "averageDecay is 1.0"),
        new Bad(() -> Sgd.of(1).group("*", bias -> bias.clipNorm(1)),
            "group * changes clipNorm, skipNonFinite or groups"));
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
    for (Optimizer optimizer : List.of(Sgd.of(0.02), Sgd.momentum(0.02, 0.7), Sgd.nesterov(0.02, 0.7),
        RmsProp.of(1e-3), Adam.of(1e-2), Adam.amsgrad(1e-2), NAdam.of(1e-2), Adamax.of(1e-2), AdaGrad.of(0.1))) {
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
    for (Optimizer optimizer : List.of(Sgd.momentum(5e-4, 0.9), Adam.of(1e-2))) {
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
    assertEquals("{name=adam, beta1=0.9, beta2=0.999, epsilon=1.0E-8, amsgrad=false, epsilonHat=false, "
        + "learningRate={name=constant, rate=0.001}}", Adam.of(1e-3).describe().toString());
    assertEquals("{name=sgd, momentum=0.9, dampening=0.0, nesterov=false, rateInside=false, "
        + "learningRate={name=constant, rate=0.1}, weightDecay=0.01, maximize=true}",
        Sgd.momentum(0.1, 0.9).weightDecay(0.01).maximizing().describe().toString());
  }

  @Test
  void isReadBackFromItsDescription() throws DataException {
    List<Optimizer> optimizers = new ArrayList<>(trajectories().stream().map(Trajectory::optimizer).toList());
    optimizers.add(Lamb.of(0.1).learningRate(Schedule.warmUp(10, Schedule.cosine(0.1, 0, 100))));
    optimizers.add(Adafactor.of(0.01).decoupledWeightDecay(0.1));
    optimizers.add(Adam.adamW(1e-3).group("*.bias", bias -> bias.decoupledWeightDecay(0).learningRate(0.1))
        .averageWeights(0.99).clipNorm(1).skippingNonFinite());
    for (Optimizer optimizer : optimizers) {
      Object written = Json.parse(Json.write(optimizer.describe()));
      assertEquals(optimizer, Optimizer.described((Map<?, ?>) written));
    }
    Map<String, Object> wrong = new LinkedHashMap<>(Adam.of(1).describe());
    wrong.put("betas", 1);
    assertDescription("optimizer adam has no option betas", wrong);
    wrong.remove("betas");
    wrong.put("beta1", "high");
    assertDescription("beta1 of optimizer adam is high: no number", wrong);
    wrong.put("beta1", 2);
    assertDescription("beta1 is 2.0: it must be", wrong);
    wrong.remove("beta1");
    assertDescription("beta1 of optimizer adam is null: it is missing", wrong);
    assertDescription("there is no optimizer null", Map.of());
  }

  private static void assertDescription(String message, Map<String, Object> description) {
    String said = String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> Optimizer.described(description)).getMessage());
    assertTrue(said.startsWith(message), said);
  }
}
