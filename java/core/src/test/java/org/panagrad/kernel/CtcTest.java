package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CTC loss: its oracle against the definition, its edges, and what it refuses. */
class CtcTest {
  private static final long SEED = 11;
  private static final float NAN = Float.NaN, INF = Float.POSITIVE_INFINITY, LN_2 = 0.6931472f;

  static List<Kernels> backends() {
    return Backends.all();
  }

  /** One sample's arguments and results. */
  private static final class Sample {
    final int time, classes, frames, blank;
    final float[] logits, gradient, losses = new float[1];
    final int[] target;
    float[] scales;
    boolean zeroInfinity;

    Sample(int classes, int blank, int frames, int[] target, float... logits) {
      this.time = logits.length / classes;
      this.classes = classes;
      this.frames = frames;
      this.blank = blank;
      this.target = target;
      this.logits = logits;
      gradient = new float[logits.length];
      Arrays.fill(gradient, 42);
    }

    Sample zeroInfinity() {
      zeroInfinity = true;
      return this;
    }

    Sample on(Kernels k) {
      float[] scratch = new float[(int) SequenceKernels.ctcScratch(time, target.length)];
      Arrays.fill(scratch, 42);
      k.ctc(of(logits), of(target), of(frames), of(target.length), scales == null ? null : of(scales), of(gradient),
          of(losses), of(scratch), time, classes, target.length, blank, zeroInfinity, 0, 1);
      return this;
    }

    void gives(float loss, float... derivatives) {
      assertEquals(loss, losses[0], Float.isFinite(loss) ? Math.ulp(loss) : Float.MIN_VALUE, "loss");
      assertArrayEquals(derivatives, gradient, 0x1p-22f, "gradient");
    }
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  private static MemorySegment of(int... x) {
    return MemorySegment.ofArray(x);
  }

  private static int[] target(int... labels) {
    return labels;
  }

  /** All targets of a length: those with repeats, and those that are too long, too. */
  @Test
  void theOracleIsTheDefinition() {
    Random random = new Random(SEED);
    int compared = 0, impossible = 0;
    for (int[] choice : Pairwise.of(6, 3, 5, 3)) {
      int frames = choice[0] + 1, classes = choice[1] + 2, length = choice[2];
      int blank = choice[3] == 0 ? 0 : choice[3] == 1 ? classes - 1 : classes / 2;
      double[] logits = random.doubles((long) frames * classes, -3, 3).toArray();
      int[] target = new int[length];
      for (int number = 0; number < Math.pow(classes - 1, length); number++) {
        for (int i = 0, rest = number; i < length; i++, rest /= classes - 1) {
          target[i] = rest % (classes - 1) < blank ? rest % (classes - 1) : rest % (classes - 1) + 1;
        }
        String where = "seed %d: frames %d, classes %d, blank %d, target %s".formatted(SEED, frames, classes, blank,
            Arrays.toString(target));
        double[] expected = CtcOracle.byWalks(logits, frames, classes, target, blank);
        CtcOracle oracle = new CtcOracle(logits, 0, frames, classes, target, blank);
        if (expected[0] == Double.POSITIVE_INFINITY) {
          assertEquals(expected[0], oracle.loss(), where);
          impossible++;
          continue;
        }
        assertEquals(expected[0], oracle.loss(), 1e-11, where);
        for (int i = 0; i < frames * classes; i++) {
          assertEquals(expected[i + 1], oracle.gradient(i), 1e-11, where + ", logit " + i);
        }
        compared++;
      }
    }
    assertTrue(compared > 50 && impossible > 50, compared + " compared, " + impossible + " impossible");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theKernelIsTheDefinition(Kernels k) {
    Random random = new Random(SEED);
    for (int[] target : List.of(target(), target(1), target(1, 1), target(2, 1), target(1, 2, 1))) {
      float[] logits = new float[5 * 3];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextFloat(-3, 3);
      }
      double[] wide = new double[logits.length];
      Arrays.setAll(wide, i -> logits[i]);
      double[] expected = CtcOracle.byWalks(wide, 5, 3, target, 0);
      CtcOracle oracle = new CtcOracle(wide, 0, 5, 3, target, 0);
      Sample sample = new Sample(3, 0, 5, target, logits).on(k);
      assertEquals(expected[0], sample.losses[0], oracle.lossError(), k.name() + Arrays.toString(target));
      for (int i = 0; i < logits.length; i++) {
        assertEquals(expected[i + 1], sample.gradient[i], oracle.gradientError(i), k.name() + Arrays.toString(target));
      }
    }
  }

