package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.io.Json;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

/**
 * Parameters and states are those of PyTorch, which bench/ computed in double from the same {@link GoldenInputs};
 * options that a case does not give are the defaults of both.
 *
 * <p>The tolerance of the parameters after t steps is that of {@link OptimizerTest}: each step rounds a parameter of
 * some units, t 4 U, and goes at most RATE 10 far, of which 4 U are lost to the rule's roundings and U / (1 - share) to
 * the share of an average, which is rounded to float. In a state an error lives on for as many steps as the state looks
 * back, 1 / (1 - share) or all, and each step adds some U of the state's size, and of the coupled decay's part, which
 * the gradient may cancel.
 */
class GoldenOptimizerTest {
  private static final double U = 0x1p-24;
  private static final int STEPS = 1000;

  /** A case of the file: bench/README.md describes it. */
  private record Golden(String optimizer, Map<String, Object> options, Map<Integer, double[]> parameters,
      Map<String, double[]> states, double gradientNorm) {

    static Golden of(Map<?, ?> json) {
      Map<String, Object> options = new LinkedHashMap<>();
      ((Map<?, ?>) json.get("options")).forEach((name, value) -> options.put((String) name, value));
      Map<Integer, double[]> parameters = new LinkedHashMap<>();
      ((Map<?, ?>) json.get("parameters"))
          .forEach((step, x) -> parameters.put(Integer.valueOf((String) step), array(x)));
      Map<String, double[]> states = new LinkedHashMap<>();
      ((Map<?, ?>) json.get("states")).forEach((name, x) -> states.put((String) name, array(x)));
      return new Golden((String) json.get("optimizer"), options, parameters, states,
          json.get("gradientNorm") instanceof Number norm ? norm.doubleValue() : Double.NaN);
    }

    private static double[] array(Object json) {
      return ((List<?>) json).stream().mapToDouble(x -> ((Number) x).doubleValue()).toArray();
    }

    double number(String option, double absent) {
      return options.containsKey(option) ? ((Number) options.get(option)).doubleValue() : absent;
    }

    boolean flag(String option) {
      return Boolean.TRUE.equals(options.get(option));
    }

    @Override
    public String toString() {
      return optimizer + options;
    }
  }

  static Stream<Golden> cases() throws IOException {
    try (InputStream in = GoldenOptimizerTest.class.getResourceAsStream("/golden/optimizers.json")) {
      Map<?, ?> file = (Map<?, ?>) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return ((List<?>) file.get("cases")).stream().map(one -> Golden.of((Map<?, ?>) one));
    }
  }

  private static Optimizer optimizer(Golden c) {
    double rate = c.number("lr", 0);
    Optimizer ours = switch (c.optimizer) {
      case "sgd" -> Optimizer.of(rate,
          new Sgd(c.number("momentum", 0), c.number("dampening", 0), c.flag("nesterov"), false));
      case "adagrad" -> {
        AdaGrad r = (AdaGrad) AdaGrad.of(rate).rule();
        yield Optimizer.of(rate, new AdaGrad(c.number("lr_decay", r.rateDecay()),
            c.number("initial_accumulator_value", r.initial()), c.number("eps", r.epsilon()), r.epsilonInside()));
      }
      case "rmsprop" -> {
        RmsProp r = (RmsProp) RmsProp.of(rate).rule();
        yield Optimizer.of(rate, new RmsProp(c.number("alpha", r.rho()), c.number("eps", r.epsilon()),
            c.number("momentum", r.momentum()), c.flag("centered"), r.kerasForm()));
      }
      case "adam", "adamw" -> {
        Adam r = (Adam) Adam.of(rate).rule();
        yield Optimizer.of(rate, new Adam(c.number("beta1", r.beta1()), c.number("beta2", r.beta2()),
            c.number("eps", r.epsilon()), c.flag("amsgrad"), r.epsilonHat()));
      }
      default -> throw new IllegalArgumentException(c.optimizer);
    };
    ours = c.optimizer.equals("adamw")
        ? ours.decoupledWeightDecay(c.number("weight_decay", Adam.adamW(rate).decoupledWeightDecay()))
        : ours.weightDecay(c.number("weight_decay", 0));
    ours = c.flag("maximize") ? ours.maximizing() : ours;
    return ours.clipNorm(c.number("clip_grad_norm", Double.POSITIVE_INFINITY))
        .clipValue(c.number("clip_grad_value", Double.POSITIVE_INFINITY));
  }

  /** The share that looks back farthest. */
  private static double share(Rule rule) {
    return switch (rule) {
      case Sgd sgd -> sgd.momentum();
      case RmsProp rmsProp -> Math.max(rmsProp.rho(), rmsProp.momentum());
      case Adam adam -> Math.max(adam.beta1(), adam.beta2());
      default -> 0;
    };
  }

  private static double tolerance(Optimizer optimizer, int step) {
    double rate = optimizer.learningRate().rate(1);
    return step * U * 4 + step * rate * 10 * (4 * U + U / (1 - share(optimizer.rule())));
  }

  /** Of an element of a state. */
  private static double tolerance(Optimizer optimizer, double[] state, double[] parameter, int i) {
    double lives = optimizer.rule() instanceof AdaGrad ? STEPS : 1 / (1 - share(optimizer.rule()));
    return lives * 4 * U * (greatest(state, i) + optimizer.weightDecay() * greatest(parameter, i));
  }

  /** Of the elements whose gradients are as great. */
  private static double greatest(double[] x, int i) {
    double greatest = 0;
    for (int k = i % 5; k < x.length; k += 5) {
      greatest = Math.max(greatest, Math.abs(x[k]));
    }
    return greatest;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void thousandSteps(Golden c) {
    Optimizer optimizer = optimizer(c);
    List<float[]> ends = new ArrayList<>();
    for (Kernels kernels : Backends.all()) {
      float[] parameter = GoldenInputs.start();
      MemorySegment gradient = MemorySegment.ofArray(new float[parameter.length]);
      try (Updater updater = new Updater(Compute.of(kernels, Product.Choice.BUILTIN, 1), optimizer).add("x",
          MemorySegment.ofArray(parameter), gradient)) {
        for (int step = 1; step <= STEPS; step++) {
          gradient.copyFrom(MemorySegment.ofArray(GoldenInputs.gradient(step)));
          updater.step();
          if (c.parameters.containsKey(step)) {
            assertClose(c.parameters.get(step), parameter, tolerance(optimizer, step),
                kernels.name() + ", step " + step);
          }
        }
        assertStates(c, updater, kernels.name());
      }
      ends.add(parameter);
      assertArrayEquals(ends.getFirst(), parameter, kernels.name() + ": the same bits");
    }
  }

  private static void assertStates(Golden c, Updater updater, String where) {
    assertEquals(c.states.keySet(), Set.copyOf(updater.stateNames("x")), where);
    c.states.forEach((name, expected) -> {
      float[] state = updater.state("x", name).toArray(JAVA_FLOAT);
      for (int i = 0; i < expected.length; i++) {
        double tolerance = tolerance(updater.optimizer(), expected, c.parameters.get(STEPS), i);
        assertEquals(expected[i], state[i], tolerance, where + " " + name + " " + i);
      }
    });
    if (!Double.isNaN(c.gradientNorm)) {
      assertEquals(c.gradientNorm, updater.gradientNorm(), c.gradientNorm * 8 * U, where + " norm");
    }
  }

  private static void assertClose(double[] expected, float[] got, double tolerance, String where) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], got[i], tolerance, where + "[" + i + "]");
    }
  }
}
