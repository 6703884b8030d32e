package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;

/** The fused layer and loss: against the formula in double, the unfused way, differences; the same bits everywhere. */
class LinearCrossEntropyTest {
  private static final int IGNORED = -100;
  private static final LinearOracle.Options PLAIN = new LinearOracle.Options(null, null, IGNORED, 0, 0);

  /** Sizes of a problem and of its tiles. */
  record Shape(int rows, int inputs, int classes, int rowTile, int classTile) {
  }

  static List<Shape> shapes() {
    return List.of(new Shape(1, 1, 1, 8, 16), new Shape(7, 5, 17, 8, 16), new Shape(9, 3, 16, 8, 16),
        new Shape(70, 19, 53, 33, 16), new Shape(65, 33, 64, 64, 65), new Shape(40, 7, 131, 16, 64),
        new Shape(130, 3, 4097, LinearCall.ROW_TILE, LinearCall.CLASS_TILE));
  }

  /** Data of a problem and the results of a call on it. */
  private static final class Problem {
    final Shape shape;
    final float[] x, weight, bias, classWeight, sampleWeight;
    final int[] labels;
    float[] losses, xGradient, weightGradient, biasGradient;
    double value;

    Problem(Shape s) {
      shape = s;
      Random random = new Random(s.rows * 31L + s.classes);
      x = multiples(random, s.rows * s.inputs, 2);
      weight = multiples(random, s.inputs * s.classes, 1);
      bias = multiples(random, s.classes, 1);
      classWeight = new float[s.classes];
      for (int c = 0; c < s.classes; c++) {
        classWeight[c] = 0.25f + c % 7 * 0.25f;
      }
      sampleWeight = new float[s.rows];
      labels = new int[s.rows];
      for (int r = 0; r < s.rows; r++) {
        sampleWeight[r] = r % 4 == 2 ? 0 : 0.5f + random.nextInt(8) * 0.25f;
        labels[r] = r % 5 == 4 ? IGNORED : random.nextInt(s.classes);
      }
    }

