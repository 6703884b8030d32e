package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.List;

/**
 * {@link KernelCases} of losses of a mean and a variance: the formulas, with their errors, in {@link Rounded} numbers.
 */
final class GaussianCases {
  private static final List<Size> SIZES = List.of(Size.of(0), Size.of(1), Size.of(17), Size.of(65), Size.of(4097),
      Size.of(2 * 4096 + 65));

  private GaussianCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("gaussian_nll_f32", GaussianCases::nll, KernelCases.pairwise(SIZES, 3)),
        new KernelCase("gaussian_kl_f32", GaussianCases::kl, KernelCases.pairwise(SIZES, 1)));
  }

  private static float scale(Size s) {
    return s.option(0) ? (float) (1.0 / (s.columns() + 1)) : 1;
  }

  /** Loss and derivatives of element i. */
  @FunctionalInterface
  private interface Formula {
    Rounded[] at(double[][] in, int i);
  }

  /** Gradients, losses and their sums by blocks, of the arrays from {@code first} on. */
  private static Setup.Oracle oracle(Size s, int first, Formula formula) {
    long n = s.columns();
    return (in, out, within) -> {
      for (long from = 0; from < n; from += Kernels.BLOCK) {
        double sum = 0, magnitude = 0, error = 0;
        long to = Math.min(n, from + Kernels.BLOCK);
        for (int i = (int) from; i < to; i++) {
          Rounded[] terms = formula.at(in, i);
          terms[0].put(out[first + 2], within[first + 2], i);
          terms[1].times(Rounded.exact(scale(s))).put(out[first], within[first], i);
          terms[2].times(Rounded.exact(scale(s))).put(out[first + 1], within[first + 1], i);
          sum += terms[0].value();
          magnitude += Math.abs(terms[0].value());
          error += terms[0].error();
        }
        put(out[first + 3], within[first + 3], from / Kernels.BLOCK, sum,
            error + roundings(to - from) * EPS * (magnitude + error));
      }
    };
  }

  private static Setup outputs(Setup setup, long n) {
    return setup.out("meanGradient", n).orNull().orIs(0).out("varianceGradient", n).orNull().orIs(1)
        .out("losses", n).orNull().out("sums", (n + Kernels.BLOCK - 1) / Kernels.BLOCK).range(0, n)
        .grain(Kernels.BLOCK);
  }

  /** Options: 0 a scale other than 1; 1 the constant; 2 an epsilon that many variances are below. */
  private static Setup nll(Size s) {
    long n = s.columns();
    float scale = scale(s), constant = s.option(1) ? 0x1.d67f1cp+0f : 0, epsilon = s.option(2) ? 1.5f : 1e-6f;
    Setup setup = new Setup().in("mean", n, -3, 3).in("variance", n, 0.1, 4).strict().in("target", n, -3, 3);
    outputs(setup, n).call((k, a, from, to) -> k.gaussianNll(a[0], a[1], a[2], a[3], a[4], a[5], a[6], epsilon,
        constant, scale, from, to)).oracle(oracle(s, 3, (in, i) -> {
          double given = Math.max(in[1][i], epsilon), logarithm = StrictMath.log(given);
          Rounded v = Rounded.exact(given), e = Rounded.exact(in[0][i]).minus(Rounded.exact(in[2][i]));
          Rounded slope = e.over(v), square = e.times(slope);
          Rounded sum = new Rounded(logarithm, 2 * EPS * Math.abs(logarithm) + TINY).plus(square)
              .plus(Rounded.exact(constant));
          return new Rounded[]{sum.scaled(0.5), slope, Rounded.exact(1).minus(square).over(v).scaled(0.5)};
        }));
    if (!s.option(2)) { // below epsilon the gradient is not the derivative
      setup
          .gradient(0, 5, scale, (k, a, dy, dx) -> k.gaussianNll(a[0], a[1], a[2], dx, null, null, a[6], epsilon,
              constant, scale, 0, n))
          .gradient(1, 5, scale, (k, a, dy, dx) -> k.gaussianNll(a[0], a[1], a[2], null, dx, null, a[6], epsilon,
              constant, scale, 0, n));
    }
    return setup;
  }

  /** Every third code is near N(0, 1), where the loss is to keep its digits. Option 0: a scale other than 1. */
  private static Setup kl(Size s) {
    long n = s.columns();
    float scale = scale(s);
    Setup.Fill code = (random, i) -> random.nextDouble(-3, 3) * (i % 3 == 0 ? 1e-3 : 1);
    return outputs(new Setup().in("mean", n, code).in("logVariance", n, code), n)
        .call((k, a, from, to) -> k.gaussianKl(a[0], a[1], a[2], a[3], a[4], a[5], scale, from, to))
        .oracle(oracle(s, 2, (in, i) -> {
          double mean = in[0][i], x = in[1][i], m = StrictMath.expm1(x);
          // near 0 by its series, in which nothing cancels
          boolean near = Math.abs(x) < 0.34375;
          double excess = Math.abs(x) < 0.01
              ? x * x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6))))
              : m - x;
          Rounded expm1 = new Rounded(m, 3 * EPS * Math.abs(m) + TINY);
          // by the polynomial of e^x within 4 ulp, measured
          Rounded rest = near ? new Rounded(excess, 8 * EPS * excess + TINY) : expm1.minus(Rounded.exact(x));
          double sum = mean * mean + excess;
          return new Rounded[]{new Rounded(sum, rest.error() + EPS * (sum + rest.error()) + TINY).scaled(0.5),
              Rounded.exact(mean), expm1.scaled(0.5)};
        }))
        .gradient(0, 4, scale, (k, a, dy, dx) -> k.gaussianKl(a[0], a[1], dx, null, null, a[5], scale, 0, n))
        .gradient(1, 4, scale, (k, a, dy, dx) -> k.gaussianKl(a[0], a[1], null, dx, null, a[5], scale, 0, n));
  }
}
