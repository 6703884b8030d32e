package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Updater;

/** Losses on a GPU, or on the emulated one of the build: the bits of a processor's. */
class CudaLossTest {
  private static final int ROWS = 6, COLUMNS = 3, N = ROWS * COLUMNS;
  private static final long SEED = 5;

  @BeforeAll
  static void requireGpu() {
    String missing = Backends.missing(Backend.CUDA);
    assumeTrue(missing == null, () -> "skipped, " + missing);
  }

  /** Arrays where a backend wants them. */
  private static final class Desk {
    final Compute compute;
    private final Random random = new Random(SEED);
    private final List<MemorySegment> written = new ArrayList<>();

    Desk(Compute compute) {
      this.compute = compute;
    }

    /** Numbers from 0.05 to 0.95, rows of three that add up to 1. */
    MemorySegment numbers(int n) {
      float[] x = new float[n];
      for (int i = 0; i + 2 < n; i += 3) {
        double a = 0.1 + random.nextDouble(), b = 0.1 + random.nextDouble(), c = 0.1 + random.nextDouble();
        x[i] = (float) (a / (a + b + c));
        x[i + 1] = (float) (b / (a + b + c));
        x[i + 2] = 1 - x[i] - x[i + 1];
      }
      return floats(x);
    }

    /** -1 and 1. */
    MemorySegment signs(int n) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = random.nextBoolean() ? 1 : -1;
      }
      return floats(x);
    }

    MemorySegment floats(float... x) {
      MemorySegment array = compute.kernels().allocate(4L * x.length);
      MemorySegment.copy(x, 0, array, JAVA_FLOAT, 0, x.length);
      compute.kernels().upload(array);
      return array;
    }

    MemorySegment ints(int... x) {
      MemorySegment array = compute.kernels().allocate(4L * x.length);
      MemorySegment.copy(x, 0, array, JAVA_INT, 0, x.length);
      compute.kernels().upload(array);
      return array;
    }

    /** To be written. */
    MemorySegment out(long n) {
      written.add(compute.kernels().allocate(4 * n));
      return written.getLast();
    }

    int[] outcome() {
      List<Integer> all = new ArrayList<>();
      for (MemorySegment array : written) {
        compute.kernels().download(array);
        for (long i = 0; i < array.byteSize() / 4; i++) {
          all.add(array.getAtIndex(JAVA_INT, i));
        }
      }
      return all.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private interface Evaluation {
    double on(Desk desk);
  }

  private static void requireSame(String what, Evaluation evaluation) {
    try (Compute here = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1);
        Compute there = Compute.of(Backend.CUDA, Product.Choice.BUILTIN, 1)) {
      Desk expected = new Desk(here), got = new Desk(there);
      assertEquals(evaluation.on(expected), evaluation.on(got), what + ", seed " + SEED);
      assertArrayEquals(expected.outcome(), got.outcome(), what + ", seed " + SEED);
    }
  }

  static List<Loss> losses() {
    List<Loss> all = new ArrayList<>(LossSamples.all());
    CustomLossTest.cases().forEach(custom -> all.add(custom.loss()));
    return all;
  }

  @ParameterizedTest
  @MethodSource("losses")
  void ofALossCall(Loss loss) {
    for (boolean weighted : new boolean[]{false, true}) {
      for (boolean single : new boolean[]{false, true}) {
        for (boolean gradient : new boolean[]{true, false}) {
          if (takes(loss, weighted, single)) {
            requireSame(loss + (weighted ? ", weighted" : "") + (single ? ", single losses" : ""),
                desk -> evaluate(loss, desk, weighted, single, gradient));
          }
        }
      }
    }
  }

  /** Some have no use for weights, or have no losses of single rows. */
  private static boolean takes(Loss loss, boolean weighted, boolean single) {
    try (Compute here = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1)) {
      evaluate(loss, new Desk(here), weighted, single, true);
      return true;
    } catch (IllegalArgumentException e) {
      assertTrue(weighted || single, () -> loss + ": " + e.getMessage());
      return false;
    }
  }

  private static boolean isHinge(Loss loss) {
    return loss.describe().get("name") instanceof String name && name.toLowerCase(Locale.ROOT).endsWith("hinge");
  }

  private static double evaluate(Loss loss, Desk desk, boolean weighted, boolean single, boolean gradient) {
    MemorySegment x = desk.numbers(N), dx = gradient ? desk.out(N) : null,
        t = loss.takesLabels() ? desk.ints(0, 2, 1, 1, 0, 2) : isHinge(loss) ? desk.signs(N) : desk.numbers(N);
    LossCall call = LossCall.on(desk.compute);
    if (loss.takesTarget()) {
      call.of(x, t, dx, ROWS, COLUMNS);
    } else {
      call.of(x, dx, ROWS, COLUMNS);
    }
    if (weighted) {
      call.sampleWeight(desk.floats(1, 0, 2, 0.5f, 1, 3));
    }
    if (single) {
      call.losses(desk.out(N));
    }
    if (loss instanceof SequenceCrossEntropy) {
      call.lengths(desk.ints(2, 3), 3);
    }
    LossStatistics statistics = new LossStatistics();
    double value = call.statistics(statistics).evaluate(loss), again = call.evaluate(loss);
    assertEquals(value, again);
    for (LossParameter parameter : loss.parameters()) {
      if (gradient) {
        desk.written.add(call.parameterGradient(parameter));
      }
    }
    return value + statistics.gradientNorm() + statistics.maximum() + statistics.minimum();
  }

  @Test
  void ofBoxesPairsAndTriplets() {
    for (BoxLoss.Kind kind : BoxLoss.Kind.values()) {
      requireSame(kind.toString(), desk -> BoxLoss.of(kind).evaluate(desk.compute.kernels(),
          desk.floats(0, 0, 2, 1, 5, 5, 6, 6), desk.floats(0, 0, 1, 1, 0, 0, 1, 1), desk.out(8), desk.out(2), 2));
    }
    requireSame("triplet", desk -> TripletMargin.of().evaluate(desk.compute.kernels(), desk.numbers(N),
        desk.numbers(N), desk.numbers(N), desk.out(N), desk.out(N), desk.out(N), desk.out(ROWS), ROWS, COLUMNS));
    requireSame("contrastive", desk -> Contrastive.of().evaluate(desk.compute.kernels(), desk.numbers(N),
        desk.numbers(N), desk.ints(1, 0, 1, 1, 0, 0), desk.out(N), desk.out(N), desk.out(ROWS), ROWS, COLUMNS));
    requireSame("cosine", desk -> CosineEmbedding.of().evaluate(desk.compute.kernels(), desk.numbers(N),
        desk.numbers(N), desk.ints(1, -1, 1, 1, -1, -1), desk.out(N), desk.out(N), desk.out(ROWS), ROWS, COLUMNS));
    requireSame("ranking", desk -> MarginRanking.of().evaluate(desk.compute.kernels(), desk.numbers(ROWS),
        desk.numbers(ROWS), desk.ints(1, -1, 1, 1, -1, -1), desk.out(ROWS), desk.out(ROWS), desk.out(ROWS), ROWS));
  }

  @Test
  void ofDistributions() {
    requireSame("Gaussian NLL", desk -> GaussianNll.of().evaluate(desk.compute.kernels(), desk.numbers(N),
        desk.numbers(N), desk.numbers(N), desk.out(N), desk.out(N), desk.out(N), N));
    requireSame("Gaussian KL", desk -> GaussianKl.of().evaluate(desk.compute.kernels(), desk.numbers(N),
        desk.numbers(N), desk.out(N), desk.out(N), desk.out(N), ROWS, COLUMNS));
    requireSame("penalty", desk -> new Penalty(0.5, 2, desk.numbers(N)).evaluate(desk.compute, desk.numbers(N),
        desk.out(N), N));
  }

  @Test
  void ofSequences() {
    int time = 5, classes = 3, most = 2;
    for (Reduction reduction : Reduction.values()) {
      requireSame("CTC " + reduction, desk -> Ctc.of(0).withReduction(reduction).evaluate(desk.compute.kernels(),
          desk.numbers(2 * time * classes), desk.ints(1, 2, 2, 0), desk.ints(5, 4), desk.ints(2, 1),
          desk.out(2 * time * classes), CtcScratch.of(desk.compute.kernels().arena(), 2, time, most), 2, time, classes,
          most));
    }
  }

  @Test
  void ofAWholeLayer() {
    int rows = 5, inputs = 3, classes = 9;
    for (LinearCrossEntropy loss : List.of(LinearCrossEntropy.of(),
        LinearCrossEntropy.of().labelSmoothing(0.1).zLoss(0.01).ignoreIndex(2),
        LinearCrossEntropy.of().labelSmoothing(0.1).classWeight(1, 2, 3, 4, 5, 6, 7, 8, 9))) {
      requireSame("linear " + loss, desk -> {
        LinearCall call = new LinearCall(desk.compute, desk.compute.kernels().arena(), rows, inputs, classes, 2, 4);
        double value = loss.evaluate(call.of(desk.numbers(rows * inputs),
            desk.numbers(inputs * classes), desk.numbers(classes), desk.ints(0, 8, 2, 4, 4), rows)
            .gradients(desk.out(rows * inputs), desk.out(inputs * classes), desk.out(classes)));
        desk.written.add(call.losses());
        return value;
      });
    }
  }

  @Test
  void ofSimilarities() {
    requireSame("InfoNCE", desk -> {
      SimilarityCall call = new SimilarityCall(desk.compute, desk.compute.kernels().arena(), ROWS, COLUMNS, 2, 4);
      double value = InfoNce.of(0.5).symmetric(true).evaluate(call, desk.numbers(N), desk.numbers(N), desk.out(N),
          desk.out(N), ROWS, ROWS);
      desk.written.add(call.losses());
      return value;
    });
    requireSame("NT-Xent", desk -> NtXent.of(0.5).evaluate(
        new SimilarityCall(desk.compute, desk.compute.kernels().arena(), ROWS, COLUMNS, 2, 4), desk.numbers(N),
        desk.out(N), ROWS));
  }

  @Test
  void ofADetector() {
    for (DetectorLoss loss : List.of(DetectorLoss.of(),
        DetectorLoss.of().boxes(BoxLoss.of(BoxLoss.Kind.GIOU)).boxWeight(0.5))) {
      requireSame(loss.toString(), desk -> DetectorCall.on(desk.compute).of(desk.numbers(N),
          desk.ints(0, 2, 1, 1, 0, 2), desk.out(N), desk.numbers(ROWS * 4 * COLUMNS), desk.numbers(ROWS * 4),
          desk.out(ROWS * 4 * COLUMNS), ROWS, COLUMNS, 4 * COLUMNS).evaluate(loss));
    }
  }

  @Test
  void ofNoRows() {
    for (Loss loss : List.of(Losses.meanSquaredError(), Losses.dice(), CustomLossTest.cases().getFirst().loss())) {
      requireSame("no rows, " + loss, desk -> LossCall.on(desk.compute).of(desk.numbers(COLUMNS), desk.numbers(COLUMNS),
          desk.out(COLUMNS), 0, COLUMNS).statistics(new LossStatistics()).evaluate(loss));
    }
  }

  /** What lies behind the rows of a gradient is another loss's. */
  @Test
  void ofTwoPartsOfABatch() {
    Loss custom = CustomLossTest.cases().getFirst().loss();
    requireSame("two parts", desk -> {
      LossCall call = LossCall.on(desk.compute);
      MemorySegment x = desk.numbers(2 * N), t = desk.numbers(2 * N), dx = desk.out(2 * N);
      double second = call.of(x.asSlice(4 * N), t.asSlice(4 * N), dx.asSlice(4 * N), ROWS, COLUMNS)
          .evaluate(Losses.meanSquaredError());
      return second + call.of(x, t, dx, ROWS, COLUMNS).sampleWeight(desk.floats(1, 0, 1, 1, 0, 1)).evaluate(
          Losses.custom((y, u) -> y.minus(u).square())) + call.of(x, t, null, ROWS, COLUMNS).evaluate(custom);
    });
  }

  /** The session goes on. */
  @Test
  void arraysElsewhereAreRefused() {
    try (Compute there = Compute.of(Backend.CUDA, Product.Choice.BUILTIN, 1)) {
      Desk desk = new Desk(there);
      LossCall call = LossCall.on(there);
      MemorySegment x = desk.numbers(N), here = MemorySegment.ofArray(new float[N]);
      assertThrows(IllegalArgumentException.class, () -> call.of(here, x, null, ROWS, COLUMNS));
      assertThrows(IllegalArgumentException.class, () -> call.of(x, x, here, ROWS, COLUMNS));
      assertThrows(IllegalArgumentException.class, () -> call.of(x, here, null, ROWS, COLUMNS).losses(here));
      assertThrows(IllegalArgumentException.class, () -> new Updater(there, Adam.of(0.1)).add("w", here, x));
      double expected = LossCall.on(there).of(x, desk.floats(new float[N]), null, ROWS, COLUMNS)
          .evaluate(Losses.meanSquaredError());
      assertEquals(expected, call.of(x, here, null, ROWS, COLUMNS).evaluate(Losses.meanSquaredError()));
    }
  }
}
