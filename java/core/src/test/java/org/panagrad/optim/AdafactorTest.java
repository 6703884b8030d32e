package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.train.Model;

class AdafactorTest {
  private static final double U = 0x1p-24;

  private static Compute compute(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  private static Updater updater(Optimizer optimizer) {
    return new Updater(compute(Backends.of(Backend.AUTO), 1), optimizer);
  }

  /** A parameter on the heap. */
  private static final class Tensor {
    final float[] values;
    final MemorySegment parameter, gradient;

    Tensor(float... values) {
      this.values = values;
      parameter = MemorySegment.ofArray(values);
      gradient = MemorySegment.ofArray(new float[values.length]);
    }

    Tensor slopes(float... slopes) {
      gradient.copyFrom(MemorySegment.ofArray(slopes));
      return this;
    }
  }

  /** The algorithm in double, of matrices that lie one behind the other, or of a vector. */
  private static final class Oracle {
    private final Adafactor options;
    private final int matrices, rows, columns;
    private final double rate, decay;
    private final double[] p, row, column, variance, path;
    private int t;

    Oracle(Adafactor options, double rate, double decay, float[] start, long... shape) {
      this.options = options;
      this.rate = rate;
      this.decay = decay;
      int last = shape.length - 1;
      columns = (int) shape[last];
      rows = last == 0 ? 0 : (int) shape[last - 1];
      matrices = last == 0 ? 0 : start.length / rows / columns;
      p = new double[start.length];
      Arrays.setAll(p, i -> start[i]);
      row = new double[matrices * rows];
      column = new double[matrices * columns];
      variance = new double[p.length];
      path = new double[p.length];
    }

    private static double rms(double[] x) {
      return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum() / x.length);
    }

    void step(double... g) {
      t++;
      double fresh = Math.pow(t, options.beta2Decay());
      double[] u = new double[p.length];
      if (matrices == 0) {
        for (int i = 0; i < u.length; i++) {
          variance[i] += fresh * (g[i] * g[i] - variance[i]);
          u[i] = g[i] / Math.max(Math.sqrt(variance[i]), options.epsilon1());
        }
      }
      for (int m = 0; m < matrices; m++) {
        factored(m, fresh, g, u);
      }
      double length = Math.max(options.epsilon2(), rms(p)) * Math.min(rate, 1 / Math.sqrt(t))
          / Math.max(1, rms(u) / options.threshold());
      for (int i = 0; i < p.length; i++) {
        p[i] = p[i] * (1 - rate * decay) - length * u[i];
        path[i] += Math.abs(length * u[i]);
      }
    }

    private void factored(int m, double fresh, double[] g, double[] u) {
      int first = m * rows * columns;
      double mean = 0;
      for (int r = 0; r < rows; r++) {
        int from = first + r * columns;
        double square = IntStream.range(from, from + columns).mapToDouble(i -> g[i] * g[i]).sum() / columns;
        row[m * rows + r] += fresh * (square - row[m * rows + r]);
        mean += row[m * rows + r] / rows;
      }
      for (int c = 0; c < columns; c++) {
        int from = first + c;
        double square = IntStream.range(0, rows).mapToDouble(r -> Math.pow(g[from + r * columns], 2)).sum() / rows;
        column[m * columns + c] += fresh * (square - column[m * columns + c]);
      }
      for (int i = 0; i < rows * columns; i++) {
        double v = row[m * rows + i / columns] * column[m * columns + i % columns] / Math.max(mean, options.epsilon1());
        u[first + i] = g[first + i] / Math.max(Math.sqrt(v), options.epsilon1());
      }
    }
  }

  private record Trajectory(String name, Adafactor options, double decay, boolean maximize, long... shape) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Trajectory> trajectories() {
    Adafactor usual = new Adafactor(-0.8, 0x1p-23, 1e-3, 1);
    return List.of(new Trajectory("matrix", usual, 0, false, 11, 17), new Trajectory("vector", usual, 0, false, 37),
        new Trajectory("matrices", usual, 0, false, 2, 3, 5, 4), new Trajectory("a row", usual, 0, false, 1, 70),
        new Trajectory("a column", usual, 0, false, 70, 1),
        new Trajectory("up, with decay", usual, 0.1, true, 70, 6),
        new Trajectory("other options", new Adafactor(-0.5, 1e-2, 2, 1.5), 0, false, 7, 9),
        new Trajectory("vector, other options", new Adafactor(-0.5, 1e-2, 2, 1.5), 0, true, 19));
  }

  private static final int STEPS = 1000;
  /** Small, so that a tensor's size, and with it the error of its steps' lengths, grows by e at most in all of them. */
  private static final double RATE = 1e-3;

