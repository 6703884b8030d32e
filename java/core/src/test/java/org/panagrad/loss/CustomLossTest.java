package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.CombinedLoss.part;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.assertSameBits;
import static org.panagrad.loss.LossAssertions.below;
import static org.panagrad.loss.LossAssertions.bits;
import static org.panagrad.loss.LossAssertions.normal;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.refused;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
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
import org.panagrad.kernel.Reduction;

/** Losses of one's own: any lambda against the same lambda in double. */
class CustomLossTest {
  private static final LossParameter SCALE = LossParameter.of("scale", 0.7),
      EACH = LossParameter.of("each", 0.5, -1.5, 0.25);

  /** A lambda, and for what. */
  record Case(String name, CustomLoss loss) {
    static Case of(String name, CustomLoss loss) {
      return new Case(name, loss);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Expression huber(Expression y, Expression t) {
    Expression e = y.minus(t).abs(), inside = e.atMost(1);
    return inside.times(e.minus(inside.times(0.5)));
  }

  private static Expression logCosh(Expression y, Expression t) {
    Expression e = y.minus(t).abs();
    return e.plus(e.times(-2).softplus()).minus(Math.log(2));
  }

  private static Expression crossEntropy(Expression y, Expression oneHot) {
    return y.softmax().log().times(oneHot).rowSum().negate();
  }

  private static double softSign(double x) {
    return x / (1 + Math.abs(x));
  }

  private static double softSignSlope(double x) {
    return 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
  }

  static List<Case> cases() {
    return List.of(
        Case.of("power 1.5", Losses.custom((y, t) -> y.minus(t).abs().pow(1.5).mean())),
        Case.of("log-cosh", Losses.custom(CustomLossTest::logCosh)),
        Case.of("huber", Losses.custom(CustomLossTest::huber).reduction(Reduction.SUM)),
        Case.of("huber of samples", Losses.custom((y, t) -> huber(y, t).rowMean())),
        Case.of("cross-entropy", Losses.customOfClasses(CustomLossTest::crossEntropy)),
        Case.of("of labels' rows", Losses.customOfClasses((y, o) -> y.minus(o).square().sum())),
        Case.of("no target", Losses.customWithoutTarget(y -> y.square().plus(1).sqrt())),
        Case.of("relu and bounds", Losses.custom((y, t) -> y.minus(t).relu().atMost(2).max(t.times(0.125)))),
        Case.of("per row", Losses.custom((y, t) -> y.minus(y.rowMean()).times(t.rowSum().tanh()).square())),
        Case.of("rows and scalars", Losses.custom((y, t) -> y.minus(y.mean()).abs().dividedBy(
            t.square().mean().plus(1)).rowSum())),
        Case.of("scalars alone", Losses.custom((y, t) -> y.square().mean().log1p().times(t.abs().mean()))),
        Case.of("own function",
            Losses
                .custom((y, t) -> y.apply(CustomLossTest::softSign, CustomLossTest::softSignSlope).minus(t).square())),
        Case.of("with a scale", Losses.custom(List.of(SCALE), (y, t, p) -> {
          Expression scale = p.get(SCALE).softplus();
          return y.minus(t).dividedBy(scale).square().times(0.5).plus(scale.log());
        })),
        Case.of("per column", Losses.custom(List.of(SCALE, EACH), (y, t, p) -> y.minus(t).times(p.get(EACH).exp())
            .plus(p.get(EACH)).minus(p.get(SCALE)).square().rowSum().plus(p.get(EACH).square().sum()))),
        Case.of("not of the prediction", Losses.custom((y, t) -> t.square())),
        Case.of("comparison", Losses.custom((y, t) -> y.lessThan(t).times(y.minus(t).square()))),
        Case.of("reciprocal", Losses.custom((y, t) -> y.square().plus(2).reciprocal().times(t).negate())),
        Case.of("adaptive robust", Losses.adaptiveRobust()));
  }

  /** A batch, in float and in double. */
  private record Data(int rows, int columns, float[] x, float[] t, int[] labels, float[] weights) {
    static Data of(int rows, int columns) {
      float[] weights = new float[rows];
      for (int r = 0; r < rows; r++) {
        weights[r] = r % 5 == 3 ? 0 : 0.5f + r % 3;
      }
      return new Data(rows, columns, normal(1, rows * columns, 2), normal(2, rows * columns, 2),
          below(3, rows, columns), weights);
    }

    LossCall fill(LossCall call, Loss loss, float[] gradient) {
      return !loss.takesTarget()
          ? call.of(x, gradient, rows, columns)
          : loss.takesLabels()
              ? call.of(x, labels, gradient, rows, columns)
              : call.of(x, t, gradient, rows, columns);
    }
  }

  /** The rows that count. */
  private static double[] kept(double[] x, Data data, int columns, boolean weighted) {
    return IntStream.range(0, x.length).filter(i -> !weighted || data.weights[i / columns] != 0)
        .mapToDouble(i -> x[i]).toArray();
  }

  /** What the lambda says in double, with the bound of the float's error. */
  private static double[] oracle(CustomLoss loss, double[] x, Data data, boolean weighted,
      Map<LossParameter, double[]> values) {
    double[] t = new double[x.length];
    for (int i = 0; i < t.length; i++) {
      boolean hit = data.labels[i / data.columns] == i % data.columns;
      t[i] = loss.takesLabels() ? hit ? 1 : 0 : data.t[i];
    }
    DoubleExpression result = (DoubleExpression) loss.formula().of(
        DoubleExpression.batch(kept(x, data, data.columns, weighted), data.columns),
        DoubleExpression.batch(kept(t, data, data.columns, weighted), data.columns), learned(values));
    if (!result.isBatched()) {
      return new double[]{result.value[0], result.error[0]};
    }
    double[] w = weighted ? kept(widened(data.weights), data, 1, true) : widened(ones(data.rows));
    double divisor = DoubleStream.of(w).sum() * result.columns();
    DoubleExpression sum = (DoubleExpression) result.times(DoubleExpression.batch(w, 1)).sum();
    double scale = loss.reduction() == Reduction.MEAN ? 1 / divisor : 1;
    return new double[]{sum.value[0] * scale, sum.error[0] * scale};
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] widened(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  private static Map<LossParameter, double[]> initial(CustomLoss loss) {
    Map<LossParameter, double[]> values = new HashMap<>();
    loss.parameters().forEach(p -> values.put(p, widened(p.initial())));
    return values;
  }

  /** A gradient against central differences in double. Its roundings are relative to the greatest of its kind. */
  private static void assertGradient(String what, double[] x, float[] gradient, DoubleSupplier f) {
    double[] expected = new double[x.length];
    double greatest = 0;
    for (int i = 0; i < x.length; i++) {
      double was = x[i], h = 1e-5;
      x[i] = was + h;
      double above = f.getAsDouble();
      x[i] = was - h;
      expected[i] = (above - f.getAsDouble()) / (2 * h);
      x[i] = was;
      greatest = Math.max(greatest, Math.abs(expected[i]));
    }
    for (int i = 0; i < x.length; i++) {
      assertEquals(expected[i], gradient[i], 128 * EPS * greatest + 1e-9, what + ", element " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void likeTheSameInDouble(Case test) {
    CustomLoss loss = test.loss;
    Data data = Data.of(37, 3);
    for (Kernels kernels : LossAssertions.few()) {
      for (boolean weighted : new boolean[]{false, true}) {
        double[] x = widened(data.x);
        Map<LossParameter, double[]> values = initial(loss);
        double[] expected = oracle(loss, x, data, weighted, values);
        boolean reduces = !((DoubleExpression) loss.formula().of(DoubleExpression.batch(x, 3),
            DoubleExpression.batch(x, 3), learned(values))).isBatched();
        if (weighted && reduces) {
          continue;
        }
        try (Compute compute = on(kernels, 1)) {
          LossCall call = LossCall.on(compute);
          float[] gradient = new float[data.x.length];
          data.fill(call, loss, gradient);
          if (weighted) {
            call.sampleWeight(data.weights);
          }
          double value = call.evaluate(loss);
          assertEquals(expected[0], value, expected[1] + 1e-12, test.name);
          assertGradient(test.name, x, gradient, () -> oracle(loss, x, data, weighted, values)[0]);
          for (LossParameter p : loss.parameters()) {
            assertGradient(test.name + ", " + p.name(), values.get(p),
                call.parameterGradient(p).toArray(JAVA_FLOAT), () -> oracle(loss, x, data, weighted, values)[0]);
          }
          data.fill(call, loss, null);
          if (weighted) {
            call.sampleWeight(data.weights);
          }
          assertEquals(value, call.evaluate(loss), test.name + ", the value alone");
        }
      }
    }
  }

  private static Map<LossParameter, Expression> learned(Map<LossParameter, double[]> values) {
    Map<LossParameter, Expression> learned = new HashMap<>();
    values.forEach((p, v) -> learned.put(p, DoubleExpression.single(v)));
    return learned;
  }

  /** Of several parts of work and several blocks, on the heap and off it. */
  @ParameterizedTest
  @MethodSource("cases")
  void sameBits(Case test) {
    CustomLoss loss = test.loss;
    Data data = Data.of(23_000, 3);
    assertSameBits(compute -> {
      LossCall call = LossCall.on(compute);
      float[] gradient = new float[data.x.length];
      double value = data.fill(call, loss, gradient).evaluate(loss);
      float[] all = bits(value, gradient);
      for (LossParameter p : loss.parameters()) {
        all = bits(value, all, call.parameterGradient(p).toArray(JAVA_FLOAT));
      }
      assertOffHeap(data, loss, compute, value, gradient);
      return all;
    });
  }

  private static void assertOffHeap(Data data, CustomLoss loss, Compute compute, double value, float[] gradient) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment x = arena.allocateFrom(JAVA_FLOAT, data.x);
      MemorySegment t = loss.takesLabels()
          ? arena.allocateFrom(JAVA_INT, data.labels)
          : arena.allocateFrom(JAVA_FLOAT, data.t);
      // in place
      assertEquals(value, LossCall.on(compute).of(x, t, x, data.rows, data.columns).evaluate(loss));
      assertArrayEquals(gradient, x.toArray(JAVA_FLOAT));
    }
  }

  /** Where there is one in the library, they agree. */
  @ParameterizedTest
  @MethodSource("org.panagrad.loss.LossAssertions#few")
  void likeTheBuiltIn(Kernels kernels) {
    Data data = Data.of(500, 7);
    Map<Loss, Loss> pairs = Map.of(
        Losses.custom((y, t) -> y.minus(t).square().mean()), Losses.meanSquaredError(),
        Losses.custom(CustomLossTest::huber).reduction(Reduction.SUM), Losses.huber(1).reduction(Reduction.SUM),
        Losses.custom(CustomLossTest::logCosh), Losses.logCosh(),
        Losses.custom((y, t) -> y.softplus().minus(y.times(t))), Losses.binaryCrossEntropy(),
        Losses.customOfClasses(CustomLossTest::crossEntropy), Losses.softmaxCrossEntropy());
    pairs.forEach((own, built) -> {
      try (Compute compute = on(kernels, 1)) {
        float[] gradient = new float[data.x.length], expected = new float[data.x.length];
        LossCall call = LossCall.on(compute);
        double value = data.fill(call, built, expected).evaluate(built);
        assertEquals(value, data.fill(call, own, gradient).evaluate(own), 1e-5 * Math.abs(value), () -> "" + built);
        assertArrayEquals(expected, gradient, 1e-5f, () -> "" + built);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("org.panagrad.loss.LossAssertions#few")
  void weightsAndReductions(Kernels kernels) {
    CustomLoss squares = Losses.custom((y, t) -> y.minus(t).square());
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = {1, 2, Float.NaN, 5, 3, 0}, t = {0, 0, 0, 0, 1, 1}, w = {1, 0, 3}, gradient = new float[6],
          losses = {9, 9, 9, 9, 9, 9};
      assertEquals((5 + 3 * 5) / 8.0,
          call.of(x, t, gradient, 3, 2).sampleWeight(w).losses(losses).evaluate(squares));
      assertArrayEquals(new float[]{0.25f, 0.5f, 0, 0, 1.5f, -0.75f}, gradient);
      assertArrayEquals(new float[]{1, 4, 0, 0, 12, 3}, losses);
      assertEquals(20, call.of(x, t, gradient, 3, 2).sampleWeight(w).evaluate(squares.reduction(Reduction.SUM)));
      assertArrayEquals(new float[]{2, 4, 0, 0, 12, -6}, gradient);
      assertEquals(20 / 4.0,
          call.of(x, t, null, 3, 2).sampleWeight(w).evaluate(squares.reduction(Reduction.SUM_OVER_BATCH_SIZE)));
      // a mean over the batch inside the lambda does not see it either
      Loss centred = Losses.custom((y, u) -> y.minus(y.mean()).square().rowSum());
      assertEquals((0.25 + 0.25 + 3 * (2.25 + 2.25)) / 4,
          call.of(new float[]{1, 2, Float.NaN, 5, 3, 0}, t, gradient, 3, 2).sampleWeight(w).evaluate(centred));
    }
  }

  @ParameterizedTest
  @MethodSource("org.panagrad.loss.LossAssertions#few")
  void nothing(Kernels kernels) {
    CustomLoss squares = Losses.custom((y, t) -> y.square()), own = Losses.custom((y, t) -> y.mean());
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = {1}, gradient = {9};
      for (CustomLoss loss : List.of(squares, own)) {
        assertTrue(Double.isNaN(call.of(x, x, gradient, 0, 1).evaluate(loss)));
        assertEquals(0, call.of(x, x, gradient, 0, 1).evaluate(loss.empty(EmptyPolicy.ZERO)));
        refused(IllegalStateException.class, "over nothing",
            () -> call.of(x, x, gradient, 0, 1).evaluate(loss.empty(EmptyPolicy.THROW)));
      }
      assertArrayEquals(new float[]{9}, gradient);
      call.of(x, x, gradient, 1, 1).sampleWeight(new float[]{0}).evaluate(squares);
      assertArrayEquals(new float[]{0}, gradient);
      assertEquals(0, call.of(x, x, gradient, 0, 1).evaluate(Losses.custom((y, t) -> y.sum())));
    }
  }

  /** Parameters are a call's, or where it is told; a part's weight is theirs, too. */
  @ParameterizedTest
  @MethodSource("org.panagrad.loss.LossAssertions#few")
  void parameters(Kernels kernels) {
    LossParameter a = LossParameter.of("a", 2), b = LossParameter.of("b", 3);
    CustomLoss first = Losses.custom(List.of(a), (y, t, p) -> y.times(p.get(a)).sum()),
        second = Losses.custom(List.of(b), (y, t, p) -> y.times(p.get(b)).sum());
    try (Compute compute = on(kernels, 1)) {
      LossCall call = LossCall.on(compute);
      float[] x = {1, 4}, gradient = new float[2];
      assertEquals(10, call.of(x, x, gradient, 2, 1).evaluate(first));
      assertEquals(5, call.parameterGradient(a).getAtIndex(JAVA_FLOAT, 0));
      call.parameter(a).setAtIndex(JAVA_FLOAT, 0, -1);
      assertEquals(-5, call.evaluate(first));
      assertArrayEquals(new float[]{-1, -1}, gradient);
      assertEquals(10, LossCall.on(compute).of(x, x, gradient, 2, 1).evaluate(first), "another call's are its own");

      float[] values = {7}, slopes = {0};
      call.bind(a, MemorySegment.ofArray(values), MemorySegment.ofArray(slopes));
      SumOfLosses sum = SumOfLosses.of(part("first", 2, first), part("second", 0, second));
      assertEquals(List.of(a, b), sum.parameters());
      call.parameterGradient(b).setAtIndex(JAVA_FLOAT, 0, Float.NaN);
      assertEquals(70, call.evaluate(sum));
      assertArrayEquals(new float[]{10}, slopes);
      assertEquals(0, call.parameterGradient(b).getAtIndex(JAVA_FLOAT, 0));

      CombinedCall heads = CombinedLoss.of(part("first", 3, first)).on(compute);
      heads.part("first").of(x, x, gradient, 2, 1);
      assertEquals(30, heads.evaluate());
      assertEquals(15, heads.part("first").parameterGradient(a).getAtIndex(JAVA_FLOAT, 0));
      refused(IndexOutOfBoundsException.class, "gradient of a",
          () -> call.bind(a, MemorySegment.ofArray(values), MemorySegment.ofArray(new float[0])));
      refused("parameters are named a", () -> SumOfLosses.of(part("one", 1, first), part("two", 1, first)));
      refused("parameters are named a",
          () -> Losses.custom(List.of(a, LossParameter.of("a", 1)), (y, t, p) -> y.sum()));
      refused("name", () -> LossParameter.of(" ", 1));
      refused("at least one", () -> LossParameter.of("a"));
      refused("a[1]|NaN", () -> LossParameter.of("a", 1, Double.NaN));
    }
  }

  @Test
  void refusals() {
    float[] x = new float[12], gradient = new float[12];
    int[] labels = {0, 1, 2, 4};
    LossParameter two = LossParameter.of("two", 1, 2);
    Expression[] kept = new Expression[1];
    try (Compute compute = Compute.of(Backend.SCALAR)) {
      LossCall call = LossCall.on(compute);
      CustomLoss misfit = Losses.custom(List.of(two), (y, t, p) -> y.times(p.get(two)).sum()),
          scalar = Losses.custom((y, t) -> y.sum()), classes = Losses.customOfClasses((y, o) -> y.times(o));
      refused("MULTIPLY|batch x 3|1 x 2", () -> call.of(x, x, gradient, 4, 3).evaluate(misfit));
      call.of(x, x, gradient, 6, 2).evaluate(misfit);
      refused("label 4 in row 3", () -> call.of(x, labels, gradient, 4, 3).evaluate(classes));
      refused("sampleWeight|one number",
          () -> call.of(x, x, gradient, 4, 3).sampleWeight(new float[4]).evaluate(scalar));
      refused("losses|one number", () -> call.of(x, x, gradient, 4, 3).losses(new float[4]).evaluate(scalar));
      refused("elementWeight", () -> call.of(x, x, gradient, 4, 3).elementWeight(new float[12]).evaluate(classes));
      refused("weights[1] is -1.0", () -> call.of(x, gradient, 4, 3).sampleWeight(new float[]{1, -1, 0, 0})
          .evaluate(Losses.customWithoutTarget(y -> y)));
      refused("SequenceCrossEntropy", () -> call.of(x, x, gradient, 4, 3).steps(2).evaluate(scalar));
      refused("1 x 2|one number",
          () -> call.of(x, x, gradient, 6, 2).evaluate(Losses.custom(List.of(two), (y, t, p) -> p.get(two))));
      refused("must return what it made",
          () -> call.of(x, x, gradient, 4, 3).evaluate(Losses.custom((y, t) -> DoubleExpression.single(1))));
      call.of(x, x, gradient, 4, 3).evaluate(Losses.custom((y, t) -> kept[0] = y));
      refused("from elsewhere",
          () -> call.of(x, x, gradient, 4, 3).evaluate(Losses.custom((y, t) -> y.minus(kept[0]))));
      refused(IndexOutOfBoundsException.class, "gradient has 2",
          () -> call.of(x, x, new float[2], 4, 3).evaluate(scalar));
      refused(IndexOutOfBoundsException.class, "target has 2",
          () -> call.of(x, new float[2], gradient, 4, 3).evaluate(scalar));
    }
  }

  /** The lambda is called once for each number of columns, also where reduction or word on nothing change. */
  @Test
  void tracedOnce() {
    int[] calls = {0};
    CustomLoss loss = Losses.custom((y, t) -> {
      calls[0]++;
      y.minus(t).log(); // of a negative number: it is not used, so it does no harm
      return y.minus(t).square();
    });
    try (Compute compute = Compute.of(Backend.SCALAR)) {
      LossCall call = LossCall.on(compute);
      float[] x = {1, 2, 3, 4}, t = {2, 3, 4, 5}, gradient = new float[4];
      for (int round = 0; round < 3; round++) {
        assertEquals(1, call.of(x, t, gradient, 2, 2).evaluate(loss));
        assertEquals(4, call.of(x, t, gradient, 2, 2).evaluate(loss.reduction(Reduction.SUM)));
        assertArrayEquals(new float[]{-2, -2, -2, -2}, gradient);
        assertEquals(1, call.of(x, t, gradient, 1, 4).evaluate(loss.empty(EmptyPolicy.ZERO)));
      }
      assertEquals(2, calls[0]);
      for (int i = 0; i < 20; i++) { // the oldest make room
        assertEquals(10, call.of(x, t, gradient, 2, 2).evaluate(Losses.custom((y, u) -> y.sum())));
      }
      assertEquals(1, call.of(x, t, gradient, 2, 2).evaluate(loss));
      assertEquals(3, calls[0]);
    }
    assertSame(Losses.custom((y, t) -> y).describe().get("name"), "custom");
  }

  @Test
  @Tag("allocation")
  void allocatesNothing() {
    Data data = Data.of(8, 3);
    float[] gradient = new float[data.x.length];
    Set<String> steady = Set.of("log-cosh", "cross-entropy", "rows and scalars", "own function", "per column");
    for (Backend backend : Allocation.backends()) {
      for (Case test : cases().stream().filter(test -> steady.contains(test.name)).toList()) {
        try (Compute compute = on(Backends.of(backend), 1)) {
          LossCall call = LossCall.on(compute);
          boolean weighted = test.name.equals("log-cosh");
          Allocation.requireNone(backend + ", " + test.name, () -> {
            data.fill(call, test.loss, gradient);
            if (weighted) {
              call.sampleWeight(data.weights);
            }
            call.evaluate(test.loss);
          });
        }
      }
    }
  }
}
