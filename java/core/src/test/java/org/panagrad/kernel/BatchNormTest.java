package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch norm in training mode, put together of its kernels as {@link NormKernels} tells: values and gradients. */
class BatchNormTest {
  private static final int ROWS = 150, COLUMNS = 5, BLOCK_ROWS = 64, BLOCKS = 3;
  private static final double EPSILON = 1e-5, STEP = 1e-6;

  private final Random random = new Random(1);
  private final float[] x = randoms(ROWS * COLUMNS), gamma = randoms(COLUMNS), beta = randoms(COLUMNS),
      dy = randoms(ROWS * COLUMNS), y = new float[ROWS * COLUMNS], dx = new float[ROWS * COLUMNS],
      gammaGradient = new float[COLUMNS], betaGradient = new float[COLUMNS];

  static List<Kernels> backends() {
    return Backends.all();
  }

  private float[] randoms(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  private static MemorySegment of(float[] values) {
    return MemorySegment.ofArray(values);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void trains(Kernels k) {
    forwardAndBack(k);
    double[] wide = widen(x);
    double[] expected = batchNorm(wide);
    for (int i = 0; i < y.length; i++) {
      assertEquals(expected[i], y[i], 1e-5, "y[" + i + "]");
      assertEquals(derivative(wide, i), dx[i], 1e-5, "dx[" + i + "]");
    }
    for (int c = 0; c < COLUMNS; c++) {
      double byGamma = 0, byBeta = 0;
      for (int i = c; i < y.length; i += COLUMNS) {
        byGamma += dy[i] * (expected[i] - beta[c]) / gamma[c];
        byBeta += dy[i];
      }
      assertEquals(byGamma, gammaGradient[c], 1e-4, "gamma's gradient, column " + c);
      assertEquals(byBeta, betaGradient[c], 1e-4, "beta's gradient, column " + c);
    }
  }

  private void forwardAndBack(Kernels k) {
    float[] sums = new float[BLOCKS * COLUMNS], means = new float[COLUMNS], inverses = new float[COLUMNS];
    k.columnSums(of(x), of(sums), ROWS, COLUMNS, BLOCK_ROWS, 0, BLOCKS);
    k.sumPartials(of(sums), of(means), BLOCKS, COLUMNS, 0, COLUMNS);
    divide(means);
    k.columnSquares(of(x), of(means), of(sums), ROWS, COLUMNS, BLOCK_ROWS, 0, BLOCKS);
    k.sumPartials(of(sums), of(inverses), BLOCKS, COLUMNS, 0, COLUMNS);
    divide(inverses);
    for (int c = 0; c < COLUMNS; c++) {
      inverses[c] = (float) (1 / Math.sqrt(inverses[c] + EPSILON));
    }
    k.batchNorm(of(x), of(means), of(inverses), of(gamma), of(beta), of(y), COLUMNS, 0, ROWS);

    float[] gammaSums = new float[BLOCKS * COLUMNS];
    k.normParameterSums(of(x), of(means), of(inverses), true, of(dy), of(gammaSums), of(sums), ROWS, COLUMNS,
        BLOCK_ROWS, 0, BLOCKS);
    k.sumPartials(of(gammaSums), of(gammaGradient), BLOCKS, COLUMNS, 0, COLUMNS);
    k.sumPartials(of(sums), of(betaGradient), BLOCKS, COLUMNS, 0, COLUMNS);
    float[] meanProducts = gammaGradient.clone(), meanGradients = betaGradient.clone();
    divide(meanProducts);
    divide(meanGradients);
    k.batchNormBackward(of(x), of(means), of(inverses), of(gamma), of(meanGradients), of(meanProducts), of(dy), of(dx),
        COLUMNS, 0, ROWS);
  }

  private static void divide(float[] sums) {
    for (int c = 0; c < COLUMNS; c++) {
      sums[c] /= ROWS;
    }
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** In double, with the biased variance. */
  private double[] batchNorm(double[] input) {
    double[] output = new double[input.length];
    for (int c = 0; c < COLUMNS; c++) {
      double sum = 0, squares = 0;
      for (int i = c; i < input.length; i += COLUMNS) {
        sum += input[i];
      }
      double mean = sum / ROWS;
      for (int i = c; i < input.length; i += COLUMNS) {
        squares += (input[i] - mean) * (input[i] - mean);
      }
      double inverse = 1 / Math.sqrt(squares / ROWS + EPSILON);
      for (int i = c; i < input.length; i += COLUMNS) {
        output[i] = (input[i] - mean) * inverse * gamma[c] + beta[c];
      }
    }
    return output;
  }

  /** Of the sum of dy * y, by x[i]. */
  private double derivative(double[] input, int i) {
    double value = input[i];
    input[i] = value + STEP;
    double above = weighted(batchNorm(input));
    input[i] = value - STEP;
    double below = weighted(batchNorm(input));
    input[i] = value;
    return (above - below) / (2 * STEP);
  }

  private double weighted(double[] output) {
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      sum += dy[i] * output[i];
    }
    return sum;
  }
}
