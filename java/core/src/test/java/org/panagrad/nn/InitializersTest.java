package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;
import org.panagrad.train.Networks;

class InitializersTest {
  private static final int N = 100_000, FAN_IN = 30, FAN_OUT = 20;

  private static float[] values(Initializers initializer, long seed, long stream) {
    float[] values = new float[N];
    initializer.fill(MemorySegment.ofArray(values), N, FAN_IN, FAN_OUT, seed, stream);
    return values;
  }

  /** Variances by the formulas; the fourth moment over the squared variance is 9/5 for uniform, 3 for normal values. */
  @ParameterizedTest
  @CsvSource({"GLOROT_UNIFORM, 0.04, 1.8", "GLOROT_NORMAL, 0.04, 3", "HE_UNIFORM, 0.0666666667, 1.8",
      "HE_NORMAL, 0.0666666667, 3"})
  void meanAndVariance(Initializers initializer, double variance, double kurtosis) {
    float[] values = values(initializer, 1, 2);
    double mean = 0, square = 0, greatest = 0;
    for (float v : values) {
      mean += (double) v / N;
      square += (double) v * v / N;
      greatest = Math.max(greatest, Math.abs(v));
    }
    // five standard deviations of either estimate
    assertEquals(0, mean, 5 * Math.sqrt(variance / N), "mean");
    assertEquals(variance, square, 5 * variance * Math.sqrt((kurtosis - 1) / N), "variance");
    double limit = Math.sqrt(3 * variance);
    if (kurtosis < 3) {
      assertTrue(greatest <= limit * (1 + 0x1p-23) && greatest > 0.999 * limit, greatest + " within " + limit);
    } else {
      assertTrue(greatest > 4 * Math.sqrt(variance) && greatest < 7 * Math.sqrt(variance), "tails: " + greatest);
    }
  }

  @Test
  void zeros() {
    float[] values = new float[N];
    Arrays.fill(values, Float.NaN);
    Initializers.ZEROS.fill(MemorySegment.ofArray(values), N - 1, 1, 1, 0, 0);
    assertArrayEquals(new float[N - 1], Arrays.copyOf(values, N - 1));
    assertTrue(Float.isNaN(values[N - 1]), "beyond n");
  }

  @Test
  void seedAndParameterMatter() {
    for (Initializers initializer : Initializers.values()) {
      float[] values = values(initializer, 1, 2);
      assertArrayEquals(values, values(initializer, 1, 2));
      if (initializer != Initializers.ZEROS && initializer != Initializers.ONES) {
        assertFalse(Arrays.equals(values, values(initializer, 2, 2)), initializer + " of another seed");
        assertFalse(Arrays.equals(values, values(initializer, 1, 3)), initializer + " of another parameter");
      }
    }
  }

  @Test
  void everyBackendBeginsWithTheSameValues() {
    float[] first = null;
    for (Kernels kernels : Backends.all()) {
      float[] values = new float[N];
      float limit = (float) StrictMath.sqrt(6.0 / (FAN_IN + FAN_OUT));
      kernels.uniform(MemorySegment.ofArray(values), -limit, limit, 7, 3, 0, N);
      assertArrayEquals(values(Initializers.GLOROT_UNIFORM, 7, 3), values, kernels.name());
      try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, 1);
          Model model = Networks.digits().seed(5).on(compute).compile(Sgd.of(1), Losses.softmaxCrossEntropy())) {
        first = first == null ? model.snapshot() : first;
        assertArrayEquals(first, model.snapshot(), kernels.name());
      }
    }
  }

  /** He before relu, Glorot without; the greatest of many uniform values shows the limit. */
  @Test
  void layersChooseWhatSuits() {
    Sequential network = Sequential.of(Input.image(10, 10, 2), Conv2D.of(32, 3).relu(), Conv2D.of(32, 3), Flatten.of(),
        Dense.of(50).relu(), Dense.of(60), Dense.of(3).initializer(Initializers.ZEROS));
    double[] limits = {Math.sqrt(6.0 / 18), Math.sqrt(6.0 / (288 + 288)), Math.sqrt(6.0 / 1152), Math.sqrt(6.0 / 110),
        0};
    try (Model model = network.compile(Sgd.of(1), Losses.softmaxCrossEntropy())) {
      for (int p = 0; p < model.parameters().size(); p++) {
        Parameter parameter = model.parameters().get(p);
        double greatest = 0;
        for (long i = 0; i < parameter.shape().elements(); i++) {
          greatest = Math.max(greatest, Math.abs(parameter.data().getAtIndex(JAVA_FLOAT, i)));
        }
        double limit = p % 2 == 0 ? limits[p / 2] : 0;
        assertTrue(greatest <= limit && greatest >= 0.97 * limit, parameter.name() + ": " + greatest + " of " + limit);
      }
    }
  }
}