    /** Multiples of 2^-10, to which 2^-9 can be added without rounding. */
    private static float[] multiples(Random random, int n, int most) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = random.nextInt(-1024 * most, 1024 * most + 1) / 1024f;
      }
      return x;
    }

    LinearOracle.Options all() {
      return new LinearOracle.Options(classWeight, sampleWeight, IGNORED, 0.125, 0x1p-7);
    }

    LinearOracle oracle(LinearOracle.Options o, double scale) {
      return new LinearOracle(x, weight, bias, labels, shape.rows, shape.inputs, shape.classes, o, scale);
    }

    Problem run(Compute compute, LinearCrossEntropy loss, boolean weighted) {
      try (Arena arena = Arena.ofShared()) {
        return run(compute, loss, weighted, n -> arena.allocate(4L * n, 4));
      }
    }

    /** With memory of one kind. */
    Problem run(Compute compute, LinearCrossEntropy loss, boolean weighted, Function<Integer, MemorySegment> memory) {
      try (Arena arena = Arena.ofShared()) {
        Shape s = shape;
        LinearCall call = new LinearCall(compute, arena, s.rows, s.inputs, s.classes, s.rowTile, s.classTile);
        MemorySegment dx = memory.apply(x.length), dw = memory.apply(weight.length), db = memory.apply(bias.length);
        MemorySegment y = memory.apply(s.rows);
        MemorySegment.copy(MemorySegment.ofArray(labels), 0, y, 0, 4L * s.rows);
        call.of(of(memory, x), of(memory, weight), of(memory, bias), y, s.rows).gradients(dx, dw, db)
            .sampleWeight(weighted ? of(memory, sampleWeight) : null);
        value = loss.evaluate(call);
        losses = floats(call.losses());
        xGradient = floats(dx);
        weightGradient = floats(dw);
        biasGradient = floats(db);
        assertEquals(value, loss.evaluate(call.gradients(null, null, null)), "without gradients");
        return this;
      }
    }

    private static MemorySegment of(Function<Integer, MemorySegment> memory, float[] x) {
      return memory.apply(x.length).copyFrom(MemorySegment.ofArray(x));
    }
  }

  private static float[] floats(MemorySegment x) {
    return x.toArray(JAVA_FLOAT);
  }

  private static Compute compute(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  private static LinearCrossEntropy all(Problem p) {
    return LinearCrossEntropy.of().ignoreIndex(IGNORED).classWeight(p.classWeight).labelSmoothing(0.125).zLoss(0x1p-7);
  }

  private static void near(String what, double[] expected, double[] within, float[] got) {
    for (int i = 0; i < expected.length; i++) {
      assertTrue(Math.abs(expected[i] - got[i]) <= within[i],
          what + "[" + i + "] is " + got[i] + ", expected " + expected[i] + " within " + within[i]);
    }
  }

  private static void check(Problem p, LinearOracle o) {
    near("losses", o.losses, o.lossErrors, p.losses);
    near("xGradient", o.xGradient, o.xErrors, p.xGradient);
    near("weightGradient", o.weightGradient, o.weightErrors, p.weightGradient);
    near("biasGradient", o.biasGradient, o.biasErrors, p.biasGradient);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void agreesWithTheFormula(Shape shape) {
    Problem p = new Problem(shape);
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1)) {
      LinearCrossEntropy plain = LinearCrossEntropy.of().ignoreIndex(IGNORED), all = all(p);
      check(p.run(compute, plain.reduction(Reduction.SUM), false), p.oracle(PLAIN, 1));
      int kept = 0;
      double weights = 0;
      for (int r = 0; r < shape.rows; r++) {
        boolean keeps = p.labels[r] != IGNORED;
        kept += keeps ? 1 : 0;
        weights += keeps ? (double) p.sampleWeight[r] * p.classWeight[p.labels[r]] : 0;
      }
      check(p.run(compute, plain, false), p.oracle(PLAIN, 1.0 / kept));
      assertEquals(sum(p.losses) / kept, p.value, 1e-12);
      check(p.run(compute, all, true), p.oracle(p.all(), 1 / weights));
      assertEquals(sum(p.losses) / weights, p.value, 1e-12);
    }
  }

  private static double sum(float[] x) {
    double sum = 0;
    for (float v : x) {
      sum += v;
    }
    return sum;
  }

  /** Both ways are within the oracle's distance of the exact result, so not farther apart than twice that. */
  @ParameterizedTest
  @MethodSource("shapes")
  void agreesWithTheUnfusedWay(Shape s) {
    Problem p = new Problem(s);
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      Kernels k = compute.kernels();
      long n = (long) s.rows * s.classes;
      MemorySegment x = arena.allocateFrom(JAVA_FLOAT, p.x), weight = arena.allocateFrom(JAVA_FLOAT, p.weight),
          logits = arena.allocate(4 * n, 4), losses = arena.allocate(4L * s.rows, 4),
          dw = arena.allocate(4L * p.weight.length, 4), dx = arena.allocate(4L * p.x.length, 4),
          transposed = arena.allocate(4L * p.weight.length, 4);
      k.product(x, weight, logits, s.classes, s.inputs, s.inputs, s.classes, s.classes, false, false, 0, s.rows);
      k.bias(logits, MemorySegment.ofArray(p.bias), logits, s.classes, 0, s.rows);
      RowLoss loss = RowLoss.softmaxCrossEntropy().ignoreIndex(IGNORED).classWeight(p.classWeight)
          .labelSmoothing(0.125).zLoss(0x1p-7);
      k.rowLoss(loss, logits, MemorySegment.ofArray(p.labels), MemorySegment.ofArray(p.sampleWeight), logits, losses,
          null, s.classes, 1, 0, s.rows);
      k.product(x, logits, dw, s.classes, s.rows, s.inputs, s.classes, s.classes, true, false, 0, s.inputs);
      k.transpose(weight, transposed, s.inputs, s.classes, 0, s.classes);
      k.product(logits, transposed, dx, s.inputs, s.classes, s.classes, s.inputs, s.inputs, false, false, 0, s.rows);

      p.run(compute, all(p).reduction(Reduction.SUM), true);
      LinearOracle o = p.oracle(p.all(), 1);
      near("losses", doubles(floats(losses)), twice(o.lossErrors), p.losses);
      near("xGradient", doubles(floats(dx)), twice(o.xErrors), p.xGradient);
      near("weightGradient", doubles(floats(dw)), twice(o.weightErrors), p.weightGradient);
    }
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  private static double[] twice(double[] x) {
    return java.util.Arrays.stream(x).map(v -> 2 * v).toArray();
  }

  /**
   * The value along a line through x, weight or bias. Along it a logit moves with a speed of at most R, so the third
   * derivative of a row's ln sum e^logit, a third central moment, is at most (2 R)^3; the rest of the loss is linear.
   */
  @Test
  void agreesWithDifferences() {
    Problem p = new Problem(new Shape(20, 6, 37, 8, 16));
    double h = 0x1p-9;
    LinearCrossEntropy loss = LinearCrossEntropy.of().ignoreIndex(IGNORED).labelSmoothing(0.125)
        .reduction(Reduction.SUM);
    LinearOracle.Options options = new LinearOracle.Options(null, null, IGNORED, 0.125, 0);
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1)) {
      LinearOracle o = p.run(compute, loss, false).oracle(options, 1);
      double noise = java.util.Arrays.stream(o.lossErrors).sum();
      List<float[]> inputs = List.of(p.x, p.weight, p.bias);
      List<float[]> gradients = List.of(p.xGradient, p.weightGradient, p.biasGradient);
      double[] speeds = {p.shape.inputs, 2 * p.shape.inputs, 1}; // of weights up to 1, of x up to 2
      for (int k = 0; k < 3; k++) {
        float[] input = inputs.get(k);
        float[] direction = new float[input.length];
        double slope = 0;
        for (int i = 0; i < input.length; i++) { // where the value rises most
          direction[i] = gradients.get(k)[i] < 0 ? -1 : 1;
          slope += direction[i] * (double) gradients.get(k)[i];
        }
        double up = moved(p, input, direction, h, compute, loss), down = moved(p, input, direction, -h, compute, loss);
        double curved = p.shape.rows * Math.pow(2 * speeds[k], 3) * h * h / 6;
        double within = noise / h + curved;
        assertTrue(within < slope / 4, "the test tells nothing: slope " + slope + " within " + within);
        assertEquals((up - down) / (2 * h), slope, within, "input " + k);
      }
    }
  }

  private static double moved(Problem p, float[] input, float[] direction, double h, Compute compute,
      LinearCrossEntropy loss) {
    float[] before = input.clone();
    for (int i = 0; i < input.length; i++) {
      input[i] += (float) (h * direction[i]);
    }
    double value = p.run(compute, loss, false).value;
    System.arraycopy(before, 0, input, 0, input.length);
    return value;
  }

  @Test
  @Tag("width")
  void sameBitsEverywhere() {
    for (Shape shape : shapes().subList(1, 6)) {
      Problem reference = new Problem(shape);
      LinearCrossEntropy loss = all(reference);
      try (Compute scalar = compute(Backends.of(Backend.SCALAR), 1)) {
        reference.run(scalar, loss, true);
      }
      for (Kernels kernels : Backends.all()) {
        for (int threads = 1; threads <= 3; threads++) {
          try (Compute compute = compute(kernels, threads)) {
            String where = shape + " on " + kernels.name() + ", threads " + threads;
            same(where, reference, new Problem(shape).run(compute, loss, true));
            same(where + ", heap", reference,
                new Problem(shape).run(compute, loss, true, n -> MemorySegment.ofArray(new float[n])));
          }
        }
      }
    }
  }

  private static void same(String where, Problem a, Problem b) {
    assertEquals(a.value, b.value, where);
    assertArrayEquals(a.losses, b.losses, where);
    assertArrayEquals(a.xGradient, b.xGradient, where);
    assertArrayEquals(a.weightGradient, b.weightGradient, where);
    assertArrayEquals(a.biasGradient, b.biasGradient, where);
  }

  @Test
  void rowsThatCountNothing() {
    Shape shape = new Shape(40, 7, 37, 16, 16);
    Problem p = new Problem(shape), other = new Problem(shape);
    for (int r = 0; r < shape.rows; r++) {
      boolean counts = p.labels[r] != IGNORED && p.sampleWeight[r] != 0;
      for (int i = r * shape.inputs; i < (r + 1) * shape.inputs && !counts; i++) {
        other.x[i] = -1000;
      }
    }
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1)) {
      same("ignored", p.run(compute, all(p), true), other.run(compute, all(p), true));
      for (int r = 0; r < shape.rows; r++) {
        if (p.labels[r] == IGNORED || p.sampleWeight[r] == 0) {
          assertEquals(0, p.losses[r]);
          assertEquals(0, p.xGradient[r * shape.inputs]);
        }
      }
    }
  }

  /** A tile of classes that cannot be is as good as none. */
  @Test
  void aTileOfMinusInfinity() {
    Problem p = new Problem(new Shape(9, 5, 48, 8, 16)), q = new Problem(p.shape);
    for (int c = 0; c < 16; c++) {
      p.bias[c] = Float.NEGATIVE_INFINITY;
      q.bias[c] = -1e4f; // e^-1e4 is 0
    }
    for (int r = 0; r < 9; r++) {
      p.labels[r] = q.labels[r] = 16 + r;
    }
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1)) {
      same("-inf", q.run(compute, LinearCrossEntropy.of(), false), p.run(compute, LinearCrossEntropy.of(), false));
      assertTrue(p.value > 0);
      p.x[0] = Float.NaN;
      assertTrue(Double.isNaN(p.run(compute, LinearCrossEntropy.of(), false).value));
      assertTrue(Float.isNaN(p.losses[0]) && p.losses[1] == q.losses[1]);
    }
  }

  @Test
  void refusesWhatIsWrongAndWritesNothing() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      LinearCall call = LinearCall.on(compute, arena, 2, 3, 4);
      MemorySegment x = arena.allocate(4 * 6, 4), w = arena.allocate(4 * 12, 4), b = arena.allocate(4 * 4, 4),
          dx = arena.allocate(4 * 6, 4), labels = MemorySegment.ofArray(new int[]{0, 4});
      dx.fill((byte) 1);
      LinearCrossEntropy loss = LinearCrossEntropy.of();
      String message = assertThrowsExactly(IllegalArgumentException.class,
          () -> loss.evaluate(call.of(x, w, b, labels, 2).gradients(dx, null, null))).getMessage();
      assertTrue(message.contains("label 4 in row 1"), message);
      assertEquals(0x01010101, dx.get(java.lang.foreign.ValueLayout.JAVA_INT, 0));
      MemorySegment right = MemorySegment.ofArray(new int[]{0, 3});
      List<Runnable> wrong = List.of(() -> call.of(x, w, b, right, 3), () -> call.of(x, w, b, right, -1),
          () -> call.of(x, w, b, right, 2).gradients(x, null, null),
          () -> call.of(x, w, b, right, 2).gradients(dx, w, null),
          () -> call.of(x, w, b, right, 2).gradients(dx.asReadOnly(), null, null),
          () -> call.of(x, w, b, right, 2).sampleWeight(MemorySegment.ofArray(new float[]{1, -1})));
      for (Runnable each : wrong) {
        each.run();
        assertThrowsExactly(IllegalArgumentException.class, () -> loss.evaluate(call));
      }
      call.of(x, w.asSlice(4), b, right, 2);
      assertThrowsExactly(IndexOutOfBoundsException.class, () -> loss.evaluate(call));
      call.of(x, w, b, right, 2);
      assertThrowsExactly(IllegalArgumentException.class, () -> loss.classWeight(1, 2).evaluate(call));
    }
  }

  @Test
  void nothing() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      LinearCall call = LinearCall.on(compute, arena, 2, 3, 4);
      MemorySegment w = arena.allocate(4 * 12, 4), dw = arena.allocate(4 * 12, 4), none = arena.allocate(0, 4);
      dw.fill((byte) 1);
      call.of(none, w, null, none, 0).gradients(none, dw, null);
      assertTrue(Double.isNaN(LinearCrossEntropy.of().evaluate(call)));
      assertArrayEquals(new float[12], floats(dw));
      assertEquals(0, LinearCrossEntropy.of().empty(EmptyPolicy.ZERO).evaluate(call));
      assertEquals(0, LinearCrossEntropy.of().reduction(Reduction.SUM).evaluate(call));
      assertThrowsExactly(IllegalStateException.class,
          () -> LinearCrossEntropy.of().empty(EmptyPolicy.THROW).evaluate(call));
    }
  }

  /** An arena that counts. */
  static final class CountingArena implements Arena {
    private final Arena arena = Arena.ofShared();
    long bytes;

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
      bytes += byteSize;
      return arena.allocate(byteSize, byteAlignment);
    }

    @Override
    public MemorySegment.Scope scope() {
      return arena.scope();
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  @Test
  void theScratchIsWhatItSays() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1)) {
      for (Shape s : List.of(new Shape(1, 1, 1, 0, 0), new Shape(500, 64, 9000, 0, 0), new Shape(0, 5, 7, 0, 0),
          new Shape(100, 300, 4096, 0, 0))) {
        try (CountingArena arena = new CountingArena()) {
          LinearCall.on(compute, arena, s.rows, s.inputs, s.classes);
          assertEquals(LinearCall.bytes(s.rows, s.inputs, s.classes), arena.bytes, s.toString());
        }
        try (CountingArena arena = new CountingArena()) {
          SimilarityCall.on(compute, arena, Math.max(1, s.rows), s.inputs);
          assertEquals(SimilarityCall.bytes(Math.max(1, s.rows), s.inputs), arena.bytes, s.toString());
        }
      }
    }
    // the logits alone would be 512 x 32000 x 4 = 65.5 MB
    assertTrue(LinearCall.bytes(512, 256, 32_000) < 4_400_000);
  }

  @Test
  @Tag("allocation")
  void allocatesNothingWhenWarm() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      Shape s = new Shape(9, 5, 20, 8, 16);
      LinearCall call = new LinearCall(compute, arena, s.rows, s.inputs, s.classes, s.rowTile, s.classTile);
      SimilarityCall similar = SimilarityCall.on(compute, arena, 8, s.inputs);
      MemorySegment x = arena.allocate(4 * 45, 4), w = arena.allocate(4 * 100, 4), b = arena.allocate(4 * 20, 4),
          labels = arena.allocate(4 * 9, 4), dx = arena.allocate(4 * 45, 4), dw = arena.allocate(4 * 100, 4),
          db = arena.allocate(4 * 20, 4);
      LinearCrossEntropy loss = LinearCrossEntropy.of().labelSmoothing(0.125);
      NtXent contrast = NtXent.of();
      Allocation.requireNone("linear cross-entropy and contrast", () -> {
        loss.evaluate(call.of(x, w, b, labels, s.rows).gradients(dx, dw, db));
        contrast.evaluate(similar, x, dx, 8);
      });
    }
  }
}
