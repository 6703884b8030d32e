package org.panagrad.kernel;

import static java.lang.Float.MAX_VALUE;
import static java.lang.Float.MIN_VALUE;
import static java.lang.Float.NEGATIVE_INFINITY;
import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** NaN, infinities, signed zeros, denormals and huge numbers: what the contract says of them, on every backend. */
@Tag("width")
class SpecialValuesTest {
  private static final long SEED = 5;
  private static final float INF = POSITIVE_INFINITY, MINUS_INF = NEGATIVE_INFINITY, DENORMAL = 1e-40f;

  static List<KernelCase> cases() {
    return KernelCases.all();
  }

  static List<Kernels> backends() {
    return Backends.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameBitsWhateverTheValues(KernelCase row) {
    for (Size size : row.sizes()) {
      Setup setup = row.at().apply(size);
      int[][] initial = Arguments.initial(setup, Style.ALL_SPECIAL, SEED);
      int[][] expected = Arguments.of(setup, initial, Memory.HEAP).call(Backends.of(Backend.SCALAR)).results();
      for (Kernels kernels : Backends.all()) {
        try (Arena arena = Arena.ofConfined()) {
          int[][] got = Arguments.of(setup, initial, Memory.nativeIn(arena)).call(kernels).results();
          Arguments.assertSame(setup, expected, got, row + " " + size + " seed " + SEED + " on " + kernels.name());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void exp(Kernels k) {
    assertMaps(k::exp, NaN, NaN, INF, INF, MINUS_INF, 0, 0, 1, -0.0f, 1, DENORMAL, 1, 88.8f, INF, 1e4f, INF, -1e4f, 0,
        MAX_VALUE, INF, -MAX_VALUE, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void log(Kernels k) {
    assertMaps(k::log, NaN, NaN, INF, INF, MINUS_INF, NaN, 0, MINUS_INF, -0.0f, MINUS_INF, 1, 0, -1, NaN, -DENORMAL,
        NaN, MIN_VALUE, -103.27893f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void log1p(Kernels k) {
    assertMaps(k::log1p, NaN, NaN, INF, INF, MINUS_INF, NaN, 0, 0, -0.0f, -0.0f, -1, MINUS_INF, Math.nextDown(-1), NaN,
        DENORMAL, DENORMAL, -MIN_VALUE, -MIN_VALUE, MAX_VALUE, 88.72284f, -MAX_VALUE, NaN);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void expm1(Kernels k) {
    assertMaps(k::expm1, NaN, NaN, INF, INF, MINUS_INF, -1, 0, 0, -0.0f, -0.0f, DENORMAL, DENORMAL, -MIN_VALUE,
        -MIN_VALUE, 88.8f, INF, -20, -1, MAX_VALUE, INF, -MAX_VALUE, -1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tanh(Kernels k) {
    assertMaps(k::tanh, NaN, NaN, INF, 1, MINUS_INF, -1, 0, 0, -0.0f, -0.0f, DENORMAL, DENORMAL, -MIN_VALUE,
        -MIN_VALUE, 10, 1, -10, -1, MAX_VALUE, 1, -MAX_VALUE, -1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sigmoid(Kernels k) {
    assertMaps(k::sigmoid, NaN, NaN, INF, 1, MINUS_INF, 0, 0, 0.5f, -0.0f, 0.5f, DENORMAL, 0.5f, -103.5f, MIN_VALUE,
        -105, 0, 105, 1, MAX_VALUE, 1, -MAX_VALUE, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void softplus(Kernels k) {
    assertMaps(k::softplus, NaN, NaN, INF, INF, MINUS_INF, 0, 0, 0.6931472f, -0.0f, 0.6931472f, DENORMAL, 0.6931472f,
        -103.5f, MIN_VALUE, -105, 0, 105, 105, MAX_VALUE, MAX_VALUE, -MAX_VALUE, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void atan(Kernels k) {
    assertMaps(k::atan, NaN, NaN, INF, 1.5707964f, MINUS_INF, -1.5707964f, 0, 0, -0.0f, -0.0f, DENORMAL, DENORMAL,
        -MIN_VALUE, -MIN_VALUE, MAX_VALUE, 1.5707964f, -MAX_VALUE, -1.5707964f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void relu(Kernels k) {
    assertMaps(k::relu, NaN, NaN, INF, INF, MINUS_INF, 0, 0, 0, -0.0f, -0.0f, DENORMAL, DENORMAL, -DENORMAL, 0,
        MAX_VALUE, MAX_VALUE);
    float[] y = {NaN, 1, 0, -0.0f, INF, DENORMAL}, dy = {5, NaN, NaN, INF, MINUS_INF, 3}, dx = new float[6];
    k.reluBackward(of(y), of(dy), of(dx), 0, 6);
    assertSame(dx, 5, NaN, 0, 0, MINUS_INF, 3);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void rows(Kernels k) {
    float[] y = new float[4];
    k.bias(of(INF, NaN, 1e-45f, -0.0f), of(MINUS_INF, 1, 1e-45f, -0.0f), of(y), 4, 0, 1);
    assertSame(y, NaN, NaN, 2.8e-45f, -0.0f);
    // partials start at +0; two rows lie in different partials and meet in the tree
    k.columnSums(of(INF, INF, MAX_VALUE, -0.0f, 1, MINUS_INF, MAX_VALUE, -0.0f), of(y), 2, 4, 2, 0, 1);
    assertSame(y, INF, NaN, INF, 0);
    // in double nothing overflows on the way
    k.sumPartials(of(MAX_VALUE, NaN, MAX_VALUE, 0, -MAX_VALUE, 0), of(y), 3, 2, 0, 2);
    assertSame(y, MAX_VALUE, NaN, INF, 0);
    k.transpose(of(NaN, INF, -0.0f, DENORMAL), of(y), 2, 2, 0, 2);
    assertSame(y, NaN, -0.0f, INF, DENORMAL);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void softmax(Kernels k) {
    assertSoftmax(k, of(MINUS_INF, MINUS_INF, MINUS_INF), NaN, NaN, NaN);
    assertSoftmax(k, of(INF, 0, 0), NaN, NaN, NaN);
    assertSoftmax(k, of(0, NaN, 0), NaN, NaN, NaN);
    assertSoftmax(k, of(MINUS_INF, 3, MINUS_INF), 0, 1, 0);
    assertSoftmax(k, of(MAX_VALUE, -MAX_VALUE, MAX_VALUE), 0.5f, 0, 0.5f);
    assertSoftmax(k, of(1e4f, -1e4f, 0), 1, 0, 0);
    assertSoftmax(k, of(-MAX_VALUE, -MAX_VALUE, -MAX_VALUE), 1 / 3f, 1 / 3f, 1 / 3f);
    float[] dx = new float[2];
    k.softmaxBackward(of(1, 0), of(INF, 1), of(dx), 2, 0, 1);
    assertSame(dx, NaN, NaN); // inf - inf, 0 * inf
    k.softmaxBackward(of(0, 1), of(NaN, 1), of(dx), 2, 0, 1);
    assertSame(dx, NaN, NaN);
  }

  private static void assertSoftmax(Kernels k, MemorySegment x, float... expected) {
    float[] y = new float[3];
    k.softmax(x, of(y), 3, 0, 1);
    assertSame(y, expected);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void softmaxCrossEntropy(Kernels k) {
    assertLoss(k, of(MINUS_INF, MINUS_INF), 0, NaN, NaN, NaN);
    assertLoss(k, of(NaN, 0), 1, NaN, NaN, NaN);
    assertLoss(k, of(INF, 0), 1, NaN, NaN, NaN);
    assertLoss(k, of(1e4f, -1e4f), 0, 0, 0, 0);
    assertLoss(k, of(1e4f, -1e4f), 1, 2e4f, 1, -1);
    assertLoss(k, of(MINUS_INF, 0), 1, 0, 0, 0);
    assertLoss(k, of(MINUS_INF, 0), 0, INF, -1, 1);
    assertLoss(k, of(MAX_VALUE, -MAX_VALUE), 1, INF, 1, -1);
    assertLoss(k, of(DENORMAL, -0.0f), 0, 0.6931472f, -0.5f, 0.5f);
  }

  private static void assertLoss(Kernels k, MemorySegment logits, int label, float loss, float... expected) {
    float[] losses = new float[1], gradient = new float[2];
    MemorySegment labels = MemorySegment.ofArray(new int[]{label});
    Plain.softmaxCrossEntropy(k, logits, labels, of(gradient), of(losses), 2, 1, 0, 1);
    assertSame(losses, loss);
    assertSame(gradient, expected);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void meanSquaredError(Kernels k) {
    float[] gradient = new float[6], losses = new float[6], sums = new float[1];
    Plain.meanSquaredError(k, of(NaN, INF, INF, MAX_VALUE, 0, 1e-38f), of(0, 0, INF, 0, -0.0f, 1.01e-38f), of(gradient),
        of(losses), of(sums), 0.25f, 0, 6);
    assertSame(losses, NaN, INF, NaN, INF, 0, 0);
    // error + error overflows before the scale; the difference of tiny numbers is denormal and kept
    assertSame(gradient, NaN, INF, NaN, INF, 0, 2 * (1e-38f - 1.01e-38f) * 0.25f);
    assertSame(sums, NaN);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void optimizers(Kernels k) {
    float[] p = {1, 1, INF, 0}, g = {NaN, INF, INF, DENORMAL};
    Plain.update(k, UpdateRule.SGD, of(p), of(g), null, null, 0, 4, 0.5);
    assertSame(p, NaN, MINUS_INF, NaN, -DENORMAL / 2);

    p = new float[]{1, 1, 1, 2};
    g = new float[]{NaN, INF, 0, 0};
    float[] buffer = {0, 0, INF, 0};
    Plain.update(k, UpdateRule.MOMENTUM, of(p), of(g), of(buffer), null, 0, 4, 0.5, 0.5, 1);
    assertSame(buffer, NaN, INF, INF, 0);
    assertSame(p, NaN, MINUS_INF, MINUS_INF, 2);

    p = new float[]{1, 1, 1, 2};
    float[] v = {0, 0, -1, 0};
    Plain.update(k, UpdateRule.RMSPROP, of(p), of(g), of(v), null, 0, 4, 0.5, 0.5, 0.5, 0, 1e-8);
    assertSame(v, NaN, INF, -0.5f, 0);
    assertSame(p, NaN, NaN, NaN, 2);

    p = new float[]{1, 1, 1, 2};
    v = new float[]{0, 0, -1, 0};
    float[] m = new float[4];
    Plain.update(k, UpdateRule.ADAM, of(p), of(g), of(m), of(v), 0, 4, 0.1, 0.5, 0.5, 0.5, 0.5, 2, 1e-8);
    assertSame(m, NaN, INF, 0, 0);
    assertSame(v, NaN, INF, -0.5f, 0);
    assertSame(p, NaN, NaN, NaN, 2);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void maxPool(Kernels k) {
    Window pairs = Window.of(1, 8, 1, 1, 2, 2, 0);
    float[] y = new float[4], dx = new float[8];
    int[] indices = new int[4];
    k.maxPool(pairs, of(1, NaN, NaN, 7, MINUS_INF, MINUS_INF, -0.0f, 0), of(y), MemorySegment.ofArray(indices), 0, 1);
    assertSame(y, NaN, NaN, MINUS_INF, -0.0f);
    assertArrayEquals(new int[]{1, 0, 0, 0}, indices);
    // infinity reaches the named element alone, and an index that names none reaches nothing
    k.maxPoolBackward(pairs, of(INF, NaN, 1, 1), MemorySegment.ofArray(new int[]{1, 0, 2, -1}), of(dx), 0, 1);
    assertSame(dx, 0, INF, NaN, 0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void averagePool(Kernels k) {
    Window pairs = Window.of(1, 6, 1, 1, 2, 2, 0), padded = Window.of(1, 1, 1, 3, 3, 1, 1);
    float[] y = new float[3], dx = new float[6];
    k.averagePool(pairs, of(INF, 1, INF, MINUS_INF, -0.0f, -0.0f), of(y), 0, 1);
    assertSame(y, INF, NaN, 0);
    k.averagePoolBackward(pairs, of(INF, NaN, -0.0f), of(dx), 0, 1);
    assertSame(dx, INF, INF, NaN, NaN, 0, 0);
    k.averagePool(padded, of(9), of(y), 0, 1);
    assertSame(y, 1, NaN, 0); // one element and eight zeros
  }

  @ParameterizedTest
  @MethodSource("backends")
  void layerNorm(Kernels k) {
    float[] y = new float[6], means = new float[3], inverses = new float[3];
    k.layerNorm(of(1, INF, NaN, 1, 7, 7), null, null, of(y), of(means), of(inverses), 2, 0, 0, 3);
    assertSame(means, INF, NaN, 7);
    assertSame(inverses, NaN, NaN, INF);
    assertSame(y, NaN, NaN, NaN, NaN, NaN, NaN); // 0 * inf where all is the same and epsilon is 0
    k.layerNorm(of(1, 3, -MAX_VALUE, MAX_VALUE, 7, 7), null, of(2, 3), of(y), of(means), of(inverses), 2, 0.25f, 0, 3);
    assertSame(means, 2, 0, 7);
    assertSame(inverses, (float) (1 / Math.sqrt(1.25)), 0, 2); // squares overflow
    assertSame(y, 2 - inverses[0], 3 + inverses[0], 2, 3, 2, 3);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void dropout(Kernels k) {
    float[] x = new float[64], y = new float[64];
    java.util.Arrays.fill(x, NaN);
    k.dropout(of(x), of(y), 0.75, 1, 2, 0, 64);
    for (int i = 0; i < 64; i++) {
      boolean kept = Integer.compareUnsigned(Philox.word(1, 2, i), 0xc0000000) >= 0;
      assertSame(new float[]{y[i]}, kept ? NaN : 0);
    }
    k.dropout(of(-0.0f, INF, 5), of(y), 0, 1, 2, 0, 3);
    assertSame(new float[]{y[0], y[1], y[2]}, -0.0f, INF, 5);
    x[0] = 1;
    k.dropout(of(x), of(y), Math.nextDown(1.0), 1, 2, 0, 1);
    assertSame(new float[]{y[0]}, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void convolution(Kernels k) {
    Window three = Window.of(1, 3, 1, 1, 2, 1, 0);
    float[] col = new float[4], x = new float[3];
    k.im2col(three, of(NaN, -0.0f, INF), of(col), 0, 0, 2);
    assertSame(col, NaN, -0.0f, -0.0f, INF);
    k.col2im(three, of(NaN, INF, MINUS_INF, -0.0f), of(x), 0, 0, 1);
    assertSame(x, NaN, NaN, 0); // inf - inf; 0 + -0
  }

  @ParameterizedTest
  @MethodSource("backends")
  void product(Kernels k) {
    float[] c = new float[3];
    k.product(of(0, 1), of(INF, 1, 1, 2, DENORMAL, MAX_VALUE), of(c), 3, 2, 2, 3, 3, false, false, 0, 1);
    assertSame(c, NaN, DENORMAL, MAX_VALUE);
    k.product(of(-1), of(0, MAX_VALUE, NaN), of(c), 3, 1, 1, 3, 3, false, false, 0, 1);
    assertSame(c, 0, -MAX_VALUE, NaN); // fma(-1, 0, +0) is +0
  }

  @ParameterizedTest
  @MethodSource("backends")
  void uniform(Kernels k) {
    float[] y = new float[3];
    k.uniform(of(y), 3, 3, 1, 2, 0, 3);
    assertSame(y, 3, 3, 3);
  }

  @FunctionalInterface
  private interface Map {
    void on(MemorySegment x, MemorySegment y, long from, long to);
  }

  /** Inputs and outputs in turn; each alone, which is the tail's path, and 70 times, which meets the main one. */
  private static void assertMaps(Map op, float... pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      float[] x = new float[70], y = new float[70], expected = new float[70];
      java.util.Arrays.fill(x, pairs[i]);
      java.util.Arrays.fill(expected, pairs[i + 1]);
      op.on(of(x), of(y), 0, 70);
      assertSame(y, expected);
      y[0] = 42;
      op.on(of(x), of(y), 0, 1);
      assertSame(y, expected);
    }
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  /** NaN equals NaN, -0 does not equal 0. */
  private static void assertSame(float[] got, float... expected) {
    assertArrayEquals(expected, got);
  }
}
