package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.EPS;
import static org.panagrad.loss.LossAssertions.call;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.with;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Reduction;

/** What must not change a bit: threads, memory, place, the other rows; and rows of many blocks. */
class LossCallTest {
  private static final long SEED = 11;

  static List<Kernels> backends() {
    return Backends.all();
  }

  // wide rows

  private static final int WIDE = 200_003;

  @ParameterizedTest
  @MethodSource("backends")
  void wideRows(Kernels k) {
    float[] x = random(new Random(SEED), 3 * WIDE, -5, 5);
    int[] labels = {0, WIDE - 1, 77_777};
    float[] heap = new float[x.length], losses = new float[3];
    call(k).of(x, labels, heap, 3, WIDE).losses(losses)
        .evaluate(Losses.softmaxCrossEntropy().reduction(Reduction.SUM));
    for (int r = 0; r < 3; r++) {
      int first = r * WIDE;
      double sum = IntStream.range(first, first + WIDE).mapToDouble(i -> Math.exp(x[i])).sum();
      double expected = Math.log(sum) - x[first + labels[r]];
      // blocks of 64 partials of 64, 49 blocks in double: an error of 2 + 64 + 6 roundings of the sum, of the e^-d
      // about 10 more, each an absolute one of its logarithm; the logarithm and the distance are some tens, and rounded
      assertEquals(expected, losses[r], 96 * EPS + 4 * EPS * 20, "row " + r);
      for (int i = first; i < first + WIDE; i++) {
        double p = Math.exp(x[i]) / sum, hit = i - first == labels[r] ? 1 : 0;
        assertEquals(p - hit, heap[i], 128 * EPS * p + 4 * EPS * hit, "gradient " + i);
      }
    }
    try (Arena arena = Arena.ofShared(); Compute two = on(k, 2)) {
      MemorySegment off = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      LossCall.on(two).of(off, arena.allocateFrom(ValueLayout.JAVA_INT, labels), off, 3, WIDE)
          .evaluate(Losses.softmaxCrossEntropy().reduction(Reduction.SUM));
      assertSameBits(heap, off.toArray(ValueLayout.JAVA_FLOAT), "off the heap, in place, two threads");
    }
  }

  // what changes no bit

  /** A loss, and what it takes. */
  private record Example(Loss loss, boolean labels) {
  }

  private static List<Example> examples() {
    return List.of(new Example(Losses.meanSquaredError(), false),
        new Example(Losses.binaryCrossEntropy(2, 0.125).reduction(Reduction.SUM), false),
        new Example(Losses.softmaxCrossEntropy().labelSmoothing(0.125).ignoreIndex(3), true),
        new Example(Losses.softmaxCrossEntropyOfProbabilities().reduction(Reduction.SUM_OVER_BATCH_SIZE), false),
        new Example(Losses.entropy(), false), new Example(Losses.multiClassHinge(), true));
  }

  /** Several parts of work for elements and for rows. */
  private static final int MANY = 9_401, NARROW = 7;