  /** With equal logits every walk is as probable: what is left is counting. */
  @ParameterizedTest
  @MethodSource("backends")
  void byHand(Kernels k) {
    // one frame: the label itself
    new Sample(2, 0, 1, target(1), 0, 0).on(k).gives(LN_2, 0.5f, -0.5f);
    new Sample(2, 1, 1, target(0), 0, 0).on(k).gives(LN_2, -0.5f, 0.5f);
    // two frames: 11, 01, 10 of four walks; the label in frame 0 in two of these three
    new Sample(2, 0, 2, target(1), 0, 0, 0, 0).on(k).gives((float) Math.log(4 / 3.0), 1 / 6f, -1 / 6f, 1 / 6f, -1 / 6f);
    // repeated labels need a blank between them: 1 0 1 alone
    new Sample(2, 0, 3, target(1, 1), new float[6]).on(k).gives(3 * LN_2, 0.5f, -0.5f, -0.5f, 0.5f, 0.5f, -0.5f);
    // an empty target is blanks alone
    new Sample(2, 0, 2, target(), new float[4]).on(k).gives(2 * LN_2, -0.5f, 0.5f, -0.5f, 0.5f);
    // of one class there are only blanks, and no doubt about them
    new Sample(1, 0, 2, target(), 3, -5).on(k).gives(0, 0, 0);
    // frames beyond the length are not read
    new Sample(2, 0, 1, target(1), 0, 0, NAN, INF).on(k).gives(LN_2, 0.5f, -0.5f, 0, 0);
    new Sample(2, 0, 0, target(), NAN, INF).on(k).gives(0, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void impossibleTargets(Kernels k) {
    new Sample(2, 0, 0, target(1), 0, 0).on(k).gives(INF, 0, 0);
    new Sample(2, 0, 0, target(1), 0, 0).zeroInfinity().on(k).gives(0, 0, 0);
    // longer than the input
    new Sample(3, 0, 1, target(1, 2), 0, 0, 0, 7, 8, 9).on(k).gives(INF, NAN, NAN, NAN, 0, 0, 0);
    new Sample(3, 0, 1, target(1, 2), 0, 0, 0, 7, 8, 9).zeroInfinity().on(k).gives(0, 0, 0, 0, 0, 0, 0);
    // as long as the input, but with no place for the blank
    new Sample(2, 0, 2, target(1, 1), new float[4]).on(k).gives(INF, NAN, NAN, NAN, NAN);
    new Sample(2, 0, 2, target(1, 1), new float[4]).zeroInfinity().on(k).gives(0, 0, 0, 0, 0);
    // a class that is needed and has no probability
    new Sample(2, 0, 1, target(1), 0, -INF).on(k).gives(INF, NAN, NAN);
    new Sample(2, 0, 1, target(1), 0, -INF).zeroInfinity().on(k).gives(0, 0, 0);
    // one that is not needed
    new Sample(3, 0, 1, target(1), 0, 0, -INF).on(k).gives(LN_2, 0.5f, -0.5f, 0);
    // a scale reaches neither the loss nor a gradient of 0
    Sample scaled = new Sample(2, 0, 2, target(1, 1), new float[4]).zeroInfinity();
    scaled.scales = new float[]{NAN};
    scaled.on(k).gives(0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void specialValues(Kernels k) {
    for (float[] frame : new float[][]{{NAN, 0}, {0, NAN}, {INF, 0}, {0, INF}, {-INF, -INF}, {INF, INF}}) {
      for (boolean zero : new boolean[]{false, true}) {
        for (int place = 0; place < 3; place++) {
          float[] logits = new float[6];
          System.arraycopy(frame, 0, logits, 2 * place, 2);
          // also where the target is too long: NaN is no infinite loss
          for (int[] target : List.of(target(), target(1), target(1, 1, 1))) {
            Sample sample = new Sample(2, 0, 3, target, logits.clone());
            sample.zeroInfinity = zero;
            sample.on(k).gives(NAN, NAN, NAN, NAN, NAN, NAN, NAN);
          }
        }
      }
    }
    // finite, however large
    new Sample(2, 0, 2, target(1), 1e4f, -1e4f, -1e4f, 1e4f).on(k).gives(0, 0, 0, 0, 0);
    new Sample(2, 0, 1, target(1), 1e4f, -1e4f).on(k).gives(2e4f, 1, -1);
    new Sample(2, 0, 1, target(1), Float.MAX_VALUE, -Float.MAX_VALUE).on(k).gives(INF, NAN, NAN);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void longSequencesStayExact(Kernels k) {
    // equal logits: the number of walks of T frames that spell one label is T (T + 1) / 2
    int time = 3000;
    Sample sample = new Sample(2, 0, time, target(1), new float[2 * time]).on(k);
    double loss = time * Math.log(2) - Math.log(time * (time + 1.0) / 2);
    // half ulps of a frame: the emission 4; the sum's own 4 + 2 ln 3 and its value's, below 1; two roundings of values
    // that lie at most ln T = 8 below the greatest
    double within = time * (4 + 4 + 3 + 2 * 8) * 0x1p-24;
    assertEquals(loss, sample.losses[0], within + Math.ulp((float) loss));
    // T walks emit the label in frame 0
    assertEquals(0.5 - (1 - 2.0 / (time + 1)), sample.gradient[0], 2 * within);
  }

  /** What another thread may write after the checks have passed: nothing is read or written out of bounds. */
  @ParameterizedTest
  @MethodSource("backends")
  void guardsItsIndices(Kernels checked) {
    Kernels k = ((CheckedKernels) checked).backend();
    int[][] wrong = {{3, 1, 2, 7}, {3, 1, 2, -1}, {9, 1, 2, 1}, {-1, 1, 2, 1}, {3, 3, 2, 1},
        {3, Integer.MIN_VALUE, 2, 1}, {Integer.MAX_VALUE, Integer.MAX_VALUE, 2, 1}};
    for (int[] w : wrong) {
      float[] gradient = new float[6], losses = new float[1];
      k.ctc(of(new float[6]), of(w[3], 1), of(w[0]), of(w[1]), null, of(gradient), of(losses),
          of(new float[(int) SequenceKernels.ctcScratch(3, 2)]), 3, 2, 2, 0, true, 0, 1);
      assertArrayEquals(new float[]{NAN}, losses, Arrays.toString(w));
      assertArrayEquals(new float[]{NAN, NAN, NAN, NAN, NAN, NAN}, gradient, Arrays.toString(w));
    }
  }

  // what is refused

  @FunctionalInterface
  private interface Change {
    void in(MemorySegment[] arrays, long[] sizes);
  }

  /** Three samples of four frames of three classes, targets of two labels. */
  private static void refuses(Kernels k, Class<? extends RuntimeException> type, String words, Change change) {
    for (boolean onHeap : new boolean[]{true, false}) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment[] a = {of(new float[36]), of(1, 2, 2, 1, 1, 1), of(4, 3, 4), of(2, 1, 0), of(1, 1, 1),
            of(new float[36]), of(new float[3]), of(new float[3 * 64])};
        for (int i = 0; !onHeap && i < a.length; i++) {
          a[i] = arena.allocate(a[i].byteSize(), 4).copyFrom(a[i]);
        }
        for (int out = 5; out < a.length; out++) {
          a[out].fill((byte) 1);
        }
        List<MemorySegment> outputs = List.of(a[5], a[6], a[7]);
        long[] sizes = {4, 3, 2, 0, 0, 3};
        change.in(a, sizes);
        RuntimeException thrown = assertThrowsExactly(type,
            () -> k.ctc(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], sizes[0], sizes[1], sizes[2], (int) sizes[3],
                false, sizes[4], sizes[5]),
            () -> k.name() + ": " + words);
        for (String word : words.split("\\|")) {
          assertTrue(String.valueOf(thrown.getMessage()).contains(word),
              () -> k.name() + ": " + word + " is not in: " + thrown.getMessage());
        }
        for (MemorySegment out : outputs) {
          for (long i = 0; i < out.byteSize(); i++) {
            assertEquals(1, out.get(ValueLayout.JAVA_BYTE, i), k.name() + " wrote: " + words);
          }
        }
      }
    }
  }

  private static void illegal(Kernels k, String words, Change change) {
    refuses(k, IllegalArgumentException.class, words, change);
  }

  private static void tooShort(Kernels k, String words, Change change) {
    refuses(k, IndexOutOfBoundsException.class, words, change);
  }

  private static Change write(int array, int index, int value) {
    return (a, _) -> a[array].setAtIndex(ValueLayout.JAVA_INT, index, value);
  }

  private static Change size(int which, long value) {
    return (_, sizes) -> sizes[which] = value;
  }

  private static Change shorter(int array) {
    return (a, _) -> a[array] = a[array].asSlice(0, a[array].byteSize() - 4);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesWhatIsOutOfRange(Kernels k) {
    for (int wrong : new int[]{3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      illegal(k, "label " + wrong + "|sample 0|position 1|3 classes", write(1, 1, wrong));
    }
    illegal(k, "label 0|sample 1|position 0|blank", write(1, 2, 0));
    for (int wrong : new int[]{5, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      illegal(k, "inputLengths|sample 2|" + wrong + "|[0, 4]", write(2, 2, wrong));
    }
    for (int wrong : new int[]{3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      illegal(k, "targetLengths|sample 1|" + wrong + "|[0, 2]", write(3, 1, wrong));
    }
    illegal(k, "blank|3|from 0 to 2", size(3, 3));
    illegal(k, "blank|-1", size(3, -1));
    illegal(k, "time|0", size(0, 0));
    illegal(k, "time|" + (1L << 31), size(0, 1L << 31));
    illegal(k, "classes|0", size(1, 0));
    illegal(k, "classes|" + (1L << 31), size(1, 1L << 31));
    illegal(k, "maxTarget|-1", size(2, -1));
    illegal(k, "maxTarget|" + (1L << 30), size(2, 1L << 30));
    illegal(k, "time x classes|" + Long.MAX_VALUE, size(5, Long.MAX_VALUE));
    tooShort(k, "[-1", size(4, -1));
    tooShort(k, "[3, 2)", (_, sizes) -> {
      sizes[4] = 3;
      sizes[5] = 2;
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatIsNotReadMayBeAnything(Kernels k) {
    // labels beyond a target, samples outside of the range
    float[] losses = {42, 42, 42};
    k.ctc(of(new float[12]), of(-5, 99, 1, -7, 99, 99), of(-1, 2, 99), of(77, 1, -3), null, null, of(losses),
        of(new float[3 * 64]), 2, 2, 2, 0, false, 1, 2);
    assertArrayEquals(new float[]{42, (float) Math.log(4 / 3.0), 42}, losses, 0x1p-24f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesWrongMemory(Kernels k) {
    String[] names = {"logits|35|36", "labels|5|6", "inputLengths|2|3", "targetLengths|2|3", "scales|2|3",
        "gradient|35|36", "losses|2|3", "scratch"};
    for (int array = 0; array < 7; array++) {
      tooShort(k, names[array], shorter(array));
    }
    tooShort(k, "scratch|191|192", shorter(7));
    for (int array = 0; array < 8; array++) {
      int which = array;
      if (array != 4 && array != 5) { // these may be null
        refuses(k, NullPointerException.class, "", (a, _) -> a[which] = null);
      }
      if (array >= 5) {
        illegal(k, names[array].split("\\|")[0] + "|read-only", (a, _) -> a[which] = a[which].asReadOnly());
      }
    }
    for (int input = 0; input < 5; input++) {
      int in = input;
      // an output that is, or begins within, an input; only gradient and logits may be the same
      illegal(k, "losses|" + names[in].split("\\|")[0], (a, _) -> a[6] = a[in]);
      illegal(k, "scratch|" + names[in].split("\\|")[0], (a, _) -> a[in] = a[7]);
      if (in > 0) {
        illegal(k, "gradient|" + names[in].split("\\|")[0], (a, _) -> a[in] = a[5]);
      }
    }
    illegal(k, "gradient|logits|in part", (a, _) -> {
      MemorySegment both = of(new float[37]);
      both.fill((byte) 1);
      a[0] = both.asSlice(0, 4 * 36);
      a[5] = both.asSlice(4);
    });
    illegal(k, "gradient|losses", (a, _) -> a[6] = a[5]);
    illegal(k, "gradient|scratch", (a, _) -> a[5] = a[7]);
    illegal(k, "scratch|losses", (a, _) -> a[6] = a[7]);
  }
}
