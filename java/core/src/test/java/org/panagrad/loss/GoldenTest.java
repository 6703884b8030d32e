package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;

/**
 * Values, single losses and gradients are those of PyTorch, which bench/ computed in double from the same floats.
 *
 * <p>
 * The tolerance: a float formula of terms a, b, ... each of which is a product of a few rounded factors is off by at
 * most a number of roundings, each half an ulp or 2^-24 of what is rounded, times |a| + |b| + ... Where nothing cancels
 * that sum is the result itself; where it does, {@link GoldenLosses} says how large the terms are. The longest formulas
 * here have about 30 roundings: exp, log and their like count 3 (they are within 1.5 ulp), a sum of up to 17 columns 6
 * or 7 more. A value has the tolerances of its losses, over the divisor. TINY is for results that are denormal or
 * should be 0.
 */
class GoldenTest {
  static final double ROUNDINGS = 32, EPS = 0x1p-24;
  private static final double TINY = 0x1p-140;
  private static final List<GoldenCase> CASES = GoldenCase.all();
  /** On the calling thread alone, so there is nothing to close. */
  private static final List<Compute> BACKENDS = Stream.of(Backend.NATIVE, Backend.VECTOR, Backend.SCALAR)
      .filter(backend -> Backends.missing(backend) == null)
      .map(backend -> Compute.of(backend, Product.Choice.BUILTIN, 1)).toList();

  @TestFactory
  Stream<DynamicTest> cases() {
    return CASES.stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)));
  }

  @Test
  void allOfTheFileIsCalledAndNothingElse() {
    assertEquals(CASES.stream().map(GoldenCase::loss).collect(Collectors.toSet()), GoldenLosses.RUNNERS.keySet());
  }

  private static void check(GoldenCase c) {
    GoldenLosses.Runner runner = GoldenLosses.RUNNERS.get(c.loss());
    assertNotNull(runner, () -> "nobody knows how to call " + c.loss());
    for (Compute compute : BACKENDS) {
      compare(c, runner.run(c, compute), compute.kernels().name() + " ");
    }
  }

  private static void compare(GoldenCase c, GoldenLosses.Outcome got, String where) {
    if (c.losses() != null) {
      assertClose(c.losses(), got.losses(), got.lossTerms(), i -> where + "loss " + i);
    } else {
      double terms = 0;
      for (int i = 0; i < got.losses().length; i++) {
        terms += Math.abs(got.losses()[i]) + got.lossTerms()[i];
      }
      assertEquals(c.value(), got.value(), within(c.value(), terms / got.divisor()), () -> where + "value");
    }
    assertEquals(c.gradients().keySet(), got.gradients().keySet());
    c.gradients().forEach((name, expected) -> assertClose(expected, got.gradients().get(name),
        got.gradientTerms().get(name), i -> where + "gradient " + i + " of " + name));
  }

  private static void assertClose(double[] expected, float[] got, double[] terms, IntFunction<String> what) {
    assertEquals(expected.length, got.length);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      assertEquals(expected[i], got[i], within(expected[i], terms[i]), () -> what.apply(at));
    }
  }

  private static double within(double expected, double terms) {
    return ROUNDINGS * EPS * (Math.abs(expected) + terms) + TINY;
  }
}