  /**
   * A step rounds the parameter twice. Its own relative error: some 100 roundings (sums of squares, roots, scalars),
   * and one in each of the steps that a mean remembers, 1 / fresh <= 1000^0.8 of them.
   */
  @ParameterizedTest
  @MethodSource("trajectories")
  void thousandSteps(Trajectory test) {
    int n = (int) Arrays.stream(test.shape).reduce(1, (x, y) -> x * y);
    Random random = new Random(3);
    float[] start = new float[n], gradient = new float[n];
    for (int i = 0; i < n; i++) {
      start[i] = 2 * random.nextFloat() - 1;
    }
    Optimizer optimizer = Optimizer.of(RATE, test.options).decoupledWeightDecay(test.decay);
    Optimizer directed = test.maximize ? optimizer.maximizing() : optimizer;
    Oracle oracle = new Oracle(test.options, RATE, test.decay, start, test.shape);
    List<Kernels> backends = Backends.all();
    List<Tensor> tensors = new ArrayList<>();
    List<Updater> updaters = new ArrayList<>();
    for (Kernels kernels : backends) {
      Tensor tensor = new Tensor(start.clone());
      tensors.add(tensor);
      updaters.add(new Updater(compute(kernels, 1), directed).add("x", tensor.parameter, tensor.gradient, test.shape));
    }
    double[] slopes = new double[n];
    int columns = (int) test.shape[test.shape.length - 1];
    for (int t = 1; t <= STEPS; t++) {
      for (int i = 0; i < n; i++) {
        // of different sizes from row to row and column to column, and with a mean
        int size = i / columns % 3 + i % columns % 3;
        gradient[i] = (float) Math.pow(4, -size) * (2 * random.nextFloat() - 0.9f);
        slopes[i] = test.maximize ? -gradient[i] : gradient[i];
      }
      oracle.step(slopes);
      for (int k = 0; k < updaters.size(); k++) {
        tensors.get(k).slopes(gradient);
        updaters.get(k).step();
      }
    }
    double own = (100 + Math.pow(STEPS, 0.8)) * U;
    for (int k = 0; k < updaters.size(); k++) {
      assertArrayEquals(tensors.getFirst().values, tensors.get(k).values, backends.get(k).name() + ": the same bits");
      for (int i = 0; i < n; i++) {
        double tolerance = Math.E * (STEPS * 2 * U * (1 + oracle.path[i]) + own * oracle.path[i]);
        assertEquals(oracle.p[i], tensors.get(k).values[i], tolerance, backends.get(k).name() + "[" + i + "], seed 3");
        assertTrue(oracle.path[i] > 100 * tolerance, "moves far: " + oracle.path[i] + " beside " + tolerance);
      }
    }
  }

  /** In the first step the means are the gradient's own. Rows: 1/2 and 49/2, their mean 25/2; columns: 25, 0. */
  @Test
  void firstStep() {
    Tensor matrix = new Tensor(1, 1, -1, 1), vector = new Tensor(3, 4);
    // u is g / sqrt(r c / 12.5): 1 and 7 over sqrt(0.5 * 25 / 12.5) and sqrt(24.5 * 25 / 12.5); its rms 1 / sqrt(2)
    Updater updater = updater(Adafactor.of(0.5))
        .add("matrix", matrix.slopes(1, 0, 7, 0).parameter, matrix.gradient, 2, 2)
        .add("vector", vector.slopes(-2, 5).parameter, vector.gradient);
    updater.step();
    assertArrayEquals(new float[]{0.5f, 1, -1.5f, 1}, matrix.values, 8 * (float) U);
    float length = (float) (0.5 * Math.sqrt(12.5));
    assertArrayEquals(new float[]{3 + length, 4 - length}, vector.values, 32 * (float) U);
    assertEquals(List.of("row_var", "col_var"), updater.stateNames("matrix"));
    assertArrayEquals(new float[]{0.5f, 24.5f}, updater.state("matrix", "row_var").toArray(JAVA_FLOAT));
    assertArrayEquals(new float[]{25, 0}, updater.state("matrix", "col_var").toArray(JAVA_FLOAT));
    assertEquals(List.of("variance"), updater.stateNames("vector"));
    assertArrayEquals(new float[]{4, 25}, updater.state("vector", "variance").toArray(JAVA_FLOAT));
  }

