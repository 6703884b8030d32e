package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.normal;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Updater;

/** The adaptive loss is a likelihood: what it learns from samples is what they were drawn from. */
class AdaptiveRobustTest {
  /** Alpha and c after so many steps of Adam. */
  private static double[] fit(CustomLoss loss, float[] samples, int steps) {
    float[] zeros = new float[samples.length], gradient = new float[samples.length];
    try (Compute compute = Compute.of(Backend.AUTO); Updater updater = new Updater(compute, Adam.of(0.2))) {
      LossCall call = LossCall.on(compute).of(zeros, samples, gradient, samples.length, 1);
      for (LossParameter parameter : loss.parameters()) {
        float[] values = parameter.initial(), slopes = new float[1];
        updater.add(parameter.name(), values, slopes);
        call.bind(parameter, MemorySegment.ofArray(values), MemorySegment.ofArray(slopes));
      }
      for (int step = 0; step < steps; step++) {
        call.evaluate(loss);
        updater.step();
      }
      double shape = call.parameter(loss.parameters().getFirst()).getAtIndex(JAVA_FLOAT, 0);
      double scale = call.parameter(loss.parameters().getLast()).getAtIndex(JAVA_FLOAT, 0);
      return new double[]{AdaptiveRobust.alpha(shape), AdaptiveRobust.scale(scale)};
    }
  }

  /** At alpha = 2 c is the standard deviation. */
  @Test
  void normalSamples() {
    float[] samples = normal(7, 2_000, 3);
    double squares = 0;
    for (float x : samples) {
      squares += x * x;
    }
    double deviation = Math.sqrt(squares / samples.length);
    double[] fitted = fit(Losses.adaptiveRobust(), samples, 2_000);
    assertTrue(fitted[0] > 1.98, "alpha " + fitted[0]);
    assertEquals(deviation, fitted[1], 0.02 * deviation, "c");
  }

  /** At alpha = 0 c is the half width at half height over the root of 2. */
  @Test
  void cauchySamples() {
    double[] fitted = fit(Losses.adaptiveRobust(), cauchy(0.5), 1_000);
    assertTrue(fitted[0] < 0.1, "alpha " + fitted[0]);
    assertEquals(0.5 / Math.sqrt(2), fitted[1], 0.02, "c");
  }

  private static float[] cauchy(double width) {
    float[] x = new float[2_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (width * Math.tan(Math.PI * ((i + 0.5) / x.length - 0.5)));
    }
    return x;
  }

  /** Whatever the samples: every error counts less the smaller alpha is, and the greater c. */
  @Test
  void withoutTheNormaliser() {
    LossParameter shape = LossParameter.of("shape", 0), scale = LossParameter.of("scale", 0.5);
    CustomLoss shapeAlone = Losses.custom(List.of(shape),
        (y, t, p) -> AdaptiveRobust.rho(y.minus(t), p.get(shape)));
    float[] samples = normal(7, 500, 3);
    assertTrue(fit(shapeAlone, samples, 200)[0] < 0.01, "alpha goes to its least");

    CustomLoss both = Losses.custom(List.of(shape, scale),
        (y, t, p) -> AdaptiveRobust.rho(y.minus(t).dividedBy(p.get(scale).softplus()), p.get(shape)));
    double some = fit(both, samples, 300)[1], more = fit(both, samples, 1_200)[1];
    assertTrue(some > 8 && more > 1.5 * some, "c " + some + ", then " + more);
  }

  /** By a rule of its own: steps of the logarithm of u. */
  private static double direct(double alpha) {
    double sum = 0, step = 1.0 / 64;
    for (int k = -40 * 64; k <= 40 * 64; k++) {
      double u = Math.exp(k * step);
      sum += u * Math.exp(-RobustNormaliser.rho(u, alpha));
    }
    return Math.log(2 * step * sum);
  }

  /** Cubic pieces of 1/32 are off by h^4 / 384 times the fourth derivative, which is below 1. */
  @Test
  void normaliser() {
    double bound = Math.pow(1.0 / 32, 4) / 384;
    for (double shape = -18; shape < 18; shape += 0.0937) {
      double h = 1e-4, alpha = AdaptiveRobust.alpha(Math.min(Math.max(shape, -16), 16));
      assertEquals(direct(alpha), RobustNormaliser.value(shape), bound + 1e-11, "shape " + shape);
      assertEquals((RobustNormaliser.value(shape + h) - RobustNormaliser.value(shape - h)) / (2 * h),
          RobustNormaliser.slope(shape), 1e-5, "slope at " + shape);
      double slope = (direct(AdaptiveRobust.alpha(shape + h)) - direct(AdaptiveRobust.alpha(shape - h))) / (2 * h);
      assertEquals(slope, RobustNormaliser.slope(shape), 1e-6, "slope at " + shape);
    }
    // Charbonnier's: 2 e K1(1), K1 being Bessel's
    assertEquals(Math.log(2 * Math.E * 0.60190723019723457), RobustNormaliser.value(0), 1e-12);
    assertEquals(Math.log(Math.sqrt(2 * Math.PI)), Math.log(RobustNormaliser.quadrature(2 - 1e-12)), 1e-10);
    assertEquals(Math.log(Math.PI * Math.sqrt(2)), Math.log(RobustNormaliser.quadrature(1e-9)), 1e-7);
    assertTrue(Double.isNaN(RobustNormaliser.value(Double.NaN)));
  }
}
