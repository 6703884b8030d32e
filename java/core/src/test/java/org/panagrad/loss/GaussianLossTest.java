package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** Gaussian losses and penalties by hand; options, reductions, threads. {@link GoldenTest} has libtorch's values. */
class GaussianLossTest {
  static List<Kernels> backends() {
    return List.of(Backends.of(Backend.SCALAR), Backends.of(Backend.AUTO));
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gaussians(Kernels k) {
    float[] d1 = new float[2], d2 = new float[2];
    // (ln 1 + 4) / 2 and (ln 1 + 0) / 2
    assertEquals(1, GaussianNll.of().evaluate(k, of(3, 1), of(1, 1), of(1, 1), of(d1), of(d2), null, 2));
    assertArrayEquals(new float[]{1, 0}, d1);
    assertArrayEquals(new float[]{-0.75f, 0.25f}, d2);
    assertEquals(2 + Math.log(2 * Math.PI), GaussianNll.of().full(true).reduction(Reduction.SUM).evaluate(k, of(3, 1),
        of(1, 1), of(1, 1), null, null, null, 2), 1e-6);
    assertEquals(Math.log(1e-6) / 2, GaussianNll.of().evaluate(k, of(0), of(0), of(0), null, null, null, 1), 1e-6);

    MemorySegment mean = of(1, 2, 3, 0), logVariance = of(0, 0, 0, 0);
    assertEquals(3.5, GaussianKl.of().evaluate(k, mean, logVariance, of(new float[4]), null, null, 2, 2));
    assertEquals(1.75,
        GaussianKl.of().reduction(Reduction.MEAN).evaluate(k, mean, logVariance, null, null, null, 2, 2));
    assertEquals(7, GaussianKl.of().reduction(Reduction.NONE).evaluate(k, mean, logVariance, null, null, null, 2, 2));

    MemorySegment none = of();
    assertTrue(Double.isNaN(GaussianNll.of().evaluate(k, none, none, none, null, null, null, 0)));
    assertEquals(0, GaussianNll.of().empty(EmptyPolicy.ZERO).evaluate(k, none, none, none, null, null, null, 0));
    assertEquals(0, GaussianKl.of().reduction(Reduction.SUM).evaluate(k, none, none, null, null, null, 0, 3));
    GaussianKl strict = GaussianKl.of().empty(EmptyPolicy.THROW);
    assertThrowsExactly(IllegalStateException.class, () -> strict.evaluate(k, none, none, null, null, null, 0, 3));
    float[] untouched = {7, 7};
    refused("variance[1]|-1.0", () -> GaussianNll.of().evaluate(k, of(1, 1), of(1, -1), of(1, 1), of(untouched), null,
        null, 2));
    assertArrayEquals(new float[]{7, 7}, untouched);
  }

  @Test
  void penalties() {
    try (Compute compute = Compute.of(Backend.AUTO)) {
      float[] gradient = {1, 1, 1};
      assertEquals(2.5, Penalty.l1(0.5).evaluate(compute, of(2, -3, 0), of(gradient), 3));
      assertArrayEquals(new float[]{1.5f, 0.5f, 1}, gradient);
      assertEquals(13, Penalty.l2(2).evaluate(compute, of(2, -3, 0), of(gradient), 3));
      assertArrayEquals(new float[]{5.5f, -5.5f, 1}, gradient); // added: w times lambda
      assertEquals(15.5, Penalty.elasticNet(0.5, 2).evaluate(compute, of(2, -3, 0), null, 3));
      assertEquals(0.5 * (1 + 16 + 0), Penalty.anchor(1, of(1, 1, 0)).evaluate(compute, of(2, -3, 0), of(gradient), 3));
      assertArrayEquals(new float[]{6.5f, -9.5f, 1}, gradient);
      assertEquals(0, Penalty.l2(2).evaluate(compute, of(), of(), 0));
    }
  }

  @Test
  void threadsChangeNoBit() {
    int n = 40 * Kernels.BLOCK + 77;
    Random random = new Random(1);
    float[] parameters = new float[n], reference = new float[n];
    for (int i = 0; i < n; i++) {
      parameters[i] = random.nextFloat(-1, 1);
      reference[i] = random.nextFloat(-1, 1);
    }
    Penalty penalty = Penalty.anchor(0.3, of(reference));
    float[] expected = new float[n], got = new float[n];
    try (Compute one = Compute.of(Backend.AUTO);
        Compute three = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 3)) {
      double value = penalty.evaluate(one, of(parameters), of(expected), n);
      assertEquals(value, penalty.evaluate(three, of(parameters), of(got), n));
      assertArrayEquals(expected, got);
      // the last part alone is too short: the others write nothing either
      float[] sevens = new float[n - 1];
      java.util.Arrays.fill(sevens, 7);
      assertThrowsExactly(IndexOutOfBoundsException.class,
          () -> penalty.evaluate(three, of(parameters), of(sevens), n));
      assertEquals(7, sevens[0]);
    }
  }

  @Test
  void options() {
    refused("epsilon|0.0|positive", () -> GaussianNll.of().epsilon(0));
    refused("epsilon|NaN", () -> GaussianNll.of().epsilon(Double.NaN));
    refused("lambda|-1.0", () -> Penalty.l1(-1));
    refused("lambda|NaN", () -> Penalty.l2(Double.NaN));
    refused("lambda|1.0E39", () -> Penalty.anchor(1e39, of(1)));
    refused("l1|-0.5", () -> Penalty.elasticNet(-0.5, 1));
    refused("l2|Infinity", () -> Penalty.elasticNet(0.5, Double.POSITIVE_INFINITY));
    assertThrowsExactly(NullPointerException.class, () -> Penalty.anchor(1, null));
    assertThrowsExactly(NullPointerException.class, () -> GaussianKl.of().reduction(null));
  }

  private static void refused(String words, Supplier<?> make) {
    String message = assertThrowsExactly(IllegalArgumentException.class, make::get).getMessage();
    for (String word : words.split("\\|")) {
      assertTrue(message.contains(word), () -> word + " is not in: " + message);
    }
  }
}
