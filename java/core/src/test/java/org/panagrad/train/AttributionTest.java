package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Activation;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Dropout;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;

class AttributionTest {
  private static final long SEED = 3;

  private static float[] numbers(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat(-1, 1);
    }
    return numbers;
  }

  private static Model curved() {
    return Sequential
        .of(Input.features(6).withGradient(), Dense.of(16), Activation.tanh(), Dropout.of(0.5), Dense.of(3))
        .seed(SEED).compile(Sgd.of(1), Losses.softmaxCrossEntropy());
  }

  /** Of a linear model both are its weights: times the distance for the shares. */
  @Test
  void aLinearModelIsItsWeights() {
    try (Model model = Sequential.of(Input.features(4).withGradient(), Dense.of(2)).seed(SEED).compile(Sgd.of(1),
        Losses.meanSquaredError())) {
      float[] x = numbers(4, 1), base = numbers(4, 2), weights = new float[4];
      for (int i = 0; i < 4; i++) {
        weights[i] = slope(model, x, 1, i);
      }
      Attribution why = new Attribution(model);
      assertArrayEquals(weights, why.saliency(x, 1), 1e-3f);
      Attribution.Path path = why.integratedGradients(x, base, 1, 3);
      for (int i = 0; i < 4; i++) {
        assertEquals(weights[i] * (x[i] - base[i]), path.shares()[i], 1e-3);
      }
      assertEquals(0, path.error(), 1e-6);
    }
  }

  private static float[] predict(Model model, float[] x) {
    float[] y = new float[(int) model.outputCount()];
    model.predict(x, y, 1);
    return y;
  }

  /** By differences: predictions of a regression are its outputs. */
  private static float slope(Model model, float[] x, int output, int i) {
    float[] up = x.clone(), down = x.clone();
    up[i] += 0.01f;
    down[i] -= 0.01f;
    return (predict(model, up)[output] - predict(model, down)[output]) / (up[i] - down[i]);
  }

  /** They add up to what they explain, the better the more steps there are; nothing is dropped on the way. */
  @Test
  void sharesAddUp() {
    try (Model model = curved()) {
      Attribution why = new Attribution(model);
      float[] x = numbers(6, 4), base = new float[6];
      for (int output = 0; output < 3; output++) {
        double coarse = Math.abs(why.integratedGradients(x, base, output, 2).error());
        Attribution.Path fine = why.integratedGradients(x, base, output, 200);
        assertTrue(Math.abs(fine.error()) < 1e-5, "seed " + SEED + ": error " + fine.error());
        assertTrue(Math.abs(fine.error()) <= coarse + 1e-6, "seed " + SEED + ": " + fine.error() + " after " + coarse);
        assertArrayEquals(why.integratedGradients(x, base, output, 200).shares(), fine.shares());
      }
      assertArrayEquals(new float[6], why.integratedGradients(x, x, 0, 10).shares(), Float.MIN_VALUE);
    }
  }

  @Test
  void whatCannotBeAskedIsNamed() {
    try (Model model = curved();
        Model without = Sequential.of(Input.features(2), Dense.of(1)).compile(Sgd.of(1),
            Losses.meanSquaredError())) {
      Attribution why = new Attribution(model);
      assertTrue(assertThrows(IllegalArgumentException.class, () -> why.saliency(new float[5], 0)).getMessage()
          .contains("5 elements, the model's input 6"));
      assertThrows(IndexOutOfBoundsException.class, () -> why.saliency(new float[6], 3));
      assertThrows(IllegalArgumentException.class, () -> why.integratedGradients(new float[6], new float[6], 0, 0));
      assertTrue(assertThrows(IllegalStateException.class, () -> new Attribution(without)).getMessage()
          .contains("withGradient()"));
    }
  }
}
