package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;

import java.util.List;

/** {@link KernelCases} of penalties. */
final class PenaltyCases {
  private static final List<Size> SIZES = List.of(Size.of(0), Size.of(1), Size.of(17), Size.of(65), Size.of(4097),
      Size.of(5 * 4096 + 65));

  private PenaltyCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("penalty_f32", PenaltyCases::penalty, KernelCases.pairwise(SIZES, 4)));
  }

  /** Options: 0 a scale other than 1; 1 a reference; 2 no l1; 3 no l2. */
  private static Setup penalty(Size s) {
    long n = s.columns(), blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK;
    float scale = s.option(0) ? 0.3f : 1, l1 = s.option(2) ? 0 : 0.7f, l2 = s.option(3) ? 0 : 0.9f;
    boolean anchored = s.option(1);
    Setup setup = new Setup().in("parameters", n, -1, 1).in("reference", n, -1, 1).inOut("gradient", n, -1, 1).orNull()
        .out("sums", blocks).range(0, n).grain(Kernels.BLOCK)
        .call((k, a, from, to) -> k.penalty(a[0], anchored ? a[1] : null, a[2], a[3], l1, l2, scale, from, to))
        .oracle((in, out, within) -> {
          for (long from = 0; from < n; from += Kernels.BLOCK) {
            double sum = 0, error = 0;
            long to = Math.min(n, from + Kernels.BLOCK);
            for (int i = (int) from; i < to; i++) {
              Rounded d = Rounded.exact(in[0][i]);
              d = anchored ? d.minus(Rounded.exact(in[1][i])) : d;
              Rounded size = d.scaled(Math.signum(d.value())), first = Rounded.exact(l1), second = Rounded.exact(l2);
              Rounded slope = second.times(d).plus(Rounded.exact(l1 * Math.signum(d.value())));
              slope.times(Rounded.exact(scale)).plus(Rounded.exact(in[2][i])).put(out[2], within[2], i);
              Rounded term = size.times(second.scaled(0.5).times(size).plus(first));
              sum += term.value();
              error += term.error();
            }
            put(out[3], within[3], from / Kernels.BLOCK, sum, error + roundings(to - from) * EPS * (sum + error));
          }
        });
    return l1 == 0 && l2 == 0
        ? setup
        : setup.gradient(0, 3, scale, (k, a, dy, dx) -> {
          dx.fill((byte) 0);
          k.penalty(a[0], anchored ? a[1] : null, dx, a[3], l1, l2, scale, 0, n);
        });
  }
}
