package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.BacktrackingLineSearch;
import org.panagrad.optim.Lbfgs;
import org.panagrad.optim.Sgd;

class FullBatchTest {
  private static final long SEED = 7;
  private static final int SAMPLES = 203, FEATURES = 5, CLASSES = 3;

  private final Networks.Samples data = Networks.random(SAMPLES, FEATURES, CLASSES, SEED);

  private static Model model(Compute compute) {
    return Sequential.of(Input.features(FEATURES), Dense.of(CLASSES)).seed(SEED).on(compute).compile(Sgd.of(0.1),
        Losses.softmaxCrossEntropy());
  }

  @Test
  void valueAndGradientOfAllSamples() {
    try (Compute compute = Compute.of(Backend.AUTO); Model model = model(compute)) {
      FullBatch objective = new FullBatch(model, data, 64), other = new FullBatch(model, data, 7);
      double[] x = objective.point(), gradient = new double[x.length], again = new double[x.length];
      double value = objective.evaluate(x, gradient);
      assertEquals(model.evaluate(data, 50).loss(), value, 1e-6);
      // each loss and slope is some units with a few roundings, however the samples are batched
      assertEquals(value, other.evaluate(x, again), 1e-6);
      assertArrayEquals(gradient, again, 1e-6);
      for (int i = 0; i < x.length; i++) {
        double h = 0x1p-7;
        double[] up = x.clone(), down = x.clone();
        up[i] += h;
        down[i] -= h;
        double slope = (objective.evaluate(up, null) - objective.evaluate(down, null)) / (2 * h);
        // h^2 / 6 times a third derivative below 1, and values of 1e-7 over 2 h
        assertEquals(slope, gradient[i], h * h / 6 + 1e-7 / h, "parameter " + i + ", seed " + SEED);
      }
    }
  }

  /** Logistic regression is convex: L-BFGS finds the minimum that a thousand steps of gradient descent come near to. */
  @Test
  void lbfgsFindsTheMinimum() {
    try (Compute compute = Compute.of(Backend.AUTO); Model model = model(compute); Model descent = model(compute)) {
      FullBatch objective = new FullBatch(model, data, 64);
      Lbfgs.Result result = Lbfgs.of().tolerances(1e-4, 1e-9).minimise(objective, objective.point());
      objective.set(result.x());
      descent.fit(data, Fit.epochs(1000).batchSize(SAMPLES));
      double reached = descent.evaluate(data, SAMPLES).loss();
      assertTrue(result.value() < reached + 1e-6, result.value() + " after " + result.iterations() + " iterations, "
          + reached + " by descent");
      assertTrue(result.gradientNorm() < 1e-3, result.end() + " with a gradient of " + result.gradientNorm());
      assertEquals(result.value(), model.evaluate(data, 64).loss(), 1e-6);
    }
  }

  @Test
  void aLineSearchDescends() {
    try (Compute compute = Compute.of(Backend.AUTO); Model model = model(compute)) {
      FullBatch objective = new FullBatch(model, data, 64);
      double[] x = objective.point(), down = new double[x.length];
      objective.evaluate(x, down);
      for (int i = 0; i < down.length; i++) {
        down[i] = -down[i];
      }
      BacktrackingLineSearch.Result result = BacktrackingLineSearch.of().search(objective, x, down);
      assertTrue(result.value() < result.start(), result.toString());
    }
  }

  @Test
  void wrongSizesAreRefused() {
    try (Compute compute = Compute.of(Backend.AUTO); Model model = model(compute)) {
      FullBatch objective = new FullBatch(model, data, 64);
      String said = String.valueOf(
          assertThrows(IllegalArgumentException.class, () -> objective.set(new double[3])).getMessage());
      assertTrue(said.startsWith("the point has 3 numbers, the model 18 parameters"), said);
      assertThrows(IllegalArgumentException.class, () -> new FullBatch(model, Networks.random(5, 4, 3, 1), 2));
    }
  }
}