  @ParameterizedTest
  @MethodSource("backends")
  void sameBitsHoweverItIsCalled(Kernels k) {
    Random random = new Random(SEED);
    int n = MANY * NARROW;
    float[] x = random(random, n, -4, 4), t = random(random, n, 0, 1), w = random(random, MANY, 0, 2);
    w[5] = 0;
    int[] labels = labels(random, MANY, NARROW);
    for (Example e : examples()) {
      float[] expected = new float[n];
      LossCall call = call(k);
      double value = fill(call, e, x, t, labels, expected).sampleWeight(w).evaluate(e.loss);
      assertEquals(value, fill(call, e, x, t, labels, null).sampleWeight(w).evaluate(e.loss), "value alone");
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = on(k, threads); Arena arena = Arena.ofShared()) {
          String what = e.loss.describe() + " in " + threads + " threads";
          float[] place = x.clone();
          LossCall same = LossCall.on(compute).statistics(new LossStatistics());
          assertEquals(value, fill(same, e, place, t, labels, place).sampleWeight(w).evaluate(e.loss), what);
          assertSameBits(expected, place, what + ", in place, with statistics");
          MemorySegment off = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
          MemorySegment target = e.labels
              ? arena.allocateFrom(ValueLayout.JAVA_INT, labels)
              : arena.allocateFrom(ValueLayout.JAVA_FLOAT, t);
          assertEquals(value, same.statistics(null).of(off, target, off, MANY, NARROW)
              .sampleWeight(arena.allocateFrom(ValueLayout.JAVA_FLOAT, w))
              .losses(arena.allocate(ValueLayout.JAVA_FLOAT, n)).evaluate(e.loss), what + ", off the heap");
          assertSameBits(expected, off.toArray(ValueLayout.JAVA_FLOAT), what + ", off the heap, with single losses");
        }
      }
    }
  }

  private static LossCall fill(LossCall call, Example e, float[] x, float[] t, int[] labels, float[] gradient) {
    return e.labels ? call.of(x, labels, gradient, MANY, NARROW) : call.of(x, t, gradient, MANY, NARROW);
  }

  private static void assertSameBits(float[] expected, float[] got, String what) {
    int at = Arrays.mismatch(expected, got); // compares floats by their bits, NaN as one
    assertTrue(at < 0, () -> what + ": element " + at + " is " + got[at] + ", not " + expected[at]);
  }

  /** Loss and gradient of a row under NONE and SUM: whatever the others are, wherever it stands. */
  @ParameterizedTest
  @MethodSource("backends")
  void rowsAreIndependent(Kernels k) {
    Random random = new Random(SEED);
    float[] x = random(random, MANY * NARROW, -4, 4), t = random(random, MANY * NARROW, 0, 1);
    int[] labels = labels(random, MANY, NARROW), order = random.ints(MANY, 0, MANY).toArray();
    float[] otherX = rows(x, order), otherT = rows(t, order);
    int[] otherLabels = Arrays.stream(order).map(r -> labels[r]).toArray();
    try (Compute compute = on(k, 2)) {
      for (Example e : examples()) {
        for (Reduction reduction : new Reduction[]{Reduction.NONE, Reduction.SUM}) {
          Loss loss = with(e.loss, reduction);
          float[] one = new float[x.length], other = new float[x.length];
          float[] losses = new float[x.length], otherLosses = new float[x.length];
          fill(call(k), e, x, t, labels, one).losses(losses).evaluate(loss);
          fill(LossCall.on(compute), e, otherX, otherT, otherLabels, other).losses(otherLosses).evaluate(loss);
          assertSameBits(rows(one, order), other, loss.describe() + " gradient");
          float[] expected = loss instanceof ElementwiseLoss ? rows(losses, order) : new float[x.length];
          for (int r = 0; loss instanceof RowwiseLoss && r < MANY; r++) {
            expected[r] = losses[order[r]];
          }
          assertSameBits(expected, otherLosses, loss.describe() + " losses");
        }
      }
    }
  }

  private static float[] rows(float[] x, int[] order) {
    float[] y = new float[x.length];
    for (int r = 0; r < order.length; r++) {
      System.arraycopy(x, order[r] * NARROW, y, r * NARROW, NARROW);
    }
    return y;
  }

  /** A weight for a row is that weight for each of its elements. */
  @ParameterizedTest
  @MethodSource("backends")
  void sampleWeightIsElementWeightOfTheRow(Kernels k) {
    Random random = new Random(SEED);
    int rows = 1000, n = rows * NARROW;
    float[] x = random(random, n, -4, 4), t = random(random, n, 0, 1), elements = new float[n];
    float[] samples = new float[rows];
    for (int i = 0; i < n; i++) { // eighths, whose sums are exact
      samples[i / NARROW] = i % NARROW == 0 ? random.nextInt(9) / 8f : samples[i / NARROW];
      elements[i] = samples[i / NARROW];
    }
    for (Reduction reduction : Reduction.values()) {
      ElementwiseLoss loss = Losses.binaryCrossEntropy().reduction(reduction);
      float[] one = new float[n], other = new float[n];
      assertEquals(call(k).of(x, t, one, rows, NARROW).sampleWeight(samples).evaluate(loss),
          call(k).of(x, t, other, rows, NARROW).elementWeight(elements).evaluate(loss));
      assertSameBits(one, other, reduction.toString());
    }
  }

  private static float[] random(Random random, int n, double low, double high) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(low, high);
    }
    return x;
  }

  private static int[] labels(Random random, int rows, int classes) {
    return random.ints(rows, 0, classes).toArray();
  }
}