  @Test
  void lengths() {
    Adafactor rule = new Adafactor(-0.8, 0, 0.5, 2);
    assertEquals((float) (0.01 * 3), rule.ratio(0.01, 100, 4, 36, 16), "rms 3, u of rms 2: the threshold");
    assertEquals((float) (0.001 * 3), rule.ratio(0.01, 1_000_000, 4, 36, 16), "1 / sqrt(t) below the rate");
    assertEquals((float) (0.01 * 0.5), rule.ratio(0.01, 100, 4, 0.04, 1), "the least size");
    assertEquals((float) (0.01 * 3 / 5), rule.ratio(0.01, 100, 4, 36, 400), "u of rms 10: cut to 2");
  }

  /** Larger than a part of the work, of ragged tiles; beside it other rules, on the heap and off it. */
  @Test
  void sameBitsOnAnyThreads() {
    List<float[]> results = new ArrayList<>();
    for (int threads = 1; threads <= 3; threads++) {
      results.add(mixedRun(Backends.of(Backend.NATIVE), threads, 301, 703));
    }
    assertArrayEquals(results.get(0), results.get(1), "two threads");
    assertArrayEquals(results.get(0), results.get(2), "three threads");
    for (Kernels kernels : Backends.all()) {
      assertArrayEquals(mixedRun(kernels, 1, 65, 33), mixedRun(kernels, 2, 65, 33), kernels.name());
    }
  }

  private static float[] mixedRun(Kernels kernels, int threads, int rows, int columns) {
    Random random = new Random(5);
    Optimizer optimizer = Adafactor.of(0.01).group("adam.*", adam -> Adam.of(0.01).averageWeights(0.9))
        .group("averaged", group -> group.averageWeights(0.9).weightDecay(0.1)).clipNorm(3).skippingNonFinite();
    try (Compute compute = compute(kernels, threads);
        Updater updater = new Updater(compute, optimizer).measuring(true);
        Arena arena = Arena.ofShared()) {
      List<MemorySegment> parameters = new ArrayList<>(), gradients = new ArrayList<>();
      String[] names = {"heap", "off", "averaged", "adam.off", "vector"};
      for (int k = 0; k < names.length; k++) {
        boolean heap = names[k].equals("heap");
        for (List<MemorySegment> list : List.of(parameters, gradients)) {
          list.add(heap
              ? MemorySegment.ofArray(new float[rows * columns])
              : arena.allocate(4L * rows * columns, 4));
        }
        fill(parameters.get(k), random);
        long[] shape = names[k].equals("vector") ? new long[0] : new long[]{rows, columns};
        updater.add(names[k], parameters.get(k), gradients.get(k), shape);
      }
      double[] norms = new double[3];
      for (int step = 0; step < 3; step++) {
        gradients.forEach(gradient -> fill(gradient, random));
        updater.step();
        norms[0] += updater.gradientNorm();
        norms[1] += updater.changeNorm();
        norms[2] += updater.parameterNorm();
      }
      assertTrue(norms[0] > 0 && norms[1] > 0 && norms[2] > 0, Arrays.toString(norms));
      int all = names.length * rows * columns;
      float[] result = new float[all + 3];
      for (int k = 0; k < names.length; k++) {
        MemorySegment.copy(parameters.get(k), JAVA_FLOAT, 0, result, k * rows * columns, rows * columns);
      }
      for (int k = 0; k < 3; k++) {
        result[all + k] = (float) norms[k];
      }
      return result;
    }
  }

  private static void fill(MemorySegment x, Random random) {
    for (long i = 0; i < x.byteSize() / 4; i++) {
      x.setAtIndex(JAVA_FLOAT, i, 2 * random.nextFloat() - 1);
    }
  }

  @Test
  void measures() {
    Tensor x = new Tensor(1, 2, 3, 4, 5, 6);
    float[] before = x.values.clone();
    Updater updater = updater(Adafactor.of(0.1).averageWeights(0.5)).measuring(true).add("x",
        x.slopes(3, 0, 0, 0, 0, 4).parameter, x.gradient, 2, 3);
    updater.clearingGradients(true).step();
    double change = 0, size = 0;
    for (int i = 0; i < 6; i++) {
      change += Math.pow((double) x.values[i] - before[i], 2);
      size += Math.pow(x.values[i], 2);
      assertEquals((before[i] + x.values[i]) / 2, updater.state("x", "average").getAtIndex(JAVA_FLOAT, i), 1e-6);
    }
    assertEquals(5, updater.gradientNorm(), 1e-6);
    assertEquals(Math.sqrt(change), updater.changeNorm(), 1e-6 * Math.sqrt(change));
    assertEquals(Math.sqrt(size), updater.parameterNorm(), 1e-6 * Math.sqrt(size));
    assertArrayEquals(new float[6], x.gradient.toArray(JAVA_FLOAT), "cleared");
  }

