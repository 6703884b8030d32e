package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

class UpdaterTest {
  private static final double U = 0x1p-24;
  private static final long SEED = 11;
  private static final int STEPS = 3;
  private static final int[] SIZES = {1, 0, 5, 4096, 4097, 70_001};

  /** Tensors with their gradients, somewhere, under an updater. */
  private static final class Run implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Compute compute;
    private final Updater updater;
    private final List<MemorySegment> parameters = new ArrayList<>(), gradients = new ArrayList<>();

    Run(Kernels kernels, int threads, Optimizer optimizer) {
      compute = Compute.of(kernels, Product.Choice.BUILTIN, threads);
      updater = new Updater(compute, optimizer);
    }

    Run(Optimizer optimizer) {
      this(Backends.of(Backend.AUTO), 1, optimizer);
    }

    /** Elements i of the tensor are those of a stream of numbers that begins at first. */
    Run add(String name, int size, int first, boolean heap) {
      MemorySegment parameter = floats(size, heap), gradient = floats(size, heap);
      MemorySegment.copy(values(0, first + size), first, parameter, JAVA_FLOAT, 0, size);
      parameters.add(parameter);
      gradients.add(gradient);
      updater.add(name, parameter, gradient);
      return this;
    }

    Run add(float... values) {
      add("x" + parameters.size(), values.length, 0, true);
      parameters.getLast().copyFrom(MemorySegment.ofArray(values));
      return this;
    }

    private MemorySegment floats(int size, boolean heap) {
      return heap ? MemorySegment.ofArray(new float[size]) : arena.allocate(JAVA_FLOAT, size);
    }

    /** Gradients of a step. */
    void fill(int step, int first) {
      int at = first;
      for (MemorySegment gradient : gradients) {
        int size = (int) (gradient.byteSize() / 4);
        MemorySegment.copy(values(step, at + size), at, gradient, JAVA_FLOAT, 0, size);
        at += size;
      }
    }

    boolean step(float... gradient) {
      gradients.getFirst().copyFrom(MemorySegment.ofArray(gradient));
      return updater.step();
    }

    float[] all() {
      int size = parameters.stream().mapToInt(p -> (int) (p.byteSize() / 4)).sum(), at = 0;
      float[] all = new float[size];
      for (MemorySegment parameter : parameters) {
        int n = (int) (parameter.byteSize() / 4);
        MemorySegment.copy(parameter, JAVA_FLOAT, 0, all, at, n);
        at += n;
      }
      return all;
    }

