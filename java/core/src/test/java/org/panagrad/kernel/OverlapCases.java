package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link KernelCases} of overlaps. Option 0: predictions are logits. */
final class OverlapCases {
  /** One block to a row, and several; rows narrower than lanes. */
  private static final List<Size> SIZES = List.of(Size.of(0, 5), Size.of(1, 1), Size.of(5, 1), Size.of(3, 17),
      Size.of(7, 65), Size.of(2, 4097), Size.of(2, 2 * 4096 + 65));

  private OverlapCases() {
  }

  static List<KernelCase> all() {
    List<Size> sizes = KernelCases.pairwise(SIZES, 1);
    return List.of(new KernelCase("overlap_sums_f32", OverlapCases::sums, sizes),
        new KernelCase("overlap_gradient_f32", OverlapCases::gradient, sizes));
  }

  private static Setup arrays(Size s) {
    long n = s.rows() * s.columns();
    boolean logits = s.option(0);
    return new Setup().in("prediction", n, logits ? -9 : 0, logits ? 9 : 1).in("target", n, 0, 1);
  }

  private static long units(Size s) {
    return s.rows() * OverlapKernels.blocks(s.columns());
  }

  /** A prediction's probability; the contract of sigmoid is 2.5 ulp, an ulp being at most 2 EPS of the value. */
  private static Rounded probability(double x, boolean logits) {
    double p = logits ? KernelCases.sigmoid(x) : x;
    return new Rounded(p, logits ? 5 * EPS * p : 0);
  }

  private static Setup sums(Size s) {
    long columns = s.columns(), blocks = OverlapKernels.blocks(columns), units = units(s);
    boolean logits = s.option(0);
    return arrays(s).out("sums", 3 * units).range(0, units)
        .call((k, a, from, to) -> k.overlapSums(a[0], a[1], a[2], columns, logits, from, to))
        .oracle((in, out, within) -> {
          for (long u = 0; u < units; u++) {
            int first = (int) (u / blocks * columns + u % blocks * Kernels.BLOCK);
            int count = (int) Math.min(Kernels.BLOCK, columns - u % blocks * Kernels.BLOCK);
            double both = 0, prediction = 0, target = 0, bothError = 0, predictionError = 0;
            for (int i = first; i < first + count; i++) {
              Rounded p = probability(in[0][i], logits);
              double t = in[1][i];
              both += p.value() * t;
              bothError += p.error() * t;
              prediction += p.value();
              predictionError += p.error();
              target += t;
            }
            // nothing is negative: a sum's magnitude is the sum, and what its terms bring along
            double adding = KernelCases.roundings(count) * EPS;
            put(out[2], within[2], 3 * u, both, bothError + adding * (both + bothError) + TINY);
            put(out[2], within[2], 3 * u + 1, prediction, predictionError + adding * (prediction + predictionError));
            put(out[2], within[2], 3 * u + 2, target, adding * target);
          }
        })
        .gradient(0, 2, Double.NaN, (k, a, dy, dx) -> {
          // of rows of one block: the derivative of both is t, that of the sum of p is 1
          float[] slopes = new float[2 * (int) units];
          for (int u = 0; u < units; u++) {
            slopes[2 * u] = ScalarKernels.get(dy, 3L * u);
            slopes[2 * u + 1] = ScalarKernels.get(dy, 3L * u + 1);
          }
          k.overlapGradient(a[0], a[1], MemorySegment.ofArray(slopes), dx, columns, logits, 0, units);
        });
  }

  /** Every fourth row has no gradient. */
  private static Setup gradient(Size s) {
    long n = s.rows() * s.columns(), columns = s.columns(), units = units(s);
    boolean logits = s.option(0);
    return arrays(s).in("slopes", 2 * s.rows(), (random, i) -> i / 2 % 4 == 3 ? 0 : random.nextDouble(-1, 1)).strict()
        .out("gradient", n).orIs(0).range(0, units)
        .call((k, a, from, to) -> k.overlapGradient(a[0], a[1], a[2], a[3], columns, logits, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            int row = (int) (i / columns);
            double slope = in[2][2 * row], base = in[2][2 * row + 1], g = slope * in[1][i] + base;
            Rounded linear = new Rounded(g, EPS * Math.abs(g) + TINY);
            (logits ? linear.times(sigmoidSlope(in[0][i])) : linear).put(out[3], within[3], i);
          }
        });
  }

  /** z within 1 ulp, then as the kernel has it. */
  private static Rounded sigmoidSlope(double x) {
    double exp = StrictMath.exp(-Math.abs(x));
    Rounded one = Rounded.exact(1), z = new Rounded(exp, 2 * EPS * exp), near = one.over(one.plus(z));
    return near.times(z.times(near));
  }
}