  /**
   * The rule does not care for the gradient's scale, up to the means that it remembers: the first step is as without.
   */
  @Test
  void clipsAndSkips() {
    Tensor x = new Tensor(1, 2, 3, 4), plain = new Tensor(1, 2, 3, 4);
    Updater updater = updater(Adafactor.of(0.1).clipNorm(1).skippingNonFinite()).add("x", x.parameter, x.gradient, 2,
        2);
    x.slopes(1, Float.NaN, 0, 0);
    assertFalse(updater.step());
    assertArrayEquals(new float[]{1, 2, 3, 4}, x.values, "skipped");
    assertArrayEquals(new float[2], updater.state("x", "row_var").toArray(JAVA_FLOAT), "so are its means");
    x.slopes(8, 0, 0, 8);
    assertTrue(updater.step());
    updater(Adafactor.of(0.1)).add("x", plain.slopes(8, 0, 0, 8).parameter, plain.gradient, 2, 2).step();
    assertArrayEquals(plain.values, x.values, 1e-5f);
    // (8 / sqrt(128))^2 of two columns
    assertArrayEquals(new float[]{0.25f, 0.25f}, updater.state("x", "row_var").toArray(JAVA_FLOAT), 1e-5f);
  }

  @Test
  void accumulates() {
    Tensor x = new Tensor(1, 2, 3, 4), whole = new Tensor(1, 2, 3, 4);
    Updater updater = updater(Adafactor.of(0.1)).add("x", x.parameter, x.gradient, 2, 2);
    Updater other = updater(Adafactor.of(0.1)).add("x", whole.parameter, whole.gradient, 2, 2);
    for (int step = 1; step <= 3; step++) {
      x.slopes(step, 0, 2, 4);
      updater.accumulate(1);
      x.slopes(0, step, 2, -4);
      updater.accumulate(1);
      assertTrue(updater.step());
      whole.slopes(step / 2f, step / 2f, 2, 0);
      other.step();
    }
    assertArrayEquals(whole.values, x.values, "halves are exact");
    assertArrayEquals(other.state("x", "col_var").toArray(JAVA_FLOAT),
        updater.state("x", "col_var").toArray(JAVA_FLOAT));
  }

  @Test
  void resumes() {
    Tensor x = new Tensor(1, 2, 3, 4, 5, 6), y = new Tensor(1, 2, 3, 4, 5, 6);
    Updater updater = updater(Adafactor.of(0.1)).add("x", x.parameter, x.gradient, 2, 3);
    Random random = new Random(1);
    for (int step = 0; step < 5; step++) {
      fill(x.gradient, random);
      updater.step();
    }
    Updater later = updater(Adafactor.of(0.1)).add("x", y.parameter.copyFrom(x.parameter), y.gradient, 2, 3);
    for (String state : updater.stateNames("x")) {
      later.state("x", state).copyFrom(updater.state("x", state));
    }
    later.resume(5);
    fill(x.gradient, random);
    y.gradient.copyFrom(x.gradient);
    updater.step();
    later.step();
    assertArrayEquals(x.values, y.values);
  }

  /** Weights as they lie inside: inputs x outputs. */
  @Test
  void parametersOfAModel() {
    try (Model model = Sequential.of(Input.image(5, 5, 2), Conv2D.of(4, 3).relu(), Flatten.of(), Dense.of(7))
        .compile(Adafactor.of(0.01), Losses.softmaxCrossEntropy())) {
      List<List<Long>> sizes = model.updater().names().stream()
          .map(name -> model.updater().stateNames(name).stream()
              .map(state -> model.updater().state(name, state).byteSize() / 4).toList())
          .toList();
      assertEquals(List.of(List.of(18L, 4L), List.of(4L), List.of(36L, 7L), List.of(7L)), sizes);
    }
  }

  @Test
  void shapesAreChecked() {
    Tensor x = new Tensor(1, 2, 3, 4, 5, 6);
    for (long[] shape : new long[][]{{2, 2}, {7}, {-2, -3}, {6, 0}}) {
      String message = String.valueOf(assertThrows(IllegalArgumentException.class,
          () -> updater(Adafactor.of(1)).add("x", x.parameter, x.gradient, shape)).getMessage());
      assertEquals("parameter x has 6 elements, not the shape " + Arrays.toString(shape), message);
    }
    Tensor none = new Tensor();
    Updater updater = updater(Adafactor.of(1)).add("none", none.parameter, none.gradient, 0, 3);
    assertTrue(updater.step());
  }
}