    @Override
    public void close() {
      updater.close();
      compute.close();
      arena.close();
    }
  }

  /** By steps. */
  private static final Map<Integer, float[]> VALUES = new HashMap<>();

  /** At least n, of very different sizes, some 0. They are computed once: many tests ask for the same ones. */
  private static float[] values(int step, int n) {
    float[] known = VALUES.getOrDefault(step, new float[0]);
    if (n > known.length) {
      int first = known.length;
      known = Arrays.copyOf(known, Math.max(n, 2 * first));
      for (int i = first; i < known.length; i++) {
        SplittableRandom random = new SplittableRandom(SEED * 1_000_003 + step * 7_919L + i);
        known[i] = i % 11 == 3 ? 0 : (float) ((2 * random.nextDouble() - 0.9) * Math.pow(10, i % 5 - 4));
      }
      VALUES.put(step, known);
    }
    return known;
  }

  static List<Optimizer> optimizers() {
    List<Optimizer> all = new ArrayList<>(
        OptimizerTest.trajectories().stream().map(OptimizerTest.Trajectory::optimizer).toList());
    all.add(Lamb.of(0.01));
    all.add(Adam.adamW(1e-3).clipNorm(0.5).averageWeights(0.9).clipValue(0.1).skippingNonFinite());
    all.add(Sgd.momentum(0.1, 0.9).group("1", other -> other.learningRate(0.2)));
    return all;
  }

  /** In one go or each part by another thread, on the heap, off it or mixed: the same bits, on every backend. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void sameBitsEverywhere(Optimizer optimizer) {
    float[] expected = null;
    double[] norms = null;
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        int variant = threads;
        IntPredicate heap = i -> variant == 2 || variant == 3 && i % 2 == 0;
        try (Run run = new Run(kernels, threads, optimizer)) {
          int first = 0;
          for (int i = 0; i < SIZES.length; i++) {
            run.add(Integer.toString(i), SIZES[i], first, heap.test(i));
            first += SIZES[i];
          }
          run.updater.measuring(true);
          for (int step = 1; step <= STEPS; step++) {
            run.fill(step, 0);
            assertTrue(run.updater.step());
          }
          double[] got = {run.updater.gradientNorm(), run.updater.changeNorm(), run.updater.parameterNorm()};
          String where = kernels.name() + ", threads " + threads + ", seed " + SEED;
          if (expected == null) {
            expected = run.all();
            norms = got;
          }
          assertArrayEquals(expected, run.all(), where);
          assertArrayEquals(norms, got, where);
        }
      }
    }
  }

  static Stream<Optimizer> elementwise() {
    return optimizers().stream().filter(o -> o.rule().getClass() != Lamb.class && o.groups().isEmpty());
  }

  /** Each element's way depends on its own numbers alone: any cut of a tensor gives the same bits. */
  @ParameterizedTest
  @MethodSource("elementwise")
  void tensorsMayBeCut(Optimizer given) {
    // a norm of other blocks is another number in its last bits
    Optimizer optimizer = given.clipNorm() < Double.POSITIVE_INFINITY ? given.clipNorm(1e9) : given;
    try (Run whole = new Run(optimizer); Run cut = new Run(optimizer)) {
      whole.add("whole", 10_000, 0, false);
      cut.add("a", 1, 0, false).add("b", 4_999, 1, true).add("c", 5_000, 5_000, false);
      for (int step = 1; step <= STEPS; step++) {
        whole.fill(step, 0);
        cut.fill(step, 0);
        whole.updater.step();
        cut.updater.step();
      }
      assertArrayEquals(whole.all(), cut.all());
    }
  }

  /** As PyTorch's clip_grad_norm_: by limit / (norm + 1e-6), over all tensors together. */
  @Test
  void clipsByTheNormOfAll() {
    float[] first = {3, -4}, second = {12};
    for (double limit : new double[]{6.5, 13, 100}) {
      try (Run run = new Run(Sgd.of(0.5).clipNorm(limit)); Run plain = new Run(Sgd.of(0.5))) {
        run.add(1, 2).add(3);
        plain.add(1, 2).add(3);
        float factor = (float) Math.min(1, limit / (13 + 1e-6));
        for (Run each : List.of(run, plain)) {
          float by = each == plain ? factor : 1;
          each.gradients.get(1).setAtIndex(JAVA_FLOAT, 0, second[0] * by);
          each.step(first[0] * by, first[1] * by);
        }
        assertArrayEquals(plain.all(), run.all(), "limit " + limit);
        assertEquals(13, run.updater.gradientNorm(), "before clipping");
      }
    }
  }

  /** Squares beyond float's range are no infinite gradient. */
  @Test
  void greatGradientsAreClipped() {
    try (Run run = new Run(Sgd.of(1).clipNorm(5).skippingNonFinite())) {
      run.add(0, 0);
      assertTrue(run.step(3e30f, -4e30f));
      assertEquals(5e30, run.updater.gradientNorm(), 5e30 * 2 * U);
      assertArrayEquals(new float[]{-3, 4}, run.all(), 1e-5f);
    }
  }

  @Test
  void skipsWhatIsNotFinite() {
    Optimizer optimizer = Adam.of(0.1).skippingNonFinite().averageWeights(0.5);
    for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      try (Run run = new Run(optimizer); Run other = new Run(optimizer)) {
        run.add("weight", 3, 0, false);
        other.add("weight", 3, 0, false);
        for (Run each : List.of(run, other)) {
          assertTrue(each.step(1, 2, 3));
        }
        float[] before = run.all();
        assertFalse(run.step(1, 2, bad));
        assertArrayEquals(before, run.all());
        assertEquals(new Updater.NonFinite("weight", 2, bad), run.updater.nonFinite());
        assertEquals(1, run.updater.skipped());
        assertEquals(1, run.updater.steps());
        assertTrue(run.step(4, 5, 6));
        other.step(4, 5, 6);
        assertArrayEquals(other.all(), run.all(), "as if it had not been");
        assertNull(run.updater.nonFinite());
        assertArrayEquals(other.updater.state("weight", "average").toArray(JAVA_FLOAT),
            run.updater.state("weight", "average").toArray(JAVA_FLOAT));
      }
    }
  }

  @Test
  void accumulatesMicroBatches() {
    Optimizer optimizer = Sgd.momentum(0.1, 0.9);
    try (Run great = new Run(optimizer); Run small = new Run(optimizer)) {
      great.add("x", 5000, 0, false);
      small.add("x", 5000, 0, false);
      for (int step = 1; step <= STEPS; step++) {
        // micro-batches of 1, 2 and 5 samples
        double[] mean = new double[5000];
        int[] weights = {1, 2, 5};
        for (int k = 0; k < 3; k++) {
          small.fill(10 * step + k, 0);
          small.updater.accumulate(weights[k]);
          for (int i = 0; i < mean.length; i++) {
            mean[i] += weights[k] / 8.0 * small.gradients.getFirst().getAtIndex(JAVA_FLOAT, i);
          }
        }
        for (int i = 0; i < mean.length; i++) {
          great.gradients.getFirst().setAtIndex(JAVA_FLOAT, i, (float) mean[i]);
        }
        small.updater.step();
        great.updater.step();
      }
      // a rate of 0.1 and momenta that add up to 10; each mean is 3 roundings of numbers below 0.2
      assertArrayEquals(great.all(), small.all(), (float) (STEPS * 0.1 * 10 * 4 * 0.2 * U + STEPS * 4 * U));
      // and the next step goes by the gradients alone
      small.parameters.getFirst().copyFrom(great.parameters.getFirst());
      small.updater.state("x", "momentum_buffer").copyFrom(great.updater.state("x", "momentum_buffer"));
      small.fill(99, 0);
      great.fill(99, 0);
      small.updater.step();
      great.updater.step();
      assertArrayEquals(great.all(), small.all());
    }
  }

  /** A skipped step forgets what was accumulated for it. */
  @Test
  void aSkippedStepForgets() {
    try (Run run = new Run(Sgd.of(1).skippingNonFinite())) {
      run.add(5);
      run.gradients.getFirst().setAtIndex(JAVA_FLOAT, 0, Float.NaN);
      run.updater.accumulate(1);
      assertFalse(run.updater.step());
      run.gradients.getFirst().setAtIndex(JAVA_FLOAT, 0, 2);
      run.updater.accumulate(1);
      assertTrue(run.updater.step());
      assertArrayEquals(new float[]{3}, run.all());
    }
  }

  @Test
  void scalesAndClears() {
    try (Run run = new Run(Sgd.of(1))) {
      run.add(5, 6);
      run.updater.lossScale(1024).clearingGradients(true).measuring(true);
      run.step(3072, -4096);
      assertArrayEquals(new float[]{2, 10}, run.all());
      assertArrayEquals(new float[2], run.gradients.getFirst().toArray(JAVA_FLOAT));
      assertEquals(5, run.updater.gradientNorm());
      assertEquals(5, run.updater.changeNorm());
      assertEquals(Math.sqrt(104), run.updater.parameterNorm(), 1e-6);
    }
  }

  @Test
  void followsItsSchedule() {
    Optimizer optimizer = Optimizer.of(Schedule.stepDecay(1, 0.5, 2), new Sgd(0, 0, false, false));
    try (Run run = new Run(optimizer)) {
      run.add(0);
      float[] expected = {-1, -2, -2.5f, -3, -3.25f};
      for (float each : expected) {
        run.step(1);
        assertArrayEquals(new float[]{each}, run.all());
      }
      run.updater.rateFactor(4);
      run.step(1);
      assertArrayEquals(new float[]{-4.25f}, run.all());
    }
  }

  @Test
  void groupsHaveTheirOwnOptions() {
    Optimizer optimizer = Sgd.of(1).weightDecay(0.5).group("*.bias", bias -> bias.weightDecay(0).learningRate(2))
        .group("layer1.*", first -> first.maximizing());
    try (Run run = new Run(optimizer)) {
      for (String name : List.of("layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "bias")) {
        run.add(name, 1, 0, false);
        run.parameters.getLast().setAtIndex(JAVA_FLOAT, 0, 4);
      }
      run.gradients.forEach(g -> g.setAtIndex(JAVA_FLOAT, 0, 1));
      run.updater.step();
      // the last group that has a name counts; "bias" has no dot before it
      assertArrayEquals(new float[]{4 - (1 + 2), 4 - 2, 4 - (-1 + 2), 4 - (-1 + 2), 4 - (1 + 2)}, run.all());
    }
  }

  @Test
  void averagesWeights() {
    try (Run run = new Run(Sgd.of(1).averageWeights(0.75))) {
      run.add(8);
      run.updater.restartAverages(); // the parameter was written after it was added
      double average = 8, p = 8;
      for (int i = 0; i < 4; i++) {
        run.step(2);
        p -= 2;
        average = 0.75 * average + 0.25 * p;
      }
      assertEquals(average, run.updater.state("x0", "average").getAtIndex(JAVA_FLOAT, 0));
      run.updater.restartAverages();
      assertEquals(0, run.updater.state("x0", "average").getAtIndex(JAVA_FLOAT, 0));
    }
  }

  /** By the paper, tensor by tensor, in double. */
  @Test
  void lamb() {
    double rate = 0.01, decay = 0.1;
    int[] sizes = {7, 5000, 3};
    Optimizer optimizer = Optimizer.of(rate, new Lamb(0.9, 0.99, 1e-3, decay));
    for (Kernels kernels : Backends.all()) {
      try (Run run = new Run(kernels, 1, optimizer)) {
        double[][] p = new double[3][], m = new double[3][], v = new double[3][];
        for (int k = 0; k < 3; k++) {
          run.add(Integer.toString(k), sizes[k], 100 * k, k == 1);
          p[k] = new double[sizes[k]];
          m[k] = new double[sizes[k]];
          v[k] = new double[sizes[k]];
        }
        // of a norm of 0 the step is the rate times the direction
        run.parameters.get(2).fill((byte) 0);
        for (int k = 0; k < 3; k++) {
          for (int i = 0; i < sizes[k]; i++) {
            p[k][i] = run.parameters.get(k).getAtIndex(JAVA_FLOAT, i);
          }
        }
        for (int t = 1; t <= 100; t++) {
          run.fill(t, 0);
          for (int k = 0; k < 3; k++) {
            lambStep(p[k], m[k], v[k], run.gradients.get(k), t, rate, decay);
          }
          run.updater.step();
        }
        for (int k = 0; k < 3; k++) {
          for (int i = 0; i < sizes[k]; i++) {
            // a step is at most some units times the rate and has some 30 roundings beside those of the shares
            assertEquals(p[k][i], run.parameters.get(k).getAtIndex(JAVA_FLOAT, i),
                100 * rate * 10 * (30 + 1 / (1 - 0.99)) * U, kernels.name() + " " + k + "[" + i + "]");
          }
        }
      }
    }
  }

  private static void lambStep(double[] p, double[] m, double[] v, MemorySegment gradient, int t, double rate,
      double decay) {
    double[] r = new double[p.length];
    double pp = 0, rr = 0;
    for (int i = 0; i < p.length; i++) {
      double g = gradient.getAtIndex(JAVA_FLOAT, i);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.99 * v[i] + 0.01 * g * g;
      r[i] = m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.99, t))) + 1e-3) + decay * p[i];
      pp += p[i] * p[i];
      rr += r[i] * r[i];
    }
    double trust = pp > 0 && rr > 0 ? Math.sqrt(pp / rr) : 1;
    for (int i = 0; i < p.length; i++) {
      p[i] -= rate * trust * r[i];
    }
  }

  /** With the states of a step, another updater goes on with the same bits. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void goesOn(Optimizer optimizer) {
    try (Run whole = new Run(optimizer); Run second = new Run(optimizer)) {
      whole.add("x", 100, 0, false);
      second.add("x", 100, 0, false);
      for (int step = 1; step <= 10; step++) {
        if (step == 6) {
          second.parameters.getFirst().copyFrom(whole.parameters.getFirst());
          for (String state : whole.updater.stateNames("x")) {
            second.updater.state("x", state).copyFrom(whole.updater.state("x", state));
          }
          second.updater.resume(whole.updater.steps());
        }
        whole.fill(step, 0);
        whole.updater.step();
        if (step >= 6) {
          second.fill(step, 0);
          second.updater.step();
        }
      }
      assertArrayEquals(whole.all(), second.all());
    }
  }

  @Test
  void badParametersAreRefused() {
    try (Run run = new Run(Adam.of(0.1))) {
      run.add("x", 4, 0, true);
      MemorySegment y = MemorySegment.ofArray(new float[4]), z = MemorySegment.ofArray(new float[4]);
      refused(IllegalArgumentException.class, "parameter x is listed twice", () -> run.updater.add("x", y, z));
      refused(IllegalArgumentException.class, "parameter y shares memory with x",
          () -> run.updater.add("y", run.parameters.getFirst(), z));
      refused(IllegalArgumentException.class, "parameter y shares memory with x",
          () -> run.updater.add("y", z, run.gradients.getFirst()));
      refused(IndexOutOfBoundsException.class, "parameter y has 4 elements, its gradient 3",
          () -> run.updater.add("y", y, z.asSlice(4)));
      refused(IllegalArgumentException.class, "parameter x has no state sum, only [exp_avg, exp_avg_sq]",
          () -> run.updater.state("x", "sum"));
      refused(IllegalArgumentException.class, "there is no parameter q", () -> run.updater.stateNames("q"));
      refused(IllegalArgumentException.class, "weight is 0.0", () -> run.updater.accumulate(0));
      refused(IllegalArgumentException.class, "lossScale is -1.0", () -> run.updater.lossScale(-1));
      refused(IllegalArgumentException.class, "rateFactor is NaN", () -> run.updater.rateFactor(Double.NaN));
      run.step(1, 2, 3, 4);
      refused(IllegalStateException.class, "parameter y comes after the first step", () -> run.updater.add("y", y, z));
    }
    Updater closed = new Updater(Compute.of(Backend.SCALAR), Adam.of(0.1));
    closed.close();
    closed.close();
    refused(IllegalStateException.class, "the updater is closed", closed::step);
  }

  /** A tensor that is gone spoils no other. */
  @Test
  void noStepIsHalfDone() {
    for (Kernels kernels : Backends.all()) {
      try (Run run = new Run(kernels, 1, Sgd.of(1))) {
        run.add("heap", 4, 0, true).add("native", 4, 4, false);
        Arena gone = Arena.ofShared();
        run.updater.add("gone", gone.allocate(16), gone.allocate(16));
        run.fill(1, 0);
        float[] before = run.all();
        gone.close();
        assertThrows(IllegalStateException.class, run.updater::step);
        assertArrayEquals(before, run.all(), kernels.name());
      }
    }
  }

  private static void refused(Class<? extends Exception> type, String message, Runnable call) {
    String said = String.valueOf(assertThrows(type, call::run).getMessage());
    assertTrue(said.startsWith(message), said);
  }

  /** f = (x^2 + 50 y^2) / 2 with noise as great as the slope: averaged weights come nearer than the last ones. */
  @Test
  void noisyRavine() {
    for (Optimizer each : List.of(Sgd.of(0.005), Sgd.momentum(0.001, 0.9), Adam.of(5e-3), RmsProp.of(2e-3))) {
      SplittableRandom random = new SplittableRandom(SEED);
      try (Run run = new Run(each.averageWeights(0.999))) {
        run.add(1, -1);
        for (int t = 0; t < 20_000; t++) {
          float x = run.parameters.getFirst().getAtIndex(JAVA_FLOAT, 0),
              y = run.parameters.getFirst().getAtIndex(JAVA_FLOAT, 1);
          run.step((float) (x + random.nextDouble() - 0.5), (float) (50 * y + 50 * (random.nextDouble() - 0.5)));
        }
        float[] average = run.updater.state("x0", "average").toArray(JAVA_FLOAT);
        assertTrue(Math.hypot(average[0], average[1]) < 0.05,
            each + ": " + Arrays.toString(average) + ", seed " + SEED);
      }
    }
  }
}
