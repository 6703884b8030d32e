package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

class RowUpdaterTest {
  private static final double U = 0x1p-24;
  private static final long SEED = 5;
  private static final int ROWS = 50, COLUMNS = 7, STEPS = 200;

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.1), Sgd.momentum(0.1, 0.9), AdaGrad.of(0.1), AdaGrad.keras(0.1), Adam.of(0.01),
        Adam.adamW(0.01).clipValue(0.1), Adam.of(0.01).maximizing().l1(0.01), Ftrl.of(0.1, 0.5, 0.1),
        RmsProp.of(0.01));
  }

  /**
   * Each row's way is that of an updater of its own whose steps have the table's numbers: the same bits, everywhere.
   */
  @ParameterizedTest
  @MethodSource("optimizers")
  void rowsGoTheirOwnWay(Optimizer optimizer) {
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 2; threads++) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] table = new float[ROWS * COLUMNS];
        for (int i = 0; i < table.length; i++) {
          table[i] = (float) random.nextDouble(-1, 1);
        }
        float[] given = table.clone();
        try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, threads);
            RowUpdater updater = new RowUpdater(compute, optimizer, MemorySegment.ofArray(table), ROWS, COLUMNS)) {
          List<Updater> single = new ArrayList<>();
          List<float[]> parameters = new ArrayList<>(), gradients = new ArrayList<>();
          for (int r = 0; r < ROWS; r++) {
            parameters.add(java.util.Arrays.copyOfRange(given, r * COLUMNS, (r + 1) * COLUMNS));
            gradients.add(new float[COLUMNS]);
            single.add(new Updater(compute, optimizer).add("row", MemorySegment.ofArray(parameters.get(r)),
                MemorySegment.ofArray(gradients.get(r))));
          }
          for (int t = 0; t < STEPS; t++) {
            int count = random.nextInt(20);
            int[] rows = random.ints(count, 0, ROWS).toArray();
            float[] gradient = new float[count * COLUMNS];
            for (int i = 0; i < gradient.length; i++) {
              gradient[i] = (float) random.nextDouble(-1, 1.1);
            }
            assertTrue(updater.step(MemorySegment.ofArray(rows), MemorySegment.ofArray(gradient), count));
            stepRows(rows, gradient, t, single, gradients);
          }
          for (int r = 0; r < ROWS; r++) {
            assertArrayEquals(parameters.get(r), java.util.Arrays.copyOfRange(table, r * COLUMNS, (r + 1) * COLUMNS),
                kernels.name() + ", row " + r + ", seed " + SEED);
          }
          single.forEach(Updater::close);
        }
      }
    }
  }

  private static void stepRows(int[] rows, float[] gradient, int t, List<Updater> single, List<float[]> gradients) {
    boolean[] seen = new boolean[ROWS];
    gradients.forEach(g -> java.util.Arrays.fill(g, 0));
    for (int k = 0; k < rows.length; k++) {
      for (int c = 0; c < COLUMNS; c++) {
        gradients.get(rows[k])[c] += gradient[k * COLUMNS + c];
      }
      seen[rows[k]] = true;
    }
    for (int r = 0; r < ROWS; r++) {
      if (seen[r]) {
        single.get(r).resume(t);
        single.get(r).step();
      }
    }
  }

  /** FTRL-Proximal coordinate by coordinate, in double, from the paper's algorithm 1. */
  @Test
  void ftrlOnASparseProblem() {
    double alpha = 0.5, beta = 1, l1 = 0.3, l2 = 0.1;
    SplittableRandom random = new SplittableRandom(SEED);
    float[] w = new float[ROWS];
    double[] z = new double[ROWS], n = new double[ROWS], expected = new double[ROWS];
    try (Compute compute = Compute.of(Backend.AUTO);
        RowUpdater updater = new RowUpdater(compute, Ftrl.of(alpha, l1, l2), MemorySegment.ofArray(w), ROWS, 1)) {
      for (int t = 0; t < 500; t++) {
        int[] rows = {random.nextInt(ROWS / 2), ROWS / 2 + random.nextInt(ROWS / 2)};
        float[] gradient = {(float) random.nextDouble(-1, 1), (float) random.nextDouble(-0.05, 0.05)};
        for (int k = 0; k < 2; k++) {
          int i = rows[k];
          double g = gradient[k], sigma = (Math.sqrt(n[i] + g * g) - Math.sqrt(n[i])) / alpha;
          z[i] += g - sigma * expected[i];
          n[i] += g * g;
          expected[i] = Math.abs(z[i]) <= l1
              ? 0
              : (Math.signum(z[i]) * l1 - z[i]) / ((beta + Math.sqrt(n[i])) / alpha + l2);
        }
        updater.step(MemorySegment.ofArray(rows), MemorySegment.ofArray(gradient), 2);
      }
    }
    int zeros = 0;
    for (int i = 0; i < ROWS; i++) {
      // z is a sum of some dozen terms below 1, over a curvature above 2
      assertEquals(expected[i], w[i], 100 * 4 * U, "weight " + i + ", seed " + SEED);
      zeros += w[i] == 0 ? 1 : 0;
    }
    assertTrue(zeros >= ROWS / 2, zeros + " weights are 0: those of small gradients must be");
  }

  @Test
  void clipsAndSkips() {
    float[] table = {1, 1, 1, 1};
    try (Compute compute = Compute.of(Backend.AUTO);
        RowUpdater updater = new RowUpdater(compute,
            Sgd.of(1).clipNorm(5).skippingNonFinite(), MemorySegment.ofArray(table), 4, 1)) {
      MemorySegment rows = MemorySegment.ofArray(new int[]{3, 1, 3});
      // rows are added up first: row 3 has 6, row 1 has 8
      assertTrue(updater.step(rows, MemorySegment.ofArray(new float[]{4, 8, 2}), 3));
      assertEquals(10, updater.gradientNorm());
      float factor = (float) (5 / (10 + 1e-6));
      assertArrayEquals(new float[]{1, Math.fma(-1, 8 * factor, 1), 1, Math.fma(-1, 6 * factor, 1)}, table);
      float[] before = table.clone();
      assertFalse(updater.step(rows, MemorySegment.ofArray(new float[]{0, Float.NaN, 0}), 3));
      assertArrayEquals(before, table);
      assertEquals(1, updater.skipped());
      assertEquals(1, updater.steps());
      assertTrue(updater.step(rows, MemorySegment.ofArray(new float[]{3e30f, 0, 1e30f}), 2));
      assertEquals(3e30, updater.gradientNorm(), 3e30 * 2 * U);
    }
  }

  @Test
  void statesHaveNames() {
    float[] table = new float[6];
    try (Compute compute = Compute.of(Backend.AUTO);
        RowUpdater updater = new RowUpdater(compute, AdaGrad.keras(1), MemorySegment.ofArray(table), 3, 2)) {
      updater.step(MemorySegment.ofArray(new int[]{1}), MemorySegment.ofArray(new float[]{2, 3}), 1);
      assertArrayEquals(new float[]{0.1f, 0.1f, 4.1f, 9.1f, 0.1f, 0.1f}, updater.state("sum").toArray(JAVA_FLOAT));
      refused(IllegalArgumentException.class, "there is no state exp_avg, only [sum]", () -> updater.state("exp_avg"));
    }
  }

  @Test
  void badCallsAreRefused() {
    float[] table = new float[6];
    MemorySegment parameter = MemorySegment.ofArray(table), gradient = MemorySegment.ofArray(new float[]{1, 1});
    try (Compute compute = Compute.of(Backend.AUTO);
        RowUpdater updater = new RowUpdater(compute, Sgd.of(1), parameter, 3, 2)) {
      for (int row : new int[]{-1, 3}) {
        refused(IllegalArgumentException.class, "rows[0] is " + row + ": it must be in [0, 3)",
            () -> updater.step(MemorySegment.ofArray(new int[]{row}), gradient, 1));
      }
      refused(IndexOutOfBoundsException.class, "gradient has 2 elements, 4",
          () -> updater.step(MemorySegment.ofArray(new int[2]), gradient, 2));
      refused(IndexOutOfBoundsException.class, "rows has 1 elements, 2",
          () -> updater.step(MemorySegment.ofArray(new int[1]), gradient, 2));
      refused(IllegalArgumentException.class, "count is -1",
          () -> updater.step(MemorySegment.ofArray(new int[1]), gradient, -1));
      assertArrayEquals(new float[6], table);
      for (Optimizer bad : List.of(Lamb.of(1), Adafactor.of(1), Sgd.of(1).averageWeights(0.5),
          Sgd.of(1).group("*", o -> o.l1(1)))) {
        refused(IllegalArgumentException.class, "groups, averages of weights, LAMB and Adafactor",
            () -> new RowUpdater(compute, bad, parameter, 3, 2));
      }
      refused(IndexOutOfBoundsException.class, "parameter has 6 elements, 8",
          () -> new RowUpdater(compute, Sgd.of(1), parameter, 4, 2));
    }
    RowUpdater closed = new RowUpdater(Compute.of(Backend.SCALAR), Sgd.of(1), parameter, 3, 2);
    closed.close();
    closed.close();
    refused(IllegalStateException.class, "the updater is closed",
        () -> closed.step(MemorySegment.ofArray(new int[1]), gradient, 1));
  }

  private static void refused(Class<? extends Exception> type, String message, Runnable call) {
    String said = String.valueOf(assertThrows(type, call::run).getMessage());
    assertTrue(said.startsWith(message), said);
  }
}
